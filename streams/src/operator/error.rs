//! What stops a record, or a task.

use std::sync::Arc;

use riverrun_core::{Error, ErrorKind};

use crate::state::StateError;

/// The end of a call: going on, or the error that stops the task. A pointer wide, so that it costs nothing per hop.
pub type Flow = Result<(), ProcessError>;

/// What a processor can fail with. Small: the detail is behind a pointer.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ProcessError(Box<Cause>);

#[derive(Debug, thiserror::Error)]
enum Cause {
    #[error("{0}")]
    State(#[from] StateError),
    #[error("step '{node}': {message}")]
    Step {
        node: Arc<str>,
        kind: ErrorKind,
        message: String,
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl ProcessError {
    /// A step of the topology failed on a record or refused it.
    pub fn step(node: impl Into<Arc<str>>, kind: ErrorKind, message: impl Into<String>) -> Self {
        ProcessError(Box::new(Cause::Step { node: node.into(), kind, message: message.into(), source: None }))
    }

    /// Adds the cause. Nothing happens to an error of a state store, which has its own.
    #[must_use]
    pub fn with_source(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        if let Cause::Step { source, .. } = &mut *self.0 {
            *source = Some(cause.into());
        }
        self
    }

    /// What to do about it.
    pub fn kind(&self) -> ErrorKind {
        match &*self.0 {
            Cause::State(StateError::Engine { .. }) => ErrorKind::Internal,
            Cause::State(StateError::Damaged { .. }) => ErrorKind::Corrupt,
            Cause::Step { kind, .. } => *kind,
        }
    }
}

impl From<StateError> for ProcessError {
    fn from(error: StateError) -> Self {
        ProcessError(Box::new(Cause::State(error)))
    }
}

impl From<ProcessError> for Error {
    fn from(error: ProcessError) -> Self {
        let kind = error.kind();
        let message = error.to_string();
        match *error.0 {
            Cause::Step { source: Some(source), .. } => Error::new(kind, message).with_source(source),
            _ => Error::new(kind, message),
        }
    }
}

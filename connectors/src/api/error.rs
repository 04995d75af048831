//! How a connector fails: for a while, for one record, or for good.

use std::fmt;

use bytes::Bytes;
use riverrun_core::{Error, ErrorKind};

use super::Header;

/// Why a call into a connector failed as a whole. A failure of one record is not an error of the call: it is handed
/// over as a [`BadRecord`] or a [`Rejected`](super::Rejected).
#[derive(Debug)]
pub enum ConnectorError {
    /// A passing condition. The runtime calls again after a backoff, and in the end restarts the task.
    Retriable(Error),
    /// Nothing helps but a change by a person. The task fails and stays down.
    Fatal(Error),
}

impl ConnectorError {
    /// A failure that only a person can mend, with what to do in its message.
    pub fn fatal(message: impl Into<String>) -> Self {
        ConnectorError::Fatal(Error::new(ErrorKind::Invalid, message.into()))
    }

    /// The error inside.
    pub fn into_error(self) -> Error {
        match self {
            ConnectorError::Retriable(error) | ConnectorError::Fatal(error) => error,
        }
    }
}

impl From<Error> for ConnectorError {
    fn from(error: Error) -> Self {
        if error.is_retriable() { ConnectorError::Retriable(error) } else { ConnectorError::Fatal(error) }
    }
}

impl fmt::Display for ConnectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConnectorError::Retriable(error) | ConnectorError::Fatal(error) => f.write_str(&error.chain()),
        }
    }
}

impl std::error::Error for ConnectorError {}

/// Where in a record's way through a connector it was refused, under Kafka Connect's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorStage {
    /// The source could not read it.
    TaskPoll,
    /// Its key could not be converted.
    KeyConverter,
    /// Its value could not be converted: a row of the wrong shape or type.
    ValueConverter,
    /// The sink refused it.
    TaskPut,
}

impl ErrorStage {
    /// The name in the header `__connect.errors.stage`.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorStage::TaskPoll => "TASK_POLL",
            ErrorStage::KeyConverter => "KEY_CONVERTER",
            ErrorStage::ValueConverter => "VALUE_CONVERTER",
            ErrorStage::TaskPut => "TASK_PUT",
        }
    }
}

/// A piece of input that cannot become a record: what came in, and why it was refused.
#[derive(Clone, Debug, PartialEq)]
pub struct BadRecord {
    /// The topic that the record was meant for.
    pub topic: std::sync::Arc<str>,
    /// Where it stood in its source partition: for a file the byte where the row begins.
    pub offset: i64,
    /// The key as far as it is known.
    pub key: Option<Bytes>,
    /// The input as it was read.
    pub value: Option<Bytes>,
    /// The headers as far as they are known.
    pub headers: Vec<Header>,
    /// Which step refused it.
    pub stage: ErrorStage,
    /// What was expected, what was found, where, and what to do.
    pub message: String,
}

//! How a running pipeline stands, to be looked at while it runs.

use std::sync::{Arc, Mutex, PoisonError};

use riverrun_connectors::runtime::{Counters, Snapshot};

/// What a pipeline is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// The broker and the topics are being made ready.
    Starting,
    /// Tables are loaded to their end.
    Tables,
    /// Streams flow.
    Streams,
    /// The sources are done; the last windows close.
    Closing,
    /// The sinks write what is left.
    Sinks,
    /// All is done.
    Done,
}

/// One source or sink: its name, and what each of its tasks counts.
#[derive(Clone, Debug)]
pub struct Lane {
    /// The name in the pipeline's file.
    pub name: String,
    /// One for each task.
    pub tasks: Vec<Arc<Counters>>,
}

impl Lane {
    /// The sums over all tasks.
    pub fn snapshot(&self) -> Snapshot {
        self.tasks.iter().map(|task| task.snapshot()).fold(Snapshot::default(), std::ops::Add::add)
    }
}

/// The status of one run. Clones show the same run.
#[derive(Clone, Debug)]
pub struct Status(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    phase: Phase,
    sources: Vec<Lane>,
    sinks: Vec<Lane>,
}

impl Default for Status {
    fn default() -> Self {
        let inner = Inner { phase: Phase::Starting, sources: Vec::new(), sinks: Vec::new() };
        Status(Arc::new(Mutex::new(inner)))
    }
}

impl Status {
    fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the pipeline is doing.
    pub fn phase(&self) -> Phase {
        self.with(|inner| inner.phase)
    }

    /// The sources.
    pub fn sources(&self) -> Vec<Lane> {
        self.with(|inner| inner.sources.clone())
    }

    /// The sinks.
    pub fn sinks(&self) -> Vec<Lane> {
        self.with(|inner| inner.sinks.clone())
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.with(|inner| inner.phase = phase);
    }

    pub(super) fn add_source(&self, name: &str, tasks: Vec<Arc<Counters>>) {
        self.with(|inner| inner.sources.push(Lane { name: name.to_owned(), tasks }));
    }

    pub(super) fn add_sink(&self, name: &str, tasks: Vec<Arc<Counters>>) {
        self.with(|inner| inner.sinks.push(Lane { name: name.to_owned(), tasks }));
    }
}

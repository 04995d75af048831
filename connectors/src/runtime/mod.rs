//! What drives connectors: tasks, commits, retries, dead letters, counters.
//!
//! The workers know the traits of [`api`](crate::api) and a [`Log`]; they never know a vendor, a file or a socket.
//!
//! A source's task writes in transactions: records, dead letters and the positions that they stand for are there
//! together or not at all. A sink reads what was committed and resumes from the positions that it stored with its data.

mod backoff;
mod client;
mod counters;
mod dead_letter;
mod log;
mod memory;
mod merge;
mod offsets;
mod policy;
mod sink_worker;
mod source_worker;
mod supervise;

pub use backoff::Backoff;
pub use client::ClientLog;

pub use counters::{Counters, Snapshot};
pub use dead_letter::{DeadLetterContext, header_names};
pub use log::{Log, LogReader, LogRecord, LogWriter, OutRecord, TopicInfo, TopicSpec};
pub use memory::MemoryLog;
pub use offsets::OffsetStore;
pub use policy::{ErrorPolicy, Tolerance};
pub use sink_worker::{SinkInput, SinkWorker};
pub use source_worker::SourceWorker;
pub use supervise::{Outcome, RestartPolicy, Stop, StopHandle, supervise_sink, supervise_source};

#[cfg(test)]
mod tests;

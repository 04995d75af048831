//! A source: what reads some other system into topics.

use async_trait::async_trait;

use super::{BadRecord, ConnectorError, Schema, SourceOffset, SourcePartition, SourceRecord, StoredOffsets};

/// Whether a source comes to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundedness {
    /// It reads what is there and is done.
    Bounded,
    /// It goes on as long as it is let.
    Unbounded,
}

/// A configured source, before it runs.
pub trait Source: Send + Sync + std::fmt::Debug {
    /// The name of the connector's kind, such as `file`: it stands in dead letters and messages.
    fn kind(&self) -> &'static str;

    /// Whether its tasks finish.
    fn boundedness(&self) -> Boundedness;

    /// The columns of its rows, if the rows have columns. May read a sample of the source.
    fn schema(&self) -> Result<Option<Schema>, ConnectorError>;

    /// Shares the work out to at most `max_tasks` tasks. The same configuration gives the same shares.
    fn tasks(&self, max_tasks: u32) -> Result<Vec<Box<dyn SourceTask>>, ConnectorError>;
}

/// One share of a source's work.
///
/// After a restart a task must make the same records again from the same stored position, and those of one source
/// partition in the same order: this is what lets the runtime write each of them exactly once.
#[async_trait]
pub trait SourceTask: Send {
    /// Called once, before the first poll, with the positions that were committed.
    async fn start(&mut self, offsets: &StoredOffsets) -> Result<(), ConnectorError>;

    /// The next records. Returns soon: with a bounded batch, or with [`Polled::Idle`] when there is nothing now.
    async fn poll(&mut self) -> Result<Polled, ConnectorError>;

    /// Called after the positions of every batch so far are durable: what was read may be released.
    async fn committed(&mut self) -> Result<(), ConnectorError> {
        Ok(())
    }

    /// How far the task has come, for people.
    fn progress(&self) -> Progress;
}

/// What a poll gave.
#[derive(Debug)]
pub enum Polled {
    /// Records, with the positions after them.
    Batch(SourceBatch),
    /// Nothing at present.
    Idle,
    /// Nothing any more.
    Finished,
}

/// Records in order, and where the source stands after all of them. A batch is never split by a commit.
#[derive(Debug, Default)]
pub struct SourceBatch {
    /// Good and bad records in the order read.
    pub items: Vec<SourceItem>,
    /// The new position of every source partition that this batch moved.
    pub positions: Vec<Position>,
}

/// One thing read.
#[derive(Debug)]
pub enum SourceItem {
    /// A record to write.
    Record(SourceRecord),
    /// A piece of input that is no record.
    Bad(BadRecord),
}

/// The position of one source partition. `offset: None` forgets the partition.
#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    /// The source partition.
    pub partition: SourcePartition,
    /// How far it has been read.
    pub offset: Option<SourceOffset>,
}

/// How far a task has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Units done, such as bytes of the files as they lie on disk.
    pub done: u64,
    /// Units in all, as far as known.
    pub total: Option<u64>,
}

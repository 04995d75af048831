//! A sink: what writes topics into some other system.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{ConnectorError, ErrorStage, SinkRecord, TopicPartition};

/// A configured sink, before it runs.
pub trait Sink: Send + Sync + std::fmt::Debug {
    /// The name of the connector's kind, such as `file`.
    fn kind(&self) -> &'static str;

    /// Whether the order of records between partitions shows in the result, so that a bounded run must feed them in
    /// one reproducible order.
    fn wants_total_order(&self) -> bool;

    /// Removes what earlier runs of this sink wrote, so that the next run starts over. What the sink did not write
    /// stays.
    fn start_over(&self) -> Result<(), ConnectorError>;

    /// Where the result is, for people.
    fn target(&self) -> String;

    /// A task. `bounded` says that the input ends and [`SinkTask::finish`] will be called.
    fn task(&self, bounded: bool) -> Result<Box<dyn SinkTask>, ConnectorError>;
}

/// The writer of a sink.
///
/// The positions are stored by the sink together with its data: [`open`](Self::open) says from where it goes on, and
/// whatever was put after the last [`flush`](Self::flush) is put again after a crash.
#[async_trait]
pub trait SinkTask: Send {
    /// Called once. Discards what lies behind the last flush, and returns the offset at which each partition goes
    /// on; a partition that is not named begins at its start. `topics` holds the topics and, where the cluster gives
    /// topics identities, the identity of each: offsets of a topic that was deleted and made anew mean nothing.
    async fn open(
        &mut self,
        topics: &BTreeMap<String, Option<String>>,
    ) -> Result<BTreeMap<TopicPartition, i64>, ConnectorError>;

    /// Takes records, in order within each partition. Returns those that it refused; the others are taken.
    async fn put(&mut self, records: &[SinkRecord]) -> Result<Vec<Rejected>, ConnectorError>;

    /// Makes everything put so far durable together with `next`, the offset at which each partition goes on.
    async fn flush(&mut self, next: &BTreeMap<TopicPartition, i64>) -> Result<(), ConnectorError>;

    /// Called after the last flush of a bounded run: makes the result visible. Called again, it changes nothing.
    async fn finish(&mut self) -> Result<(), ConnectorError>;
}

/// A record that a sink refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its place in the slice that was put.
    pub index: usize,
    /// Which step refused it.
    pub stage: ErrorStage,
    /// Why, and what to do.
    pub message: String,
}

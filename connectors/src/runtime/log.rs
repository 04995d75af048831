//! What the runtime asks of a Kafka log. The client answers it in production, memory in tests.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use riverrun_core::Result;
use riverrun_core::client::IsolationLevel;

use crate::api::{Header, TopicPartition};

/// A topic to write to or to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicSpec {
    /// The name.
    pub name: String,
    /// The number of partitions if it must be made.
    pub partitions: i32,
    /// Topic configs under Kafka's names, for making it.
    pub configs: BTreeMap<String, String>,
}

/// What the cluster says of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicInfo {
    /// How many partitions it has.
    pub partitions: i32,
    /// Its identity, which a topic made anew under the same name does not share.
    pub id: Option<String>,
}

/// A record to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutRecord {
    /// The key.
    pub key: Option<Bytes>,
    /// The value.
    pub value: Option<Bytes>,
    /// The headers.
    pub headers: Vec<Header>,
    /// Milliseconds since 1970; `None` takes the time of writing.
    pub timestamp: Option<i64>,
}

/// A record as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// Its offset.
    pub offset: i64,
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// The key.
    pub key: Option<Bytes>,
    /// The value.
    pub value: Option<Bytes>,
    /// The headers.
    pub headers: Vec<Header>,
}

/// A Kafka cluster, as far as connectors need one.
#[async_trait]
pub trait Log: Send + Sync + std::fmt::Debug {
    /// The topic `name`, or `None` if it is not there. Never makes one.
    async fn topic(&self, name: &str) -> Result<Option<TopicInfo>>;

    /// The topic of `spec`, made if it is not there. One that is there stays as it is.
    async fn ensure_topic(&self, spec: &TopicSpec) -> Result<TopicInfo>;

    /// The offset after the last record of every partition, in order, whatever becomes of its transaction.
    async fn end_offsets(&self, topic: &str) -> Result<Vec<i64>>;

    /// The writer of transactions with this id, of which there is one: an earlier one is fenced, and what it had not
    /// committed is undone, when this returns.
    async fn writer(&self, id: &str) -> Result<Box<dyn LogWriter>>;

    /// A reader that begins each partition at the given offset, or at the first that is there.
    async fn reader(
        &self,
        from: &BTreeMap<TopicPartition, i64>,
        isolation: IsolationLevel,
    ) -> Result<Box<dyn LogReader>>;

    /// Appends `records` as one batch, which is there as a whole or not at all. Durable when this returns.
    async fn append_batch(&self, partition: &TopicPartition, records: Vec<OutRecord>) -> Result<()>;

    /// The positions that a consumer group has committed.
    async fn group_positions(&self, group: &str) -> Result<BTreeMap<TopicPartition, i64>>;

    /// Commits positions of a consumer group, for those who look at its lag.
    async fn commit_group(&self, group: &str, next: &BTreeMap<TopicPartition, i64>) -> Result<()>;
}

/// Writes records in transactions, one after the other. Dropping it leaves what is not committed to the next writer of
/// its id.
#[async_trait]
pub trait LogWriter: Send {
    /// Hands records over, in order, as part of the transaction. Waits while too much is unacknowledged.
    async fn write(&mut self, partition: &TopicPartition, records: Vec<OutRecord>) -> Result<()>;

    /// Commits the transaction: all that was handed over since the last call is there, or nothing of it. With `group`
    /// the positions of a consumer group are part of it.
    async fn commit(&mut self, group: Option<(&str, &BTreeMap<TopicPartition, i64>)>) -> Result<()>;
}

/// Reads partitions.
#[async_trait]
pub trait LogReader: Send {
    /// The next records, or none after `max_wait`. What one call returns is bounded.
    async fn poll(&mut self, max_wait: Duration) -> Result<Vec<(TopicPartition, Vec<LogRecord>)>>;

    /// The offset at which a partition goes on; past records that are not shown, such as markers of transactions.
    fn position(&self, partition: &TopicPartition) -> i64;

    /// Stops or lets go on the reading of a partition.
    fn set_paused(&mut self, partition: &TopicPartition, paused: bool);
}

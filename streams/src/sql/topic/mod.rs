//! Topics as SQL reads and writes them.
//!
//! [`TopicLog`] is all that SQL needs of a cluster: a real one is a [`ClusterLog`], one in memory a [`MemoryLog`].
//! `RowReader` and `RowWriter` turn records into batches of a relation's columns and back. This room knows records,
//! relations and formats. It must never know plans or sessions.

mod cluster;
mod envelope;
mod memory;
mod reader;
mod writer;

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use riverrun_core::Result;

use crate::record::{Headers, InputRecord};

pub use cluster::ClusterLog;
pub(crate) use envelope::Envelope;
pub use memory::MemoryLog;
pub(crate) use reader::{BadRow, RowReader, with_metas};
pub(crate) use writer::RowWriter;

/// Records of one partition, in order of offsets.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// The records; offsets may have holes (compaction, transaction markers).
    pub records: Vec<InputRecord>,
    /// Where to read on.
    pub next_offset: i64,
}

/// A record to be written.
#[derive(Clone, Debug, Default)]
pub struct NewRecord {
    /// Partition; `None` goes by the key as Kafka's own partitioner does.
    pub partition: Option<i32>,
    /// Timestamp in milliseconds since 1970; `None` takes the time of writing.
    pub timestamp: Option<i64>,
    /// The key's bytes.
    pub key: Option<Bytes>,
    /// The value's bytes; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// The headers.
    pub headers: Headers,
}

/// What SQL needs of a Kafka cluster.
#[async_trait]
pub trait TopicLog: Send + Sync + fmt::Debug {
    /// The names of all topics that a user may see, in order.
    async fn topics(&self) -> Result<Vec<String>>;

    /// Start and end offset of each partition, or `None` if there is no such topic.
    async fn extent(&self, topic: &str) -> Result<Option<Vec<(i64, i64)>>>;

    /// Records of a partition from `from` on and below `to`, at most about `limit` of them and at least one if any
    /// is there. An empty chunk means that nothing is left below `to`.
    async fn read(&self, topic: &str, partition: i32, from: i64, to: i64, limit: usize) -> Result<Chunk>;

    /// The first offset whose record's timestamp is at least `timestamp_ms`, or `None` if there is none.
    async fn offset_for_time(&self, topic: &str, partition: i32, timestamp_ms: i64) -> Result<Option<i64>>;

    /// Creates a topic. An existing one is left as it is.
    async fn create(
        &self,
        topic: &str,
        partitions: Option<i32>,
        configs: &BTreeMap<String, String>,
    ) -> Result<()>;

    /// Deletes a topic. A missing one is no error.
    async fn delete(&self, topic: &str) -> Result<()>;

    /// Writes records; when it returns, they are acknowledged by all in-sync replicas.
    async fn append(&self, topic: &str, records: Vec<NewRecord>) -> Result<()>;
}

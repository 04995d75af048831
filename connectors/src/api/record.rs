//! Records on their way from a source into a topic, and from a topic into a sink.

use std::sync::Arc;

use bytes::Bytes;

use super::{Header, TopicPartition};

/// A record that a source made.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRecord {
    /// The topic to write to.
    pub topic: Arc<str>,
    /// The partition to write to; `None` lets the key decide (murmur2, as Kafka's own producer), or the ordinal
    /// where there is no key.
    pub partition: Option<i32>,
    /// The record's number within its source partition. It spreads records without a key over partitions in a way
    /// that is the same when the source reads them again.
    pub ordinal: u64,
    /// The key.
    pub key: Option<Bytes>,
    /// The value; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// The headers.
    pub headers: Vec<Header>,
    /// Event time in milliseconds since 1970; `None` takes the time of writing.
    pub timestamp: Option<i64>,
}

/// A record that a sink is given.
#[derive(Clone, Debug, PartialEq)]
pub struct SinkRecord {
    /// Where it stands.
    pub partition: TopicPartition,
    /// Its offset there.
    pub offset: i64,
    /// The key.
    pub key: Option<Bytes>,
    /// The value; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// The headers.
    pub headers: Vec<Header>,
    /// The record's timestamp, in milliseconds since 1970.
    pub timestamp: i64,
}

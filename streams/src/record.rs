//! Records as a task sees them: bytes in, bytes out.
//!
//! Knows nothing of batches, sockets or types; the runtime turns fetched batches into [`InputRecord`]s and sends
//! [`OutputRecord`]s.

use std::sync::Arc;

use bytes::Bytes;

/// One header of a record. Names may repeat; order is kept; a value may be null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The header's name (UTF-8).
    pub key: Bytes,
    /// The header's value; `None` is a null value, which differs from an empty one.
    pub value: Option<Bytes>,
}

/// The headers of a record, cheap to clone: most records have none, and none costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Option<Arc<Vec<Header>>>);

impl Headers {
    /// No headers.
    pub const NONE: Headers = Headers(None);

    /// Whether there is no header.
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|list| list.is_empty())
    }

    /// The headers in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Header> {
        self.0.as_deref().map_or(&[][..], Vec::as_slice).iter()
    }

    /// Adds a header behind the others.
    pub fn push(&mut self, key: impl Into<Bytes>, value: Option<Bytes>) {
        let list = self.0.get_or_insert_default();
        Arc::make_mut(list).push(Header { key: key.into(), value });
    }

    /// The value of the last header of that name; `Some(None)` is a null value.
    pub fn last(&self, key: &str) -> Option<Option<&Bytes>> {
        self.iter().rev().find(|header| header.key == key.as_bytes()).map(|header| header.value.as_ref())
    }
}

impl FromIterator<Header> for Headers {
    fn from_iter<I: IntoIterator<Item = Header>>(headers: I) -> Self {
        let list: Vec<Header> = headers.into_iter().collect();
        Headers(if list.is_empty() { None } else { Some(Arc::new(list)) })
    }
}

/// A record read from an input topic partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputRecord {
    /// Offset in its partition.
    pub offset: i64,
    /// The record's timestamp in milliseconds since 1970; negative means that it has none.
    pub timestamp: i64,
    /// The key's bytes.
    pub key: Option<Bytes>,
    /// The value's bytes.
    pub value: Option<Bytes>,
    /// The headers.
    pub headers: Headers,
}

/// Why a record is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutputKind {
    /// To a topic outside of the application.
    Sink,
    /// To a repartition topic, to be read by another task of the application.
    Repartition,
    /// To the changelog of a store: partition is the task's own.
    Changelog,
    /// To a dead-letter topic.
    DeadLetter,
}

/// A record that a task wants written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputRecord {
    /// Topic, internal ones with the application id in front.
    pub topic: Arc<str>,
    /// Partition; `None` leaves it to the producer's partitioner (murmur2 of the key, as Kafka's own).
    pub partition: Option<i32>,
    /// Timestamp in milliseconds since 1970.
    pub timestamp: i64,
    /// The key's bytes.
    pub key: Option<Bytes>,
    /// The value's bytes; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// The headers.
    pub headers: Headers,
    /// Why it is written.
    pub kind: OutputKind,
}

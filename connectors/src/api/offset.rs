//! Positions: where a source stands in its system.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// One ordered sequence in the source's system: a file, a table, a shard. A JSON object, as in Kafka Connect.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SourcePartition(pub Map<String, Value>);

impl SourcePartition {
    /// The partition that one name and one value identify, such as `{"file": "data/a.csv"}`.
    pub fn of(name: &str, value: impl Into<Value>) -> Self {
        SourcePartition(Map::from_iter([(name.to_owned(), value.into())]))
    }

    /// The canonical text, which identifies the partition: a JSON object with sorted keys.
    pub fn id(&self) -> String {
        canonical(&self.0)
    }
}

/// How far a source has come in one [`SourcePartition`]. A JSON object that only its connector understands.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SourceOffset(pub Map<String, Value>);

/// The positions that a connector's tasks had committed when this run began.
#[derive(Clone, Debug, Default)]
pub struct StoredOffsets(BTreeMap<String, (SourcePartition, SourceOffset)>);

impl StoredOffsets {
    /// The position of `partition`, if one was ever committed.
    pub fn get(&self, partition: &SourcePartition) -> Option<&SourceOffset> {
        self.0.get(&partition.id()).map(|(_, offset)| offset)
    }

    /// Every committed position, in order of the partitions' canonical text.
    pub fn iter(&self) -> impl Iterator<Item = (&SourcePartition, &SourceOffset)> {
        self.0.values().map(|(partition, offset)| (partition, offset))
    }

    /// Whether nothing was ever committed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets the position of `partition`; `None` forgets it.
    pub fn set(&mut self, partition: SourcePartition, offset: Option<SourceOffset>) {
        let id = partition.id();
        match offset {
            Some(offset) => self.0.insert(id, (partition, offset)),
            None => self.0.remove(&id),
        };
    }
}

/// JSON with sorted keys, so that equal objects have equal text whatever order their keys were written in.
pub(crate) fn canonical(object: &Map<String, Value>) -> String {
    let sorted: BTreeMap<&String, &Value> = object.iter().collect();
    serde_json::to_string(&sorted).unwrap_or_default()
}

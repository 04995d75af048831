//! Where source connectors store their positions: a compacted topic in Kafka Connect's format.
//!
//! A key is `["connector",{source partition}]`, its value the source offset. Beside these each task has one record
//! of its own, `["connector",{"riverrun.task":0}]`: how far it had written each output partition at that commit, and
//! under which producer ids. One commit is one batch, so that all of it is there or nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use riverrun_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::{Position, SourceOffset, SourcePartition, StoredOffsets, TopicPartition};

use super::log::{Log, LogRecord, OutRecord, TopicSpec};

const TASK_FIELD: &str = "riverrun.task";

/// How far one task had written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The producer ids under which anything behind `written` may stand.
    pub producers: Vec<i64>,
    /// For each output partition the offset after the last record that the commit covers.
    pub written: BTreeMap<TopicPartition, i64>,
}

#[derive(Serialize, Deserialize)]
struct CommittedJson {
    producers: Vec<i64>,
    written: BTreeMap<String, BTreeMap<i32, i64>>,
}

/// The positions of one connector.
#[derive(Clone, Debug)]
pub struct OffsetStore {
    log: Arc<dyn Log>,
    partition: TopicPartition,
    connector: String,
}

impl OffsetStore {
    /// The positions of `connector` in `topic`, which is made, compacted and with one partition, if it is not there.
    pub async fn open(log: Arc<dyn Log>, topic: &str, connector: &str) -> Result<OffsetStore> {
        let configs = BTreeMap::from([("cleanup.policy".to_owned(), "compact".to_owned())]);
        log.ensure_topic(&TopicSpec { name: topic.to_owned(), partitions: 1, configs }).await?;
        Ok(OffsetStore { log, partition: TopicPartition::new(topic, 0), connector: connector.to_owned() })
    }

    /// The positions of all tasks of the connector, and how far task `task` had written.
    pub async fn load(&self, task: u32) -> Result<(StoredOffsets, Committed)> {
        let (mut offsets, mut committed) = (StoredOffsets::default(), Committed::default());
        self.each(&mut |record| {
            let Some(partition) = record.key.as_deref().and_then(|key| self.of_this(key)) else {
                return Ok(());
            };
            match (partition.get(TASK_FIELD), &record.value) {
                (Some(number), value) if number.as_u64() == Some(u64::from(task)) => {
                    let parsed = value.as_deref().map(|value| self.parse_committed(record.offset, value));
                    committed = parsed.transpose()?.unwrap_or_default();
                }
                (Some(_), _) => {}
                (None, value) => {
                    let offset = value.as_deref().map(|value| self.parse_offset(record.offset, value));
                    offsets.set(SourcePartition(partition), offset.transpose()?);
                }
            }
            Ok(())
        })
        .await?;
        Ok((offsets, committed))
    }

    /// Stores one commit.
    pub async fn commit(&self, task: u32, positions: &[Position], committed: &Committed) -> Result<()> {
        let mut records = Vec::with_capacity(positions.len() + 1);
        for position in positions {
            let value = position.offset.as_ref().map(|offset| json(&offset.0));
            records.push(self.record(&position.partition.0, value));
        }
        let mut written: BTreeMap<String, BTreeMap<i32, i64>> = BTreeMap::new();
        for (partition, offset) in &committed.written {
            written.entry(partition.topic.to_string()).or_default().insert(partition.partition, *offset);
        }
        let value = json(&CommittedJson { producers: committed.producers.clone(), written });
        let key = Map::from_iter([(TASK_FIELD.to_owned(), Value::from(task))]);
        records.push(self.record(&key, Some(value)));
        self.log.append_batch(&self.partition, records).await
    }

    /// Forgets every position of the connector, so that it starts over.
    ///
    /// # Errors
    /// When the topic cannot be read or written.
    pub async fn clear(&self) -> Result<()> {
        let mut stored: BTreeMap<Bytes, bool> = BTreeMap::new();
        self.each(&mut |record| {
            if let Some(key) = record.key.filter(|key| self.of_this(key).is_some()) {
                stored.insert(key, record.value.is_some());
            }
            Ok(())
        })
        .await?;
        let gone = |(key, _)| OutRecord { key: Some(key), value: None, headers: Vec::new(), timestamp: None };
        let tombstones: Vec<OutRecord> = stored.into_iter().filter(|(_, is_set)| *is_set).map(gone).collect();
        if tombstones.is_empty() {
            return Ok(());
        }
        self.log.append_batch(&self.partition, tombstones).await
    }

    /// Shows every record of the topic, those of other connectors included.
    async fn each(&self, see: &mut (dyn FnMut(LogRecord) -> Result<()> + Send)) -> Result<()> {
        let end = self.log.end_offsets(&self.partition.topic).await?.first().copied().unwrap_or(0);
        if end == 0 {
            return Ok(());
        }
        let mut reader = self.log.reader(&BTreeMap::from([(self.partition.clone(), 0)])).await?;
        while reader.position(&self.partition) < end {
            for (_, records) in reader.poll(Duration::from_secs(1)).await? {
                records.into_iter().try_for_each(&mut *see)?;
            }
        }
        Ok(())
    }

    fn record(&self, partition: &Map<String, Value>, value: Option<Bytes>) -> OutRecord {
        let sorted: BTreeMap<&String, &Value> = partition.iter().collect();
        let key = json(&(self.connector.as_str(), sorted));
        OutRecord { key: Some(key), value, headers: Vec::new(), timestamp: None }
    }

    /// The source partition of a key of this connector.
    fn of_this(&self, key: &[u8]) -> Option<Map<String, Value>> {
        let (connector, partition): (String, Map<String, Value>) = serde_json::from_slice(key).ok()?;
        (connector == self.connector).then_some(partition)
    }

    fn parse_committed(&self, offset: i64, value: &[u8]) -> Result<Committed> {
        let parsed: CommittedJson =
            serde_json::from_slice(value).map_err(|error| self.damaged(offset, error))?;
        let mut written = BTreeMap::new();
        for (topic, partitions) in parsed.written {
            let topic: Arc<str> = topic.into();
            for (partition, next) in partitions {
                written.insert(TopicPartition { topic: Arc::clone(&topic), partition }, next);
            }
        }
        Ok(Committed { producers: parsed.producers, written })
    }

    fn parse_offset(&self, offset: i64, value: &[u8]) -> Result<SourceOffset> {
        let parsed = serde_json::from_slice(value).map_err(|error| self.damaged(offset, error))?;
        Ok(SourceOffset(parsed))
    }

    fn damaged(&self, offset: i64, error: serde_json::Error) -> Error {
        let message = format!(
            "{}, offset {offset}: expected a position of connector '{}' as JSON; use another offsets topic, or start \
             over with --fresh",
            self.partition, self.connector
        );
        Error::new(ErrorKind::Corrupt, message).with_source(error)
    }
}

fn json(value: &impl Serialize) -> Bytes {
    // Maps with text keys and plain numbers cannot fail to serialise.
    serde_json::to_vec(value).unwrap_or_default().into()
}

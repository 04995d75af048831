//! Where source connectors store their positions: a compacted topic in Kafka Connect's format.
//!
//! A key is `["connector",{source partition}]`, its value the source offset. They are written in the transaction of the
//! records that they stand for. A task that stopped at bad input has one record more,
//! `["connector",{"riverrun.task":0}]`, which says so: its dead letter is there already.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use riverrun_core::client::IsolationLevel;
use riverrun_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::{Position, SourceOffset, SourcePartition, StoredOffsets, TopicPartition};

use super::log::{Log, LogRecord, OutRecord, TopicSpec};

const TASK_FIELD: &str = "riverrun.task";

/// What is kept of a task beside its positions.
#[derive(Serialize, Deserialize)]
struct TaskJson {
    /// What was wrong with the input at which it stopped.
    #[serde(default)]
    stopped: Option<String>,
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

    /// The partition that positions are written to.
    pub(super) fn partition(&self) -> &TopicPartition {
        &self.partition
    }

    /// The positions of all tasks of the connector, and what task `task` stopped at, if it did.
    pub async fn load(&self, task: u32) -> Result<(StoredOffsets, Option<String>)> {
        let (mut offsets, mut stopped) = (StoredOffsets::default(), None);
        self.each(IsolationLevel::ReadCommitted, &mut |record| {
            let Some(partition) = record.key.as_deref().and_then(|key| self.of_this(key)) else {
                return Ok(());
            };
            match (partition.get(TASK_FIELD), &record.value) {
                (Some(number), value) if number.as_u64() == Some(u64::from(task)) => {
                    let parsed = value.as_deref().map(|value| self.parse_task(record.offset, value));
                    stopped = parsed.transpose()?.and_then(|parsed| parsed.stopped);
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
        Ok((offsets, stopped))
    }

    /// The record of a position.
    pub(super) fn position(&self, position: &Position) -> OutRecord {
        let value = position.offset.as_ref().map(|offset| json(&offset.0));
        self.record(&position.partition.0, value)
    }

    /// The record that says what a task stopped at, or with `None` that it went on.
    pub(super) fn stopped(&self, task: u32, at: Option<&str>) -> OutRecord {
        let key = Map::from_iter([(TASK_FIELD.to_owned(), Value::from(task))]);
        self.record(&key, at.map(|at| json(&TaskJson { stopped: Some(at.to_owned()) })))
    }

    /// Forgets every position of the connector, so that it starts over.
    ///
    /// # Errors
    /// When the topic cannot be read or written.
    pub async fn clear(&self) -> Result<()> {
        let mut stored: BTreeMap<Bytes, bool> = BTreeMap::new();
        // What a lost run left open counts as well: to wait for its end would be in vain.
        self.each(IsolationLevel::ReadUncommitted, &mut |record| {
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
    async fn each(
        &self,
        isolation: IsolationLevel,
        see: &mut (dyn FnMut(LogRecord) -> Result<()> + Send),
    ) -> Result<()> {
        let end = self.log.end_offsets(&self.partition.topic).await?.first().copied().unwrap_or(0);
        if end == 0 {
            return Ok(());
        }
        let from = BTreeMap::from([(self.partition.clone(), 0)]);
        let mut reader = self.log.reader(&from, isolation).await?;
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

    fn parse_task(&self, offset: i64, value: &[u8]) -> Result<TaskJson> {
        serde_json::from_slice(value).map_err(|error| self.damaged(offset, error))
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

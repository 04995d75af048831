//! Runs one task of a source: polls, writes, commits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::api::{
    BadRecord, ConnectorError, Polled, Position, SourceBatch, SourceItem, SourceRecord, SourceTask,
    TopicPartition,
};

use super::counters::Counters;
use super::dead_letter::DeadLetterContext;
use super::log::{Log, LogWriter, OutRecord, TopicSpec};
use super::offsets::OffsetStore;
use super::policy::{ErrorPolicy, Tolerance};
use super::supervise::{Outcome, Stop};

/// How many records without a key go to one partition before the next gets some: enough to fill a batch.
const SPREAD_RECORDS: u64 = 500;
/// How long to wait when a source has nothing.
const IDLE: Duration = Duration::from_millis(100);

/// One task of a source connector and all that it needs to run.
#[derive(Debug)]
pub struct SourceWorker {
    /// The connector's name.
    pub connector: String,
    /// The connector's kind, such as `file`.
    pub kind: &'static str,
    /// The task's number.
    pub task: u32,
    /// Where to write.
    pub log: Arc<dyn Log>,
    /// Where the positions are.
    pub offsets: OffsetStore,
    /// Every topic that the task may write to, the dead-letter topic apart.
    pub topics: Vec<TopicSpec>,
    /// What to do with bad records.
    pub errors: ErrorPolicy,
    /// How long to wait between two commits.
    pub commit_interval: Duration,
    /// What was done.
    pub counters: Arc<Counters>,
}

impl SourceWorker {
    /// Runs the task once, until it finishes, is stopped or fails.
    pub async fn run(&self, task: &mut dyn SourceTask, mut stop: Stop) -> Result<Outcome, ConnectorError> {
        let mut run = Run::begin(self).await?;
        let (stored, stopped) = self.offsets.load(self.task).await?;
        run.stopped = stopped;
        task.start(&stored).await?;
        self.counters.set_progress(task.progress());
        loop {
            let ended = match task.poll().await? {
                Polled::Batch(batch) => {
                    run.write(batch).await?;
                    None
                }
                Polled::Idle => {
                    stop.wait(IDLE).await;
                    None
                }
                Polled::Finished => Some(Outcome::Finished),
            };
            self.counters.set_progress(task.progress());
            let ended = ended.or_else(|| stop.is_asked().then_some(Outcome::Stopped));
            if (ended.is_some() || run.is_due()) && run.commit().await? {
                task.committed().await?;
            }
            if let Some(outcome) = ended {
                return Ok(outcome);
            }
        }
    }
}

/// One life of a task.
struct Run<'a> {
    worker: &'a SourceWorker,
    writer: Box<dyn LogWriter>,
    partitions: BTreeMap<Arc<str>, i32>,
    positions: BTreeMap<String, Position>,
    /// What an earlier life stopped at, whose dead letter is there.
    stopped: Option<String>,
    /// What was written since the last commit.
    uncommitted: Written,
    last_commit: Instant,
}

#[derive(Clone, Copy, Default)]
struct Written {
    records: u64,
    bytes: u64,
    dead_letters: u64,
}

impl<'a> Run<'a> {
    /// Takes the task's place: what a lost life had not committed is undone when this returns.
    async fn begin(worker: &'a SourceWorker) -> Result<Run<'a>, ConnectorError> {
        let mut partitions = BTreeMap::new();
        for spec in worker.topics.iter().cloned().chain(worker.dead_letter_spec()) {
            let info = worker.log.ensure_topic(&spec).await?;
            partitions.insert(Arc::from(spec.name.as_str()), info.partitions);
        }
        Ok(Run {
            worker,
            writer: worker.log.writer(&transactional_id(&worker.connector, worker.task)).await?,
            partitions,
            positions: BTreeMap::new(),
            stopped: None,
            uncommitted: Written::default(),
            last_commit: Instant::now(),
        })
    }

    async fn write(&mut self, batch: SourceBatch) -> Result<(), ConnectorError> {
        if self.worker.errors.tolerance == Tolerance::None
            && let Some(at) = batch.items.iter().position(|item| matches!(item, SourceItem::Bad(_)))
        {
            return self.stop_at(&batch.items, at).await;
        }
        let mut groups: BTreeMap<TopicPartition, Vec<OutRecord>> = BTreeMap::new();
        for item in batch.items {
            self.worker.counters.records_in(1);
            match item {
                SourceItem::Record(record) => {
                    let partition = self.partition_of(&record)?;
                    let out = OutRecord {
                        key: record.key,
                        value: record.value,
                        headers: record.headers,
                        timestamp: record.timestamp,
                    };
                    self.keep(&mut groups, partition, out);
                }
                SourceItem::Bad(bad) => {
                    self.worker.counters.records_bad(1);
                    self.dead_letter(&mut groups, &bad);
                    tracing::warn!("connector '{}': {}", self.worker.connector, bad.message);
                }
            }
        }
        for (partition, records) in groups {
            self.writer.write(&partition, records).await?;
        }
        for position in batch.positions {
            self.positions.insert(position.partition.id(), position);
        }
        Ok(())
    }

    /// Bad input that nobody tolerates: what came before its batch is committed, with its dead letter and a note of it.
    /// The next run meets it again, and knows it.
    async fn stop_at(&mut self, items: &[SourceItem], at: usize) -> Result<(), ConnectorError> {
        let Some(SourceItem::Bad(bad)) = items.get(at) else { return Ok(()) };
        self.worker.counters.records_in(at as u64 + 1);
        self.worker.counters.records_bad(1);
        let mut groups = BTreeMap::new();
        self.dead_letter(&mut groups, bad);
        for (partition, records) in groups {
            self.writer.write(&partition, records).await?;
        }
        self.stopped = Some(bad.message.clone());
        let note = self.worker.offsets.stopped(self.worker.task, self.stopped.as_deref());
        self.end_transaction(vec![note]).await?;
        Err(ConnectorError::fatal(format!(
            "{}; or leave bad rows out with 'errors: {{tolerance: all}}'",
            bad.message
        )))
    }

    fn keep(
        &mut self,
        groups: &mut BTreeMap<TopicPartition, Vec<OutRecord>>,
        partition: TopicPartition,
        record: OutRecord,
    ) {
        if let Some(timestamp) = record.timestamp {
            self.worker.counters.set_last_timestamp(timestamp);
        }
        self.uncommitted.records += 1;
        self.uncommitted.bytes += record.value.as_ref().map_or(0, |value| value.len() as u64);
        groups.entry(partition).or_default().push(record);
    }

    fn dead_letter(&mut self, groups: &mut BTreeMap<TopicPartition, Vec<OutRecord>>, bad: &BadRecord) {
        let Some(topic) = &self.worker.errors.dead_letter_topic else { return };
        if self.stopped.as_ref() == Some(&bad.message) {
            return;
        }
        let context = DeadLetterContext {
            connector: self.worker.connector.clone(),
            task: self.worker.task,
            kind: self.worker.kind,
        };
        let partition = TopicPartition::new(topic.as_str(), 0);
        groups.entry(partition).or_default().push(context.of_source(bad));
        self.uncommitted.dead_letters += 1;
    }

    /// The partition of a record: given, by its key as Kafka's own producer does it, or by its number. The same
    /// record gets the same partition in every run.
    fn partition_of(&self, record: &SourceRecord) -> Result<TopicPartition, ConnectorError> {
        let Some((topic, &count)) = self.partitions.get_key_value(&record.topic) else {
            return Err(ConnectorError::fatal(format!(
                "the source made a record for topic '{}', which it had not declared; report it",
                record.topic
            )));
        };
        let partition = match (record.partition, &record.key) {
            (Some(partition), _) if (0..count).contains(&partition) => partition,
            (Some(partition), _) => {
                return Err(ConnectorError::fatal(format!(
                    "topic '{topic}' has {count} partitions, and a record is meant for partition {partition}"
                )));
            }
            (None, Some(key)) => riverrun_core::client::producer::partition_for_key(key, count),
            (None, None) => (record.ordinal / SPREAD_RECORDS % count.max(1) as u64) as i32,
        };
        Ok(TopicPartition { topic: Arc::clone(topic), partition })
    }

    fn is_due(&self) -> bool {
        !self.positions.is_empty() && self.last_commit.elapsed() >= self.worker.commit_interval
    }

    /// Makes records and positions durable together; `false` if there was nothing to commit.
    async fn commit(&mut self) -> Result<bool, ConnectorError> {
        if self.positions.is_empty() && self.uncommitted.records + self.uncommitted.dead_letters == 0 {
            return Ok(false);
        }
        // What an earlier life stopped at lies behind.
        let went_on = self.stopped.take().map(|_| self.worker.offsets.stopped(self.worker.task, None));
        self.end_transaction(went_on.into_iter().collect()).await?;
        Ok(true)
    }

    async fn end_transaction(&mut self, more: Vec<OutRecord>) -> Result<(), ConnectorError> {
        let offsets = &self.worker.offsets;
        let positions = std::mem::take(&mut self.positions);
        let records = positions.values().map(|position| offsets.position(position)).chain(more).collect();
        self.writer.write(offsets.partition(), records).await?;
        self.writer.commit(None).await?;
        let written = std::mem::take(&mut self.uncommitted);
        let counters = &self.worker.counters;
        counters.records_out(written.records);
        counters.bytes_out(written.bytes);
        counters.dead_letters(written.dead_letters);
        counters.commits(1);
        self.last_commit = Instant::now();
        Ok(())
    }
}

/// The name of a task's transactions, the same in all its lives.
pub(super) fn transactional_id(connector: &str, task: u32) -> String {
    format!("riverrun-connect-{connector}-{task}")
}

impl SourceWorker {
    fn dead_letter_spec(&self) -> Option<TopicSpec> {
        let name = self.errors.dead_letter_topic.clone()?;
        Some(TopicSpec { name, partitions: 1, configs: BTreeMap::new() })
    }
}

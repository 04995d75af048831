//! Runs one task of a source: polls, writes, commits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use riverrun_core::ErrorKind;
use tokio::time::Instant;

use crate::api::{
    BadRecord, Boundedness, ConnectorError, Polled, Position, SourceBatch, SourceItem, SourceRecord,
    SourceTask, TopicPartition,
};

use super::counters::Counters;
use super::dead_letter::DeadLetterContext;
use super::log::{Log, LogWriter, OutRecord, TopicSpec};
use super::offsets::{Committed, OffsetStore};
use super::policy::{ErrorPolicy, Tolerance};
use super::replay::Replay;
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
    /// Whether the task finishes: then everything that an earlier run wrote must be made again.
    pub boundedness: Boundedness,
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
        let (stored, committed) = self.offsets.load(self.task).await?;
        let mut run = Run::begin(self, committed).await?;
        task.start(&stored).await?;
        self.counters.set_progress(task.progress());
        loop {
            let ended = match task.poll().await? {
                Polled::Batch(batch) => {
                    run.write(batch).await?;
                    None
                }
                Polled::Idle => {
                    run.caught_up();
                    stop.wait(IDLE).await;
                    None
                }
                Polled::Finished => Some(Outcome::Finished),
            };
            self.counters.set_progress(task.progress());
            let ended = ended.or_else(|| stop.is_asked().then_some(Outcome::Stopped));
            if matches!(ended, Some(Outcome::Finished)) {
                run.nothing_left_over()?;
            }
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
    replay: Replay,
    /// What the next commit says, as far as it does not depend on this run's writes.
    committed: Committed,
    positions: BTreeMap<String, Position>,
    /// What was written since the last commit.
    unflushed: Written,
    last_commit: Instant,
}

#[derive(Clone, Copy, Default)]
struct Written {
    records: u64,
    bytes: u64,
    dead_letters: u64,
}

impl<'a> Run<'a> {
    /// Finds what a lost run wrote behind its last commit, and notes this run's producer id before its first write.
    async fn begin(worker: &'a SourceWorker, mut committed: Committed) -> Result<Run<'a>, ConnectorError> {
        let mut partitions = BTreeMap::new();
        for spec in worker.topics.iter().cloned().chain(worker.dead_letter_spec()) {
            let info = worker.log.ensure_topic(&spec).await?;
            partitions.insert(Arc::from(spec.name.as_str()), info.partitions);
        }
        let mut replay = Replay::default();
        let mut replayed_to = BTreeMap::new();
        for (topic, count) in &partitions {
            let ends = worker.log.end_offsets(topic).await?;
            for partition in 0..*count {
                let partition = TopicPartition { topic: Arc::clone(topic), partition };
                let end = ends.get(partition.partition as usize).copied().unwrap_or(0);
                let from = *committed.written.entry(partition.clone()).or_insert(end);
                if committed.producers.is_empty() || from >= end {
                    continue;
                }
                let tail = worker.log.written_since(&partition, from, &committed.producers).await?;
                if let Some(last) = tail.last() {
                    replayed_to.insert(partition.clone(), last.offset + 1);
                    replay.add(&partition, &tail);
                }
            }
        }
        let writer = worker.log.writer().await?;
        committed.producers.push(writer.producer_id());
        worker.offsets.commit(worker.task, &[], &committed).await?;
        // The next commit comes when all of the lost run's records have been made again, so it stands behind them.
        committed.written.extend(replayed_to);
        Ok(Run {
            worker,
            writer,
            partitions,
            replay,
            committed,
            positions: BTreeMap::new(),
            unflushed: Written::default(),
            last_commit: Instant::now(),
        })
    }

    async fn write(&mut self, batch: SourceBatch) -> Result<(), ConnectorError> {
        let mut groups: BTreeMap<TopicPartition, Vec<OutRecord>> = BTreeMap::new();
        let mut failure = None;
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
                    if self.worker.errors.tolerance == Tolerance::None {
                        failure = Some(ConnectorError::fatal(format!(
                            "{}; or leave bad rows out with 'errors: {{tolerance: all}}'",
                            bad.message
                        )));
                        break;
                    }
                    tracing::warn!("connector '{}': {}", self.worker.connector, bad.message);
                }
            }
        }
        for (partition, records) in groups {
            self.writer.write(&partition, records).await?;
        }
        if let Some(failure) = failure {
            // The good records and the dead letter are out; the next run finds them and does not write them again.
            self.writer.flush().await?;
            return Err(failure);
        }
        for position in batch.positions {
            self.positions.insert(position.partition.id(), position);
        }
        Ok(())
    }

    fn keep(
        &mut self,
        groups: &mut BTreeMap<TopicPartition, Vec<OutRecord>>,
        partition: TopicPartition,
        record: OutRecord,
    ) -> bool {
        if self.replay.was_written(&partition, &record) {
            self.worker.counters.records_replayed(1);
            return false;
        }
        if let Some(timestamp) = record.timestamp {
            self.worker.counters.set_last_timestamp(timestamp);
        }
        self.unflushed.records += 1;
        self.unflushed.bytes += record.value.as_ref().map_or(0, |value| value.len() as u64);
        groups.entry(partition).or_default().push(record);
        true
    }

    fn dead_letter(&mut self, groups: &mut BTreeMap<TopicPartition, Vec<OutRecord>>, bad: &BadRecord) {
        let Some(topic) = &self.worker.errors.dead_letter_topic else { return };
        let context = DeadLetterContext {
            connector: self.worker.connector.clone(),
            task: self.worker.task,
            kind: self.worker.kind,
        };
        if self.keep(groups, TopicPartition::new(topic.as_str(), 0), context.of_source(bad)) {
            self.unflushed.records -= 1;
            self.unflushed.dead_letters += 1;
        }
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
        self.replay.remaining() == 0
            && !self.positions.is_empty()
            && self.last_commit.elapsed() >= self.worker.commit_interval
    }

    /// The source has nothing more at present: what a lost run wrote and this one did not make again, it never will,
    /// as its file was cut or replaced in between.
    fn caught_up(&mut self) {
        if self.replay.remaining() > 0 {
            tracing::warn!(
                "connector '{}': {} records that an earlier run wrote are no longer in the source",
                self.worker.connector,
                self.replay.remaining()
            );
            self.replay.forget();
        }
    }

    fn nothing_left_over(&self) -> Result<(), ConnectorError> {
        match (self.worker.boundedness, self.replay.remaining()) {
            (_, 0) | (Boundedness::Unbounded, _) => Ok(()),
            (Boundedness::Bounded, count) => Err(ConnectorError::Fatal(riverrun_core::Error::new(
                ErrorKind::Corrupt,
                format!(
                    "{count} records that an earlier run wrote are no longer in the source: it was changed in \
                     between; put it back, or start over with --fresh"
                ),
            ))),
        }
    }

    /// Makes everything durable, and the positions with it; `false` if there was nothing to commit, or a lost run's
    /// records are still being made again.
    async fn commit(&mut self) -> Result<bool, ConnectorError> {
        let ends = self.writer.flush().await?;
        let flushed = std::mem::take(&mut self.unflushed);
        let counters = &self.worker.counters;
        counters.records_out(flushed.records);
        counters.bytes_out(flushed.bytes);
        counters.dead_letters(flushed.dead_letters);
        self.last_commit = Instant::now();
        if self.positions.is_empty() || self.replay.remaining() > 0 {
            return Ok(false);
        }
        for (partition, end) in ends {
            let written = self.committed.written.entry(partition).or_insert(end);
            *written = end.max(*written);
        }
        self.committed.producers = vec![self.writer.producer_id()];
        let positions: Vec<Position> = std::mem::take(&mut self.positions).into_values().collect();
        self.worker.offsets.commit(self.worker.task, &positions, &self.committed).await?;
        counters.commits(1);
        Ok(true)
    }
}

impl SourceWorker {
    fn dead_letter_spec(&self) -> Option<TopicSpec> {
        let name = self.errors.dead_letter_topic.clone()?;
        Some(TopicSpec { name, partitions: 1, configs: BTreeMap::new() })
    }
}

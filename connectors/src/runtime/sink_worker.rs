//! Runs one task of a sink: reads, puts, flushes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use riverrun_core::ErrorKind;
use riverrun_core::client::IsolationLevel;
use tokio::time::Instant;

use crate::api::{ConnectorError, Rejected, SinkRecord, SinkTask, TopicPartition};

use super::counters::Counters;
use super::dead_letter::DeadLetterContext;
use super::log::{Log, LogReader, LogWriter, TopicSpec};
use super::merge::Merge;
use super::policy::{ErrorPolicy, Tolerance};
use super::source_worker::transactional_id;
use super::supervise::{Outcome, Stop};

const POLL_WAIT: Duration = Duration::from_millis(200);
/// How many records are put at once in a merged order.
const PUT_RECORDS: usize = 1_000;

/// Up to so many records, and bytes of their values, a bounded input is put in an order of its own.
const SORTED_RECORDS: i64 = 250_000;
const SORTED_BYTES: usize = 64 << 20;

/// What a sink reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SinkInput {
    /// Everything in its topics, and what comes.
    Unbounded,
    /// Each partition up to an offset; then the sink finishes.
    Bounded(BTreeMap<TopicPartition, i64>),
}

/// The task of a sink connector and all that it needs to run.
#[derive(Debug)]
pub struct SinkWorker {
    /// The connector's name.
    pub connector: String,
    /// The connector's kind, such as `file`.
    pub kind: &'static str,
    /// The task's number.
    pub task: u32,
    /// Where to read.
    pub log: Arc<dyn Log>,
    /// The topics to read, which must be there.
    pub topics: Vec<String>,
    /// How far.
    pub input: SinkInput,
    /// Whether a bounded input is read in one reproducible order over all partitions.
    pub total_order: bool,
    /// What to do with records that the sink refuses.
    pub errors: ErrorPolicy,
    /// How long to wait between two flushes.
    pub commit_interval: Duration,
    /// What was done.
    pub counters: Arc<Counters>,
}

impl SinkWorker {
    /// The consumer group whose positions show how far a connector's sink is.
    pub fn group_of(connector: &str) -> String {
        format!("connect-{connector}")
    }

    /// Runs the task once, until it finishes, is stopped or fails.
    pub async fn run(&self, task: &mut dyn SinkTask, stop: Stop) -> Result<Outcome, ConnectorError> {
        let mut ids = BTreeMap::new();
        let mut from = BTreeMap::new();
        for name in &self.topics {
            let Some(info) = self.log.topic(name).await? else {
                return Err(ConnectorError::Fatal(riverrun_core::Error::new(
                    ErrorKind::NotFound,
                    format!("topic '{name}' does not exist; create it, or correct 'topics'"),
                )));
            };
            ids.insert(name.clone(), info.id);
            let topic: Arc<str> = name.as_str().into();
            for partition in 0..info.partitions {
                from.insert(TopicPartition { topic: Arc::clone(&topic), partition }, 0);
            }
        }
        for (partition, offset) in task.open(&ids).await? {
            if let Some(begin) = from.get_mut(&partition) {
                *begin = offset;
            }
        }
        let mut run = Run {
            worker: self,
            task,
            next: from.clone(),
            dead_letters: None,
            unflushed: Unflushed::default(),
            last_flush: Instant::now(),
        };
        match &self.input {
            SinkInput::Bounded(ends)
                if ends.iter().all(|(partition, end)| from.get(partition) >= Some(end)) =>
            {
                run.task.finish().await?;
                Ok(Outcome::Finished)
            }
            SinkInput::Bounded(ends) => {
                let sorted = match self.total_order {
                    true => run.sorted(&from, ends, &stop).await?,
                    false => None,
                };
                let mut reader = self.log.reader(&from, IsolationLevel::ReadCommitted).await?;
                let outcome = match sorted {
                    Some(outcome) => outcome,
                    None if self.total_order => run.merged(&mut *reader, &from, ends, stop).await?,
                    None => run.as_it_comes(&mut *reader, Some(ends), stop).await?,
                };
                if matches!(outcome, Outcome::Finished) {
                    run.task.finish().await?;
                }
                Ok(outcome)
            }
            SinkInput::Unbounded => {
                let mut reader = self.log.reader(&from, IsolationLevel::ReadCommitted).await?;
                run.as_it_comes(&mut *reader, None, stop).await
            }
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Unflushed {
    records: u64,
    bytes: u64,
}

/// Where refused records go. They are there together with the positions of the worker's group: after a crash the sink
/// meets records again that it refused before, and those below the group's positions are there already.
struct DeadLetters {
    writer: Box<dyn LogWriter>,
    there_below: BTreeMap<TopicPartition, i64>,
    /// Whether there are some that are not committed.
    pending: bool,
}

/// One life of a task.
struct Run<'a> {
    worker: &'a SinkWorker,
    task: &'a mut dyn SinkTask,
    next: BTreeMap<TopicPartition, i64>,
    dead_letters: Option<DeadLetters>,
    unflushed: Unflushed,
    last_flush: Instant,
}

impl Run<'_> {
    /// Puts records as they arrive.
    async fn as_it_comes(
        &mut self,
        reader: &mut dyn LogReader,
        ends: Option<&BTreeMap<TopicPartition, i64>>,
        stop: Stop,
    ) -> Result<Outcome, ConnectorError> {
        loop {
            for (partition, records) in reader.poll(POLL_WAIT).await? {
                let end = ends.and_then(|ends| ends.get(&partition)).copied().unwrap_or(i64::MAX);
                let records: Vec<SinkRecord> =
                    to_sink(&partition, records).filter(|record| record.offset < end).collect();
                self.put(records).await?;
                let position = reader.position(&partition);
                self.next.insert(partition, position.min(end));
            }
            for partition in self.next.clone().keys() {
                let at = reader.position(partition);
                let end = ends.and_then(|ends| ends.get(partition)).copied();
                self.next.insert(partition.clone(), at.min(end.unwrap_or(i64::MAX)));
                if end.is_some_and(|end| at >= end) {
                    reader.set_paused(partition, true);
                }
            }
            let finished =
                ends.is_some_and(|ends| ends.iter().all(|(at, end)| self.next.get(at) >= Some(end)));
            if let Some(outcome) = self.after_round(finished, &stop).await? {
                return Ok(outcome);
            }
        }
    }

    /// Puts all records at once, in an order that depends on nothing but them: by time, then by key; those of one key
    /// stay in the order of their partition. `None` if they are too many to be held.
    async fn sorted(
        &mut self,
        from: &BTreeMap<TopicPartition, i64>,
        ends: &BTreeMap<TopicPartition, i64>,
        stop: &Stop,
    ) -> Result<Option<Outcome>, ConnectorError> {
        let count =
            |(partition, end): (&TopicPartition, &i64)| end - from.get(partition).copied().unwrap_or(0);
        if ends.iter().map(count).sum::<i64>() > SORTED_RECORDS {
            return Ok(None);
        }
        let mut reader = self.worker.log.reader(from, IsolationLevel::ReadCommitted).await?;
        let (mut all, mut bytes) = (Vec::new(), 0);
        while ends.iter().any(|(partition, end)| reader.position(partition) < *end) {
            if stop.is_asked() {
                return Ok(Some(Outcome::Stopped));
            }
            for (partition, records) in reader.poll(POLL_WAIT).await? {
                let end = ends.get(&partition).copied().unwrap_or(0);
                let below_end = to_sink(&partition, records).filter(|record| record.offset < end);
                for record in below_end {
                    bytes += record.value.as_ref().map_or(0, |value| value.len());
                    all.push(record);
                }
            }
            if bytes > SORTED_BYTES {
                return Ok(None);
            }
        }
        for records in sort(all).chunks(PUT_RECORDS) {
            self.put(records.to_vec()).await?;
        }
        self.next.extend(ends.iter().map(|(partition, end)| (partition.clone(), *end)));
        self.flush().await?;
        Ok(Some(Outcome::Finished))
    }

    /// Puts records in one order that does not depend on their arrival: partitions are merged by time.
    async fn merged(
        &mut self,
        reader: &mut dyn LogReader,
        from: &BTreeMap<TopicPartition, i64>,
        ends: &BTreeMap<TopicPartition, i64>,
        stop: Stop,
    ) -> Result<Outcome, ConnectorError> {
        let mut merge = Merge::new(from, ends);
        loop {
            for (partition, paused) in merge.paused() {
                reader.set_paused(partition, paused);
            }
            for (partition, records) in reader.poll(POLL_WAIT).await? {
                let records = to_sink(&partition, records).collect();
                merge.push(&partition, records, reader.position(&partition));
            }
            for partition in ends.keys() {
                merge.push(partition, Vec::new(), reader.position(partition));
            }
            let mut records = Vec::new();
            while let Some(record) = merge.next() {
                self.next.insert(record.partition.clone(), record.offset + 1);
                records.push(record);
                if records.len() == PUT_RECORDS {
                    self.put(std::mem::take(&mut records)).await?;
                }
            }
            self.put(records).await?;
            let finished = merge.is_done();
            if finished {
                self.next.extend(ends.iter().map(|(partition, end)| (partition.clone(), *end)));
            }
            if let Some(outcome) = self.after_round(finished, &stop).await? {
                return Ok(outcome);
            }
        }
    }

    async fn after_round(&mut self, finished: bool, stop: &Stop) -> Result<Option<Outcome>, ConnectorError> {
        let stopped = stop.is_asked();
        if finished || stopped || self.last_flush.elapsed() >= self.worker.commit_interval {
            self.flush().await?;
        }
        Ok(match (finished, stopped) {
            (true, _) => Some(Outcome::Finished),
            (false, true) => Some(Outcome::Stopped),
            (false, false) => None,
        })
    }

    async fn put(&mut self, records: Vec<SinkRecord>) -> Result<(), ConnectorError> {
        let Some(last) = records.last() else { return Ok(()) };
        let counters = &self.worker.counters;
        counters.records_in(records.len() as u64);
        counters.set_last_timestamp(last.timestamp);
        let rejected = self.task.put(&records).await?;
        let mut failure = None;
        for one in &rejected {
            let Some(record) = records.get(one.index) else { continue };
            counters.records_bad(1);
            self.dead_letter(record, one).await?;
            if self.worker.errors.tolerance == Tolerance::None {
                failure = Some(ConnectorError::fatal(format!(
                    "{}; or leave bad records out with 'errors: {{tolerance: all}}'",
                    one.message
                )));
                break;
            }
            tracing::warn!("connector '{}': {}", self.worker.connector, one.message);
        }
        if let Some(failure) = failure {
            // Not with positions: what lies before it in its partition may not have had its turn.
            self.commit_dead_letters(false).await?;
            return Err(failure);
        }
        let refused = |index: usize| rejected.iter().any(|one| one.index == index);
        let sizes = records.iter().enumerate().filter(|(index, _)| rejected.is_empty() || !refused(*index));
        for (_, record) in sizes {
            self.unflushed.records += 1;
            self.unflushed.bytes += record.value.as_ref().map_or(0, |value| value.len() as u64);
        }
        Ok(())
    }

    async fn dead_letter(&mut self, record: &SinkRecord, one: &Rejected) -> Result<(), ConnectorError> {
        let Some(topic) = &self.worker.errors.dead_letter_topic else { return Ok(()) };
        let group = SinkWorker::group_of(&self.worker.connector);
        let letters = match &mut self.dead_letters {
            Some(letters) => letters,
            None => {
                let spec = TopicSpec { name: topic.clone(), partitions: 1, configs: BTreeMap::new() };
                self.worker.log.ensure_topic(&spec).await?;
                let id = transactional_id(&self.worker.connector, self.worker.task);
                let writer = self.worker.log.writer(&id).await?;
                let there_below = self.worker.log.group_positions(&group).await?;
                self.dead_letters.insert(DeadLetters { writer, there_below, pending: false })
            }
        };
        if letters.there_below.get(&record.partition).is_some_and(|below| record.offset < *below) {
            return Ok(());
        }
        let context = DeadLetterContext {
            connector: self.worker.connector.clone(),
            task: self.worker.task,
            kind: self.worker.kind,
        };
        let letter = context.of_sink(record, one.stage, &one.message);
        letters.writer.write(&TopicPartition::new(topic.as_str(), 0), vec![letter]).await?;
        letters.pending = true;
        self.worker.counters.dead_letters(1);
        Ok(())
    }

    /// Commits dead letters, if there are any, and where the sink is with them.
    async fn commit_dead_letters(&mut self, with_positions: bool) -> Result<(), ConnectorError> {
        let group = SinkWorker::group_of(&self.worker.connector);
        if let Some(letters) = self.dead_letters.as_mut().filter(|letters| letters.pending) {
            letters.writer.commit(with_positions.then_some((&*group, &self.next))).await?;
            letters.pending = false;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), ConnectorError> {
        // Dead letters are out before the positions move past their records.
        self.commit_dead_letters(true).await?;
        self.task.flush(&self.next).await?;
        let flushed = std::mem::take(&mut self.unflushed);
        self.last_flush = Instant::now();
        if flushed.records > 0 {
            self.worker.counters.records_out(flushed.records);
            self.worker.counters.bytes_out(flushed.bytes);
            self.worker.counters.commits(1);
            let group = SinkWorker::group_of(&self.worker.connector);
            if let Err(error) = self.worker.log.commit_group(&group, &self.next).await {
                // The positions that count are stored with the data; those of the group are for people.
                tracing::warn!("group '{group}': positions not committed: {}", error.chain());
            }
        }
        Ok(())
    }
}

/// By time, key, partition and offset. The time of a record is at least that of the one before it with the same key,
/// so that those of one key never change places; records without a key count as of one key in each partition.
fn sort(mut records: Vec<SinkRecord>) -> Vec<SinkRecord> {
    records.sort_by(|one, other| (&one.partition, one.offset).cmp(&(&other.partition, other.offset)));
    let mut latest: BTreeMap<(TopicPartition, Option<Bytes>), i64> = BTreeMap::new();
    let mut timed: Vec<(i64, SinkRecord)> = Vec::with_capacity(records.len());
    for record in records {
        let latest = latest.entry((record.partition.clone(), record.key.clone())).or_insert(i64::MIN);
        *latest = record.timestamp.max(*latest);
        timed.push((*latest, record));
    }
    // Stable: what is equal here stays in the order of partitions and offsets.
    timed.sort_by(|(one_time, one), (other_time, other)| (one_time, &one.key).cmp(&(other_time, &other.key)));
    timed.into_iter().map(|(_, record)| record).collect()
}

fn to_sink(
    partition: &TopicPartition,
    records: Vec<super::log::LogRecord>,
) -> impl Iterator<Item = SinkRecord> {
    records.into_iter().map(|record| SinkRecord {
        partition: partition.clone(),
        offset: record.offset,
        key: record.key,
        value: record.value,
        headers: record.headers,
        timestamp: record.timestamp,
    })
}

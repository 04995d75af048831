//! A task with what it needs around it: a producer of its own, and where its inputs stand.
//!
//! A commit goes like this. What the processors hold back is forwarded, and all outputs are sent. Under exactly-once
//! they are part of a transaction, as are the offsets of the inputs with what the task has to remember; it is
//! committed. Then state, positions and the ends of the changelogs become durable on disk in one step. A task that is
//! lost in between is one transaction behind on disk, and its successor takes what is missing from the changelogs.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join;
use riverrun_core::client::{
    Admin, Client, CommittedOffset, GroupMetadata, OffsetSpec, Producer, ProducerRecord, TopicPartition,
    producer::partition_for_key,
};
use riverrun_core::record::{Header as WireHeader, Record};
use riverrun_core::{Error, Result};

use super::ledger;
use super::metrics::TaskMetrics;
use super::note;
use super::plan::TaskId;
use crate::record::{Header, Headers, InputRecord, OutputKind, OutputRecord};
use crate::task::Task;

/// Records that a task processes before others have their turn.
const TURN_RECORDS: usize = 4096;

/// A task that runs in this process.
pub(super) struct Hosted {
    pub(super) id: TaskId,
    task: Task,
    producer: Producer,
    admin: Admin,
    partitions: BTreeMap<String, i32>,
    /// Whether outputs go out in transactions.
    exactly_once: bool,
    /// Whether one is open.
    in_transaction: bool,
    changelogs: BTreeSet<TopicPartition>,
    /// Where each input was fed up to.
    fed: BTreeMap<String, i64>,
    /// Where inputs end for good, where that is known.
    ends: BTreeMap<String, i64>,
    ended: BTreeSet<String>,
    /// Topics to be read to these ends before any other input.
    loading: BTreeMap<String, i64>,
    held_headers: Vec<WireHeader>,
    dirty: bool,
    done: bool,
    records_in: u64,
    records_out: u64,
}

/// What a task is put together from.
pub(super) struct Parts {
    pub(super) id: TaskId,
    pub(super) task: Task,
    /// With transactions initialized, if outputs are to go out in transactions.
    pub(super) producer: Producer,
    /// The changelog partitions that the task writes.
    pub(super) changelogs: BTreeSet<TopicPartition>,
    pub(super) partitions: BTreeMap<String, i32>,
    /// Where each input begins.
    pub(super) begins: BTreeMap<String, i64>,
    pub(super) loading: BTreeMap<String, i64>,
}

impl Hosted {
    pub(super) fn new(client: &Client, parts: Parts) -> Self {
        Hosted {
            id: parts.id,
            task: parts.task,
            exactly_once: parts.producer.config().transactional_id.is_some(),
            in_transaction: false,
            producer: parts.producer,
            admin: Admin::new(client),
            partitions: parts.partitions,
            changelogs: parts.changelogs,
            fed: parts.begins,
            ends: BTreeMap::new(),
            ended: BTreeSet::new(),
            loading: parts.loading,
            held_headers: Vec::new(),
            dirty: false,
            done: false,
            records_in: 0,
            records_out: 0,
        }
    }

    /// The partitions that the task reads.
    pub(super) fn inputs(&self) -> impl Iterator<Item = TopicPartition> + '_ {
        self.task.input_topics().map(|topic| TopicPartition::new(topic, self.id.partition))
    }

    /// Where an input was fed up to.
    pub(super) fn fed(&self, topic: &str) -> Option<i64> {
        self.fed.get(topic).copied()
    }

    /// Starts the processors.
    pub(super) fn start(&mut self, now_ms: i64) -> Result<()> {
        self.task.start(now_ms).map_err(|error| self.failed(error))
    }

    /// Takes fetched records of an input; the consumer stands at `position` behind them, and the partition ends at
    /// `end` as far as its broker told. Records behind a known last one are left out.
    pub(super) fn feed(
        &mut self,
        topic: &str,
        records: Vec<Record>,
        position: i64,
        end: Option<i64>,
    ) -> Result<()> {
        let last = self.ends.get(topic).copied().unwrap_or(i64::MAX);
        let records = records.into_iter().filter(|record| record.offset < last).map(input);
        let fed = self.fed.entry(topic.to_owned()).or_insert(position);
        *fed = position.min(last).max(*fed);
        self.dirty = true;
        let added = self.task.add(topic, records, None);
        added.map_err(|error| error.context(format_args!("task {}", self.id)))?;
        self.feed_end(topic, end)
    }

    /// Tells an input's end as the broker sees it, without records.
    pub(super) fn feed_end(&mut self, topic: &str, end: Option<i64>) -> Result<()> {
        // All that will come for now is there: the last offsets may be of markers, or of nothing any more, so the task
        // cannot tell by its records.
        let there = |end: i64| self.fed.get(topic).is_some_and(|fed| *fed >= end);
        let end = if self.holds(topic) { Some(0) } else { end.map(|end| if there(end) { 0 } else { end }) };
        match end {
            Some(_) => self.task.add(topic, [], end),
            None => Ok(()),
        }
    }

    /// Moves an input on to where its reader stands, past markers and what was aborted.
    pub(super) fn pass(&mut self, topic: &str, position: i64) {
        let last = self.ends.get(topic).copied().unwrap_or(i64::MAX);
        if let Some(fed) = self.fed.get_mut(topic) {
            *fed = position.min(last).max(*fed);
        }
    }

    /// Whether no more of an input is to be fetched now: its end is reached, or others come first.
    pub(super) fn holds(&self, topic: &str) -> bool {
        let waits = !self.loading.is_empty() && !self.loading.contains_key(topic);
        let end = self.ends.get(topic);
        waits || end.is_some_and(|end| self.fed.get(topic).is_some_and(|fed| fed >= end))
    }

    /// How many records of an input wait.
    pub(super) fn buffered(&self, topic: &str) -> usize {
        self.task.buffered(topic)
    }

    /// Where an input ends for good.
    pub(super) fn set_end(&mut self, topic: &str, end: i64) {
        if self.ends.get(topic) != Some(&end) {
            self.ends.insert(topic.to_owned(), end);
        }
    }

    /// Processes what may be processed and sends what comes of it. Says how many records that were.
    pub(super) async fn work(&mut self, now_ms: i64) -> Result<usize> {
        self.loading.retain(|topic, end| {
            let loaded =
                self.fed.get(topic).is_some_and(|fed| *fed >= *end) && self.task.buffered(topic) == 0;
            !loaded
        });
        self.end_inputs();
        let processed = self.task.process(now_ms, TURN_RECORDS).map_err(|error| self.failed(error))?;
        self.records_in += processed as u64;
        self.dirty |= processed > 0;
        self.send().await?;
        Ok(processed)
    }

    /// Ends the inputs that were fed to their ends.
    fn end_inputs(&mut self) {
        for (topic, end) in &self.ends {
            let reached = self.fed.get(topic).is_some_and(|fed| fed >= end);
            if reached && self.ended.insert(topic.clone()) {
                self.task.end_input(topic);
                self.dirty = true;
            }
        }
    }

    /// Says whether all that an input has was fed.
    pub(super) fn set_caught_up(&mut self, topic: &str, caught_up: bool, now_ms: i64) {
        self.task.set_caught_up(topic, caught_up && !self.holds(topic), now_ms);
    }

    /// Tells the time.
    pub(super) async fn tick(&mut self, now_ms: i64) -> Result<()> {
        self.task.tick(now_ms).map_err(|error| self.failed(error))?;
        self.send().await
    }

    /// Whether there is something to commit.
    pub(super) fn may_commit(&self) -> bool {
        self.dirty
    }

    /// The first half of a commit: nothing is held back any more, everything is on its way.
    pub(super) async fn prepare_commit(&mut self, now_ms: i64) -> Result<()> {
        self.task.prepare_commit(now_ms).map_err(|error| self.failed(error))?;
        self.send().await
    }

    /// The second half: what was sent counts from now on, and so does the state. `group` is who reads the inputs.
    pub(super) async fn commit(&mut self, group: &GroupMetadata) -> Result<()> {
        let offsets = self.offsets();
        if self.exactly_once {
            self.open_transaction()?;
            let sent =
                try_join(self.producer.flush(), self.producer.send_offsets_to_transaction(&offsets, group));
            let outcome = match sent.await {
                Ok(_) => self.producer.commit_transaction().await,
                Err(error) => Err(error),
            };
            outcome.map_err(|error| self.failed(error))?;
            self.in_transaction = false;
        } else {
            self.producer.flush().await.map_err(|error| self.failed(error))?;
        }
        if let Some(error) = self.producer.take_failure() {
            return Err(self.failed(error));
        }
        let mut writes = Vec::new();
        let mut unknown = Vec::new();
        for (name, end) in self.producer.acked_ends() {
            match end {
                _ if !self.changelogs.contains(&name) => {}
                Some(end) => writes.push(ledger::end(&name, end)),
                None => unknown.push(name),
            }
        }
        // Nobody else writes to them, and all of ours is acknowledged: nothing of ours lies behind the end.
        for (name, end) in self.admin.list_offsets(&unknown, OffsetSpec::Latest).await? {
            writes.push(ledger::end(&name, end));
        }
        for (name, committed) in offsets {
            self.task.set_position(&name.topic, committed.offset);
        }
        self.task.commit(writes).map_err(|error| self.failed(error))?;
        self.dirty = false;
        self.done |= !self.ends.is_empty() && self.task.is_done();
        Ok(())
    }

    /// What a commit says of the inputs: the offset of the next record to process of each, and what the task has to
    /// remember beside its stores.
    pub(super) fn offsets(&self) -> BTreeMap<TopicPartition, CommittedOffset> {
        let at = |topic: &str| {
            let fed = self.fed(topic).unwrap_or(0);
            // Where nothing waits, all that was fed is processed; the last of it may have been no record.
            match (self.task.position(topic), self.task.buffered(topic)) {
                (Some(position), 1..) => position,
                (position, _) => fed.max(position.unwrap_or(0)),
            }
        };
        let positions = self.inputs().map(|name| {
            let position = at(&name.topic);
            (name, position)
        });
        note::attach(positions.collect::<Vec<_>>(), &self.task.numbers())
    }

    /// Gives up what was not committed, as well as it can be done quickly. Otherwise whoever opens the task next does.
    pub(super) async fn abandon(&mut self) {
        if std::mem::take(&mut self.in_transaction)
            && let Err(error) = self.producer.abort_transaction().await
        {
            tracing::debug!(task = %self.id, error = %error.chain(), "a transaction was left to whoever comes next");
        }
    }

    /// Whether all inputs have ended and all that came of them is committed.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Whether the task has something that only a commit would finish: its inputs have ended.
    pub(super) fn wants_commit(&self) -> bool {
        !self.done && !self.ends.is_empty() && self.task.is_done()
    }

    /// What happened since the task was opened.
    pub(super) fn metrics(&self) -> TaskMetrics {
        TaskMetrics {
            records_in: self.records_in,
            records_out: self.records_out,
            dropped: self
                .task
                .dropped()
                .map(|(step, reason, count)| ((step.to_string(), reason), count))
                .collect(),
            stream_time_ms: self.task.stream_time_ms(),
            done: self.done,
        }
    }

    fn open_transaction(&mut self) -> Result<()> {
        if self.exactly_once && !self.in_transaction {
            self.producer.begin_transaction().map_err(|error| self.failed(error))?;
            self.in_transaction = true;
        }
        Ok(())
    }

    /// Sends what the task gave out.
    async fn send(&mut self) -> Result<()> {
        let outputs: Vec<OutputRecord> = self.task.take_outputs().collect();
        if !outputs.is_empty() {
            self.open_transaction()?;
            self.dirty = true;
        }
        for output in outputs {
            self.records_out += u64::from(output.kind != OutputKind::Changelog);
            let partition = partition_of(&output, &mut self.partitions, &self.producer, self.id).await?;
            self.held_headers.clear();
            self.held_headers.extend(output.headers.iter().map(wire_header));
            let record = ProducerRecord {
                topic: &output.topic,
                partition: Some(partition),
                timestamp: Some(output.timestamp),
                key: output.key.as_deref(),
                value: output.value.as_deref(),
                headers: &self.held_headers,
            };
            let sent = match self.producer.try_send(record) {
                Ok(None) => self.producer.send(record).await.map(drop),
                sent => sent.map(drop),
            };
            sent.map_err(|error| self.failed(error))?;
        }
        match self.producer.take_failure() {
            Some(error) => Err(self.failed(error)),
            None => Ok(()),
        }
    }

    fn failed(&self, error: Error) -> Error {
        error.context(format_args!("task {}", self.id))
    }
}

/// The partition of an output: its own, or its key's as every Kafka client has it, or else the task's, so that it does
/// not depend on anything but the record.
async fn partition_of(
    output: &OutputRecord,
    known: &mut BTreeMap<String, i32>,
    producer: &Producer,
    id: TaskId,
) -> Result<i32> {
    if let Some(partition) = output.partition {
        return Ok(partition);
    }
    let count = match known.get(&*output.topic) {
        Some(count) => *count,
        None => {
            let count = producer.partitions(&output.topic).await?;
            known.insert(output.topic.to_string(), count);
            count
        }
    };
    Ok(match &output.key {
        Some(key) => partition_for_key(key, count),
        None => id.partition % count.max(1),
    })
}

fn input(record: Record) -> InputRecord {
    let headers = if record.headers.is_empty() {
        Headers::NONE
    } else {
        record.headers.into_iter().map(|header| Header { key: header.key, value: header.value }).collect()
    };
    InputRecord {
        offset: record.offset,
        timestamp: record.timestamp,
        key: record.key,
        value: record.value,
        headers,
    }
}

fn wire_header(header: &Header) -> WireHeader {
    WireHeader { key: header.key.clone(), value: header.value.clone() }
}

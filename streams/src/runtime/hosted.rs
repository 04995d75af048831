//! A task with what it needs around it: a producer of its own, its ledger, and what a lost run wrote.
//!
//! Under exactly-once a commit goes like this. The positions are noted as the intent, in the task's own folder; what
//! the processors hold back is forwarded; all outputs are sent and acknowledged; then state, positions, the ends of the
//! outputs and the producer ids become durable in one step. A task that was lost in between finds its intent: it
//! processes exactly up to there and ends the epoch, as the lost one did, so it makes the same outputs; those that are
//! written already are suppressed.

use std::collections::{BTreeMap, BTreeSet};

use riverrun_core::client::{
    Admin, Client, OffsetSpec, Producer, ProducerRecord, TopicPartition, WrittenTail,
    producer::partition_for_key,
};
use riverrun_core::record::{Header as WireHeader, Record};
use riverrun_core::{Error, ErrorKind, Result};

use super::ledger::{self, Ledger};
use super::metrics::TaskMetrics;
use super::plan::TaskId;
use crate::record::{Header, Headers, InputRecord, OutputRecord};
use crate::state::{Backend, Write};
use crate::task::Task;

/// Records that a task processes before others have their turn.
const TURN_RECORDS: usize = 4096;

/// What exactly-once needs.
struct Once {
    /// The task's own entries, written between commits.
    entries: Box<dyn Backend>,
    producers: Vec<i64>,
    /// The ends as of the last commit.
    ends: BTreeMap<TopicPartition, i64>,
    tail: WrittenTail,
    /// Where the inputs ended when the tail was read: behind it nothing of the tail can come any more.
    tail_inputs: BTreeMap<String, i64>,
    /// The positions up to which the lost run's last epoch went, while they are not reached.
    intent: BTreeMap<String, i64>,
}

/// A task that runs in this process.
pub(super) struct Hosted {
    pub(super) id: TaskId,
    task: Task,
    producer: Producer,
    admin: Admin,
    partitions: BTreeMap<String, i32>,
    once: Option<Once>,
    /// Where each input was fed up to.
    fed: BTreeMap<String, i64>,
    /// Where inputs end for good, where that is known.
    ends: BTreeMap<String, i64>,
    ended: BTreeSet<String>,
    /// Inputs that end where a lost run ended them.
    ended_before: BTreeSet<String>,
    /// Whether one of those has more by now: for that the task must be opened anew.
    has_more: bool,
    /// Topics to be read to these ends before any other input.
    loading: BTreeMap<String, i64>,
    held_headers: Vec<WireHeader>,
    dirty: bool,
    done: bool,
    records_in: u64,
    records_out: u64,
    suppressed: u64,
}

/// What a task is put together from.
pub(super) struct Parts {
    pub(super) id: TaskId,
    pub(super) task: Task,
    pub(super) producer: Producer,
    /// Topics that the task may write to.
    pub(super) outputs: Vec<TopicPartition>,
    pub(super) partitions: BTreeMap<String, i32>,
    /// Where each input begins.
    pub(super) begins: BTreeMap<String, i64>,
    pub(super) loading: BTreeMap<String, i64>,
}

impl Hosted {
    /// A task under at-least-once.
    pub(super) fn new(client: &Client, parts: Parts) -> Self {
        Hosted {
            id: parts.id,
            task: parts.task,
            producer: parts.producer,
            admin: Admin::new(client),
            partitions: parts.partitions,
            once: None,
            fed: parts.begins,
            ends: BTreeMap::new(),
            ended: BTreeSet::new(),
            ended_before: BTreeSet::new(),
            has_more: false,
            loading: parts.loading,
            held_headers: Vec::new(),
            dirty: false,
            done: false,
            records_in: 0,
            records_out: 0,
            suppressed: 0,
        }
    }

    /// A task under exactly-once: reads back what a lost run wrote, and makes known to the next one what this run writes
    /// as before it writes anything.
    pub(super) async fn exactly_once(
        client: &Client,
        parts: Parts,
        mut entries: Box<dyn Backend>,
        ledger: Ledger,
    ) -> Result<Self> {
        let outputs = parts.outputs.clone();
        let mut hosted = Hosted::new(client, parts);
        let tail = if ledger.producers.is_empty() || ledger.ends.is_empty() {
            WrittenTail::default()
        } else {
            WrittenTail::read(client, &ledger.ends, &ledger.producers).await?
        };
        let mut tail_inputs = BTreeMap::new();
        if !tail.is_empty() {
            let inputs: Vec<_> = hosted.inputs().collect();
            let ends = hosted.admin.list_offsets(&inputs, OffsetSpec::Latest).await?;
            tail_inputs = ends.into_iter().map(|(name, end)| (name.topic.to_string(), end)).collect();
            tracing::info!(task = %hosted.id, records = tail.len(), "a lost run wrote these after its last commit");
        }
        let new: Vec<_> = outputs.into_iter().filter(|name| !ledger.ends.contains_key(name)).collect();
        let mut ends = ledger.ends;
        let mut writes: Vec<Write> = Vec::new();
        for (name, offset) in hosted.admin.list_offsets(&new, OffsetSpec::Latest).await? {
            writes.push(ledger::end(&name, offset));
            ends.insert(name, offset);
        }
        let mut producers = ledger.producers;
        producers.push(hosted.producer.identify().await?);
        writes.push(ledger::producers(&producers));
        entries.commit(Vec::new(), writes).map_err(|error| state_failure(hosted.id, &error))?;
        let intent =
            ledger.intent.into_iter().filter(|(topic, at)| hosted.fed.get(topic).is_none_or(|fed| fed < at));
        let intent = intent.collect();
        hosted.ended_before = ledger.last.keys().cloned().collect();
        hosted.ends = ledger.last;
        hosted.once = Some(Once { entries, producers, ends, tail, tail_inputs, intent });
        Ok(hosted)
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
        let last = self.bound(topic).unwrap_or(i64::MAX);
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

    /// Whether no more of an input is to be fetched now: enough waits, its end is reached, or others come first.
    pub(super) fn holds(&self, topic: &str) -> bool {
        let waits = !self.loading.is_empty() && !self.loading.contains_key(topic);
        waits || self.bound(topic).is_some_and(|bound| self.fed.get(topic).is_some_and(|fed| *fed >= bound))
    }

    /// How many records of an input wait.
    pub(super) fn buffered(&self, topic: &str) -> usize {
        self.task.buffered(topic)
    }

    /// Where feeding an input has to stop for now: at the end of a lost epoch, or for good.
    fn bound(&self, topic: &str) -> Option<i64> {
        let end = self.ends.get(topic).copied();
        match &self.once {
            // An input that the lost epoch had not begun has nothing to do with it.
            Some(once) if !once.intent.is_empty() => {
                let fed = self.fed.get(topic).copied().unwrap_or(0);
                Some(once.intent.get(topic).copied().unwrap_or(fed).min(end.unwrap_or(i64::MAX)))
            }
            _ => end,
        }
    }

    /// Where an input ends for good. An end that a lost run has acted upon stays.
    pub(super) fn set_end(&mut self, topic: &str, end: i64) {
        if self.ended_before.contains(topic) {
            self.has_more |= self.ends.get(topic).is_some_and(|before| *before < end);
        } else if self.ends.get(topic) != Some(&end) {
            self.ends.insert(topic.to_owned(), end);
        }
    }

    /// Whether the task has done what a lost run had begun to end, and may have more to do when it is opened anew.
    pub(super) fn wants_reopening(&self) -> bool {
        self.has_more && self.done
    }

    /// Processes what may be processed and sends what comes of it. Says how many records that were.
    pub(super) async fn work(&mut self, now_ms: i64) -> Result<usize> {
        self.loading.retain(|topic, end| {
            let loaded =
                self.fed.get(topic).is_some_and(|fed| *fed >= *end) && self.task.buffered(topic) == 0;
            !loaded
        });
        self.end_inputs()?;
        let processed = self.task.process(now_ms, TURN_RECORDS).map_err(|error| self.failed(error))?;
        self.records_in += processed as u64;
        self.dirty |= processed > 0;
        self.send().await?;
        Ok(processed)
    }

    /// Ends the inputs that were fed to their ends. What follows from that must come again the same way after a crash,
    /// so it is noted first.
    fn end_inputs(&mut self) -> Result<()> {
        let reached = |topic: &String, end: &i64| self.fed.get(topic).is_some_and(|fed| fed >= end);
        let ending =
            self.ends.iter().filter(|(topic, end)| !self.ended.contains(*topic) && reached(topic, end));
        let ending: Vec<(String, i64)> = ending.map(|(topic, end)| (topic.clone(), *end)).collect();
        if ending.is_empty() {
            return Ok(());
        }
        if let Some(once) = &mut self.once {
            let writes = ending.iter().map(|(topic, end)| ledger::last(topic, Some(*end))).collect();
            once.entries.commit(Vec::new(), writes).map_err(|error| state_failure(self.id, &error))?;
        }
        for (topic, _) in ending {
            self.task.end_input(&topic);
            self.ended.insert(topic);
            self.dirty = true;
        }
        Ok(())
    }

    /// Tells the time.
    pub(super) async fn tick(&mut self, now_ms: i64) -> Result<()> {
        self.task.tick(now_ms).map_err(|error| self.failed(error))?;
        self.send().await
    }

    /// Whether the lost run's last epoch was processed to its end: then it must be committed before anything else.
    pub(super) fn must_commit(&self) -> bool {
        let Some(once) = self.once.as_ref().filter(|once| !once.intent.is_empty()) else { return false };
        once.intent
            .iter()
            .all(|(topic, at)| self.task.position(topic).is_some_and(|position| position >= *at))
    }

    /// Whether there is something to commit, and nothing against it: what a lost run wrote must all have come again
    /// first, or the next run could not tell which of it has.
    pub(super) fn may_commit(&self) -> bool {
        if self.must_commit() {
            return true;
        }
        let redoing = self.once.as_ref().is_some_and(|once| !once.intent.is_empty());
        let catching_up =
            self.once.as_ref().is_some_and(|once| !once.tail.is_empty() && !self.is_past(&once.tail_inputs));
        self.dirty && !redoing && !catching_up
    }

    fn is_past(&self, ends: &BTreeMap<String, i64>) -> bool {
        ends.iter().all(|(topic, end)| {
            self.fed.get(topic).is_some_and(|fed| fed >= end) && self.task.buffered(topic) == 0
        })
    }

    /// The first half of a commit: nothing is held back any more, everything is on its way.
    pub(super) async fn prepare_commit(&mut self, now_ms: i64) -> Result<()> {
        if let Some(once) = &mut self.once {
            let writes =
                self.task.positions().map(|(topic, position)| ledger::intent(topic, position)).collect();
            once.entries.commit(Vec::new(), writes).map_err(|error| state_failure(self.id, &error))?;
        }
        self.task.prepare_commit(now_ms).map_err(|error| self.failed(error))?;
        self.send().await
    }

    /// The second half: waits for the acknowledgements, then makes the epoch durable in one step.
    pub(super) async fn commit(&mut self) -> Result<()> {
        let flushed = self.producer.flush().await;
        if let Some(error) = self.producer.take_failure().or(flushed.err()) {
            return Err(self.failed(error));
        }
        let mut writes = Vec::new();
        if let Some(once) = &mut self.once {
            if !once.tail.is_empty() {
                once.tail.expect_empty().map_err(|error| error.context(format_args!("task {}", self.id)))?;
            }
            let mut unknown = Vec::new();
            for (name, end) in self.producer.acked_ends() {
                match end {
                    Some(end) if once.ends.get(&name) != Some(&end) => {
                        writes.push(ledger::end(&name, end));
                        once.ends.insert(name, end);
                    }
                    Some(_) => {}
                    None => unknown.push(name),
                }
            }
            // All of ours is acknowledged, so nothing of ours lies behind the end.
            for (name, tail_end) in once.tail.ends().clone() {
                let end = once.ends.entry(name.clone()).or_insert(tail_end);
                if *end < tail_end {
                    *end = tail_end;
                    writes.push(ledger::end(&name, tail_end));
                }
            }
            if !unknown.is_empty() {
                for (name, end) in self.admin.list_offsets(&unknown, OffsetSpec::Latest).await? {
                    writes.push(ledger::end(&name, end));
                    once.ends.insert(name, end);
                }
            }
            let current = self.producer.producer_ids();
            if once.producers != current {
                writes.push(ledger::producers(&current));
                once.producers = current;
            }
            writes.extend(self.ended.iter().map(|topic| ledger::last(topic, None)));
            once.tail = WrittenTail::default();
            once.intent.clear();
        }
        self.task.commit(writes).map_err(|error| self.failed(error))?;
        self.dirty = false;
        self.done |= !self.ends.is_empty() && self.task.is_done();
        Ok(())
    }

    /// Whether all inputs have ended and all that came of them is committed.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Whether the task has something that only a commit would finish: its inputs have ended.
    pub(super) fn wants_commit(&self) -> bool {
        self.must_commit() || (!self.done && !self.ends.is_empty() && self.task.is_done())
    }

    /// The positions as of the last commit, for the group.
    pub(super) fn positions(&self) -> impl Iterator<Item = (TopicPartition, i64)> + '_ {
        self.task.positions().map(|(topic, at)| (TopicPartition::new(topic, self.id.partition), at))
    }

    /// What happened since the task was opened.
    pub(super) fn metrics(&self) -> TaskMetrics {
        TaskMetrics {
            records_in: self.records_in,
            records_out: self.records_out,
            suppressed: self.suppressed,
            dropped: self
                .task
                .dropped()
                .map(|(step, reason, count)| ((step.to_string(), reason), count))
                .collect(),
            stream_time_ms: self.task.stream_time_ms(),
            done: self.done,
        }
    }

    /// Sends what the task gave out, but for what is written already.
    async fn send(&mut self) -> Result<()> {
        for output in self.task.take_outputs() {
            self.records_out += u64::from(output.kind != crate::record::OutputKind::Changelog);
            let partition = partition_of(&output, &mut self.partitions, &self.producer, self.id).await?;
            self.held_headers.clear();
            self.held_headers.extend(output.headers.iter().map(wire_header));
            if let Some(once) = &mut self.once {
                let (key, value) = (output.key.as_deref(), output.value.as_deref());
                let time = Some(output.timestamp);
                let written =
                    once.tail.suppress(&output.topic, partition, time, key, value, &self.held_headers);
                if written.map_err(|error| error.context(format_args!("task {}", self.id)))? {
                    self.suppressed += 1;
                    continue;
                }
                let name = TopicPartition::new(&*output.topic, partition);
                if !once.ends.contains_key(&name) {
                    // A topic that was chosen by the record itself: it too is made known before it is written.
                    let found =
                        self.admin.list_offsets(std::slice::from_ref(&name), OffsetSpec::Latest).await?;
                    let end = found.get(&name).copied().unwrap_or(0);
                    let writes = vec![ledger::end(&name, end)];
                    once.entries
                        .commit(Vec::new(), writes)
                        .map_err(|error| state_failure(self.id, &error))?;
                    once.ends.insert(name, end);
                }
            }
            let record = ProducerRecord {
                topic: &output.topic,
                partition: Some(partition),
                timestamp: Some(output.timestamp),
                key: output.key.as_deref(),
                value: output.value.as_deref(),
                headers: &self.held_headers,
            };
            if self.producer.try_send(record)?.is_none() {
                self.producer.send(record).await?;
            }
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

/// The partition of an output: its own, or its key's as every Kafka client has it, or else the task's. It must not
/// depend on anything but the record, so that it comes again in the same place.
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

/// A failure of a task's folder outside of the task itself.
pub(super) fn state_failure(id: TaskId, error: &crate::state::StateError) -> Error {
    Error::new(ErrorKind::Internal, format!("task {id}: {error}"))
}

//! What a processor may touch while it runs: its stores, its outputs, time, schedules and drop counters.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::{NodeId, ProcessError, Serde, SinkId, StoreId};
use crate::record::{Headers, InputRecord, OutputKind, OutputRecord};
use crate::state::{
    ByteStore, Cache, Changelog, Dirty, Order, Origin, StateError, StoreSpec, WindowState, Write,
};

/// Why a record, or one of its results, went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DropReason {
    /// The key is null where a key is needed.
    NullKey,
    /// The value is null where a value is needed.
    NullValue,
    /// The bytes are not what the serde expects, and the application goes on in that case.
    Deserialization,
    /// The record has no valid timestamp.
    InvalidTimestamp,
    /// Its window has closed; one count per window.
    Late,
    /// A store with retention no longer takes it.
    Expired,
    /// An older version arrived where only the latest counts.
    OutOfOrder,
    /// A step failed on it, and the application goes on in that case.
    Failed,
    /// It could not be serialized for its topic, and the application goes on in that case.
    Serialization,
}

impl DropReason {
    /// The reason in one lowercase word, as metrics label it.
    pub fn as_str(self) -> &'static str {
        match self {
            DropReason::NullKey => "null_key",
            DropReason::NullValue => "null_value",
            DropReason::Deserialization => "deserialization",
            DropReason::InvalidTimestamp => "invalid_timestamp",
            DropReason::Late => "late",
            DropReason::Expired => "expired",
            DropReason::OutOfOrder => "out_of_order",
            DropReason::Failed => "failed",
            DropReason::Serialization => "serialization",
        }
    }
}

/// Counts of dropped records by step and reason.
#[derive(Clone, Debug, Default)]
pub struct Drops(BTreeMap<(NodeId, DropReason), u64>);

impl Drops {
    /// Adds one.
    pub fn count(&mut self, node: NodeId, reason: DropReason) {
        *self.0.entry((node, reason)).or_default() += 1;
    }

    /// All counts, by step, then reason.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, DropReason, u64)> + '_ {
        self.0.iter().map(|((node, reason), count)| (*node, *reason, *count))
    }

    /// The sum over all steps and reasons.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }
}

/// Where the record in hand comes from.
#[derive(Clone, Debug)]
pub struct RecordContext {
    /// Its topic; empty inside of punctuation and `flush`.
    pub topic: Arc<str>,
    /// Its offset, -1 where there is no record.
    pub offset: i64,
    /// Its timestamp as the processor's `timestamp` gave it.
    pub timestamp: i64,
    /// Its headers, which go along with what is emitted. Steps may change them; steps behind see the change.
    pub headers: Headers,
    /// Its key as it was read.
    pub raw_key: Option<Bytes>,
    /// Its value as it was read.
    pub raw_value: Option<Bytes>,
}

impl RecordContext {
    /// No record.
    pub fn none() -> Self {
        RecordContext {
            topic: Arc::from(""),
            offset: -1,
            timestamp: -1,
            headers: Headers::NONE,
            raw_key: None,
            raw_value: None,
        }
    }

    /// What an update that waits keeps of the record that made it.
    pub(crate) fn origin(&self) -> Origin {
        Origin { topic: self.topic.clone(), offset: self.offset, headers: self.headers.clone() }
    }

    /// Goes back to the record that made an update which leaves now.
    pub(crate) fn become_of(&mut self, update: &Dirty) {
        let Origin { topic, offset, headers } = update.origin.clone();
        *self =
            RecordContext { topic, offset, headers, timestamp: update.timestamp, ..RecordContext::none() };
    }
}

/// A store as a task holds it.
#[derive(Debug)]
pub struct OpenStore {
    /// What it is.
    pub spec: Arc<StoreSpec>,
    /// Its rows.
    pub rows: Box<dyn ByteStore>,
    /// Its changelog topic with the application id in front, where it has one of its own.
    pub changelog: Option<Arc<str>>,
    pub(crate) cache: Option<Cache>,
    pub(crate) window: Option<WindowState>,
}

/// The topic behind a sink.
#[derive(Clone, Debug)]
pub struct SinkTarget {
    /// The topic, internal ones with the application id in front.
    pub topic: Arc<str>,
    /// `Sink` or `Repartition`.
    pub kind: OutputKind,
    /// The topic's number of partitions, where the runtime knows it.
    pub partitions: Option<i32>,
}

/// A record to be written to a sink.
#[derive(Clone, Debug)]
pub struct Emission {
    /// Partition; `None` goes by the key.
    pub partition: Option<i32>,
    /// The key's bytes.
    pub key: Option<Bytes>,
    /// The value's bytes.
    pub value: Option<Bytes>,
    /// Timestamp in milliseconds since 1970.
    pub timestamp: i64,
    /// The headers.
    pub headers: Headers,
}

/// How much is set aside at once for serialized keys and values.
const SCRATCH_BYTES: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ScheduleKind {
    StreamTime,
    WallClock,
}

#[derive(Clone, Debug)]
struct Schedule {
    id: u32,
    owner: usize,
    kind: ScheduleKind,
    interval_ms: i64,
    next_ms: i64,
}

/// The surroundings of the processors of one task. Created and moved on by the task.
#[derive(Debug)]
pub struct Context {
    pub(crate) partition: i32,
    pub(crate) now_ms: i64,
    pub(crate) stream_time_ms: i64,
    pub(crate) record: RecordContext,
    pub(crate) stores: Vec<Option<OpenStore>>,
    pub(crate) sinks: Vec<SinkTarget>,
    pub(crate) outputs: Vec<OutputRecord>,
    pub(crate) drops: Drops,
    pub(crate) metrics: BTreeMap<&'static str, f64>,
    pub(crate) owner: usize,
    pub(crate) remembered: BTreeMap<Bytes, Bytes>,
    /// By processor and input.
    pub(crate) quiet_since_ms: BTreeMap<(usize, usize), Option<i64>>,
    scratch: BytesMut,
    schedules: Vec<Schedule>,
    schedules_made: u32,
}

impl Context {
    pub(crate) fn new(partition: i32, stores: Vec<Option<OpenStore>>, sinks: Vec<SinkTarget>) -> Self {
        Context {
            partition,
            now_ms: 0,
            stream_time_ms: -1,
            record: RecordContext::none(),
            stores,
            sinks,
            outputs: Vec::new(),
            drops: Drops::default(),
            metrics: BTreeMap::new(),
            owner: 0,
            remembered: BTreeMap::new(),
            quiet_since_ms: BTreeMap::new(),
            scratch: BytesMut::new(),
            schedules: Vec::new(),
            schedules_made: 0,
        }
    }

    /// The partition that the task reads and whose state it holds.
    pub fn partition(&self) -> i32 {
        self.partition
    }

    /// Wall-clock time as the task was last told, in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// The highest record time that the task has seen over all inputs, -1 before the first.
    pub fn stream_time_ms(&self) -> i64 {
        self.stream_time_ms
    }

    /// Since when, by the wall clock, an input of the processor in hand has been caught up: all that its partition
    /// holds was processed, and its broker keeps saying that there is no more. For `tick`.
    pub fn quiet_since_ms(&self, input: usize) -> Option<i64> {
        self.quiet_since_ms.get(&(self.owner, input)).copied().flatten()
    }

    /// Takes up a record: moves stream time, and what is emitted from here on carries its headers.
    pub fn begin(&mut self, record: &InputRecord) {
        self.stream_time_ms = self.stream_time_ms.max(record.timestamp);
        self.record.offset = record.offset;
        self.record.timestamp = record.timestamp;
        self.record.headers = record.headers.clone();
        self.record.raw_key.clone_from(&record.key);
        self.record.raw_value.clone_from(&record.value);
    }

    /// Where the record in hand comes from.
    pub fn record(&self) -> &RecordContext {
        &self.record
    }

    /// The headers of the record in hand, to be changed.
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.record.headers
    }

    /// Writes a record to a sink.
    pub fn emit(&mut self, sink: SinkId, emission: Emission) {
        let target = &self.sinks[sink.0 as usize];
        let Emission { partition, key, value, timestamp, headers } = emission;
        let (topic, kind) = (target.topic.clone(), target.kind);
        self.outputs.push(OutputRecord { topic, partition, timestamp, key, value, headers, kind });
    }

    /// Writes a record to a topic that is chosen record by record. The topic must exist.
    pub fn emit_to(&mut self, topic: Arc<str>, kind: OutputKind, emission: Emission) {
        let Emission { partition, key, value, timestamp, headers } = emission;
        self.outputs.push(OutputRecord { topic, partition, timestamp, key, value, headers, kind });
    }

    /// How many partitions a sink's topic has: for records that must reach every task behind it, such as watermarks.
    /// `None` where the runtime does not say (the test driver: one).
    pub fn partitions(&self, sink: SinkId) -> Option<i32> {
        self.sinks[sink.0 as usize].partitions
    }

    /// Counts a dropped record.
    pub fn drop_record(&mut self, node: NodeId, reason: DropReason) {
        self.drops.count(node, reason);
    }

    /// The rows of a store that belongs to this task's sub-topology.
    ///
    /// # Panics
    /// If the processor was not connected with the store when the topology was written.
    pub fn rows(&self, store: StoreId) -> &dyn ByteStore {
        &*self.open_store(store).rows
    }

    /// The rows of a store, to be changed without a changelog record.
    ///
    /// # Panics
    /// As [`Self::rows`].
    pub fn rows_mut(&mut self, store: StoreId) -> &mut dyn ByteStore {
        &mut *self.open_store_mut(store).rows
    }

    pub(crate) fn open_store(&self, store: StoreId) -> &OpenStore {
        self.stores[store.0 as usize].as_ref().expect("a processor uses only stores of its own sub-topology")
    }

    pub(crate) fn open_store_mut(&mut self, store: StoreId) -> &mut OpenStore {
        self.stores[store.0 as usize].as_mut().expect("a processor uses only stores of its own sub-topology")
    }

    /// The value of a key.
    pub fn get(&self, store: StoreId, key: &[u8]) -> Result<Option<Bytes>, StateError> {
        self.rows(store).get(key)
    }

    /// Sets or deletes a key of a store of kind `Raw` or `KeyValue`, and logs the row as it is.
    pub fn put(&mut self, store: StoreId, key: Bytes, value: Option<Bytes>) -> Result<(), StateError> {
        self.put_at(store, key, value, self.record.timestamp)
    }

    /// As [`Self::put`], with the time that the changelog's record gets, in milliseconds since 1970.
    pub fn put_at(
        &mut self,
        store: StoreId,
        key: Bytes,
        value: Option<Bytes>,
        timestamp: i64,
    ) -> Result<(), StateError> {
        self.log(store, key.clone(), value.clone(), timestamp);
        self.rows_mut(store).put(&key, value.as_deref())
    }

    /// All entries of a store in order of keys, copied out. For small stores and for `init`.
    pub fn entries(&self, store: StoreId) -> Result<Vec<(Bytes, Bytes)>, StateError> {
        self.rows(store).all(Order::Ascending).collect()
    }

    /// Writes a changelog record of a store, if the store keeps a changelog of its own.
    pub fn log(&mut self, store: StoreId, key: Bytes, value: Option<Bytes>, timestamp: i64) {
        self.log_with(store, key, value, timestamp, Headers::NONE);
    }

    pub(crate) fn log_with(
        &mut self,
        store: StoreId,
        key: Bytes,
        value: Option<Bytes>,
        timestamp: i64,
        headers: Headers,
    ) {
        let Some(topic) = self.open_store(store).changelog.clone() else { return };
        self.outputs.push(OutputRecord {
            topic,
            partition: Some(self.partition),
            timestamp: timestamp.max(0),
            key: Some(key),
            value,
            headers,
            kind: OutputKind::Changelog,
        });
    }

    /// Whether a store writes to a changelog of its own.
    pub fn is_logged(&self, store: StoreId) -> bool {
        matches!(self.open_store(store).spec.changelog, Changelog::Topic(_))
    }

    /// Keeps numbers of a step over a restart: they are part of the next commit.
    pub(crate) fn remember<const N: usize>(&mut self, node: &str, numbers: [i64; N]) {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
        self.remembered.insert(Bytes::copy_from_slice(node.as_bytes()), Bytes::from(bytes));
    }

    /// The numbers that a step kept.
    pub(crate) fn recall<const N: usize>(&self, node: &str) -> Option<[i64; N]> {
        let bytes = self.remembered.get(node.as_bytes()).filter(|bytes| bytes.len() == 8 * N)?;
        let mut numbers = [0; N];
        for (number, bytes) in numbers.iter_mut().zip(bytes.chunks_exact(8)) {
            *number = i64::from_be_bytes(bytes.try_into().ok()?);
        }
        Some(numbers)
    }

    /// Raises a metric to at least `value`.
    pub(crate) fn raise(&mut self, metric: &'static str, value: f64) {
        let known = self.metrics.entry(metric).or_insert(value);
        *known = known.max(value);
    }

    /// Adds to a metric.
    pub(crate) fn add(&mut self, metric: &'static str, value: f64) {
        *self.metrics.entry(metric).or_insert(0.0) += value;
    }

    /// Calls `punctuate` of the processor in hand whenever stream time reaches the next multiple of `interval_ms`,
    /// first with the next record; once per record however far time jumps. Returns the number to cancel it with.
    pub fn schedule_stream_time(&mut self, interval_ms: i64) -> u32 {
        self.schedule(ScheduleKind::StreamTime, interval_ms, 0)
    }

    /// Calls `punctuate` of the processor in hand every `interval_ms` of wall clock from now on; late ones once.
    pub fn schedule_wall_clock(&mut self, interval_ms: i64) -> u32 {
        self.schedule(ScheduleKind::WallClock, interval_ms, self.now_ms.saturating_add(interval_ms))
    }

    fn schedule(&mut self, kind: ScheduleKind, interval_ms: i64, next_ms: i64) -> u32 {
        let id = self.schedules_made;
        self.schedules_made += 1;
        let schedule = Schedule { id, owner: self.owner, kind, interval_ms: interval_ms.max(1), next_ms };
        self.schedules.push(schedule);
        id
    }

    /// Ends a schedule.
    pub fn cancel(&mut self, schedule: u32) {
        self.schedules.retain(|known| known.id != schedule);
    }

    /// The wall-clock time at which the next schedule is due.
    pub(crate) fn next_deadline_ms(&self) -> Option<i64> {
        let wall = self.schedules.iter().filter(|schedule| schedule.kind == ScheduleKind::WallClock);
        wall.map(|schedule| schedule.next_ms).min()
    }

    /// The schedules that are due at `time_ms`, moved on to their next time: (processor, schedule).
    pub(crate) fn due(&mut self, wall_clock: bool, time_ms: i64) -> Vec<(usize, u32)> {
        let kind = if wall_clock { ScheduleKind::WallClock } else { ScheduleKind::StreamTime };
        let mut due: Vec<&mut Schedule> =
            self.schedules.iter_mut().filter(|s| s.kind == kind && s.next_ms <= time_ms).collect();
        due.sort_by_key(|schedule| schedule.next_ms);
        let moved = due.into_iter().map(|schedule| {
            let missed = (time_ms - schedule.next_ms) / schedule.interval_ms;
            schedule.next_ms += (missed + 1) * schedule.interval_ms;
            (schedule.owner, schedule.id)
        });
        moved.collect()
    }

    pub(crate) fn is_scheduled(&self, schedule: u32) -> bool {
        self.schedules.iter().any(|known| known.id == schedule)
    }

    pub(crate) fn take_pending(&mut self) -> Vec<(String, Vec<Write>)> {
        let open = self.stores.iter_mut().flatten();
        open.map(|store| (store.spec.name.clone(), store.rows.take_pending())).collect()
    }
}

impl Context {
    /// A value's bytes. They share a buffer with others, so whoever keeps them for long should copy them.
    pub(crate) fn encode<T: 'static>(
        &mut self,
        serde: &dyn Serde<T>,
        value: &T,
        node: &Arc<str>,
    ) -> Result<Bytes, ProcessError> {
        if self.scratch.capacity() < 256 {
            self.scratch.reserve(SCRATCH_BYTES);
        }
        if let Err(error) = serde.serialize(value, &mut self.scratch) {
            self.scratch.clear();
            return Err(self.step_error(node, "cannot be serialized").with_source(error));
        }
        Ok(self.scratch.split().freeze())
    }

    /// A value of a store or a topic.
    pub(crate) fn decode<T: 'static>(
        &self,
        serde: &dyn Serde<T>,
        bytes: &Bytes,
        node: &Arc<str>,
    ) -> Result<T, ProcessError> {
        serde.deserialize(bytes).map_err(|error| self.step_error(node, error.to_string()))
    }

    /// An error of the step in hand.
    pub(crate) fn step_error(&self, node: &Arc<str>, message: impl Into<String>) -> ProcessError {
        let RecordContext { topic, offset, .. } = &self.record;
        let place = format!("{} (record {topic}-{}@{offset})", message.into(), self.partition);
        ProcessError::step(node.clone(), riverrun_core::ErrorKind::Invalid, place)
    }
}

//! Runs a topology without a broker, on virtual time: the task that production runs, fed record by record.
//!
//! Knows a task and in-memory state. Must never know a socket, a file or a clock.
//!
//! All sub-topologies run as one task of one partition each, which commits after every record. Records that go to a
//! repartition topic, or to a topic that the application also reads, come back once the record that made them is
//! done.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use riverrun_core::{Error, ErrorKind, Result};

use crate::operator::serde::{Serde, SerdeError};
use crate::operator::{DropReason, OpenStore};
use crate::record::{Headers, InputRecord, OutputKind, OutputRecord};
use crate::state::{Entry, MemoryBackend, Order, SessionKey, StoreKind, WindowKey};
use crate::task::{Scope, Task, TaskConfig, Ties};
use crate::topology::Topology;

/// A record as tests write it: bytes, to be piped into a topic.
#[derive(Clone, Debug, Default)]
pub struct TestRecord {
    /// The key's bytes.
    pub key: Option<Bytes>,
    /// The value's bytes.
    pub value: Option<Bytes>,
    /// Timestamp in milliseconds since 1970.
    pub timestamp: i64,
    /// The headers.
    pub headers: Headers,
}

impl TestRecord {
    /// A record of bytes without headers.
    pub fn new(key: Option<Bytes>, value: Option<Bytes>, timestamp: i64) -> Self {
        TestRecord { key, value, timestamp, headers: Headers::NONE }
    }
}

/// A typed record that came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output<K, V> {
    /// The key.
    pub key: Option<K>,
    /// The value.
    pub value: Option<V>,
    /// Timestamp in milliseconds since 1970.
    pub timestamp: i64,
    /// The headers.
    pub headers: Headers,
}

/// Drives a topology record by record.
///
/// ```
/// use riverrun_streams::prelude::*;
/// use riverrun_streams::test_driver::TopologyTestDriver;
///
/// # fn main() -> riverrun_core::Result<()> {
/// let app = StreamsBuilder::new("shout");
/// app.stream("in", (utf8(), utf8())).map_values(|_, v| v.to_uppercase()).to("out", (utf8(), utf8()));
/// let mut driver = TopologyTestDriver::new(&app.build()?)?;
/// driver.pipe("in", (utf8(), utf8()), ("k".to_owned(), "hello".to_owned()), 1_000)?;
/// let out = driver.read::<String, String>("out", (utf8(), utf8()))?;
/// assert_eq!(out[0].value.as_deref(), Some("HELLO"));
/// # Ok(())
/// # }
/// ```
pub struct TopologyTestDriver {
    topology: Topology,
    task: Task,
    now_ms: i64,
    offsets: BTreeMap<String, i64>,
    /// What was written, in order, and not yet read.
    written: VecDeque<OutputRecord>,
    failed: bool,
}

impl fmt::Debug for TopologyTestDriver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TopologyTestDriver").field("now_ms", &self.now_ms).field("task", &self.task).finish()
    }
}

impl TopologyTestDriver {
    /// Starts the topology at wall-clock time 0.
    pub fn new(topology: &Topology) -> Result<Self> {
        Self::at(topology, 0, &TaskConfig::default())
    }

    /// Starts the topology at a wall-clock time, in milliseconds since 1970. Nothing waits for idle inputs, and ties
    /// between inputs go by arrival, whatever the config says.
    pub fn at(topology: &Topology, now_ms: i64, config: &TaskConfig) -> Result<Self> {
        let config = &TaskConfig { max_task_idle_ms: -1, ties: Ties::ByArrival, ..config.clone() };
        let mut task = Task::open(topology, Scope::Whole, 0, Box::<MemoryBackend>::default(), config)?;
        task.start(now_ms)?;
        Ok(TopologyTestDriver {
            topology: topology.clone(),
            task,
            now_ms,
            offsets: BTreeMap::new(),
            written: VecDeque::new(),
            failed: false,
        })
    }

    /// Pipes a record into a topic and runs everything that follows from it.
    pub fn pipe<K, V>(
        &mut self,
        topic: &str,
        serdes: (impl Serde<K>, impl Serde<V>),
        record: (K, V),
        timestamp: i64,
    ) -> Result<()> {
        let key = encode(&serdes.0, &record.0)?;
        let value = encode(&serdes.1, &record.1)?;
        self.pipe_raw(topic, TestRecord::new(Some(key), Some(value), timestamp))
    }

    /// Pipes bytes into a topic and runs everything that follows from them.
    ///
    /// # Errors
    /// What stopped the task; the driver takes nothing more afterwards.
    pub fn pipe_raw(&mut self, topic: &str, record: TestRecord) -> Result<()> {
        if self.failed {
            return Err(Error::new(ErrorKind::Closed, "the task has failed before; start a new driver"));
        }
        let outcome = self.enqueue(topic, record).and_then(|()| self.run());
        self.failed |= outcome.is_err();
        outcome
    }

    fn enqueue(&mut self, topic: &str, record: TestRecord) -> Result<()> {
        let next = self.offsets.entry(topic.to_owned()).or_default();
        let offset = *next;
        *next += 1;
        let TestRecord { key, value, timestamp, headers } = record;
        self.task.add(topic, [InputRecord { offset, timestamp, key, value, headers }], None)
    }

    /// Moves the wall clock and runs what is due.
    pub fn advance_wall_clock(&mut self, by_ms: i64) -> Result<()> {
        self.now_ms += by_ms;
        self.task.tick(self.now_ms)?;
        self.commit()?;
        self.run()
    }

    /// Ends all inputs: windows close and what is held back leaves.
    pub fn end_inputs(&mut self) -> Result<()> {
        let topics: Vec<String> = self.task.input_topics().map(str::to_owned).collect();
        let external = topics.iter().filter(|topic| !topic.ends_with("-repartition"));
        for topic in external {
            self.task.end_input(topic);
        }
        self.run()?;
        self.commit()?;
        self.run()?;
        topics.iter().for_each(|topic| self.task.end_input(topic));
        self.run()?;
        self.commit()?;
        self.run()
    }

    fn run(&mut self) -> Result<()> {
        self.capture()?;
        while self.task.process(self.now_ms, 1)? > 0 {
            self.commit()?;
        }
        self.capture()
    }

    fn commit(&mut self) -> Result<()> {
        self.task.prepare_commit(self.now_ms)?;
        self.task.commit(Vec::new())?;
        self.capture()
    }

    fn capture(&mut self) -> Result<()> {
        let outputs: Vec<OutputRecord> = self.task.take_outputs().collect();
        for output in outputs {
            let read_again = output.kind != OutputKind::Changelog
                && self.task.input_topics().any(|topic| *topic == *output.topic);
            if read_again {
                let OutputRecord { key, value, timestamp, headers, .. } = output.clone();
                self.enqueue(&output.topic, TestRecord { key, value, timestamp, headers })?;
            }
            self.written.push_back(output);
        }
        Ok(())
    }

    /// Everything that was written since the last call, in order: outputs, repartition records, changelogs. What a
    /// record wrote before the task failed on it is not among them.
    pub fn take_written(&mut self) -> Vec<OutputRecord> {
        self.written.drain(..).collect()
    }

    /// The records that were written to a topic and not yet read.
    pub fn read<K, V>(
        &mut self,
        topic: &str,
        serdes: (impl Serde<K>, impl Serde<V>),
    ) -> Result<Vec<Output<K, V>>> {
        let (mine, rest) = self.written.drain(..).partition::<Vec<_>, _>(|output| *output.topic == *topic);
        self.written.extend(rest);
        let typed = |output: OutputRecord| {
            let key = output.key.map(|bytes| serdes.0.deserialize(&bytes)).transpose()?;
            let value = output.value.map(|bytes| serdes.1.deserialize(&bytes)).transpose()?;
            Ok(Output { key, value, timestamp: output.timestamp, headers: output.headers })
        };
        mine.into_iter().map(|output| typed(output).map_err(|error| bad_bytes(topic, &error))).collect()
    }

    /// The wall-clock time, in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// The topology that runs.
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// All entries of a store, as bytes in the store's own layout. For window stores see [`Self::windows`].
    pub fn entries(&self, store: &str) -> Result<Vec<Entry>> {
        let Some(rows) = self.task.store(store) else { return Err(no_store(store)) };
        let entries: std::result::Result<Vec<_>, _> = rows.all(Order::Ascending).collect();
        entries.map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))
    }

    /// The value of a key in a key-value store of a table, with the time of its latest update.
    pub fn get<K, V>(
        &self,
        store: &str,
        serdes: (impl Serde<K>, impl Serde<V>),
        key: &K,
    ) -> Result<Option<(V, i64)>> {
        let Some(rows) = self.task.store(store) else { return Err(no_store(store)) };
        let key = encode(&serdes.0, key)?;
        let stored = rows.get(&key).map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
        let Some((time, value)) = stored.as_ref().and_then(crate::state::unstamp) else { return Ok(None) };
        Ok(Some((serdes.1.deserialize(&value).map_err(|error| bad_bytes(store, &error))?, time)))
    }

    /// The rows of a window store that can be seen: key, window start, value with its time in front.
    pub fn windows(&self, store: &str) -> Result<Vec<(Bytes, i64, Bytes)>> {
        let open = self.open_store(store)?;
        let Some(window) = &open.window else { return Err(no_store(store)) };
        let mut rows = Vec::new();
        let duplicates = matches!(open.spec.kind, StoreKind::Window { duplicates: true, .. });
        if duplicates {
            for entry in window.all_duplicates(&*open.rows) {
                let (row, value) =
                    entry.map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
                if let Some(parts) = WindowKey::from_duplicate(&row) {
                    rows.push((row.slice_ref(parts.key), parts.start_ms, value));
                }
            }
            return Ok(rows);
        }
        for entry in window.rows(&*open.rows, i64::MIN, i64::MAX, 0) {
            let (row, value) = entry.map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
            if let Some(parts) = WindowKey::from_bytes(&row) {
                rows.push((row.slice_ref(parts.key), parts.start_ms, value));
            }
        }
        Ok(rows)
    }

    /// The sessions of a store that can be seen: key, start, end, value.
    pub fn sessions(&self, store: &str) -> Result<Vec<(Bytes, i64, i64, Bytes)>> {
        let open = self.open_store(store)?;
        let Some(window) = &open.window else { return Err(no_store(store)) };
        let failed = |error: crate::state::StateError| Error::new(ErrorKind::Internal, error.to_string());
        let mut sessions = Vec::new();
        // A cache goes on showing what its store no longer does.
        let lenience_ms = if open.cache.is_some() { i64::MAX } else { 0 };
        for row in window.closed_sessions(&*open.rows, i64::MIN, i64::MAX, lenience_ms).map_err(failed)? {
            let value = open.rows.get(&row).map_err(failed)?;
            if let (Some(session), Some(value)) = (SessionKey::from_row(&row), value) {
                sessions.push((row.slice_ref(session.key), session.start_ms, session.end_ms, value));
            }
        }
        Ok(sessions)
    }

    fn open_store(&self, store: &str) -> Result<&OpenStore> {
        self.task.open_store(store).ok_or_else(|| no_store(store))
    }

    /// The stores and what they are, by name.
    pub fn stores(&self) -> BTreeMap<String, StoreKind> {
        let used = self.topology.subtopologies().iter().flat_map(|part| &part.stores);
        let specs = used.map(|id| &self.topology.stores()[id.0 as usize]);
        specs.map(|spec| (spec.name.clone(), spec.kind)).collect()
    }

    /// How many records were dropped, over all steps and reasons.
    pub fn dropped_total(&self) -> u64 {
        self.task.drops().total()
    }

    /// Dropped records in words: step, reason, count.
    pub fn dropped(&self) -> Vec<(Arc<str>, DropReason, u64)> {
        self.task.dropped().collect()
    }

    /// Metrics other than drops, under Kafka Streams' names.
    pub fn metrics(&self) -> &BTreeMap<&'static str, f64> {
        self.task.metrics()
    }
}

fn encode<T>(serde: &impl Serde<T>, value: &T) -> Result<Bytes> {
    let mut bytes = BytesMut::new();
    serde.serialize(value, &mut bytes).map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))?;
    Ok(bytes.freeze())
}

fn bad_bytes(place: &str, error: &SerdeError) -> Error {
    Error::new(ErrorKind::Invalid, format!("'{place}' holds something else: {error}"))
}

fn no_store(store: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("the topology has no such store: '{store}'"))
}

//! One sub-topology of one partition: records and time in, records and state changes out.
//!
//! Knows the order of inputs, stores, and the epoch between two commits. Must never know a broker, a clock or a
//! thread: whoever drives it hands in records and the time, sends what it gives out, and tells it when to commit.
//!
//! The life of a task, as the runtime drives it:
//! 1. [`Task::open`] opens its stores in the backend; [`Task::position`] says where to read on in each input.
//! 2. For each store whose changelog has more than the backend: [`Task::restore`] for every record of it.
//! 3. [`Task::start`].
//! 4. [`Task::add`] buffers fetched records; [`Task::process`] works on what may be worked on; [`Task::tick`] tells
//!    the time; [`Task::take_outputs`] gives what to send. Repeat.
//! 5. To commit: [`Task::prepare_commit`], send what [`Task::take_outputs`] gives, wait until all that was sent since
//!    the last commit is acknowledged (or its transaction committed, with the positions and [`Task::numbers`]), then
//!    [`Task::commit`] with entries of the runtime's own (ends of changelogs): state, input positions and those become
//!    durable in one step.
//! 6. After an error, or to stop: drop it. What was not committed is forgotten and comes again.

mod inputs;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use riverrun_core::{Error, ErrorKind, Result};

use self::inputs::Inputs;
use crate::operator::{
    Assembly, BatchProcessor, Context, DropReason, Drops, NodeId, OpenStore, RecordContext, SinkTarget,
};
use crate::record::{InputRecord, OutputKind, OutputRecord};
use crate::state::{
    Backend, ByteStore, Cache, Changelog, StateError, StoreKind, WindowState, Write, restore_entry,
};
use crate::topology::{NodeKind, SinkTopic, SourceTopics, Topology};

/// Which part of a topology a task runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One sub-topology: what a runtime does.
    Subtopology(u32),
    /// All of them as one task: what the test driver does.
    Whole,
}

/// What a task needs to be told beside its topology.
#[derive(Clone, Debug)]
pub struct TaskConfig {
    /// How long to wait for an input that is empty but not known to have ended, before records of other inputs are
    /// processed, in milliseconds (`max.task.idle.ms`): 0 waits only until the broker says that nothing is there,
    /// -1 never waits.
    pub max_task_idle_ms: i64,
    /// Numbers of partitions of the topics that sinks write to, by full name, where known.
    pub partitions: BTreeMap<String, i32>,
    /// The most records of one input that are handed to a processor at once.
    pub max_run: usize,
    /// The most bytes that wait in one store's cache before it is flushed early. Only stores that the topology
    /// declares as cached have one.
    pub cache_max_bytes: usize,
    /// Which of several inputs goes first when their heads have equal times.
    pub ties: Ties,
}

/// Which of several inputs goes first when their heads have equal times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// The input that was declared first: the same after every restart.
    #[default]
    ByInput,
    /// As Kafka Streams does it, which depends on the order of arrival: for the test driver.
    ByArrival,
}

impl Default for TaskConfig {
    fn default() -> Self {
        TaskConfig {
            max_task_idle_ms: 0,
            partitions: BTreeMap::new(),
            max_run: 1024,
            cache_max_bytes: 10 << 20,
            ties: Ties::ByInput,
        }
    }
}

/// A running sub-topology of one partition. See the [module](self) for its life.
pub struct Task {
    topology: Topology,
    backend: Box<dyn Backend>,
    processors: Vec<Box<dyn BatchProcessor>>,
    inputs: Inputs,
    ctx: Context,
    run: Vec<InputRecord>,
    max_run: usize,
    started: bool,
    /// What [`Self::set_numbers`] was given.
    numbers: Option<BTreeMap<Bytes, Bytes>>,
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("partition", &self.ctx.partition).field("inputs", &self.inputs).finish()
    }
}

fn state_error(error: StateError) -> Error {
    let kind = match &error {
        StateError::Damaged { .. } => ErrorKind::Corrupt,
        StateError::Engine { .. } => ErrorKind::Internal,
    };
    Error::new(kind, error.to_string())
}

/// The meta entry under which the position in an input topic is kept: 8 bytes, big endian, the next offset to read.
pub fn position_key(topic: &str) -> Bytes {
    Bytes::from(format!("position/{topic}"))
}

/// The meta entry under which a step keeps its numbers.
fn step_key(node: &[u8]) -> Bytes {
    [STEP_PREFIX, node].concat().into()
}

const STEP_PREFIX: &[u8] = b"step/";

/// The step name under which the task keeps its stream time; no step can have it.
const TIME_KEY: &str = "/time";

impl Task {
    /// Opens the task's stores in its backend and puts its processors together. Nothing runs yet.
    pub fn open(
        topology: &Topology,
        scope: Scope,
        partition: i32,
        mut backend: Box<dyn Backend>,
        config: &TaskConfig,
    ) -> Result<Self> {
        let parts = topology.subtopologies();
        let in_scope = |id: u32| scope == Scope::Whole || scope == Scope::Subtopology(id);
        let parts: Vec<_> = parts.iter().filter(|part| in_scope(part.id)).collect();
        if parts.is_empty() {
            return Err(Error::new(ErrorKind::NotFound, format!("there is no sub-topology {scope:?}")));
        }
        let mut stores = Vec::new();
        stores.resize_with(topology.stores().len(), || None);
        for id in parts.iter().flat_map(|part| &part.stores) {
            let spec = topology.stores()[id.0 as usize].clone();
            let rows = backend.open(&spec.name, spec.persistent).map_err(state_error)?;
            let changelog = match spec.changelog {
                Changelog::Topic(_) => topology.changelog_topic(&spec).map(Arc::from),
                Changelog::Off | Changelog::Source(_) => None,
            };
            let cache = spec.cached.then(|| Cache::new(config.cache_max_bytes));
            stores[id.0 as usize] = Some(OpenStore { spec, rows, changelog, cache, window: None });
        }
        let sinks = topology.sinks().iter().map(|node| sink_target(topology, *node, config)).collect();
        let mut task = Task {
            topology: topology.clone(),
            backend,
            processors: Vec::new(),
            inputs: Inputs::new(config.max_task_idle_ms, config.ties),
            ctx: Context::new(partition, stores, sinks),
            run: Vec::new(),
            max_run: config.max_run.max(1),
            started: false,
            numbers: None,
        };
        let mut assembly = Assembly::default();
        for executor in topology.executors() {
            if executor.sources.iter().any(|source| parts.iter().any(|part| part.nodes.contains(source))) {
                let processor = task.processors.len();
                task.processors.push((executor.make)(&mut assembly));
                for (input, source) in executor.sources.iter().enumerate() {
                    task.add_inputs(processor, input, *source)?;
                }
            }
        }
        Ok(task)
    }

    fn add_inputs(&mut self, processor: usize, input: usize, source: NodeId) -> Result<()> {
        let node = self.topology.node(source);
        if let NodeKind::Source { topics: SourceTopics::Pattern(pattern), .. } = &node.kind {
            let message = format!(
                "source '{}' reads topics by the pattern '{pattern}', which is not built yet",
                node.name
            );
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        for topic in self.topology.source_topics(source) {
            let position = self.backend.meta(&position_key(&topic)).map_err(state_error)?;
            let position = position.and_then(|bytes| Some(i64::from_be_bytes(bytes[..].try_into().ok()?)));
            self.inputs.add(Arc::from(topic), source, processor, input, position);
        }
        Ok(())
    }

    /// The partition that it reads of each input topic.
    pub fn partition(&self) -> i32 {
        self.ctx.partition
    }

    /// The topics that it reads, by full name.
    pub fn input_topics(&self) -> impl Iterator<Item = &str> {
        self.inputs.topics()
    }

    /// The offset behind the last record of a topic that was processed (after `open`: as of the last commit);
    /// `None` if none ever was.
    pub fn position(&self, topic: &str) -> Option<i64> {
        self.inputs.position(topic)
    }

    /// Moves a topic's position on: there is nothing to process before `next`. Before `start`, to where the input
    /// begins; later only over what is no record.
    pub fn set_position(&mut self, topic: &str, next: i64) {
        self.inputs.set_position(topic, next);
    }

    /// What has to be kept beside the stores, by step: stream time, and what processors remember. It is part of each
    /// commit; a runtime that keeps it elsewhere too can hand it back to [`Self::set_numbers`].
    pub fn numbers(&self) -> BTreeMap<String, Vec<i64>> {
        let number = |bytes: &[u8]| i64::from_be_bytes(bytes.try_into().unwrap_or_default());
        let of_step = |(node, bytes): (&Bytes, &Bytes)| {
            let numbers = bytes.chunks_exact(8).map(number).collect();
            (String::from_utf8_lossy(node).into_owned(), numbers)
        };
        let mut numbers: BTreeMap<String, Vec<i64>> = self.ctx.remembered.iter().map(of_step).collect();
        numbers.insert(TIME_KEY.to_owned(), vec![self.ctx.stream_time_ms, self.inputs.time_ms()]);
        numbers
    }

    /// Takes the numbers of a commit in the place of those in the backend. Before `start` only.
    pub fn set_numbers(&mut self, numbers: &BTreeMap<String, Vec<i64>>) {
        debug_assert!(!self.started, "set_numbers() comes before start()");
        let bytes =
            |numbers: &Vec<i64>| numbers.iter().flat_map(|number| number.to_be_bytes()).collect::<Vec<u8>>();
        let entries = numbers
            .iter()
            .map(|(node, numbers)| (Bytes::copy_from_slice(node.as_bytes()), Bytes::from(bytes(numbers))));
        self.numbers = Some(entries.collect());
    }

    /// An entry that [`Self::commit`] was given, as of the last commit.
    pub fn meta(&self, key: &[u8]) -> Result<Option<Bytes>> {
        self.backend.meta(key).map_err(state_error)
    }

    /// The entries that commits were given whose keys start with `prefix`.
    pub fn meta_prefix(&self, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>> {
        self.backend.meta_prefix(prefix).map_err(state_error)
    }

    /// Applies a record of a store's changelog (or of the source topic that serves as such). Before `start` only.
    pub fn restore(&mut self, store: &str, key: &Bytes, value: Option<&Bytes>, timestamp: i64) -> Result<()> {
        let open = self.ctx.stores.iter_mut().flatten().find(|open| open.spec.name == store);
        let Some(open) = open else {
            return Err(Error::new(ErrorKind::NotFound, format!("the task has no store '{store}'")));
        };
        for (key, value) in restore_entry(&open.spec, key, value, timestamp).map_err(state_error)? {
            open.rows.put(&key, value.as_deref()).map_err(state_error)?;
        }
        Ok(())
    }

    /// Makes durable what was restored so far, with entries of the runtime's own (how far the changelog was read).
    pub fn commit_restored(&mut self, meta: Vec<Write>) -> Result<()> {
        let writes = self.ctx.take_pending();
        self.backend.commit(writes, meta).map_err(state_error)
    }

    /// Starts the processors; the stores hold their restored state.
    pub fn start(&mut self, now_ms: i64) -> Result<()> {
        self.ctx.now_ms = now_ms;
        self.started = true;
        self.open_windows()?;
        self.each(|processor, ctx| processor.init(ctx))
    }

    fn open_windows(&mut self) -> Result<()> {
        for open in self.ctx.stores.iter_mut().flatten() {
            if let StoreKind::Window { retention, duplicates, .. } = open.spec.kind {
                let window = WindowState::open(&*open.rows, retention, duplicates);
                open.window = Some(window.map_err(state_error)?);
            }
            if let StoreKind::Session { retention } = open.spec.kind {
                let observed_ms = WindowState::observed_sessions(&*open.rows).map_err(state_error)?;
                open.window = Some(WindowState::at(observed_ms, retention));
            }
        }
        if let Some(numbers) = self.numbers.take() {
            self.ctx.remembered = numbers;
        } else {
            for (key, bytes) in self.backend.meta_prefix(STEP_PREFIX).map_err(state_error)? {
                self.ctx.remembered.insert(key.slice(STEP_PREFIX.len()..), bytes);
            }
        }
        if let Some([stream_time_ms, inputs_ms]) = self.ctx.recall(TIME_KEY) {
            self.ctx.stream_time_ms = stream_time_ms;
            self.inputs.set_time_ms(inputs_ms);
        }
        Ok(())
    }

    fn each(
        &mut self,
        mut call: impl FnMut(&mut dyn BatchProcessor, &mut Context) -> crate::operator::Flow,
    ) -> Result<()> {
        for (at, processor) in self.processors.iter_mut().enumerate() {
            self.ctx.owner = at;
            call(&mut **processor, &mut self.ctx)?;
        }
        Ok(())
    }

    /// Buffers records of an input, in order of offsets. Records below the position are skipped: they were processed
    /// before. `end_offset` is the partition's end as the broker told it with them, which says whether to wait for
    /// more before other inputs go on.
    pub fn add(
        &mut self,
        topic: &str,
        records: impl IntoIterator<Item = InputRecord>,
        end_offset: Option<i64>,
    ) -> Result<()> {
        self.inputs.buffer(topic, records, end_offset, &mut self.processors, &mut self.ctx)
    }

    /// How many records of a topic wait: a runtime stops fetching it while there are enough.
    pub fn buffered(&self, topic: &str) -> usize {
        self.inputs.buffered(topic)
    }

    /// Says whether an input's partition holds nothing that was not added yet, as its broker has just said. Processors
    /// may then wait for it no longer (see [`Context::quiet_since_ms`]).
    pub fn set_caught_up(&mut self, topic: &str, caught_up: bool, now_ms: i64) {
        self.inputs.set_caught_up(topic, caught_up, now_ms);
    }

    /// Says that an input has delivered all that it ever will. When its buffer is empty the processor hears of it.
    pub fn end_input(&mut self, topic: &str) {
        self.inputs.end(topic);
    }

    /// Whether all inputs have ended and everything of them is processed.
    pub fn is_done(&self) -> bool {
        self.inputs.is_done()
    }

    /// Processes up to `max_records` of the buffered records, always the one with the lowest time among the inputs'
    /// heads; returns how many. Fewer than asked for: nothing is left, or an empty input may still get an older
    /// record (see [`TaskConfig::max_task_idle_ms`]).
    pub fn process(&mut self, now_ms: i64, max_records: usize) -> Result<usize> {
        debug_assert!(self.started, "start() comes before process()");
        self.ctx.now_ms = now_ms;
        let mut done = 0;
        while done < max_records {
            self.run.clear();
            let most = self.max_run.min(max_records - done);
            let taken =
                self.inputs.take_run(now_ms, most, &mut self.processors, &mut self.ctx, &mut self.run)?;
            let Some(taken) = taken else { break };
            done += taken.records;
            self.ctx.owner = taken.processor;
            self.ctx.record.topic = taken.topic;
            if !self.run.is_empty() {
                self.processors[taken.processor].process(taken.input, &self.run, &mut self.ctx)?;
                self.punctuate(false)?;
            }
        }
        self.end_inputs()?;
        Ok(done)
    }

    fn end_inputs(&mut self) -> Result<()> {
        for (processor, input) in self.inputs.newly_ended() {
            self.ctx.owner = processor;
            self.ctx.record = RecordContext::none();
            self.processors[processor].end_of_input(input, &mut self.ctx)?;
        }
        Ok(())
    }

    fn punctuate(&mut self, wall_clock: bool) -> Result<()> {
        let time_ms = if wall_clock { self.ctx.now_ms } else { self.ctx.stream_time_ms };
        for (owner, schedule) in self.ctx.due(wall_clock, time_ms) {
            if self.ctx.is_scheduled(schedule) {
                let headers = std::mem::take(&mut self.ctx.record.headers);
                self.ctx.owner = owner;
                self.processors[owner].punctuate(schedule, time_ms, &mut self.ctx)?;
                self.ctx.record.headers = headers;
            }
        }
        Ok(())
    }

    /// Tells the time: schedules of wall clock fire, and processors may give up waiting.
    pub fn tick(&mut self, now_ms: i64) -> Result<()> {
        self.ctx.now_ms = now_ms;
        self.ctx.record = RecordContext::none();
        self.punctuate(true)?;
        self.ctx.quiet_since_ms = self.inputs.quiet_since_ms();
        self.each(|processor, ctx| processor.tick(ctx))
    }

    /// The wall-clock time at which `tick` has something to do, if a schedule asks for one.
    pub fn next_deadline_ms(&self) -> Option<i64> {
        self.ctx.next_deadline_ms()
    }

    /// What is to be sent, in order; the caller sends it and keeps the order per topic and partition.
    pub fn take_outputs(&mut self) -> std::vec::Drain<'_, OutputRecord> {
        self.ctx.outputs.drain(..)
    }

    /// Ends the epoch: what processors hold back for it is forwarded. The outputs of it are part of the commit.
    pub fn prepare_commit(&mut self, now_ms: i64) -> Result<()> {
        self.ctx.now_ms = now_ms;
        // No record is in hand: whether a tick or a record came last must not show in what is forwarded now.
        self.ctx.record = RecordContext::none();
        self.each(|processor, ctx| processor.flush(ctx))
    }

    /// Makes state, input positions and `meta` durable in one step. Everything that was taken out must be
    /// acknowledged before.
    pub fn commit(&mut self, mut meta: Vec<Write>) -> Result<()> {
        let positions = self.inputs.positions();
        meta.extend(
            positions.map(|(topic, next)| {
                (position_key(topic), Some(Bytes::copy_from_slice(&next.to_be_bytes())))
            }),
        );
        let numbers = std::iter::once((TIME_KEY, [self.ctx.stream_time_ms, self.inputs.time_ms()]));
        for (node, numbers) in numbers {
            self.ctx.remember(node, numbers);
        }
        meta.extend(self.ctx.remembered.iter().map(|(node, bytes)| (step_key(node), Some(bytes.clone()))));
        let writes = self.ctx.take_pending();
        self.backend.commit(writes, meta).map_err(state_error)
    }

    /// The positions that a commit would make durable: topic and next offset, for the group's committed offsets.
    pub fn positions(&self) -> impl Iterator<Item = (&str, i64)> {
        self.inputs.positions()
    }

    /// Counts of dropped records since the start.
    pub fn drops(&self) -> &Drops {
        &self.ctx.drops
    }

    /// Dropped records in words: step, reason, count.
    pub fn dropped(&self) -> impl Iterator<Item = (Arc<str>, DropReason, u64)> + '_ {
        self.ctx
            .drops
            .iter()
            .map(|(node, reason, count)| (self.topology.node(node).name.clone(), reason, count))
    }

    /// Metrics other than drops, under Kafka Streams' names.
    pub fn metrics(&self) -> &BTreeMap<&'static str, f64> {
        &self.ctx.metrics
    }

    /// The rows of a store, for queries.
    pub fn store(&self, name: &str) -> Option<&dyn ByteStore> {
        let open = self.ctx.stores.iter().flatten().find(|open| open.spec.name == name)?;
        Some(&*open.rows)
    }

    pub(crate) fn open_store(&self, name: &str) -> Option<&OpenStore> {
        self.ctx.stores.iter().flatten().find(|open| open.spec.name == name)
    }

    /// The highest record time seen over all inputs, -1 before the first.
    pub fn stream_time_ms(&self) -> i64 {
        self.ctx.stream_time_ms
    }
}

fn sink_target(topology: &Topology, node: NodeId, config: &TaskConfig) -> SinkTarget {
    let declared = match &topology.node(node).kind {
        NodeKind::Sink { topic: SinkTopic::Name(name), .. } => name.as_str(),
        _ => "",
    };
    let topic = topology.full_name(declared);
    let kind = if topology.is_internal(declared) { OutputKind::Repartition } else { OutputKind::Sink };
    let partitions = config.partitions.get(&topic).copied();
    SinkTarget { topic: Arc::from(topic), kind, partitions }
}

#[cfg(test)]
mod tests;

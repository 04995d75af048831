//! What every connector must do, as checks to be called from its tests.
//!
//! A connector brings a source that makes known records, or a sink whose content can be read; the checks run it
//! against a log in memory that crashes at every possible record, and compare.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::api::{ConnectorError, Sink, SinkTask, Source, SourceTask, TopicPartition};
use crate::runtime::{
    Counters, Log, OffsetStore, OutRecord, SinkInput, SinkWorker, Snapshot, SourceWorker, Stop, StopHandle,
};
pub use crate::runtime::{ErrorPolicy, LogRecord, MemoryLog, Outcome, Tolerance, TopicSpec};

const OFFSETS_TOPIC: &str = "connect-offsets";

/// A source under test, and the topic that it writes to.
#[derive(Debug)]
pub struct SourceUnderTest<'a> {
    /// The source, which must be bounded.
    pub source: &'a dyn Source,
    /// Its topic.
    pub topic: TopicSpec,
    /// What it does with bad records.
    pub errors: ErrorPolicy,
    /// How long to wait between commits; zero commits after every batch.
    pub commit_interval: Duration,
}

impl SourceUnderTest<'_> {
    /// Runs its first task once on `log`.
    pub async fn run(&self, log: &MemoryLog) -> Result<(Outcome, Snapshot), ConnectorError> {
        let mut tasks = self.source.tasks(1)?;
        let Some(task) = tasks.first_mut() else {
            return Err(ConnectorError::fatal("the source made no task"));
        };
        let (_handle, stop) = StopHandle::new();
        self.run_task(log, &mut **task, stop).await
    }

    /// Runs one task once on `log`.
    pub async fn run_task(
        &self,
        log: &MemoryLog,
        task: &mut dyn SourceTask,
        stop: Stop,
    ) -> Result<(Outcome, Snapshot), ConnectorError> {
        let shared: Arc<dyn Log> = Arc::new(log.clone());
        let counters = Arc::new(Counters::default());
        let worker = SourceWorker {
            connector: "under-test".to_owned(),
            kind: self.source.kind(),
            task: 0,
            offsets: OffsetStore::open(Arc::clone(&shared), OFFSETS_TOPIC, "under-test").await?,
            log: shared,
            topics: vec![self.topic.clone()],
            errors: self.errors.clone(),
            commit_interval: self.commit_interval,
            counters: Arc::clone(&counters),
        };
        let outcome = worker.run(task, stop).await?;
        Ok((outcome, counters.snapshot()))
    }

    /// The values in the topic, partition by partition.
    pub fn values(&self, log: &MemoryLog) -> Vec<Vec<LogRecord>> {
        log.records(&self.topic.name)
    }

    /// The same configuration gives the same records in the same partitions; run again, nothing is added.
    ///
    /// # Panics
    /// If the source breaks this part of the contract.
    pub async fn check_repeatable(&self) {
        let (one, other) = (MemoryLog::new(), MemoryLog::new());
        for log in [&one, &other] {
            self.run(log).await.expect("a bounded source finishes");
        }
        assert_eq!(contents(&self.values(&one)), contents(&self.values(&other)), "two runs differ");
        let (_, again) = self.run(&one).await.expect("a finished source finishes again");
        assert_eq!(again.records_out, 0, "a second run wrote records");
        assert_eq!(
            contents(&self.values(&one)),
            contents(&self.values(&other)),
            "a second run changed the topic"
        );
    }

    /// Crashed after any number of records and started again, once or twice, it writes each record exactly once.
    ///
    /// # Panics
    /// If the source breaks this part of the contract.
    pub async fn check_crashes(&self, step: u64) {
        let whole = MemoryLog::new();
        self.run(&whole).await.expect("a bounded source finishes");
        let expected = contents(&self.values(&whole));
        let total: usize = expected.iter().map(Vec::len).sum();
        let mut crash = 0;
        // Records, positions and commits are steps; behind the last of them nothing crashes.
        while crash <= 3 * total as u64 + 4 {
            let log = MemoryLog::new();
            for records in [crash, crash / 2] {
                log.crash_after(Some(records));
                let _ = self.run(&log).await;
            }
            log.crash_after(None);
            self.run(&log).await.expect("a healed source finishes");
            assert_eq!(contents(&self.values(&log)), expected, "crashed after {crash} records");
            crash += step.max(1);
        }
    }
}

/// The records without their timestamps, which may be the time of writing.
fn contents(partitions: &[Vec<LogRecord>]) -> Vec<Vec<String>> {
    let text = |record: &LogRecord| format!("{:?} {:?} {:?}", record.key, record.value, record.headers);
    partitions.iter().map(|records| records.iter().map(text).collect()).collect()
}

/// A sink under test.
pub struct SinkUnderTest<'a> {
    /// Makes the sink for a place of its own, which the number names.
    pub sink: &'a dyn Fn(u32) -> Box<dyn Sink>,
    /// What lies in that place: the result as readers see it.
    pub content: &'a dyn Fn(u32) -> Vec<u8>,
    /// The values to write, partition by partition.
    pub values: Vec<Vec<String>>,
}

impl std::fmt::Debug for SinkUnderTest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SinkUnderTest").field("values", &self.values).finish_non_exhaustive()
    }
}

/// A task that fails before a certain call, as if the process had died there.
struct Dying {
    task: Box<dyn SinkTask>,
    calls_left: u32,
}

impl Dying {
    fn call(&mut self) -> Result<&mut dyn SinkTask, ConnectorError> {
        if self.calls_left == 0 {
            return Err(ConnectorError::fatal("the sink has crashed, as the test asked"));
        }
        self.calls_left -= 1;
        Ok(&mut *self.task)
    }
}

#[async_trait::async_trait]
impl SinkTask for Dying {
    async fn open(
        &mut self,
        topics: &BTreeMap<String, Option<String>>,
    ) -> Result<BTreeMap<TopicPartition, i64>, ConnectorError> {
        self.call()?.open(topics).await
    }

    async fn put(
        &mut self,
        records: &[crate::api::SinkRecord],
    ) -> Result<Vec<crate::api::Rejected>, ConnectorError> {
        self.call()?.put(records).await
    }

    async fn flush(&mut self, next: &BTreeMap<TopicPartition, i64>) -> Result<(), ConnectorError> {
        self.call()?.flush(next).await
    }

    async fn finish(&mut self) -> Result<(), ConnectorError> {
        self.call()?.finish().await
    }
}

impl SinkUnderTest<'_> {
    async fn filled(&self) -> MemoryLog {
        let log = MemoryLog::new();
        let partitions = self.values.len() as i32;
        let spec = TopicSpec { name: "rows".to_owned(), partitions, configs: BTreeMap::new() };
        log.ensure_topic(&spec).await.expect("a topic in memory");
        self.append(&log, &self.values).await;
        log
    }

    async fn append(&self, log: &MemoryLog, values: &[Vec<String>]) {
        for (partition, values) in (0..).zip(values) {
            let record = |(index, value): (usize, &String)| OutRecord {
                key: None,
                value: Some(value.clone().into()),
                headers: Vec::new(),
                timestamp: Some(index as i64),
            };
            let records = values.iter().enumerate().map(record).collect();
            log.append_batch(&TopicPartition::new("rows", partition), records)
                .await
                .expect("a topic in memory");
        }
    }

    async fn run(
        &self,
        log: &MemoryLog,
        task: &mut dyn SinkTask,
        order: bool,
    ) -> Result<Snapshot, ConnectorError> {
        let ends = log.end_offsets("rows").await?;
        let ends =
            (0..).zip(ends).map(|(partition, end)| (TopicPartition::new("rows", partition), end)).collect();
        let counters = Arc::new(Counters::default());
        let worker = SinkWorker {
            connector: "under-test".to_owned(),
            kind: "test",
            task: 0,
            log: Arc::new(log.clone()),
            topics: vec!["rows".to_owned()],
            input: SinkInput::Bounded(ends),
            total_order: order,
            errors: ErrorPolicy::default(),
            commit_interval: Duration::ZERO,
            counters: Arc::clone(&counters),
        };
        let (_handle, stop) = StopHandle::new();
        worker.run(task, stop).await?;
        Ok(counters.snapshot())
    }

    /// Crashed before any of its calls and started again it ends with the same content; run again, nothing changes.
    ///
    /// # Panics
    /// If the sink breaks the contract.
    pub async fn check_crashes(&self) {
        let log = self.filled().await;
        let sink = (self.sink)(0);
        let mut task = sink.task(true).expect("a task");
        self.run(&log, &mut *task, sink.wants_total_order()).await.expect("a bounded sink finishes");
        let expected = (self.content)(0);
        assert!(!expected.is_empty(), "the sink wrote nothing");
        for place in 1_u32.. {
            let calls_left = place - 1;
            let sink = (self.sink)(place);
            let mut dying = Dying { task: sink.task(true).expect("a task"), calls_left };
            let survived = self.run(&log, &mut dying, sink.wants_total_order()).await.is_ok();
            drop(dying);
            for round in 0..2 {
                let sink = (self.sink)(place);
                let mut task = sink.task(true).expect("a task");
                let done = self.run(&log, &mut *task, sink.wants_total_order()).await.expect("it recovers");
                assert_eq!(
                    (self.content)(place),
                    expected,
                    "crashed before call {calls_left}, round {round}"
                );
                assert!(round == 0 || done.records_out == 0, "a finished sink wrote again");
            }
            if survived {
                return;
            }
        }
    }

    /// What comes after a finished run is added, and what was there stays.
    ///
    /// # Panics
    /// If the sink breaks the contract.
    pub async fn check_goes_on(&self) {
        let place = u32::MAX;
        let log = self.filled().await;
        for _ in 0..2 {
            let sink = (self.sink)(place);
            let mut task = sink.task(true).expect("a task");
            self.run(&log, &mut *task, sink.wants_total_order()).await.expect("a bounded sink finishes");
            self.append(&log, &self.values).await;
        }
        let twice = (self.content)(place);
        let once = (self.content)(0);
        assert!(
            twice.starts_with(&once) && twice.len() > once.len(),
            "the second part is not behind the first"
        );
    }
}

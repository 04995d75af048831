//! The workers with small connectors made for the purpose.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use riverrun_core::{Error, ErrorKind};

use crate::api::{
    ConnectorError, Polled, Position, Progress, Rejected, SinkRecord, SinkTask, SourceBatch, SourceItem,
    SourceOffset, SourcePartition, SourceRecord, SourceTask, StoredOffsets, TopicPartition,
};

use super::*;

/// Counts up to an end; fails now and then with an error that passes.
struct Counting {
    next: u64,
    end: u64,
    fail_at: Option<u64>,
}

#[async_trait]
impl SourceTask for Counting {
    async fn start(&mut self, offsets: &StoredOffsets) -> Result<(), ConnectorError> {
        let stored = offsets.get(&SourcePartition::of("counter", "one"));
        self.next = stored.and_then(|offset| offset.0["next"].as_u64()).unwrap_or(0);
        Ok(())
    }

    async fn poll(&mut self) -> Result<Polled, ConnectorError> {
        if self.fail_at == Some(self.next) {
            self.fail_at = None;
            return Err(Error::new(ErrorKind::Retriable, "a passing trouble").into());
        }
        if self.next == self.end {
            return Ok(Polled::Finished);
        }
        let record = SourceRecord {
            topic: "numbers".into(),
            partition: None,
            ordinal: self.next,
            key: None,
            value: Some(Bytes::from(self.next.to_string())),
            headers: Vec::new(),
            timestamp: None,
        };
        self.next += 1;
        let offset = SourceOffset(serde_json::Map::from_iter([("next".to_owned(), self.next.into())]));
        let position = Position { partition: SourcePartition::of("counter", "one"), offset: Some(offset) };
        Ok(Polled::Batch(SourceBatch { items: vec![SourceItem::Record(record)], positions: vec![position] }))
    }

    fn progress(&self) -> Progress {
        Progress { done: self.next, total: Some(self.end) }
    }
}

async fn worker(log: &MemoryLog) -> SourceWorker {
    let log: Arc<dyn Log> = Arc::new(log.clone());
    SourceWorker {
        connector: "numbers".to_owned(),
        kind: "counting",
        task: 0,
        offsets: OffsetStore::open(Arc::clone(&log), "connect-offsets", "numbers").await.unwrap(),
        log,
        topics: vec![TopicSpec { name: "numbers".to_owned(), partitions: 1, configs: BTreeMap::new() }],
        errors: ErrorPolicy::default(),
        commit_interval: Duration::ZERO,
        counters: Arc::default(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_passing_failure_restarts_the_task_and_doubles_nothing() {
    let log = MemoryLog::new();
    let worker = worker(&log).await;
    let mut task = Counting { next: 0, end: 10, fail_at: Some(6) };
    let (_handle, stop) = StopHandle::new();
    let outcome = supervise_source(&worker, &mut task, RestartPolicy::default(), stop).await;
    assert!(matches!(outcome, Outcome::Finished), "{outcome:?}");
    let values: Vec<Bytes> =
        log.records("numbers").remove(0).into_iter().filter_map(|record| record.value).collect();
    let expected: Vec<Bytes> = (0..10).map(|number: u64| Bytes::from(number.to_string())).collect();
    assert_eq!(values, expected);
    assert_eq!(worker.counters.snapshot().restarts, 1);
}

#[tokio::test(start_paused = true)]
async fn restarts_without_progress_come_to_an_end() {
    let log = MemoryLog::new();
    let worker = worker(&log).await;
    struct Never;
    #[async_trait]
    impl SourceTask for Never {
        async fn start(&mut self, _: &StoredOffsets) -> Result<(), ConnectorError> {
            Err(Error::new(ErrorKind::Retriable, "still no answer").into())
        }
        async fn poll(&mut self) -> Result<Polled, ConnectorError> {
            Ok(Polled::Finished)
        }
        fn progress(&self) -> Progress {
            Progress::default()
        }
    }
    let policy = RestartPolicy { attempts_max: 3, ..RestartPolicy::default() };
    let (_handle, stop) = StopHandle::new();
    let Outcome::Failed(error) = supervise_source(&worker, &mut Never, policy, stop).await else {
        panic!("it must give up");
    };
    assert_eq!(error.chain(), "connector 'numbers', task 0: failed 4 times in a row: still no answer");
}

#[tokio::test]
async fn positions_have_kafka_connects_form() {
    let log = MemoryLog::new();
    let worker = worker(&log).await;
    let mut task = Counting { next: 0, end: 1, fail_at: None };
    let (_handle, stop) = StopHandle::new();
    worker.run(&mut task, stop).await.unwrap();
    let text = |bytes: Option<Bytes>| String::from_utf8(bytes.unwrap().to_vec()).unwrap();
    let stored: Vec<(String, String)> = log
        .records("connect-offsets")
        .remove(0)
        .into_iter()
        .map(|one| (text(one.key), text(one.value)))
        .collect();
    assert_eq!(
        stored.iter().map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>(),
        [r#"["numbers",{"counter":"one"}] {"next":1}"#]
    );
}

/// Refuses one value.
#[derive(Default)]
struct Picky {
    kept: Vec<String>,
    /// Fails at the next flush, as if the process had died.
    dies: bool,
}

#[async_trait]
impl SinkTask for Picky {
    async fn open(
        &mut self,
        _: &BTreeMap<String, Option<String>>,
    ) -> Result<BTreeMap<TopicPartition, i64>, ConnectorError> {
        Ok(BTreeMap::new())
    }

    async fn put(&mut self, records: &[SinkRecord]) -> Result<Vec<Rejected>, ConnectorError> {
        let mut rejected = Vec::new();
        for (index, record) in records.iter().enumerate() {
            let value = String::from_utf8(record.value.clone().unwrap().to_vec()).unwrap();
            if value == "bad" {
                let stage = crate::api::ErrorStage::TaskPut;
                rejected.push(Rejected { index, stage, message: "a bad value".to_owned() });
            } else {
                self.kept.push(value);
            }
        }
        Ok(rejected)
    }

    async fn flush(&mut self, _: &BTreeMap<TopicPartition, i64>) -> Result<(), ConnectorError> {
        match std::mem::take(&mut self.dies) {
            true => Err(ConnectorError::fatal("the sink has crashed, as the test asked")),
            false => Ok(()),
        }
    }

    async fn finish(&mut self) -> Result<(), ConnectorError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_refused_record_is_a_dead_letter_and_the_rest_goes_on() {
    let log = MemoryLog::new();
    let rows = TopicPartition::new("rows", 0);
    let spec = TopicSpec { name: "rows".to_owned(), partitions: 1, configs: BTreeMap::new() };
    log.ensure_topic(&spec).await.unwrap();
    let record = |value: &'static str| OutRecord {
        key: Some(Bytes::from_static(b"k")),
        value: Some(Bytes::from_static(value.as_bytes())),
        headers: Vec::new(),
        timestamp: Some(5),
    };
    log.append_batch(&rows, vec![record("a"), record("bad"), record("b")]).await.unwrap();
    let errors = |tolerance| ErrorPolicy { tolerance, dead_letter_topic: Some("dead".to_owned()) };
    let worker = |tolerance| SinkWorker {
        connector: "report".to_owned(),
        kind: "picky",
        task: 0,
        log: Arc::new(log.clone()),
        topics: vec!["rows".to_owned()],
        input: SinkInput::Bounded(BTreeMap::from([(rows.clone(), 3)])),
        total_order: true,
        errors: errors(tolerance),
        commit_interval: Duration::ZERO,
        counters: Arc::default(),
    };
    let (_handle, stop) = StopHandle::new();
    // The dead letter is committed, and the sink dies before it stores that it had the record.
    let mut dying = Picky { dies: true, ..Picky::default() };
    worker(Tolerance::All).run(&mut dying, stop.clone()).await.unwrap_err();
    assert_eq!(log.records("dead").remove(0).len(), 1);
    let mut task = Picky::default();
    let tolerant = worker(Tolerance::All);
    tolerant.run(&mut task, stop.clone()).await.unwrap();
    assert_eq!(task.kept, ["a", "b"]);
    let done = tolerant.counters.snapshot();
    assert_eq!((done.records_in, done.records_out, done.records_bad), (3, 2, 1));
    let dead = log.records("dead").remove(0);
    assert_eq!((dead.len(), dead[0].timestamp, dead[0].headers.len()), (1, 5, 10));
    assert_eq!(log.group("connect-report"), BTreeMap::from([(rows.clone(), 3)]));

    let error = worker(Tolerance::None).run(&mut Picky::default(), stop).await.unwrap_err().to_string();
    assert!(error.starts_with("a bad value"), "{error}");
    assert_eq!(log.records("dead").remove(0).len(), 1, "it is there already");
}

use std::sync::Arc;

use tokio::sync::Notify;

use super::super::cluster::Backoff;
use super::accumulator::{Accumulator, Rejected, Round, Route, Taken};
use super::delivery::BatchEnd;
use super::limits::Limits;
use super::queue::{Attempt, Ended, Identity, RecordParts};
use crate::protocol::ErrorCode;
use crate::record::{BatchView, Compression};
use crate::{Error, ErrorKind};

fn limits() -> Limits {
    Limits {
        batch_bytes: 200,
        linger_ms: 10,
        buffer_bytes: 10_000,
        max_request_bytes: 1_000,
        delivery_timeout_ms: 1_000,
        retries: u32::MAX,
        backoff: Backoff { initial_ms: 100, max_ms: 100 },
        compression: Compression::None,
        compression_level: None,
        idempotent: true,
        transactional: false,
        max_in_flight: 5,
    }
}

/// One topic of one partition, led by broker 1.
struct Bench {
    machine: Accumulator,
    ended: Vec<Ended>,
}

impl Bench {
    fn new(limits: Limits) -> Self {
        let mut machine = Accumulator::new(limits, Arc::new(Notify::new()));
        machine.set_topic(&Arc::from("t"), 1, vec![0]);
        machine.set_identity(Identity { producer_id: 7, epoch: 0 });
        Bench { machine, ended: Vec::new() }
    }

    fn send(&mut self, value: &str, now_ms: i64) {
        let parts = RecordParts { timestamp: 0, key: None, value: Some(value.as_bytes()), headers: &[] };
        self.machine.append("t", None, parts, now_ms, || 0).unwrap();
    }

    /// Sends and closes the batch.
    fn batch(&mut self, value: &str, now_ms: i64) {
        self.send(value, now_ms);
        self.machine.flush();
    }

    fn round(&mut self, now_ms: i64) -> Round {
        self.machine.take(now_ms, None, |_, _| Route::Ready(1))
    }

    /// The only batch that can be sent now.
    fn take(&mut self, now_ms: i64) -> Option<Taken> {
        let mut round = self.round(now_ms);
        self.ended.append(&mut round.ended);
        let mut taken = round.requests.remove(&1)?;
        assert_eq!(taken.len(), 1, "one batch of a partition in a request");
        taken.pop()
    }

    fn finish(&mut self, taken: Taken, attempt: Attempt, now_ms: i64) {
        let ended = self.machine.finish(taken, attempt, now_ms, 0);
        self.ended.extend(ended);
    }

    fn ack(&mut self, taken: Taken, base_offset: i64) {
        self.finish(taken, Attempt::Acked { base_offset, log_append_time: -1 }, 0);
    }

    fn refuse(&mut self, taken: Taken, code: ErrorCode, now_ms: i64) {
        let attempt = Attempt::Refused { code, detail: None, log_start_offset: -1, records: Vec::new() };
        self.finish(taken, attempt, now_ms);
    }

    fn lose(&mut self, taken: Taken, now_ms: i64) {
        let error = Error::new(ErrorKind::Retriable, "broken");
        self.finish(taken, Attempt::Lost { error, retriable: true }, now_ms);
    }

    /// `ok OFFSET` or the kind of the error, for each batch that ended.
    fn ends(&self) -> Vec<String> {
        let text = |ended: &Ended| match &ended.end {
            BatchEnd::Acked { base_offset, .. } => format!("ok {base_offset}"),
            BatchEnd::Failed(failure) => failure.error.kind().as_str().to_owned(),
        };
        self.ended.iter().map(text).collect()
    }
}

/// Value of the first record, epoch and sequence, as the bytes of a batch say.
fn wire(taken: &mut Taken) -> String {
    let batch = BatchView::parse(&taken.batch.encode().unwrap()).unwrap();
    batch.verify_crc().unwrap();
    let value = batch.records().unwrap().next().unwrap().unwrap().value.unwrap();
    format!(
        "{} epoch {} sequence {}",
        String::from_utf8_lossy(&value),
        batch.producer_epoch,
        batch.base_sequence
    )
}

#[test]
fn a_batch_is_sent_when_full_or_old_enough() {
    let mut bench = Bench::new(limits());
    bench.send("a", 0);
    assert!(bench.take(9).is_none());
    assert_eq!(bench.round(9).next_ms, Some(10));
    assert_eq!(bench.take(10).unwrap().batch.count, 1);
    for _ in 0..30 {
        bench.send("full", 10);
    }
    let full = bench.take(10).unwrap();
    assert!(full.batch.bytes <= 200 && full.batch.count > 10, "{full:?}");
}

#[test]
fn memory_is_bounded_and_comes_back() {
    let mut bench = Bench::new(Limits { buffer_bytes: 400, ..limits() });
    bench.send(&"x".repeat(100), 0);
    let parts = RecordParts { timestamp: 0, key: None, value: Some(&[0; 150]), headers: &[] };
    let again = bench.machine.append("t", None, parts, 0, || 0);
    assert!(matches!(again, Err(Rejected::Full)), "{again:?}");
    let taken = bench.take(10).unwrap();
    bench.ack(taken, 0);
    assert_eq!(bench.machine.used_bytes(), 0);
    bench.machine.append("t", None, parts, 0, || 0).unwrap();
    let large = RecordParts { value: Some(&[0; 500]), ..parts };
    assert!(matches!(bench.machine.append("t", None, large, 0, || 0), Err(Rejected::TooLarge { .. })));
}

#[test]
fn batches_on_the_way_are_numbered_and_bounded() {
    let mut bench = Bench::new(Limits { max_in_flight: 2, ..limits() });
    for value in ["a", "b", "c"] {
        bench.batch(value, 0);
    }
    let mut first = bench.take(0).unwrap();
    let mut second = bench.take(0).unwrap();
    assert_eq!(wire(&mut first), "a epoch 0 sequence 0");
    assert_eq!(wire(&mut second), "b epoch 0 sequence 1");
    assert!(bench.take(0).is_none());
    bench.ack(first, 0);
    assert_eq!(wire(&mut bench.take(0).unwrap()), "c epoch 0 sequence 2");
}

#[test]
fn what_was_lost_goes_again_in_order_under_the_same_numbers() {
    let mut bench = Bench::new(limits());
    for value in ["a", "b", "c"] {
        bench.batch(value, 0);
    }
    let (a, b) = (bench.take(0).unwrap(), bench.take(0).unwrap());
    // The second answer overtakes: it is refused only because the first did not arrive.
    bench.refuse(b, ErrorCode::OutOfOrderSequenceNumber, 0);
    bench.lose(a, 0);
    assert!(bench.take(50).is_none(), "waits its backoff");
    let order: Vec<String> = (0..3).map(|_| wire(&mut bench.take(100).unwrap())).collect();
    assert_eq!(order, ["a epoch 0 sequence 0", "b epoch 0 sequence 1", "c epoch 0 sequence 2"]);
}

#[test]
fn a_duplicate_counts_as_written() {
    let mut bench = Bench::new(limits());
    bench.batch("a", 0);
    let taken = bench.take(0).unwrap();
    bench.refuse(taken, ErrorCode::DuplicateSequenceNumber, 0);
    assert_eq!(bench.ends(), ["ok -1"]);
}

#[test]
fn after_a_failure_the_rest_goes_on_under_the_next_epoch() {
    let mut bench = Bench::new(limits());
    for value in ["a", "b", "c"] {
        bench.batch(value, 0);
    }
    let (a, b) = (bench.take(0).unwrap(), bench.take(0).unwrap());
    bench.refuse(a, ErrorCode::MessageTooLarge, 0);
    assert!(bench.take(0).is_none(), "waits for what is on the way");
    bench.refuse(b, ErrorCode::OutOfOrderSequenceNumber, 0);
    let mut b = bench.take(100).unwrap();
    assert_eq!(wire(&mut b), "b epoch 1 sequence 0");
    assert_eq!(wire(&mut bench.take(100).unwrap()), "c epoch 1 sequence 1");
    assert_eq!(bench.ends(), ["invalid"]);
}

#[test]
fn what_may_be_written_is_never_written_under_another_number() {
    let mut bench = Bench::new(limits());
    bench.batch("a", 0);
    bench.batch("b", 0);
    bench.batch("c", 0);
    let (a, b) = (bench.take(0).unwrap(), bench.take(0).unwrap());
    bench.lose(b, 0);
    bench.refuse(a, ErrorCode::MessageTooLarge, 0);
    assert_eq!(wire(&mut bench.take(100).unwrap()), "c epoch 1 sequence 0");
    assert_eq!(bench.ends(), ["invalid", "timeout"]);
}

#[test]
fn a_broker_that_lost_records_is_not_silently_accepted() {
    let mut bench = Bench::new(limits());
    bench.batch("a", 0);
    let a = bench.take(0).unwrap();
    bench.refuse(a, ErrorCode::OutOfOrderSequenceNumber, 0);
    assert_eq!(bench.ends().len(), 1);
    assert!(bench.ends()[0] != "ok -1");
}

#[test]
fn a_forgotten_producer_starts_over() {
    let mut bench = Bench::new(limits());
    bench.batch("a", 0);
    let a = bench.take(0).unwrap();
    bench.refuse(a, ErrorCode::UnknownProducerId, 0);
    assert_eq!(wire(&mut bench.take(100).unwrap()), "a epoch 1 sequence 0");
    assert!(bench.ends().is_empty());
}

#[test]
fn what_waits_too_long_fails_with_the_cause() {
    let mut bench = Bench::new(limits());
    bench.batch("a", 0);
    bench.send("b", 0);
    let a = bench.take(0).unwrap();
    bench.lose(a, 100);
    let round = bench.machine.take(1_000, None, |_, _| Route::Busy);
    assert_eq!(round.ended.len(), 2);
    let BatchEnd::Failed(failure) = &round.ended[0].end else { panic!("{:?}", round.ended) };
    assert_eq!(failure.error.kind(), ErrorKind::Timeout);
    assert!(failure.error.message().contains("broken"), "{}", failure.error);
    assert_eq!(bench.machine.used_bytes(), 0);
}

#[test]
fn nothing_is_sent_without_a_leader_or_an_id() {
    let mut machine = Accumulator::new(limits(), Arc::new(Notify::new()));
    machine.set_topic(&Arc::from("t"), 1, Vec::new());
    let parts = RecordParts { timestamp: 0, key: None, value: None, headers: &[] };
    machine.append("t", Some(0), parts, 0, || 0).unwrap();
    let round = machine.take(10, None, |_, _| Route::Unknown);
    assert!(round.leader_unknown && round.requests.is_empty());
    let round = machine.take(10, None, |_, _| Route::Ready(1));
    assert!(round.needs_identity && round.requests.is_empty());
    let missing = machine.append("t", Some(1), parts, 0, || 0);
    assert!(matches!(missing, Err(Rejected::NoPartition { partition: 1, partitions: 1 })));
}

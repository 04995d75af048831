//! The log against a list: random calls, restarts and power cuts, the same answers.

use proptest::prelude::*;
use riverrun_core::random::SeededRandom;

use super::*;

/// What is done to the log.
#[derive(Clone, Debug)]
enum Step {
    /// Records, bytes of each, and how they are compressed.
    Append(usize, usize, Compression),
    /// A producer and what it sends: its next batch, the last one again, or one with a gap.
    Send(i64, Sending, i32),
    Flush,
    /// From a share of the log, of at most so many bytes.
    Read(u8, usize),
    Restart,
    Kill,
    PowerCut(u64),
    Checkpoint,
    /// Up to a share of the log.
    DeleteRecords(u8),
    /// Down to so many bytes.
    Retain(i64),
    /// Down to a share of the log.
    Truncate(u8),
}

#[derive(Clone, Copy, Debug)]
enum Sending {
    Next,
    Again,
    Gap,
    NewEpoch,
}

fn step() -> impl Strategy<Value = Step> {
    let compression = proptest::sample::select(Compression::ALL.to_vec());
    let sending = proptest::sample::select(vec![
        Sending::Next,
        Sending::Next,
        Sending::Again,
        Sending::Gap,
        Sending::NewEpoch,
    ]);
    prop_oneof![
        8 => (1..5usize, 0..180usize, compression).prop_map(|(n, size, codec)| Step::Append(n, size, codec)),
        6 => (0..3i64, sending, 1..4i32).prop_map(|(id, sending, n)| Step::Send(id, sending, n)),
        4 => Just(Step::Flush),
        4 => (any::<u8>(), 0..2_000usize).prop_map(|(at, bytes)| Step::Read(at, bytes)),
        1 => Just(Step::Restart),
        1 => Just(Step::Kill),
        2 => any::<u64>().prop_map(Step::PowerCut),
        1 => Just(Step::Checkpoint),
        1 => any::<u8>().prop_map(Step::DeleteRecords),
        1 => (200..3_000i64).prop_map(Step::Retain),
        1 => any::<u8>().prop_map(Step::Truncate),
    ]
}

/// Epoch, next sequence, and the last batch's offset, sequence and count.
type Sender = (i16, i32, i64, i32, i32);

/// What the log must hold.
#[derive(Default)]
struct Model {
    /// Value and batch of each offset, from 0 on, deleted or not.
    records: Vec<(String, usize)>,
    batches: usize,
    start: i64,
    /// The least log start after a power cut.
    durable_start: i64,
    flushed: i64,
    producers: [Option<Sender>; 3],
    serial: usize,
}

impl Model {
    fn end(&self) -> i64 {
        self.records.len() as i64
    }

    fn push(&mut self, values: Vec<String>) {
        self.batches += 1;
        self.records.extend(values.into_iter().map(|value| (value, self.batches)));
    }

    fn at(&self, share: u8) -> i64 {
        self.start + (self.end() - self.start) * i64::from(share) / 255
    }

    fn fresh(&mut self, size: usize) -> String {
        self.serial += 1;
        format!("{}-{}", self.serial, "x".repeat(size))
    }

    /// What is gone with the records from `end` on.
    fn cut(&mut self, end: i64) {
        self.records.truncate(end as usize);
        self.flushed = self.flushed.min(end);
        for producer in &mut self.producers {
            if producer.is_some_and(|(_, _, offset, _, count)| offset + i64::from(count) > end) {
                *producer = None;
            }
        }
    }
}

fn apply(mut bench: Bench, model: &mut Model, step: Step) -> Bench {
    match step {
        Step::Append(count, size, compression) => {
            let values: Vec<String> = (0..count).map(|_| model.fresh(size)).collect();
            let timed: Vec<(i64, &str)> = values.iter().map(|value| (NOW, &**value)).collect();
            let appended = bench.append(timed_batch(&timed, compression)).unwrap();
            assert_eq!((appended.base_offset, appended.duplicate), (model.end(), false));
            model.push(values);
            assert_eq!(appended.last_offset + 1, model.end());
        }
        Step::Send(id, sending, count) => send(&bench, model, id, sending, count),
        Step::Flush => {
            bench.log.flush().unwrap();
            model.flushed = model.end();
        }
        Step::Read(share, max_bytes) => read(&bench, model, model.at(share), max_bytes),
        Step::Restart => {
            bench = bench.restart();
            model.flushed = model.end();
            model.durable_start = model.start;
        }
        Step::Kill => {
            let producers = bench.log.producers();
            bench = bench.reopen();
            assert_eq!(bench.log.log_end_offset(), model.end(), "the system keeps what was written");
            assert_eq!(bench.log.producers(), producers, "rebuilt state equals live state");
            model.flushed = model.end();
            after_loss(&bench, model);
        }
        Step::PowerCut(seed) => {
            bench.memory.crash(&mut SeededRandom::new(seed));
            bench = bench.reopen();
            let end = bench.log.log_end_offset();
            assert!(
                (model.flushed..=model.end()).contains(&end),
                "{end} of {} to {}",
                model.flushed,
                model.end()
            );
            model.cut(end);
            model.flushed = end;
            after_loss(&bench, model);
        }
        Step::Checkpoint => {
            bench.folder.checkpoint().unwrap();
            model.durable_start = model.start;
        }
        Step::DeleteRecords(share) => {
            let offset = model.at(share).min(model.flushed);
            assert_eq!(bench.log.delete_records(offset).unwrap(), offset.max(model.start));
            note_flush(&bench, model);
            model.start = model.start.max(offset);
        }
        Step::Retain(bytes) => {
            bench.log.set_config(LogConfig { retention_bytes: bytes, ..bench.config.clone() });
            bench.log.apply_retention(NOW).unwrap();
            bench.log.set_config(bench.config.clone());
            note_flush(&bench, model);
            let start = bench.log.log_start_offset();
            assert!((model.start..=model.flushed).contains(&start));
            model.start = start;
        }
        Step::Truncate(share) => {
            let offset = model.at(share);
            let end = bench.folder.truncate_log(&topic(), offset, NOW).unwrap();
            // Whole batches go.
            let batch = model.records.get(offset as usize).map(|record| record.1);
            let expected = model.records.iter().position(|record| Some(record.1) == batch);
            let expected = expected.map_or(model.end(), |at| at as i64);
            assert_eq!(end, expected.max(model.start));
            let cut = end < model.end();
            if cut && expected < model.start {
                // Nothing is left to tell of any producer.
                model.producers = [None; 3];
            }
            model.cut(end);
            if cut {
                model.flushed = end;
            }
        }
    }
    bench
}

/// Before files are deleted the log is flushed.
fn note_flush(bench: &Bench, model: &mut Model) {
    let flushed = bench.log.recovery_point();
    assert!(flushed == model.flushed || flushed == model.end());
    model.flushed = flushed;
}

/// After a crash the log start may be an older one, but never beyond what was deleted.
fn after_loss(bench: &Bench, model: &mut Model) {
    let start = bench.log.log_start_offset();
    assert!(start >= model.durable_start.min(model.end()) && start <= model.start.max(model.durable_start));
    model.start = start;
    let all = read_from(&bench.log, start, 700);
    let expected: Vec<&str> = model.records[start as usize..].iter().map(|record| &*record.0).collect();
    assert_eq!(values(&all), expected);
}

fn send(bench: &Bench, model: &mut Model, id: i64, sending: Sending, count: i32) {
    let known = model.producers[id as usize];
    let (epoch, next, last) = known.map_or((0, 0, None), |(epoch, next, offset, first, count)| {
        (epoch, next, Some((offset, first, count)))
    });
    match (sending, last) {
        (Sending::Again, Some((offset, first, count))) => {
            let again = bench.append(sent(id, epoch, first, count)).unwrap();
            assert_eq!((again.duplicate, again.base_offset), (true, offset));
        }
        (Sending::Gap, Some(_)) => {
            let refused = bench.append(sent(id, epoch, next + 1, count));
            assert!(
                matches!(refused, Err(AppendError::Sequence(SequenceError::OutOfOrder { .. }))),
                "{refused:?}"
            );
        }
        _ => {
            // A producer whose records were lost in part starts anew, as a real one would after its fatal error.
            let fresh = matches!(sending, Sending::NewEpoch) || known.is_none();
            let newest = bench.log.producers().into_iter().find(|(known, _)| *known == id);
            let (epoch, first) =
                if fresh { (newest.map_or(epoch, |(_, state)| state.epoch + 1), 0) } else { (epoch, next) };
            let appended = bench.append(sent(id, epoch, first, count)).unwrap();
            assert_eq!((appended.base_offset, appended.duplicate), (model.end(), false));
            model.push((0..count).map(|n| format!("{id}/{epoch}/{}", first + n)).collect());
            model.producers[id as usize] = Some((epoch, first + count, appended.base_offset, first, count));
        }
    }
}

fn read(bench: &Bench, model: &Model, offset: i64, max_bytes: usize) {
    let slice = bench.log.read(offset, max_bytes, ReadBound::HighWatermark, true).unwrap();
    assert_eq!(slice.high_watermark, model.flushed);
    if offset >= model.flushed {
        assert_eq!(slice.bytes, 0);
        return;
    }
    let batches: Vec<_> = Batches::new(slice.clone().into_bytes()).map(|batch| batch.unwrap()).collect();
    assert!(slice.bytes <= max_bytes || batches.len() == 1);
    let mut next = batches[0].base_offset;
    assert!(
        (next..=batches[0].last_offset()).contains(&offset),
        "the batch that holds the offset comes first"
    );
    for batch in batches {
        for record in batch.records().unwrap() {
            let record = record.unwrap();
            assert_eq!(record.offset, next);
            assert_eq!(record.value.unwrap(), model.records[next as usize].0);
            next += 1;
        }
    }
    assert!(next <= model.flushed);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_log_answers_as_a_list_does(steps in proptest::collection::vec(step(), 1..80)) {
        let mut bench = Bench::new(LogConfig { segment_bytes: 900, ..small() });
        let mut model = Model::default();
        for step in steps {
            bench = apply(bench, &mut model, step);
            assert_eq!(bench.log.log_end_offset(), model.end());
            assert_eq!(bench.log.log_start_offset(), model.start);
            assert_eq!(bench.log.high_watermark(), model.flushed);
        }
        bench.log.flush().unwrap();
        let expected: Vec<&str> = model.records[model.start as usize..].iter().map(|record| &*record.0).collect();
        assert_eq!(values(&bench.records()), expected);
    }
}

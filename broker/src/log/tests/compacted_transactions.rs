//! Compaction under transactions: readers of committed records see the last committed value of each key, and nothing
//! that was aborted, whatever was removed.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::compaction::{compact_within, compacted};
use super::*;

#[derive(Clone, Debug)]
enum Step {
    /// A record outside of transactions.
    Plain(u8),
    /// Records of a producer's transaction, which begins with them if none is open.
    Part(usize, Vec<u8>),
    /// The end of a producer's transaction: whether it is committed.
    End(usize, bool),
    Flush,
    Compact(i64, usize),
    Restart,
    Kill,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..6u8).prop_map(Step::Plain),
        8 => (0..3usize, proptest::collection::vec(0..6u8, 1..4)).prop_map(|(id, keys)| Step::Part(id, keys)),
        6 => (0..3usize, any::<bool>()).prop_map(|(id, commit)| Step::End(id, commit)),
        3 => Just(Step::Flush),
        3 => (0..700i64, proptest::sample::select(vec![0usize, 1_000_000]))
            .prop_map(|(ms, bytes)| Step::Compact(ms, bytes)),
        1 => Just(Step::Restart),
        1 => Just(Step::Kill),
    ]
}

#[derive(Default)]
struct Model {
    serial: usize,
    /// What is committed: offset to key and value.
    committed: BTreeMap<i64, (String, String)>,
    aborted: BTreeSet<String>,
    /// Epoch, next sequence, and what is open.
    producers: [(i16, i32, Vec<Open>); 3],
}

/// A record of an open transaction: its offset, its key and value.
type Open = (i64, (String, String));

impl Model {
    fn row(&mut self, key: u8) -> (String, String) {
        self.serial += 1;
        (format!("k{key}"), format!("value {}", self.serial))
    }
}

fn apply(mut bench: Bench, model: &mut Model, now_ms: &mut i64, step: Step) -> Bench {
    match step {
        Step::Plain(key) => {
            let row = model.row(key);
            let mut builder = BatchBuilder::new(Compression::None);
            builder.append(NOW, Some(row.0.as_bytes()), Some(row.1.as_bytes()), &[]).unwrap();
            let offset = bench.append(builder.build().unwrap()).unwrap().base_offset;
            model.committed.insert(offset, row);
        }
        Step::Part(number, keys) => {
            let id = number as i64;
            let (epoch, sequence, _) = model.producers[number];
            let mut builder = BatchBuilder::new(Compression::Lz4);
            let rows: Vec<_> = keys.iter().map(|key| model.row(*key)).collect();
            for row in &rows {
                builder.append(NOW, Some(row.0.as_bytes()), Some(row.1.as_bytes()), &[]).unwrap();
            }
            builder.set_producer(id, epoch, sequence);
            builder.set_transactional(true);
            let guard = bench.log.begin_verification(id, epoch, sequence, true);
            let batch = builder.build().unwrap();
            let first = bench.log.append_guarded(batch, Origin::Client, guard, 0, NOW).unwrap().base_offset;
            if let Some(guard) = guard {
                bench.log.end_verification(guard);
            }
            let producer = &mut model.producers[number];
            producer.1 += rows.len() as i32;
            producer.2.extend((first..).zip(rows));
        }
        Step::End(number, commit) => {
            let producer = &mut model.producers[number];
            if producer.2.is_empty() {
                return bench;
            }
            producer.0 += 1;
            producer.1 = 0;
            let marker = Marker {
                producer_id: number as i64,
                producer_epoch: producer.0,
                commit,
                coordinator_epoch: 0,
                transaction_version: 2,
            };
            bench.log.append_marker(&marker, 0, NOW).unwrap();
            let rows = std::mem::take(&mut producer.2);
            if commit {
                model.committed.extend(rows);
            } else {
                model.aborted.extend(rows.into_iter().map(|(_, row)| row.1));
            }
        }
        Step::Flush => bench.log.flush().unwrap(),
        Step::Compact(ms, bytes) => {
            *now_ms += ms;
            compact_within(&bench, *now_ms, bytes).unwrap();
        }
        Step::Restart => bench = bench.restart(),
        Step::Kill => {
            let producers = bench.log.producers();
            bench = bench.reopen();
            let known = |producers: Vec<(i64, ProducerState)>| {
                let row = |(id, state): (i64, ProducerState)| (id, state.epoch, state.transaction_start);
                producers.into_iter().map(row).collect::<Vec<_>>()
            };
            assert_eq!(known(bench.log.producers()), known(producers));
        }
    }
    bench
}

/// What a consumer that reads committed records alone delivers: offset, key and value.
fn committed(bench: &Bench) -> Vec<(i64, String, String)> {
    let mut offset = bench.log.log_start_offset();
    let mut delivered = Vec::new();
    loop {
        let slice = bench.log.read(offset, 400, ReadBound::LastStable, true).unwrap();
        if slice.bytes == 0 {
            assert_eq!(offset, slice.last_stable_offset, "a reader comes to the last stable offset");
            return delivered;
        }
        let mut pending: Vec<(i64, i64)> =
            slice.aborted.iter().map(|aborted| (aborted.first_offset, aborted.producer_id)).collect();
        pending.sort_unstable();
        let mut aborting = BTreeSet::new();
        for batch in Batches::new(slice.into_bytes()) {
            let batch = batch.unwrap();
            while pending.first().is_some_and(|(first, _)| *first <= batch.last_offset()) {
                aborting.insert(pending.remove(0).1);
            }
            offset = batch.next_offset();
            if batch.attributes.is_control() {
                aborting.remove(&batch.producer_id);
            } else if !(batch.attributes.is_transactional() && aborting.contains(&batch.producer_id)) {
                for record in batch.records().unwrap() {
                    let record = record.unwrap();
                    let text = |bytes: Option<Bytes>| String::from_utf8(bytes.unwrap().to_vec()).unwrap();
                    delivered.push((record.offset, text(record.key), text(record.value)));
                }
            }
        }
    }
}

fn check(bench: &Bench, model: &Model) {
    let stable = bench.log.last_stable_offset();
    let found = committed(bench);
    let mut last = BTreeMap::new();
    for (offset, key, value) in found {
        assert!(!model.aborted.contains(&value), "{value} was aborted");
        assert_eq!(model.committed.get(&offset), Some(&(key.clone(), value.clone())));
        last.insert(key, value);
    }
    let mut expected = BTreeMap::new();
    for (_, (key, value)) in model.committed.range(..stable) {
        expected.insert(key.clone(), value.clone());
    }
    assert_eq!(last, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn compaction_keeps_what_is_committed_and_nothing_else(steps in proptest::collection::vec(step(), 1..90)) {
        let mut bench = Bench::new(compacted());
        let mut model = Model::default();
        let mut now_ms = NOW;
        for step in steps {
            bench = apply(bench, &mut model, &mut now_ms, step);
            check(&bench, &model);
        }
        for number in 0..3 {
            bench = apply(bench, &mut model, &mut now_ms, Step::End(number, number == 1));
        }
        bench = apply(bench, &mut model, &mut now_ms, Step::Flush);
        check(&bench, &model);
        // Much later nothing is left that could be removed, and the same is told.
        for _ in 0..3 {
            for _ in 0..12 {
                bench = apply(bench, &mut model, &mut now_ms, Step::Plain(0));
            }
            bench = apply(bench, &mut model, &mut now_ms, Step::Flush);
            bench = apply(bench, &mut model, &mut now_ms, Step::Compact(5_000, 1_000_000));
            check(&bench, &model);
        }
    }
}

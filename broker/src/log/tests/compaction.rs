//! Compacted logs against a model, with restarts and power cuts.

use std::collections::BTreeMap;

use proptest::prelude::*;
use riverrun_core::random::{Random, SeededRandom};

use super::*;
use crate::storage::StorageOp;
use crate::storage::{Fault, FaultKind, FaultyStorage};

const RETENTION_MS: i64 = 1_000;

pub(super) fn compacted() -> LogConfig {
    LogConfig {
        compact: true,
        delete: false,
        min_cleanable_ratio: 0.0,
        delete_retention_ms: RETENTION_MS,
        segment_bytes: 900,
        ..small()
    }
}

/// A pace that never ends a compaction, or does so after some work.
struct Steps(u64);

impl Pace for Steps {
    fn spent(&mut self, _bytes: u64) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
}

pub(super) fn compact_within(bench: &Bench, now_ms: i64, bytes: usize) -> Result<Compacted, CompactError> {
    let candidate = bench.log.compaction_candidate(bench.folder.compacted_to(&topic()), now_ms).unwrap();
    if !candidate.is_due(&bench.log.config()) {
        return Ok(Compacted { clean_to: candidate.first_dirty, ..Compacted::default() });
    }
    let mut latest = LatestOffsets::new(bytes, 5);
    let compacted = bench.log.compact(&candidate, &mut latest, &mut Steps(u64::MAX), now_ms)?;
    bench.folder.note_compacted(&topic(), compacted.clean_to).unwrap();
    Ok(compacted)
}

fn compact(bench: &Bench, now_ms: i64) -> Compacted {
    compact_within(bench, now_ms, 1 << 20).unwrap()
}

fn keyed(records: &[(&str, Option<&str>)], compression: Compression) -> Bytes {
    keyed_builder(records, compression).build().unwrap()
}

fn keyed_builder(records: &[(&str, Option<&str>)], compression: Compression) -> BatchBuilder {
    let mut builder = BatchBuilder::new(compression);
    for (key, value) in records {
        builder.append(NOW, Some(key.as_bytes()), value.map(str::as_bytes), &[]).unwrap();
    }
    builder
}

/// Offset, key and value of everything readable.
fn contents(bench: &Bench) -> Vec<(i64, String, Option<String>)> {
    let text = |bytes: &Bytes| String::from_utf8(bytes.to_vec()).unwrap();
    let row = |record: &Record| {
        (record.offset, text(record.key.as_ref().unwrap()), record.value.as_ref().map(text))
    };
    bench.records().iter().map(row).collect()
}

#[test]
fn the_last_record_of_each_key_stays_at_its_offset() {
    let mut bench = Bench::new(compacted());
    for n in 0..60 {
        let (key, value) = (format!("k{}", n % 7), format!("value {n}"));
        bench.append(keyed(&[(&key, Some(&value))], Compression::None)).unwrap();
    }
    bench.log.flush().unwrap();
    let before = contents(&bench);
    let size = bench.log.size();
    let compacted = compact(&bench, NOW);
    assert!(bench.log.size() < size / 2, "{} of {size}", bench.log.size());
    assert_eq!(compacted.bytes_before - compacted.bytes_after, size - bench.log.size());
    for restart in [Bench::restart as fn(Bench) -> Bench, Bench::reopen] {
        let after = contents(&bench);
        let expected: Vec<_> = before
            .iter()
            .filter(|(offset, key, _)| {
                let later = |row: &&(i64, String, Option<String>)| row.0 > *offset && row.1 == *key;
                *offset >= compacted.clean_to
                    || !before.iter().filter(later).any(|row| row.0 < compacted.clean_to)
            })
            .cloned()
            .collect();
        assert_eq!(after, expected);
        assert_eq!((bench.log.log_start_offset(), bench.log.log_end_offset()), (0, 60));
        // Every offset leads to the next record that is left.
        for offset in 0..60 {
            let next = read_from(&bench.log, offset, 1).first().map(|record| record.offset);
            assert_eq!(next, after.iter().map(|row| row.0).find(|left| *left >= offset), "{offset}");
        }
        bench = restart(bench);
    }
    assert_eq!(bench.folder.compacted_to(&topic()), Some(compacted.clean_to));
    assert_eq!(compact(&bench, NOW), Compacted { clean_to: compacted.clean_to, ..Compacted::default() });
}

#[test]
fn tombstones_outlive_their_compaction_by_the_retention_alone() {
    let bench = Bench::new(compacted());
    bench.append(keyed(&[("a", Some("1")), ("b", Some("1"))], Compression::Zstd)).unwrap();
    bench.append(keyed(&[("a", None), ("c", Some("1"))], Compression::Zstd)).unwrap();
    let mut n = 0;
    let mut fill = || {
        for _ in 0..30 {
            n += 1;
            bench
                .append(keyed(&[("filler", Some(&format!("{n} {}", "x".repeat(40))))], Compression::None))
                .unwrap();
        }
        bench.log.flush().unwrap();
    };
    let has_tombstone = || contents(&bench).iter().any(|row| row.2.is_none());
    fill();
    assert_eq!(bench.records()[0].key.as_deref(), Some(&b"a"[..]));
    compact(&bench, NOW);
    assert_eq!(contents(&bench)[..3].iter().map(|row| row.0).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(has_tombstone(), "readers that are behind must learn of it");
    fill();
    compact(&bench, NOW + RETENTION_MS - 1);
    assert!(has_tombstone());
    fill();
    compact(&bench, NOW + RETENTION_MS);
    assert!(!has_tombstone());
    let left: Vec<String> = contents(&bench).into_iter().map(|row| row.1).collect();
    assert_eq!(left[..2], ["b".to_owned(), "c".to_owned()]);
}

#[test]
fn a_producers_last_batch_stays_though_its_records_go() {
    let mut bench = Bench::new(compacted());
    for sequence in 0..3 {
        let mut builder = keyed_builder(&[("k", Some("old"))], Compression::Lz4);
        builder.set_producer(9, 4, sequence);
        bench.append(builder.build().unwrap()).unwrap();
    }
    for n in 0..40 {
        bench.append(keyed(&[("k", Some(&format!("{n} {}", "y".repeat(30))))], Compression::None)).unwrap();
    }
    bench.log.flush().unwrap();
    compact(&bench, NOW);
    assert!(contents(&bench)[0].0 > 2, "the producer's records are gone");
    // Without snapshots the log alone tells.
    bench.folder.close().unwrap();
    for entry in bench.memory.list(&Path::new(DATA).join("t-0")).unwrap() {
        if entry.name.ends_with(".snapshot") {
            bench.memory.remove(&Path::new(DATA).join("t-0").join(entry.name)).unwrap();
        }
    }
    bench = bench.reopen();
    let producers = bench.log.producers();
    assert_eq!(producers.len(), 1);
    assert_eq!((producers[0].0, producers[0].1.epoch, producers[0].1.last_sequence()), (9, 4, 2));
    let mut again = keyed_builder(&[("k", Some("old"))], Compression::Lz4);
    again.set_producer(9, 4, 2);
    assert!(bench.append(again.build().unwrap()).unwrap().duplicate);
}

#[test]
fn small_segments_become_one() {
    let bench = Bench::new(compacted());
    let fill = || {
        for n in 0..200 {
            bench.append(keyed(&[("k", Some(&format!("{n}")))], Compression::None)).unwrap();
        }
        bench.log.flush().unwrap();
    };
    fill();
    let before = bench.log.segment_count();
    compact(&bench, NOW);
    fill();
    compact(&bench, NOW);
    assert!(bench.log.segment_count() <= before + 3, "{} of twice {before}", bench.log.segment_count());
}

#[test]
fn what_is_not_compacted_yet_is_bounded_by_memory_and_goes_on() {
    let bench = Bench::new(compacted());
    for n in 0..200 {
        let (key, value) = (format!("k{}", n % 90), format!("{n}"));
        bench.append(keyed(&[(&key, Some(&value))], Compression::None)).unwrap();
    }
    bench.log.flush().unwrap();
    // Sixteen slots hold fourteen keys.
    let first = compact_within(&bench, NOW, 0).unwrap();
    assert_eq!(first.clean_to, 14);
    let mut rounds = 1;
    let mut clean_to = first.clean_to;
    loop {
        let next = compact_within(&bench, NOW, 0).unwrap();
        if next.clean_to == clean_to {
            break;
        }
        clean_to = next.clean_to;
        rounds += 1;
    }
    assert!(rounds > 10, "{rounds}");
    let mut keys: Vec<String> =
        contents(&bench).into_iter().filter(|row| row.0 < clean_to).map(|row| row.1).collect();
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), count);
}

#[test]
fn lags_hold() {
    let config = LogConfig { min_compaction_lag_ms: 500, max_compaction_lag_ms: 2_000, ..compacted() };
    let bench = Bench::new(LogConfig { min_cleanable_ratio: 1.0, ..config });
    for _ in 0..40 {
        bench.append(keyed(&[("k", Some("value"))], Compression::None)).unwrap();
    }
    bench.log.flush().unwrap();
    let candidate = |now_ms| bench.log.compaction_candidate(None, now_ms).unwrap();
    assert_eq!(candidate(NOW + 499).dirty_bytes, 0, "too young");
    let young = candidate(NOW + 2_000);
    assert!(young.dirty_bytes > 0 && !young.is_due(&bench.log.config()));
    assert!(bench.log.read(39, 10, ReadBound::HighWatermark, true).unwrap().bytes > 0);
    let overdue = candidate(NOW + 2_001);
    assert!(overdue.is_due(&bench.log.config()));
    assert_eq!(overdue.first_uncleanable, 40, "also the last segment, though nothing is appended");
}

#[test]
fn damage_is_not_given_a_new_checksum() {
    let bench = Bench::new(compacted());
    for n in 0..40 {
        bench.append(keyed(&[("k", Some(&format!("value {n}")))], Compression::None)).unwrap();
    }
    bench.log.flush().unwrap();
    let before = bench.log.size();
    assert!(bench.memory.flip_bit(&Path::new(DATA).join("t-0/00000000000000000000.log"), 70, 1));
    let refused = compact_within(&bench, NOW, 1 << 20);
    assert!(matches!(refused, Err(CompactError::Damaged(_))), "{refused:?}");
    assert_eq!(bench.log.size(), before);
}

#[test]
fn a_stopped_compaction_leaves_the_log_and_no_files() {
    let bench = Bench::new(compacted());
    for n in 0..100 {
        bench.append(keyed(&[(&format!("{}", n % 3), Some("value"))], Compression::None)).unwrap();
    }
    bench.log.flush().unwrap();
    let before = contents(&bench);
    let candidate = bench.log.compaction_candidate(None, NOW).unwrap();
    let mut latest = LatestOffsets::new(1 << 20, 1);
    let stopped = bench.log.compact(&candidate, &mut latest, &mut Steps(105), NOW);
    assert!(matches!(stopped, Err(CompactError::Stopped)), "{stopped:?}");
    assert_eq!(contents(&bench), before);
    let files = bench.memory.list(&Path::new(DATA).join("t-0")).unwrap();
    assert!(!files.iter().any(|entry| entry.name.ends_with(".cleaned")), "{files:?}");
}

#[test]
fn a_full_disk_under_a_compaction_harms_nothing() {
    for op in [StorageOp::Write, StorageOp::Open, StorageOp::Sync] {
        let memory = MemoryStorage::new();
        let faulty = FaultyStorage::new(Arc::new(memory.clone()));
        let (folder, log) = open_on(Arc::new(faulty.clone()), &compacted()).unwrap();
        let bench = Bench { memory, folder, log, config: compacted() };
        for n in 0..100 {
            bench.append(keyed(&[(&format!("{}", n % 3), Some("value"))], Compression::None)).unwrap();
        }
        bench.log.flush().unwrap();
        let before = contents(&bench);
        faulty.inject(Fault { op, path: ".cleaned".to_owned(), skip: 0, kind: FaultKind::Full });
        let refused = compact_within(&bench, NOW, 1 << 20);
        assert!(matches!(&refused, Err(CompactError::Storage(error)) if error.is_full()), "{refused:?}");
        assert_eq!(contents(&bench), before);
        assert!(bench.log.is_usable());
        compact(&bench, NOW);
        assert!(contents(&bench).len() < before.len());
    }
}

/// The log as it was appended, and what may have become of it.
#[derive(Clone, Debug, Default)]
struct Model {
    rows: Vec<(String, Option<String>)>,
    flushed: i64,
    clean_to: i64,
    /// A compaction that was cut short may have come as far as this.
    maybe_clean_to: i64,
    /// No tombstone at or above this offset may have gone: none was compacted long enough ago.
    tombstones_from: i64,
    /// End and time of each compaction.
    rounds: Vec<(i64, i64)>,
}

impl Model {
    fn end(&self) -> i64 {
        self.rows.len() as i64
    }

    /// Everything that is read is what was appended there, and all that must be there is.
    fn check(&self, bench: &Bench) {
        let found = contents(bench);
        let mut keys: BTreeMap<&str, i64> = BTreeMap::new();
        for (offset, key, value) in &found {
            let row = &self.rows[*offset as usize];
            assert_eq!((key, value), (&row.0, &row.1), "at {offset}");
            if *offset < self.clean_to {
                assert_eq!(keys.insert(key, *offset), None, "{key} twice below {}", self.clean_to);
            }
        }
        let there: std::collections::BTreeSet<i64> = found.iter().map(|row| row.0).collect();
        let mut last: BTreeMap<&str, i64> = BTreeMap::new();
        let clean_to = self.clean_to.max(self.maybe_clean_to);
        for (offset, (key, value)) in self.rows.iter().enumerate().take(self.flushed as usize).rev() {
            let offset = offset as i64;
            let is_last = !last.contains_key(&**key);
            // A compaction that ran out of memory within a batch knows some of its keys, so the later record may be
            // behind what it has compacted.
            last.entry(key).or_insert(offset);
            let may_go = value.is_none() && offset < self.tombstones_from;
            // Above what was compacted all is there; below it what no later record replaces.
            if (offset >= clean_to || is_last) && !may_go {
                assert!(there.contains(&offset), "{offset} of key {key} is gone");
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Append(Vec<(u8, bool)>, usize, Compression),
    Flush,
    Compact(i64, usize),
    Restart,
    Kill,
    PowerCut(u64),
    PowerCutIn(u64, u64),
}

fn step() -> impl Strategy<Value = Step> {
    let records = proptest::collection::vec((0..12u8, proptest::bool::weighted(0.25)), 1..6);
    let compression = proptest::sample::select(Compression::ALL.to_vec());
    prop_oneof![
        12 => (records, 0..60usize, compression).prop_map(|(r, size, codec)| Step::Append(r, size, codec)),
        3 => Just(Step::Flush),
        4 => (0..700i64, proptest::sample::select(vec![0usize, 1_000_000]))
            .prop_map(|(ms, bytes)| Step::Compact(ms, bytes)),
        1 => Just(Step::Restart),
        1 => Just(Step::Kill),
        1 => any::<u64>().prop_map(Step::PowerCut),
        2 => (0..60u64, any::<u64>()).prop_map(|(changes, seed)| Step::PowerCutIn(changes, seed)),
    ]
}

fn apply(mut bench: Bench, model: &mut Model, now_ms: &mut i64, step: Step) -> Bench {
    match step {
        Step::Append(records, size, compression) => {
            let end = model.end();
            let rows: Vec<(String, Option<String>)> = (end..)
                .zip(&records)
                .map(|(offset, (key, gone))| {
                    (format!("k{key}"), (!gone).then(|| format!("{offset}-{}", "v".repeat(size))))
                })
                .collect();
            let borrowed: Vec<_> = rows.iter().map(|row| (&*row.0, row.1.as_deref())).collect();
            assert_eq!(bench.append(keyed(&borrowed, compression)).unwrap().base_offset, end);
            model.rows.extend(rows);
        }
        Step::Flush => {
            bench.log.flush().unwrap();
            model.flushed = model.end();
        }
        Step::Compact(ms, bytes) => {
            *now_ms += ms;
            let compacted = compact_within(&bench, *now_ms, bytes).unwrap();
            assert!(compacted.clean_to >= model.clean_to && compacted.clean_to <= model.flushed);
            note_round(model, compacted.clean_to, *now_ms);
            model.clean_to = compacted.clean_to;
        }
        Step::Restart => {
            bench = bench.restart();
            model.flushed = model.end();
        }
        Step::Kill => {
            let producers = bench.log.producers();
            bench = bench.reopen();
            assert_eq!(bench.log.log_end_offset(), model.end());
            assert_eq!(bench.log.producers(), producers);
            model.flushed = model.end();
        }
        Step::PowerCut(seed) => bench = power_cut(bench, model, seed),
        Step::PowerCutIn(changes, seed) => {
            bench.memory.lose_power_after(changes);
            let end = model.flushed;
            let _ = bench.log.compaction_candidate(bench.folder.compacted_to(&topic()), *now_ms).map(
                |candidate| {
                    let mut latest = LatestOffsets::new(1 << 20, 3);
                    let _ = bench.log.compact(&candidate, &mut latest, &mut Steps(u64::MAX), *now_ms);
                },
            );
            // How far it came is not known; a tombstone may have been taken for old enough.
            note_round(model, end, *now_ms);
            model.maybe_clean_to = end;
            bench = power_cut(bench, model, seed);
        }
    }
    bench
}

/// What two compactions saw, the second of them late enough, may lack its tombstones.
fn note_round(model: &mut Model, clean_to: i64, now_ms: i64) {
    for (end, at_ms) in &model.rounds {
        if now_ms - at_ms >= RETENTION_MS {
            model.tombstones_from = model.tombstones_from.max(*end);
        }
    }
    // A whole segment is looked at, also behind the end of what was compacted.
    model.rounds.push((clean_to.max(model.flushed), now_ms));
}

fn power_cut(bench: Bench, model: &mut Model, seed: u64) -> Bench {
    bench.memory.crash(&mut SeededRandom::new(seed));
    let bench = bench.reopen();
    let end = bench.log.log_end_offset();
    assert!((model.flushed..=model.end()).contains(&end), "{end} of {} to {}", model.flushed, model.end());
    model.rows.truncate(end as usize);
    model.flushed = end;
    // The checkpoint may be an older one, but the segments are not.
    bench
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_compacted_log_is_its_last_records(steps in proptest::collection::vec(step(), 1..80)) {
        let mut bench = Bench::new(compacted());
        let mut model = Model::default();
        let mut now_ms = NOW;
        for step in steps {
            bench = apply(bench, &mut model, &mut now_ms, step);
            model.check(&bench);
            assert_eq!(bench.log.log_end_offset(), model.end());
        }
    }
}

/// The power goes at each single change of a compaction, and may go again while it is recovered from.
#[test]
fn a_compaction_that_is_cut_short_is_finished_or_undone() {
    let build = || {
        let bench = Bench::new(compacted());
        let mut model = Model::default();
        for n in 0..70i64 {
            let row = (format!("k{}", n % 5), (n % 11 != 3).then(|| format!("value {n}")));
            bench.append(keyed(&[(&row.0, row.1.as_deref())], Compression::None)).unwrap();
            model.rows.push(row);
        }
        bench.log.flush().unwrap();
        model.flushed = 70;
        bench.folder.checkpoint().unwrap();
        (bench, model)
    };
    let (whole, _) = build();
    let before = whole.memory.changes();
    compact(&whole, NOW);
    let changes = whole.memory.changes() - before;
    assert!(changes > 30, "{changes}");
    let expected = contents(&whole);
    for cut in 0..=changes {
        for seed in 0..5 {
            let mut random = SeededRandom::new(cut * 100 + seed);
            let (bench, mut model) = build();
            bench.memory.lose_power_after(cut);
            model.maybe_clean_to = 70;
            let candidate = bench.log.compaction_candidate(None, NOW).unwrap();
            let mut latest = LatestOffsets::new(1 << 20, 3);
            let _ = bench.log.compact(&candidate, &mut latest, &mut Steps(u64::MAX), NOW);
            bench.memory.crash(&mut random);
            for _ in 0..random.below(3) {
                bench.memory.lose_power_after(random.below(12));
                let _ = open_on(Arc::new(bench.memory.clone()), &compacted());
                bench.memory.crash(&mut random);
            }
            let bench = bench.reopen();
            assert_eq!(bench.log.log_end_offset(), 70);
            model.check(&bench);
            model.clean_to = compact(&bench, NOW).clean_to;
            model.check(&bench);
            assert_eq!(contents(&bench), expected, "cut {cut}, seed {seed}");
        }
    }
}

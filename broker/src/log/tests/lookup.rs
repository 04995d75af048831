//! Offsets by time, limits, append time, retention, deletion: on a real log.

use proptest::prelude::*;
use riverrun_core::random::{Random, SeededRandom};
use riverrun_core::record::TimestampType;

use super::*;

fn found(log: &PartitionLog, spec: OffsetSpec) -> Option<(i64, i64)> {
    log.offset_for(spec).unwrap().map(|found| (found.offset, found.timestamp))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    /// The first record that is not older, at the grain of records, however times are out of order.
    #[test]
    fn times_are_found_as_in_a_list(seed in any::<u64>(), restart in 0..3u8, deleted in 0..30i64, unflushed in 0..4usize) {
        let mut random = SeededRandom::new(seed);
        let mut bench = Bench::new(LogConfig { timestamp_after_max_ms: i64::MAX, ..small() });
        let mut times = Vec::new();
        for n in 0..50 {
            let batch: Vec<(i64, &str)> =
                (0..=random.below(4)).map(|_| (1_000 + n * 10 + random.below(60) as i64, "v")).collect();
            times.extend(batch.iter().map(|record| record.0));
            let compression = Compression::ALL[random.below(5) as usize];
            bench.append(timed_batch(&batch, compression)).unwrap();
        }
        bench.log.flush().unwrap();
        bench.log.delete_records(deleted).unwrap();
        bench = match restart {
            0 => bench,
            1 => bench.restart(),
            _ => bench.reopen(),
        };
        let deleted = bench.log.log_start_offset();
        for _ in 0..unflushed {
            bench.append(timed_batch(&[(9_000, "not to be seen")], Compression::None)).unwrap();
        }
        let all: Vec<(i64, i64)> = (0..).zip(times).filter(|(offset, _)| *offset >= deleted).collect();
        for time in (990..1_600).step_by(7) {
            let expected = all.iter().find(|(_, at)| *at >= time).copied();
            prop_assert_eq!(found(&bench.log, OffsetSpec::Since(time)), expected, "since {}", time);
        }
        let greatest = all.iter().map(|(_, time)| *time).max().unwrap();
        let expected = all.iter().find(|(_, time)| *time == greatest).copied();
        prop_assert_eq!(found(&bench.log, OffsetSpec::MaxTimestamp), expected);
        prop_assert_eq!(found(&bench.log, OffsetSpec::Earliest), Some((deleted, -1)));
        prop_assert_eq!(found(&bench.log, OffsetSpec::Latest), Some((deleted + all.len() as i64, -1)));
    }
}

#[test]
fn what_was_just_written_may_be_deleted() {
    let bench = Bench::new(small());
    bench.append(batch(&["a", "b", "c"])).unwrap();
    assert_eq!(bench.log.high_watermark(), 0);
    assert_eq!(bench.log.delete_records(2).unwrap(), 2);
    bench.append(batch(&["d"])).unwrap();
    assert!(matches!(bench.log.delete_records(5), Err(ReadError::OutOfRange { .. })));
    assert_eq!(bench.log.delete_records(-1).unwrap(), 4);
}

#[test]
fn an_empty_log_has_ends_but_no_times() {
    let bench = Bench::new(small());
    assert_eq!(found(&bench.log, OffsetSpec::Earliest), Some((0, -1)));
    assert_eq!(found(&bench.log, OffsetSpec::Latest), Some((0, -1)));
    assert_eq!(found(&bench.log, OffsetSpec::Since(0)), None);
    assert_eq!(found(&bench.log, OffsetSpec::MaxTimestamp), None);
    assert_eq!(bench.log.read(0, 100, ReadBound::HighWatermark, true).unwrap().bytes, 0);
    assert!(matches!(
        bench.log.read(1, 100, ReadBound::HighWatermark, true),
        Err(ReadError::OutOfRange { offset: 1, start: 0, end: 0 })
    ));
    assert!(matches!(
        bench.log.read(-1, 100, ReadBound::HighWatermark, true),
        Err(ReadError::OutOfRange { .. })
    ));
}

#[test]
fn append_time_replaces_the_records_own() {
    let bench = Bench::new(LogConfig { timestamp_type: TimestampType::LogAppendTime, ..small() });
    for compression in Compression::ALL {
        let appended = bench.append(timed_batch(&[(5, "a"), (1 << 50, "b")], compression)).unwrap();
        assert_eq!(appended.append_time, NOW);
    }
    bench.log.flush().unwrap();
    assert!(bench.records().iter().all(|record| record.timestamp == NOW));
    assert_eq!(found(&bench.log, OffsetSpec::Since(NOW)), Some((0, NOW)));
}

#[test]
fn batches_beyond_the_limits_are_refused() {
    let config = LogConfig {
        max_message_bytes: 200,
        timestamp_before_max_ms: 1_000,
        timestamp_after_max_ms: 500,
        ..LogConfig::default()
    };
    let bench = Bench::new(config);
    let refused = |bytes| bench.append(bytes).unwrap_err();
    let large = "x".repeat(200);
    assert!(matches!(refused(batch(&[&large])), AppendError::TooLarge { limit: 200, .. }));
    for time in [NOW + 501, NOW - 1_001] {
        let error = refused(timed_batch(&[(NOW, "in"), (time, "out")], Compression::Gzip));
        let AppendError::Rejected(records) = error else { panic!("{error:?}") };
        let (earliest, latest) = (NOW - 1_000, NOW + 500);
        let fault = RecordFault::Timestamp { timestamp: time, earliest, latest };
        assert_eq!(records, [RejectedRecord { index: 1, fault }]);
    }
    bench.append(timed_batch(&[(NOW + 500, "a"), (NOW - 1_000, "b")], Compression::Gzip)).unwrap();
    assert!(matches!(refused(Bytes::from_static(b"no batch")), AppendError::Record(_)));
    assert_eq!(bench.log.log_end_offset(), 2);
}

#[test]
fn compacted_topics_need_keys_and_keep_everything() {
    let bench = Bench::new(LogConfig { compact: true, delete: false, retention_bytes: 0, ..small() });
    let mut keyless = BatchBuilder::new(Compression::Zstd);
    keyless.append(NOW, Some(b"k"), None, &[]).unwrap();
    keyless.append(NOW, None, Some(b"v"), &[]).unwrap();
    let refused = bench.append(keyless.build().unwrap());
    let expected = [RejectedRecord { index: 1, fault: RecordFault::NoKey }];
    assert!(matches!(&refused, Err(AppendError::Rejected(records)) if *records == expected), "{refused:?}");
    for _ in 0..40 {
        bench.append(batch(&["v"])).unwrap();
    }
    bench.log.flush().unwrap();
    assert_eq!(bench.log.apply_retention(i64::MAX).unwrap(), 0);
    assert_eq!(bench.records().len(), 40);
}

#[test]
fn retention_drops_whole_segments_and_readers_hear_of_it() {
    let bench = Bench::new(LogConfig { retention_ms: 1_000, ..small() });
    for n in 0..40 {
        bench.append(timed_batch(&[(NOW + n * 100, "v")], Compression::None)).unwrap();
    }
    bench.log.flush().unwrap();
    let segments = bench.log.segment_count();
    assert!(bench.log.apply_retention(NOW + 3_000).unwrap() > 0);
    let start = bench.log.log_start_offset();
    assert!((1..=20).contains(&start), "{start}");
    assert!(bench.log.segment_count() < segments);
    assert!(matches!(
        bench.log.read(start - 1, 100, ReadBound::HighWatermark, true),
        Err(ReadError::OutOfRange { .. })
    ));
    // When all has aged, the active segment goes too, and the log goes on from its end.
    bench.log.apply_retention(NOW + 1_000_000).unwrap();
    assert_eq!((bench.log.log_start_offset(), bench.log.log_end_offset(), bench.log.size()), (40, 40, 0));
    let bench = bench.restart();
    assert_eq!(bench.append(batch(&["next"])).unwrap().base_offset, 40);
    bench.log.flush().unwrap();
    assert_eq!(values(&bench.records()), ["next"]);
}

#[test]
fn segments_close_by_age_and_index_size() {
    let bench = Bench::new(LogConfig { segment_ms: 1_000, segment_bytes: 1 << 20, ..small() });
    for n in 0..4 {
        bench.append(timed_batch(&[(NOW + n * 600, "v")], Compression::None)).unwrap();
    }
    assert_eq!(bench.log.segment_count(), 2);
    let bench = Bench::new(LogConfig { segment_index_bytes: 16, segment_bytes: 1 << 20, ..small() });
    for _ in 0..20 {
        bench.append(batch(&["v"])).unwrap();
    }
    assert!(bench.log.segment_count() > 2);
}

#[test]
fn a_deleted_partition_is_gone_and_can_be_made_again() {
    let bench = Bench::new(small());
    bench.append(batch(&["a"])).unwrap();
    bench.log.flush().unwrap();
    bench.folder.checkpoint().unwrap();
    bench.folder.delete_log(&topic(), Uuid([1; 16])).unwrap();
    assert!(matches!(bench.append(batch(&["b"])), Err(AppendError::Closed(_))));
    assert!(matches!(bench.log.read(0, 1, ReadBound::LogEnd, true), Err(ReadError::Closed(_))));
    assert_eq!(bench.folder.found().unwrap(), []);
    let again = bench.folder.open_log(&topic(), Some(Uuid([8; 16])), small(), NOW).unwrap();
    assert_eq!(again.append(batch(&["c"]), Origin::Client, 0, NOW).unwrap().base_offset, 0);
    drop(again);
    // The old topic's id does not open the new one's folder.
    let error = open_on(Arc::new(bench.memory.clone()), &small());
    assert!(matches!(error, Err(LogError::InUse(_))), "the folder is locked");
    drop((bench.folder, bench.log));
    let error = open_on(Arc::new(bench.memory.clone()), &small()).unwrap_err();
    assert!(matches!(error, LogError::OtherTopic { .. }), "{error:?}");
}

#[test]
fn leader_epochs_are_kept_and_answered() {
    let mut bench = Bench::new(small());
    for (epoch, count) in [(0, 3), (2, 30), (5, 1)] {
        for _ in 0..count {
            bench.log.append(batch(&["v"]), Origin::Client, epoch, NOW).unwrap();
        }
    }
    bench.log.flush().unwrap();
    for restart in [Bench::restart as fn(Bench) -> Bench, Bench::reopen] {
        bench = restart(bench);
        assert_eq!(bench.log.leader_epoch(), Some(5));
        assert_eq!(bench.log.end_offset_of_epoch(0), Some((0, 3)));
        assert_eq!(bench.log.end_offset_of_epoch(3), Some((2, 33)));
        assert_eq!(bench.log.end_offset_of_epoch(9), Some((5, 34)));
        let found = bench.log.offset_for(OffsetSpec::Earliest).unwrap().unwrap();
        assert_eq!(found.leader_epoch, 0);
    }
}

#[test]
fn coordinators_may_write_what_clients_may_not() {
    use riverrun_core::record::ControlRecord;
    let bench = Bench::new(LogConfig { max_message_bytes: 10, ..small() });
    let mut transactional = BatchBuilder::new(Compression::None);
    transactional.append(NOW, None, Some(b"v"), &[]).unwrap();
    transactional.set_producer(4, 0, 0);
    transactional.set_transactional(true);
    let guard = bench.log.begin_verification(4, 0, -1, false);
    let own =
        |bytes| bench.log.append_guarded(bytes, Origin::Coordinator, guard, 0, NOW).unwrap().base_offset;
    assert_eq!(own(transactional.build().unwrap()), 0);
    bench.log.flush().unwrap();
    assert_eq!((bench.log.last_stable_offset(), bench.log.high_watermark()), (0, 1));
    let commit = ControlRecord::Commit { coordinator_epoch: 3 };
    assert_eq!(own(BatchBuilder::marker(NOW, 4, 0, commit).unwrap().unwrap()), 1);
    bench.log.flush().unwrap();
    let bench = bench.reopen();
    assert_eq!(bench.log.last_stable_offset(), 2);
    assert_eq!(bench.log.producers()[0].1.coordinator_epoch, 3);
}

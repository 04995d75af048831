//! What a topic asks of batches, and what becomes of them.

use riverrun_core::record::BatchView;

use super::*;

#[test]
fn a_topic_with_a_compression_keeps_batches_under_it() {
    for from in Compression::ALL {
        for to in Compression::ALL {
            let bench = Bench::new(LogConfig { compression: Some((to, None)), ..LogConfig::default() });
            bench.append(timed_batch(&[(NOW, "a"), (NOW + 1, "b")], from)).unwrap();
            bench.log.flush().unwrap();
            let slice = bench.log.read(0, 1_000, ReadBound::LogEnd, true).unwrap();
            let stored = BatchView::parse(&slice.into_bytes()).unwrap();
            stored.verify_crc().unwrap();
            assert_eq!(stored.attributes.compression().unwrap(), to);
            assert_eq!(values(&bench.records()), ["a", "b"], "{from} to {to}");
        }
    }
}

#[test]
fn a_batch_that_grows_too_large_under_the_topics_compression_is_refused() {
    let config = LogConfig {
        compression: Some((Compression::None, None)),
        max_message_bytes: 400,
        ..LogConfig::default()
    };
    let bench = Bench::new(config);
    let long = "z".repeat(1_000);
    let refused = bench.append(timed_batch(&[(NOW, &long)], Compression::Zstd));
    assert!(matches!(refused, Err(AppendError::TooLarge { size: 1_000.., limit: 400 })), "{refused:?}");
}

#[test]
fn a_batch_larger_than_a_segment_is_refused() {
    let bench = Bench::new(small());
    let refused = bench.append(batch(&[&"x".repeat(1_000)]));
    assert!(matches!(refused, Err(AppendError::LargerThanSegment { limit: 1_000, .. })), "{refused:?}");
}

#[test]
fn every_record_at_fault_is_told() {
    let config = LogConfig { compact: true, timestamp_before_max_ms: 10, ..LogConfig::default() };
    let bench = Bench::new(config);
    let mut builder = BatchBuilder::new(Compression::Lz4);
    builder.append(NOW, None, Some(b"v"), &[]).unwrap();
    builder.append(NOW, Some(b"k"), Some(b"v"), &[]).unwrap();
    builder.append(NOW - 11, Some(b"k"), Some(b"v"), &[]).unwrap();
    builder.append(-1, Some(b"k"), None, &[]).unwrap();
    let Err(AppendError::Rejected(records)) = bench.append(builder.build().unwrap()) else {
        panic!("it was taken")
    };
    assert_eq!(records.iter().map(|record| record.index).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(records[0].fault, RecordFault::NoKey);
    assert!(matches!(records[1].fault, RecordFault::Timestamp { .. }));
}

#[test]
fn segments_without_times_age_since_they_were_written() {
    let bench = Bench::new(LogConfig { retention_ms: 1_000, ..small() });
    for n in 0..40 {
        let bytes = timed_batch(&[(-1, "a value of some length")], Compression::None);
        bench.log.append(bytes, Origin::Client, 0, NOW + 100 * n).unwrap();
    }
    bench.log.flush().unwrap();
    assert_eq!(bench.log.apply_retention(NOW + 1_000).unwrap(), 0);
    assert!(bench.log.apply_retention(NOW + 3_000).unwrap() > 0);
    assert!((1..=20).contains(&bench.log.log_start_offset()));
    bench.log.apply_retention(NOW + 100_000).unwrap();
    assert_eq!(bench.log.log_start_offset(), 40);
}

#[test]
fn jitter_closes_segments_earlier_each_by_its_own_share() {
    let rolls = |segment_jitter_ms| {
        let config = LogConfig { segment_ms: 1_000, segment_jitter_ms, ..LogConfig::default() };
        let bench = Bench::new(config);
        let mut bases = Vec::new();
        for n in 0..200 {
            let appended = bench.append(timed_batch(&[(NOW + 50 * n, "v")], Compression::None)).unwrap();
            if appended.rolled {
                bases.push(appended.base_offset);
            }
        }
        bases
    };
    let plain = rolls(0);
    assert_eq!(plain, [21, 42, 63, 84, 105, 126, 147, 168, 189]);
    let spread = rolls(1_000);
    assert!(spread.len() > plain.len(), "{spread:?}");
    assert_eq!(spread, rolls(1_000), "the same at each start");
    let ages: std::collections::BTreeSet<i64> = spread.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(ages.len() > 3 && ages.iter().all(|age| *age <= 21), "{ages:?}");
}

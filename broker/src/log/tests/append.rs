//! Appending, reading, rolling, flushing, one call at a time.

use super::*;

#[test]
fn records_come_back_in_order_over_segments_and_restarts() {
    let mut bench = Bench::new(small());
    let mut expected = Vec::new();
    let mut rolled = 0;
    for n in 0..60 {
        let value = format!("value {n}");
        let appended = bench.append(batch(&[&value, "x"])).unwrap();
        assert_eq!((appended.base_offset, appended.last_offset), (2 * n, 2 * n + 1));
        expected.extend([value, "x".to_owned()]);
        rolled += usize::from(appended.rolled);
    }
    bench.log.flush().unwrap();
    assert!(bench.log.segment_count() > 3);
    assert_eq!(bench.log.segment_count(), rolled + 1);
    for restart in [Bench::restart as fn(Bench) -> Bench, Bench::reopen, Bench::restart] {
        bench = restart(bench);
        assert_eq!(values(&bench.records()), expected);
        assert_eq!(bench.log.log_end_offset(), 120);
        assert_eq!(bench.log.high_watermark(), 120);
    }
    for offset in 0..120 {
        let read = read_from(&bench.log, offset, 1);
        assert_eq!(values(&read), expected[offset as usize..]);
    }
}

#[test]
fn readers_see_what_is_flushed_alone() {
    let bench = Bench::new(small());
    bench.append(batch(&["a"])).unwrap();
    assert_eq!(bench.records(), []);
    assert_eq!(bench.log.unflushed(), (0, 1));
    let job = bench.log.begin_flush().unwrap();
    bench.append(batch(&["b"])).unwrap();
    assert!(bench.log.begin_flush().is_none(), "one flush at a time");
    let result = job.run();
    assert!(bench.log.finish_flush(job, result), "another append waits");
    assert_eq!(values(&bench.records()), ["a"]);
    bench.log.flush().unwrap();
    assert_eq!(values(&bench.records()), ["a", "b"]);
    assert!(bench.log.begin_flush().is_none());
}

#[test]
fn laxer_policies_show_at_once() {
    for flush_policy in [FlushPolicy::Interval, FlushPolicy::Os] {
        let bench = Bench::new(LogConfig { flush_policy, ..small() });
        bench.append(batch(&["a"])).unwrap();
        assert_eq!(values(&bench.records()), ["a"]);
        assert_eq!(bench.log.recovery_point(), 0);
    }
}

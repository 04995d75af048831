//! Appenders, flushers, readers and a deleter at once.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;

use super::*;

#[test]
fn readers_see_an_ordered_flushed_prefix_while_all_work_at_once() {
    const APPENDERS: usize = 3;
    const EACH: usize = 400;
    let bench = Bench::new(LogConfig { segment_bytes: 4_000, ..small() });
    let (log, folder) = (&bench.log, &bench.folder);
    let done = AtomicBool::new(false);
    let deleted = AtomicI64::new(0);
    thread::scope(|scope| {
        let appenders: Vec<_> = (0..APPENDERS)
            .map(|who| {
                scope.spawn(move || {
                    for n in 0..EACH {
                        let appended =
                            log.append(sent(who as i64, 0, n as i32, 1), Origin::Client, 0, NOW).unwrap();
                        // What a producer that got no answer does.
                        let again =
                            log.append(sent(who as i64, 0, n as i32, 1), Origin::Client, 0, NOW).unwrap();
                        assert_eq!((again.duplicate, again.base_offset), (true, appended.base_offset));
                    }
                })
            })
            .collect();
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Acquire) || log.unflushed().0 < log.unflushed().1 {
                    if let Some(job) = log.begin_flush() {
                        let target = job.target_offset();
                        let result = job.run();
                        log.finish_flush(job, result);
                        assert!(log.high_watermark() >= target);
                    }
                    thread::yield_now();
                }
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                let mut next = [0; APPENDERS];
                let mut offset = 0;
                while offset < (APPENDERS * EACH) as i64 {
                    let slice = match log.read(offset, 500, ReadBound::HighWatermark, true) {
                        Ok(slice) => slice,
                        Err(ReadError::OutOfRange { start, .. }) => {
                            assert!(start > offset);
                            // The deleter was faster: from here on only the order counts.
                            offset = start;
                            next = [-1; APPENDERS];
                            continue;
                        }
                        Err(error) => panic!("{error:?}"),
                    };
                    assert!(slice.high_watermark <= log.recovery_point());
                    for batch in Batches::new(slice.into_bytes()) {
                        let batch = batch.unwrap();
                        batch.verify_crc().unwrap();
                        assert_eq!(batch.base_offset, offset);
                        let who = batch.producer_id as usize;
                        assert!(next[who] == batch.base_sequence || next[who] == -1);
                        next[who] = batch.base_sequence + 1;
                        offset += 1;
                    }
                }
            });
        }
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                let start = log.delete_records((log.high_watermark() - 600).max(0)).unwrap();
                deleted.fetch_max(start, Ordering::AcqRel);
                folder.checkpoint().unwrap();
            }
        });
        for appender in appenders {
            appender.join().unwrap();
        }
        done.store(true, Ordering::Release);
    });
    assert_eq!(log.log_end_offset(), (APPENDERS * EACH) as i64);
    let start = deleted.into_inner();
    let bench = bench.restart();
    assert_eq!(bench.log.log_start_offset(), start);
    assert_eq!(bench.records().len() as i64, (APPENDERS * EACH) as i64 - start);
}

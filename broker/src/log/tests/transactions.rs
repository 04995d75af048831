//! Transactions in a log: what readers of committed records see, what fences, and what no crash may change.

use super::*;

fn part(producer_id: i64, epoch: i16, sequence: i32, values: &[&str]) -> Bytes {
    let mut builder = BatchBuilder::new(Compression::None);
    for value in values {
        builder.append(NOW, Some(b"k"), Some(value.as_bytes()), &[]).unwrap();
    }
    builder.set_producer(producer_id, epoch, sequence);
    builder.set_transactional(true);
    builder.build().unwrap()
}

impl Bench {
    /// Appends as a producer whose coordinator was asked.
    fn transact(&self, producer_id: i64, epoch: i16, sequence: i32, values: &[&str]) -> i64 {
        let guard = self.log.begin_verification(producer_id, epoch, sequence, true);
        let batch = part(producer_id, epoch, sequence, values);
        let appended = self.log.append_guarded(batch, Origin::Client, guard, 0, NOW);
        if let Some(guard) = guard {
            self.log.end_verification(guard);
        }
        appended.unwrap().base_offset
    }

    fn end(&self, producer_id: i64, epoch: i16, commit: bool) -> Result<Option<i64>, AppendError> {
        let marker = Marker {
            producer_id,
            producer_epoch: epoch,
            commit,
            coordinator_epoch: 0,
            transaction_version: 2,
        };
        Ok(self.log.append_marker(&marker, 0, NOW)?.map(|appended| appended.base_offset))
    }

    /// What a consumer that reads committed records alone delivers.
    fn committed(&self, max_bytes: usize) -> Vec<String> {
        let mut offset = self.log.log_start_offset();
        let mut delivered = Vec::new();
        loop {
            let slice = self.log.read(offset, max_bytes, ReadBound::LastStable, true).unwrap();
            if slice.bytes == 0 {
                assert_eq!(offset, slice.last_stable_offset, "a reader comes to the last stable offset");
                return delivered;
            }
            let mut pending: Vec<(i64, i64)> =
                slice.aborted.iter().map(|aborted| (aborted.first_offset, aborted.producer_id)).collect();
            pending.sort_unstable();
            let mut aborting = Vec::new();
            for batch in Batches::new(slice.clone().into_bytes()) {
                let batch = batch.unwrap();
                while pending.first().is_some_and(|(first, _)| *first <= batch.last_offset()) {
                    aborting.push(pending.remove(0).1);
                }
                offset = batch.next_offset();
                if batch.attributes.is_control() {
                    aborting.retain(|id| *id != batch.producer_id);
                } else if !(batch.attributes.is_transactional() && aborting.contains(&batch.producer_id)) {
                    delivered
                        .extend(values(&batch.records().unwrap().map(Result::unwrap).collect::<Vec<_>>()));
                }
            }
        }
    }
}

#[test]
fn readers_of_committed_records_stop_at_the_first_open_transaction() {
    let bench = Bench::new(small());
    bench.append(batch(&["plain"])).unwrap();
    assert_eq!(bench.transact(1, 0, 0, &["a1"]), 1);
    assert_eq!(bench.transact(2, 0, 0, &["b1", "b2"]), 2);
    bench.append(batch(&["between"])).unwrap();
    bench.log.flush().unwrap();
    assert_eq!(bench.log.last_stable_offset(), 1);
    assert_eq!(bench.committed(1_000), ["plain"]);
    bench.end(2, 1, false).unwrap();
    assert_eq!(bench.log.last_stable_offset(), 1, "the older one is open");
    bench.end(1, 1, true).unwrap();
    assert_eq!(bench.log.last_stable_offset(), 1, "nobody may read the marker yet");
    bench.log.flush().unwrap();
    assert_eq!((bench.log.last_stable_offset(), bench.log.high_watermark()), (7, 7));
    assert_eq!(bench.committed(1_000), ["plain", "a1", "between"]);
    let latest = |bound| bench.log.offset_within(OffsetSpec::Latest, bound).unwrap().unwrap().offset;
    bench.transact(1, 1, 0, &["a2"]);
    bench.log.flush().unwrap();
    assert_eq!((latest(ReadBound::LastStable), latest(ReadBound::HighWatermark)), (7, 8));
    let since = |bound| bench.log.offset_within(OffsetSpec::Since(NOW), bound).unwrap().unwrap().offset;
    assert_eq!(since(ReadBound::LastStable), 0);
}

#[test]
fn a_transaction_ends_for_readers_when_its_marker_is_flushed_not_before() {
    let bench = Bench::new(small());
    bench.transact(1, 0, 0, &["a"]);
    bench.log.flush().unwrap();
    bench.end(1, 1, false).unwrap();
    // The aborted records lie below the high watermark, their marker does not.
    assert_eq!((bench.log.last_stable_offset(), bench.log.high_watermark()), (0, 1));
    assert!(bench.committed(1_000).is_empty());
    bench.log.flush().unwrap();
    assert_eq!(bench.log.last_stable_offset(), 2);
    assert!(bench.committed(1_000).is_empty());
}

#[test]
fn aborted_transactions_are_known_over_segments_restarts_and_crashes() {
    for way in ["live", "restart", "crash"] {
        let mut bench = Bench::new(LogConfig { segment_bytes: 300, ..small() });
        let mut expected = Vec::new();
        for n in 0..30_i16 {
            let values = [format!("{n}x"), format!("{n}y")];
            bench.transact(n.into(), 0, 0, &[&values[0], &values[1]]);
            if n % 3 == 2 {
                // Three are open at a time, and end in another order than they began.
                for (at, end) in [n - 1, n, n - 2].into_iter().enumerate() {
                    let commit = (usize::from(end.unsigned_abs()) + at) % 2 == 0;
                    bench.end(end.into(), 1, commit).unwrap();
                    if commit {
                        expected.extend([format!("{end}x"), format!("{end}y")]);
                    }
                }
            }
            if n == 17 {
                bench.log.flush().unwrap();
            }
        }
        bench.log.flush().unwrap();
        assert!(bench.log.segment_count() > 5);
        bench = match way {
            "restart" => bench.restart(),
            "crash" => bench.reopen(),
            _ => bench,
        };
        assert_eq!(bench.log.last_stable_offset(), bench.log.log_end_offset());
        let mut all = bench.committed(1 << 20);
        assert_eq!(bench.committed(1), all, "{way}: however much is read at a time");
        all.sort();
        expected.sort();
        assert_eq!(all, expected, "{way}");
    }
}

#[test]
fn nothing_of_transactions_is_lost_whenever_the_power_goes() {
    for cut in 0..24_usize {
        let bench = Bench::new(LogConfig { segment_bytes: 300, ..small() });
        for n in 0..cut {
            let (producer, epoch) = ((n % 4) as i64, (n / 4) as i16);
            bench.transact(producer, epoch, 0, &["v"]);
            if n % 8 == 3 {
                // The recovery point comes to lie inside a transaction.
                bench.log.flush().unwrap();
            }
            let stays_open = n + 1 == cut && cut % 2 == 1;
            if !stays_open {
                bench.end(producer, epoch + 1, n % 2 == 0).unwrap();
            }
        }
        bench.log.flush().unwrap();
        let (before, stable) = (bench.committed(1 << 20), bench.log.last_stable_offset());
        let aborted = bench.log.aborted_transactions(0, i64::MAX).unwrap();
        let bench = bench.reopen();
        assert_eq!((bench.committed(1 << 20), bench.log.last_stable_offset()), (before, stable), "{cut}");
        assert_eq!(bench.log.aborted_transactions(0, i64::MAX).unwrap(), aborted, "{cut}");
    }
}

#[test]
fn who_has_not_asked_begins_no_transaction() {
    let bench = Bench::new(small());
    let refused = |appended: Result<Appended, AppendError>| match appended {
        Err(AppendError::Sequence(error)) => error,
        other => panic!("{other:?}"),
    };
    let none = SequenceError::NoTransaction { producer_id: 7 };
    assert_eq!(refused(bench.append(part(7, 0, 0, &["a"]))), none, "not asked");
    let guard = bench.log.begin_verification(7, 0, 0, false);
    // The coordinator ends the transaction while the producer's request is on its way.
    bench.end(7, 1, false).unwrap();
    let late = bench.log.append_guarded(part(7, 1, 0, &["a"]), Origin::Client, guard, 0, NOW);
    assert_eq!(refused(late), none, "asked before the end");
    let fenced = bench.log.append_guarded(part(7, 0, 0, &["a"]), Origin::Client, guard, 0, NOW);
    assert_eq!(refused(fenced), SequenceError::StaleEpoch { producer_id: 7, current: 1, found: 0 });
    assert_eq!(bench.log.last_stable_offset(), bench.log.high_watermark());
    assert_eq!(bench.transact(7, 1, 0, &["b"]), 1);
    assert_eq!(bench.log.begin_verification(7, 1, 1, false), None, "open, nobody need be asked");
    assert_eq!(refused(bench.append(sent(7, 1, 1, 1))), SequenceError::OutsideTransaction { producer_id: 7 });
}

#[test]
fn the_first_batch_asked_about_is_the_first_appended() {
    let bench = Bench::new(small());
    let first = bench.log.begin_verification(7, 0, 0, false);
    let second = bench.log.begin_verification(7, 0, 1, false);
    let append = |sequence, guard| {
        bench.log.append_guarded(part(7, 0, sequence, &["a"]), Origin::Client, guard, 0, NOW).map(|_| ())
    };
    assert!(matches!(append(1, second), Err(AppendError::Sequence(SequenceError::OutOfOrder { .. }))));
    append(0, first).unwrap();
    append(1, second).unwrap();
}

#[test]
fn a_transaction_of_version_2_starts_at_sequence_0() {
    let bench = Bench::new(small());
    let guard = bench.log.begin_verification(7, 0, 5, true);
    let appended = bench.log.append_guarded(part(7, 0, 5, &["a"]), Origin::Client, guard, 0, NOW);
    let expected = SequenceError::OutOfOrder { producer_id: 7, expected: 0, found: 5 };
    assert!(matches!(appended, Err(AppendError::Sequence(error)) if error == expected));
}

#[test]
fn markers_fence_and_are_known_again() {
    let bench = Bench::new(small());
    bench.transact(7, 3, 0, &["a"]);
    let stale = |found| MarkerError::StaleEpoch { producer_id: 7, current: 3, found };
    assert!(matches!(bench.end(7, 2, true), Err(AppendError::Marker(error)) if error == stale(2)));
    assert!(
        matches!(bench.end(7, 3, true), Err(AppendError::Marker(error)) if error == stale(3)),
        "under version 2 an end has an epoch of its own"
    );
    assert_eq!(bench.end(7, 4, true).unwrap(), Some(1));
    assert_eq!(bench.end(7, 4, true).unwrap(), None, "the same again");
    assert_eq!(bench.log.log_end_offset(), 2);
    let old = Marker {
        producer_id: 7,
        producer_epoch: 4,
        commit: true,
        coordinator_epoch: -1,
        transaction_version: 0,
    };
    assert!(matches!(
        bench.log.append_marker(&old, 0, NOW),
        Err(AppendError::Marker(MarkerError::StaleCoordinator { current: 0, found: -1, .. }))
    ));
}

#[test]
fn open_transactions_do_not_expire() {
    let bench = Bench::new(small());
    bench.transact(7, 0, 0, &["a"]);
    bench.log.expire_producers(NOW + 10 * bench.config.producer_expiration_ms);
    assert_eq!(bench.log.producer_count(), 1);
    bench.end(7, 1, true).unwrap();
    bench.log.expire_producers(NOW + 10 * bench.config.producer_expiration_ms);
    assert_eq!(bench.log.producer_count(), 0);
}

#[test]
fn the_index_goes_with_its_segment() {
    let bench = Bench::new(LogConfig { segment_bytes: 200, ..small() });
    let index = |base: i64| Path::new(DATA).join(format!("t-0/{base:020}.txnindex"));
    for n in 0..6 {
        bench.transact(n, 0, 0, &["v"]);
        bench.end(n, 1, false).unwrap();
    }
    bench.log.flush().unwrap();
    assert!(bench.memory.exists(&index(0)).unwrap());
    bench.log.delete_records(-1).unwrap();
    assert!(!bench.memory.exists(&index(0)).unwrap());
    assert!(bench.committed(1_000).is_empty());
}

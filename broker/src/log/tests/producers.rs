//! Idempotent producers: what is taken, what is known already, what is refused.

use super::*;

fn base(appended: Result<Appended, AppendError>) -> i64 {
    let appended = appended.unwrap();
    assert!(!appended.duplicate);
    appended.base_offset
}

fn refused(appended: Result<Appended, AppendError>) -> SequenceError {
    match appended {
        Err(AppendError::Sequence(error)) => error,
        other => panic!("expected a sequence error, got {other:?}"),
    }
}

#[test]
fn the_last_five_batches_are_known_again() {
    let mut bench = Bench::new(small());
    for n in 0..7 {
        assert_eq!(base(bench.append(sent(9, 0, 2 * n, 2))), i64::from(2 * n));
    }
    bench.log.flush().unwrap();
    // The same whether remembered live, read from the snapshot of a clean shutdown, or from the log itself.
    for restart in [None, Some(Bench::restart as fn(Bench) -> Bench), Some(Bench::reopen)] {
        if let Some(restart) = restart {
            bench = restart(bench);
        }
        for n in 2..7 {
            let again = bench.append(sent(9, 0, 2 * n, 2)).unwrap();
            assert_eq!(
                (again.duplicate, again.base_offset, again.last_offset),
                (true, i64::from(2 * n), i64::from(2 * n) + 1)
            );
            assert_eq!(again.append_time, NOW);
        }
        let expected = SequenceError::OutOfOrder { producer_id: 9, expected: 14, found: 2 };
        assert_eq!(refused(bench.append(sent(9, 0, 2, 2))), expected, "too old to be remembered");
        let expected = SequenceError::OutOfOrder { producer_id: 9, expected: 14, found: 12 };
        assert_eq!(refused(bench.append(sent(9, 0, 12, 1))), expected, "a part of a batch is no duplicate");
    }
    assert_eq!(bench.log.log_end_offset(), 14);
    assert_eq!(base(bench.append(sent(9, 0, 14, 1))), 14);
}

#[test]
fn gaps_are_refused_and_leave_no_trace() {
    let bench = Bench::new(small());
    base(bench.append(sent(9, 0, 0, 3)));
    let expected = SequenceError::OutOfOrder { producer_id: 9, expected: 3, found: 4 };
    assert_eq!(refused(bench.append(sent(9, 0, 4, 1))), expected);
    assert_eq!(base(bench.append(sent(9, 0, 3, 1))), 3);
}

#[test]
fn an_unknown_producer_may_start_anywhere() {
    let bench = Bench::new(small());
    assert_eq!(base(bench.append(sent(9, 3, 77, 1))), 0);
    assert_eq!(base(bench.append(sent(9, 3, 78, 1))), 1);
}

#[test]
fn epochs_fence_and_start_anew() {
    let bench = Bench::new(small());
    base(bench.append(sent(9, 1, 0, 2)));
    let expected = SequenceError::StaleEpoch { producer_id: 9, current: 1, found: 0 };
    assert_eq!(refused(bench.append(sent(9, 0, 0, 2))), expected);
    let expected = SequenceError::OutOfOrder { producer_id: 9, expected: 0, found: 2 };
    assert_eq!(refused(bench.append(sent(9, 2, 2, 1))), expected);
    base(bench.append(sent(9, 2, 0, 2)));
    assert!(bench.append(sent(9, 2, 0, 2)).unwrap().duplicate);
}

#[test]
fn sequences_wrap_around() {
    let bench = Bench::new(small());
    base(bench.append(sent(9, 0, i32::MAX - 1, 4)));
    assert!(bench.append(sent(9, 0, i32::MAX - 1, 4)).unwrap().duplicate);
    base(bench.append(sent(9, 0, 2, 1)));
    base(bench.append(sent(5, 0, i32::MAX, 1)));
    base(bench.append(sent(5, 0, 0, 1)));
}

#[test]
fn producers_expire() {
    let bench = Bench::new(small());
    base(bench.append(sent(9, 0, 0, 1)));
    let day = bench.config.producer_expiration_ms;
    bench.log.expire_producers(NOW + day - 1);
    assert_eq!(bench.log.producer_count(), 1);
    bench.log.expire_producers(NOW + day);
    assert_eq!(bench.log.producer_count(), 0);
    assert_eq!(base(bench.append(sent(9, 0, 50, 1))), 1, "forgotten, it may start anywhere");
}

#[test]
fn producers_outlive_their_records() {
    let bench = Bench::new(small());
    for n in 0..40 {
        base(bench.append(sent(9, 0, n, 1)));
    }
    bench.log.flush().unwrap();
    bench.log.delete_records(-1).unwrap();
    assert_eq!(bench.log.log_start_offset(), 40);
    let bench = bench.restart();
    assert_eq!(bench.log.log_start_offset(), 40);
    assert!(bench.append(sent(9, 0, 39, 1)).unwrap().duplicate);
    assert_eq!(base(bench.append(sent(9, 0, 40, 1))), 40);
}

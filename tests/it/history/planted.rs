//! Each anomaly, planted in a history that is well otherwise: the check finds it, and nothing else.

use super::{Anomaly, History, Operation, Outcome, Partition, Step, check};

const A: Partition = ("a", 0);
const B: Partition = ("b", 0);
const LAST_READER: u32 = 9;

fn send(partition: Partition, value: u64, offset: i64) -> Step {
    Step::Send { partition, value, offset: Some(offset), cause: None }
}

fn effect(partition: Partition, value: u64, offset: i64, cause: u64) -> Step {
    Step::Send { partition, value, offset: Some(offset), cause: Some(cause) }
}

fn poll(partition: Partition, records: &[(i64, u64)]) -> Step {
    Step::Poll(records.iter().map(|(offset, value)| (partition, *offset, *value)).collect())
}

fn operation(process: u32, outcome: Outcome, steps: Vec<Step>) -> Operation {
    Operation { process, outcome, steps, moved: Vec::new() }
}

fn ok(process: u32, steps: Vec<Step>) -> Operation {
    operation(process, Outcome::Ok, steps)
}

/// Two writers, a transaction that was aborted, one of unknown end that was committed, a reader that was moved, a
/// processor, and the last reader. Offset 4 of `a` and 3 of `b` are of markers.
fn well() -> History {
    History {
        operations: vec![
            ok(0, vec![send(A, 1, 0), send(A, 2, 1)]),
            ok(1, vec![poll(A, &[(0, 1), (1, 2)])]),
            operation(2, Outcome::Fail, vec![send(A, 3, 2)]),
            operation(2, Outcome::Unknown, vec![send(A, 4, 3), send(B, 5, 0)]),
            ok(1, vec![poll(A, &[(3, 4)])]),
            Operation { moved: vec![A], ..ok(1, vec![poll(A, &[(1, 2), (3, 4)])]) },
            ok(3, vec![poll(A, &[(0, 1)]), effect(B, 6, 1, 1)]),
            ok(3, vec![poll(A, &[(1, 2), (3, 4)]), effect(B, 7, 2, 2), effect(B, 8, 4, 4)]),
            ok(
                LAST_READER,
                vec![poll(A, &[(0, 1), (1, 2), (3, 4)]), poll(B, &[(0, 5), (1, 6), (2, 7), (4, 8)])],
            ),
        ],
        last_reader: Some(LAST_READER),
        ends: [(A, (5, 5)), (B, (5, 5))].into(),
        consumed: vec!["a"],
    }
}

#[track_caller]
fn finds(expected: &[Anomaly], history: &History) {
    let findings = check(history);
    let mut found: Vec<Anomaly> = findings.iter().map(|finding| finding.anomaly).collect();
    found.dedup();
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{said:#?}");
}

/// The history with one of its operations changed.
fn with(at: usize, change: impl FnOnce(&mut Operation)) -> History {
    let mut history = well();
    change(&mut history.operations[at]);
    history
}

const LAST: usize = 8;

#[test]
fn a_well_history_has_none() {
    finds(&[], &well());
}

#[test]
fn a_write_that_is_gone() {
    let lost = with(LAST, |last| last.steps[1] = poll(B, &[(0, 5), (2, 7), (4, 8)]));
    finds(&[Anomaly::LostWrite, Anomaly::PollSkip, Anomaly::LostEffect], &lost);
    let unseen = with(LAST, |last| last.steps[1] = poll(B, &[(0, 5), (1, 6), (2, 7)]));
    finds(&[Anomaly::Unseen, Anomaly::LostEffect], &unseen);
}

#[test]
fn a_write_that_was_read_and_is_gone_in_the_end() {
    let mut history = well();
    history.consumed.clear();
    history.operations[LAST].steps[0] = poll(A, &[(0, 1), (3, 4)]);
    finds(&[Anomaly::LostWrite, Anomaly::PollSkip], &history);
}

#[test]
fn a_value_at_two_offsets() {
    let twice = with(LAST, |last| last.steps[1] = poll(B, &[(0, 5), (1, 6), (2, 7), (4, 8), (5, 8)]));
    finds(&[Anomaly::Duplicate], &twice);
}

#[test]
fn two_values_at_an_offset() {
    let mut split = with(LAST, |last| last.steps[1] = poll(B, &[(0, 5), (1, 6), (2, 7), (4, 8), (4, 10)]));
    split.operations.push(operation(4, Outcome::Unknown, vec![send(B, 10, 4)]));
    finds(&[Anomaly::InconsistentOffsets, Anomaly::NonmonotonicPoll], &split);
}

#[test]
fn an_aborted_value_that_is_read() {
    let mut read = well();
    read.operations.push(ok(4, vec![poll(A, &[(2, 3)])]));
    // To the others it is a record that they jumped over.
    finds(&[Anomaly::AbortedRead, Anomaly::PollSkip], &read);
}

#[test]
fn a_transaction_that_reads_itself() {
    let own = with(6, |processor| processor.steps.push(poll(B, &[(1, 6)])));
    finds(&[Anomaly::PrecommittedRead], &own);
}

#[test]
fn a_transaction_of_which_a_part_is_there() {
    let torn = with(LAST, |last| last.steps[1] = poll(B, &[(1, 6), (2, 7), (4, 8)]));
    finds(&[Anomaly::TornTransaction], &torn);
}

#[test]
fn transactions_that_read_each_other() {
    let mut circle = well();
    circle.operations.push(ok(4, vec![poll(B, &[(6, 21)]), send(A, 20, 5)]));
    circle.operations.push(ok(5, vec![poll(A, &[(5, 20)]), send(B, 21, 6)]));
    circle.operations.push(Operation {
        moved: vec![A, B],
        ..ok(LAST_READER, vec![poll(A, &[(5, 20)]), poll(B, &[(6, 21)])])
    });
    circle.consumed.clear();
    finds(&[Anomaly::Cycle], &circle);
}

#[test]
fn a_reader_that_jumps_or_goes_back() {
    finds(&[Anomaly::PollSkip], &with(1, |reader| reader.steps = vec![poll(A, &[(0, 1)])]));
    finds(&[Anomaly::NonmonotonicPoll], &with(5, |reader| reader.moved.clear()));
}

#[test]
fn sends_that_change_places() {
    let mut swapped = well();
    swapped.operations.push(ok(0, vec![send(B, 30, 6), send(B, 31, 5)]));
    swapped.operations.push(ok(LAST_READER, vec![poll(B, &[(5, 31), (6, 30)])]));
    finds(&[Anomaly::NonmonotonicSend], &swapped);
}

#[test]
fn a_transaction_that_does_not_end() {
    let mut hanging = well();
    hanging.ends.insert(B, (3, 5));
    finds(&[Anomaly::HangingTransaction], &hanging);
}

#[test]
fn a_value_in_a_wrong_place_or_of_nobody() {
    let mut wrong = well();
    wrong.operations.push(operation(
        4,
        Outcome::Unknown,
        vec![Step::Send { partition: B, value: 40, offset: None, cause: None }],
    ));
    wrong.operations.push(ok(LAST_READER, vec![poll(A, &[(5, 40)])]));
    wrong.consumed.clear();
    finds(&[Anomaly::Misrouted], &wrong);
    wrong.operations.remove(LAST + 1);
    finds(&[Anomaly::Invented], &wrong);
}

#[test]
fn a_value_that_is_processed_twice_or_never() {
    let mut twice = well();
    twice.operations.push(ok(3, vec![effect(B, 50, 5, 1)]));
    twice.operations.push(ok(LAST_READER, vec![poll(B, &[(5, 50)])]));
    finds(&[Anomaly::DoubleEffect], &twice);
    let never = with(6, |processor| {
        processor.steps[1] = send(B, 6, 1);
    });
    finds(&[Anomaly::LostEffect], &never);
}

//! InitProducerId: a transactional id gets its producer id, and whoever had it before is fenced.

use riverrun_core::record::{NO_PRODUCER_EPOCH, NO_PRODUCER_ID};

use super::end::fence;
use super::request::{Decision, InitRequest, ProducerIdAndEpoch, TransactionError, TransactionLimits};
use super::state::{Partitions, Phase, Transaction, is_exhausted};

/// Decides an InitProducerId on `known`, or on an id that nobody has used yet.
pub(super) fn decide_init(
    known: Option<&Transaction>,
    now_ms: i64,
    limits: &TransactionLimits,
    request: &InitRequest,
) -> Decision<ProducerIdAndEpoch> {
    if request.transactional_id.is_empty() {
        return Decision::refuse(TransactionError::InvalidRequest);
    }
    if !(1..=limits.max_timeout_ms).contains(&request.timeout_ms) {
        return Decision::refuse(TransactionError::InvalidTimeout);
    }
    let new;
    let transaction = match known {
        Some(known) => known,
        None => {
            new = Transaction::new(request.fresh_producer_id, request.timeout_ms);
            &new
        }
    };
    if !request.expected.is_none_or(|expected| may_go_on(transaction, expected)) {
        return Decision::refuse(TransactionError::ProducerFenced);
    }
    match transaction.phase {
        Phase::PrepareCommit | Phase::PrepareAbort => {
            Decision::refuse(TransactionError::ConcurrentTransactions)
        }
        Phase::Ongoing => {
            // The client comes again, and gets an epoch above the one that fences.
            let fenced = fence(transaction, now_ms, limits.version);
            Decision::put(&request.transactional_id, fenced, Err(TransactionError::ConcurrentTransactions))
        }
        Phase::Empty | Phase::CompleteCommit | Phase::CompleteAbort => {
            give_epoch(transaction, now_ms, request)
        }
    }
}

/// Whether a producer that has `expected` may go on under this transactional id; its epoch is looked at later.
fn may_go_on(transaction: &Transaction, expected: ProducerIdAndEpoch) -> bool {
    transaction.epoch == NO_PRODUCER_EPOCH
        || expected.producer_id == transaction.producer_id
        // It may come again after its epochs ran out and the answer was lost.
        || (expected.producer_id == transaction.previous_producer_id && is_exhausted(expected.epoch))
}

fn give_epoch(transaction: &Transaction, now_ms: i64, request: &InitRequest) -> Decision<ProducerIdAndEpoch> {
    let expected = request.expected.map(|expected| expected.epoch);
    let mut next = Transaction {
        next_producer_id: NO_PRODUCER_ID,
        timeout_ms: request.timeout_ms,
        phase: Phase::Empty,
        partitions: Partitions::new(),
        started_ms: -1,
        updated_ms: now_ms,
        ..transaction.clone()
    };
    if transaction.is_exhausted() && expected.is_none_or(|expected| expected == transaction.epoch) {
        next.previous_producer_id = transaction.producer_id;
        next.producer_id = request.fresh_producer_id;
        next.epoch = 0;
        next.last_epoch = if expected.is_some() { transaction.epoch } else { NO_PRODUCER_EPOCH };
    } else {
        match expected {
            None => next.last_epoch = NO_PRODUCER_EPOCH,
            Some(expected) if transaction.epoch == NO_PRODUCER_EPOCH || expected == transaction.epoch => {
                next.last_epoch = transaction.epoch;
            }
            // The answer to the same request was lost: nobody else has asked since, or this would be -1.
            Some(expected) if expected == transaction.last_epoch => {
                let (producer_id, epoch) = (transaction.producer_id, transaction.epoch);
                return Decision::reply(ProducerIdAndEpoch { producer_id, epoch });
            }
            Some(_) => return Decision::refuse(TransactionError::ProducerFenced),
        }
        if transaction.is_exhausted() {
            return Decision::refuse(TransactionError::ProducerFenced);
        }
        next.epoch = transaction.epoch + 1;
    }
    let reply = ProducerIdAndEpoch { producer_id: next.producer_id, epoch: next.epoch };
    Decision::put(&request.transactional_id, next, Ok(reply))
}

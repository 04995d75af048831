//! How a transaction ends: decided by its producer or by time, prepared, and complete once every marker is written.

use riverrun_core::record::{NO_PRODUCER_EPOCH, NO_PRODUCER_ID};

use super::request::{Decision, EndRequest, ProducerIdAndEpoch, TransactionError};
use super::state::{Partitions, Phase, Transaction, is_exhausted};

/// Decides an EndTxn. The answer is the producer id and epoch to go on with.
pub(super) fn decide_end(
    known: Option<&Transaction>,
    now_ms: i64,
    request: &EndRequest,
) -> Decision<ProducerIdAndEpoch> {
    if request.transactional_id.is_empty() {
        return Decision::refuse(TransactionError::InvalidRequest);
    }
    let Some(transaction) = known else {
        return Decision::refuse(TransactionError::InvalidProducerIdMapping);
    };
    let checked = match request.version {
        ..2 => check_v1(transaction, request),
        _ => check_v2(transaction, request),
    };
    match checked {
        Err(error) => Decision::refuse(error),
        Ok(Next::Repeated) => Decision::reply(to_go_on_with(transaction)),
        Ok(Next::Prepare) => {
            let next = prepare(transaction, now_ms, request);
            let reply = to_go_on_with(&next);
            Decision::put(&request.transactional_id, next, Ok(reply))
        }
    }
}

enum Next {
    Prepare,
    /// The answer to the same request was lost.
    Repeated,
}

/// Without epochs of their own, an end and its repetition look alike.
fn check_v1(transaction: &Transaction, request: &EndRequest) -> Result<Next, TransactionError> {
    if transaction.producer_id != request.producer.producer_id {
        return Err(TransactionError::InvalidProducerIdMapping);
    }
    if transaction.epoch != request.producer.epoch {
        return Err(TransactionError::ProducerFenced);
    }
    match (transaction.phase, request.commit) {
        (Phase::Ongoing, _) => Ok(Next::Prepare),
        (Phase::CompleteCommit, true) | (Phase::CompleteAbort, false) => Ok(Next::Repeated),
        (Phase::PrepareCommit, true) | (Phase::PrepareAbort, false) => {
            Err(TransactionError::ConcurrentTransactions)
        }
        (Phase::Empty | Phase::CompleteCommit | Phase::CompleteAbort, _)
        | (Phase::PrepareCommit | Phase::PrepareAbort, _) => Err(TransactionError::InvalidState),
    }
}

/// Every end raises the epoch, so that a repetition is known by its epoch.
fn check_v2(transaction: &Transaction, request: &EndRequest) -> Result<Next, TransactionError> {
    let ProducerIdAndEpoch { producer_id, epoch } = request.producer;
    let rotated = transaction.previous_producer_id == producer_id
        && epoch == i16::MAX - 1
        && transaction.epoch == 0
        && transaction.producer_id != producer_id;
    if transaction.producer_id != producer_id && !rotated {
        return Err(TransactionError::InvalidProducerIdMapping);
    }
    let raised =
        transaction.producer_id == producer_id && i32::from(transaction.epoch) == i32::from(epoch) + 1;
    let same = transaction.producer_id == producer_id && transaction.epoch == epoch;
    match transaction.phase {
        Phase::Ongoing if same => Ok(Next::Prepare),
        // An abort of nothing: a producer whose first produce request failed does not know that nothing was added.
        Phase::Empty | Phase::CompleteAbort | Phase::CompleteCommit if same => match request.commit {
            false => Ok(Next::Prepare),
            true => Err(TransactionError::InvalidState),
        },
        Phase::PrepareCommit | Phase::PrepareAbort if raised => {
            match (transaction.phase == Phase::PrepareCommit) == request.commit {
                true => Err(TransactionError::ConcurrentTransactions),
                false => Err(TransactionError::InvalidState),
            }
        }
        Phase::CompleteCommit | Phase::CompleteAbort if raised || rotated => {
            match (transaction.phase == Phase::CompleteCommit) == request.commit {
                true => Ok(Next::Repeated),
                false => Err(TransactionError::InvalidState),
            }
        }
        Phase::Empty
        | Phase::Ongoing
        | Phase::PrepareCommit
        | Phase::PrepareAbort
        | Phase::CompleteCommit
        | Phase::CompleteAbort => Err(TransactionError::ProducerFenced),
    }
}

fn prepare(transaction: &Transaction, now_ms: i64, request: &EndRequest) -> Transaction {
    let ongoing = transaction.phase == Phase::Ongoing;
    let mut next = Transaction {
        phase: if request.commit { Phase::PrepareCommit } else { Phase::PrepareAbort },
        updated_ms: now_ms,
        version: request.version,
        ..transaction.clone()
    };
    if !ongoing {
        next.started_ms = now_ms;
        next.partitions.clear();
    }
    if request.version >= 2 {
        if is_exhausted(transaction.epoch) {
            next.next_producer_id = request.fresh_producer_id;
        }
        next.last_epoch = transaction.epoch;
        next.epoch = transaction.epoch.saturating_add(1);
    }
    next
}

/// What the producer gets for its next transaction, now or once this one is complete.
fn to_go_on_with(transaction: &Transaction) -> ProducerIdAndEpoch {
    match transaction.next_producer_id {
        NO_PRODUCER_ID => {
            ProducerIdAndEpoch { producer_id: transaction.producer_id, epoch: transaction.epoch }
        }
        next => ProducerIdAndEpoch { producer_id: next, epoch: 0 },
    }
}

/// An open transaction as it is aborted by the coordinator itself: its producer's epoch does not count any more.
///
/// Under version 2 the producer may go on with the raised epoch if it asks to abort what was aborted.
pub(super) fn fence(transaction: &Transaction, now_ms: i64, version: i16) -> Transaction {
    Transaction {
        phase: Phase::PrepareAbort,
        epoch: transaction.epoch.saturating_add(1),
        last_epoch: if version >= 2 { transaction.epoch } else { NO_PRODUCER_EPOCH },
        next_producer_id: NO_PRODUCER_ID,
        updated_ms: now_ms,
        version,
        ..transaction.clone()
    }
}

/// The state once every marker of a prepared end is written; `None` if nothing is prepared.
pub(super) fn complete(transaction: &Transaction, now_ms: i64) -> Option<Transaction> {
    let phase = match transaction.phase {
        Phase::PrepareCommit => Phase::CompleteCommit,
        Phase::PrepareAbort => Phase::CompleteAbort,
        Phase::Empty | Phase::Ongoing | Phase::CompleteCommit | Phase::CompleteAbort => return None,
    };
    let mut next = Transaction {
        phase,
        partitions: Partitions::new(),
        next_producer_id: NO_PRODUCER_ID,
        updated_ms: now_ms,
        ..transaction.clone()
    };
    if transaction.next_producer_id != NO_PRODUCER_ID {
        next.previous_producer_id = transaction.producer_id;
        next.producer_id = transaction.next_producer_id;
        next.epoch = 0;
    }
    Some(next)
}

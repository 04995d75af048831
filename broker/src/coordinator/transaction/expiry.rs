//! What time does to transactional ids: open transactions are aborted, idle ids are forgotten.

use super::state::{Phase, Transaction};

/// Whether an open transaction has had its time.
pub(super) fn is_timed_out(transaction: &Transaction, now_ms: i64) -> bool {
    transaction.phase == Phase::Ongoing
        && transaction.started_ms.saturating_add(transaction.timeout_ms.into()) < now_ms
}

/// Whether an id without an open transaction has been idle for long enough.
pub(super) fn is_expired(transaction: &Transaction, now_ms: i64, expiration_ms: i64) -> bool {
    let idle = match transaction.phase {
        Phase::Empty | Phase::CompleteCommit | Phase::CompleteAbort => true,
        Phase::Ongoing | Phase::PrepareCommit | Phase::PrepareAbort => false,
    };
    idle && transaction.updated_ms <= now_ms.saturating_sub(expiration_ms)
}

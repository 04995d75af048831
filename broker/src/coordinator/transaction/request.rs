//! What comes into a transaction shard and what leaves it: requests, replies, errors and limits as plain data.

use super::state::{Name, Partitions, TransactionRecord};

/// The broker configs that transactions obey.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TransactionLimits {
    /// `transaction.max.timeout.ms`
    pub(crate) max_timeout_ms: i32,
    /// `transactional.id.expiration.ms`
    pub(crate) id_expiration_ms: i64,
    /// The version of transactions that the cluster has finalized (`transaction.version`).
    pub(crate) version: i16,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TransactionError {
    #[error("the transactional id is empty, or an epoch was sent without its producer id")]
    InvalidRequest,
    #[error("transaction.timeout.ms is not between 1 and transaction.max.timeout.ms")]
    InvalidTimeout,
    #[error("the producer id is not the one of this transactional id")]
    InvalidProducerIdMapping,
    #[error("another producer has taken this transactional id")]
    ProducerFenced,
    #[error("the transaction before is still being ended")]
    ConcurrentTransactions,
    #[error("the transaction's state does not allow this")]
    InvalidState,
    #[error("the partition is not part of the transaction; abort it")]
    Abortable,
}

/// A producer id and its epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProducerIdAndEpoch {
    pub(crate) producer_id: i64,
    pub(crate) epoch: i16,
}

/// InitProducerId with a transactional id.
#[derive(Clone, Debug)]
pub(crate) struct InitRequest {
    pub(crate) transactional_id: Name,
    pub(crate) timeout_ms: i32,
    /// What the producer has, if it goes on after an error (KIP-360).
    pub(crate) expected: Option<ProducerIdAndEpoch>,
    /// An id that nobody has.
    pub(crate) fresh_producer_id: i64,
}

/// AddPartitionsToTxn, AddOffsetsToTxn, and what a produce request or an offset commit adds by itself.
#[derive(Clone, Debug)]
pub(crate) struct AddRequest {
    pub(crate) transactional_id: Name,
    pub(crate) producer: ProducerIdAndEpoch,
    pub(crate) partitions: Partitions,
    /// The version of transactions that the request shows.
    pub(crate) version: i16,
}

/// EndTxn.
#[derive(Clone, Debug)]
pub(crate) struct EndRequest {
    pub(crate) transactional_id: Name,
    pub(crate) producer: ProducerIdAndEpoch,
    pub(crate) commit: bool,
    /// The version of transactions that the request shows: from 2 on every end raises the epoch.
    pub(crate) version: i16,
    /// An id that nobody has; needed when epochs run out.
    pub(crate) fresh_producer_id: i64,
}

/// The outcome of one `decide`: records to be logged, then replayed, in this order; and the answer, to be sent when they
/// are durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision<T> {
    pub(crate) records: Vec<TransactionRecord>,
    pub(crate) reply: Result<T, TransactionError>,
}

impl<T> Decision<T> {
    /// Only an answer.
    pub(super) fn reply(value: T) -> Self {
        Decision { records: Vec::new(), reply: Ok(value) }
    }

    /// Only a refusal.
    pub(super) fn refuse(error: TransactionError) -> Self {
        Decision { records: Vec::new(), reply: Err(error) }
    }

    /// A new state of one transactional id.
    pub(super) fn put(
        transactional_id: &Name,
        value: super::state::Transaction,
        reply: Result<T, TransactionError>,
    ) -> Self {
        let record = TransactionRecord { transactional_id: transactional_id.clone(), value: Some(value) };
        Decision { records: vec![record], reply }
    }
}

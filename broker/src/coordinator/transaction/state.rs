//! One transactional id: its producer, its epoch, and how far its transaction is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use riverrun_core::record::{NO_PRODUCER_EPOCH, NO_PRODUCER_ID};

/// A text that state may keep: never a slice of a request's frame.
pub(crate) type Name = Arc<str>;

/// Partitions by topic.
pub(crate) type Partitions = BTreeMap<Name, BTreeSet<i32>>;

/// Where a transaction is. `PrepareEpochFence` and `Dead` of Kafka last no longer than a decision here, so that no state
/// ever is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// No transaction was begun under this epoch.
    Empty,
    Ongoing,
    /// It is decided that the transaction commits; markers are being written.
    PrepareCommit,
    /// It is decided that the transaction aborts; markers are being written.
    PrepareAbort,
    CompleteCommit,
    CompleteAbort,
}

impl Phase {
    /// All phases, in the order of their numbers.
    pub(crate) const ALL: [Phase; 6] = [
        Phase::Empty,
        Phase::Ongoing,
        Phase::PrepareCommit,
        Phase::PrepareAbort,
        Phase::CompleteCommit,
        Phase::CompleteAbort,
    ];

    /// The number that stands for it in `__transaction_state`.
    pub(crate) fn number(self) -> i8 {
        self as i8
    }

    /// The phase of a number.
    pub(crate) fn from_number(number: i8) -> Option<Phase> {
        Phase::ALL.into_iter().find(|phase| phase.number() == number)
    }

    /// Its name in Kafka's tools.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Phase::Empty => "Empty",
            Phase::Ongoing => "Ongoing",
            Phase::PrepareCommit => "PrepareCommit",
            Phase::PrepareAbort => "PrepareAbort",
            Phase::CompleteCommit => "CompleteCommit",
            Phase::CompleteAbort => "CompleteAbort",
        }
    }

    /// Whether markers are being written.
    pub(crate) fn is_prepared(self) -> bool {
        matches!(self, Phase::PrepareCommit | Phase::PrepareAbort)
    }
}

/// The state of one transactional id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transaction {
    pub(crate) producer_id: i64,
    /// The id before epochs ran out, or -1.
    pub(crate) previous_producer_id: i64,
    /// The id that follows when this transaction is complete, as epochs have run out; or -1.
    pub(crate) next_producer_id: i64,
    pub(crate) epoch: i16,
    /// The epoch before, if its owner asked for the one that counts: a repeated request is answered by it. Not logged,
    /// as in Kafka; -1 after a restart.
    pub(crate) last_epoch: i16,
    pub(crate) timeout_ms: i32,
    pub(crate) phase: Phase,
    /// What the transaction takes in; empty in phases without one.
    pub(crate) partitions: Partitions,
    /// -1 where none was begun.
    pub(crate) started_ms: i64,
    pub(crate) updated_ms: i64,
    /// The version of transactions that the client used last.
    pub(crate) version: i16,
}

/// One record of `__transaction_state`; `None` is a tombstone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TransactionRecord {
    pub(crate) transactional_id: Name,
    pub(crate) value: Option<Transaction>,
}

impl Transaction {
    /// A transactional id on its way to its first epoch.
    pub(super) fn new(producer_id: i64, timeout_ms: i32) -> Self {
        Transaction {
            producer_id,
            previous_producer_id: NO_PRODUCER_ID,
            next_producer_id: NO_PRODUCER_ID,
            epoch: NO_PRODUCER_EPOCH,
            last_epoch: NO_PRODUCER_EPOCH,
            timeout_ms,
            phase: Phase::Empty,
            partitions: Partitions::new(),
            started_ms: -1,
            updated_ms: -1,
            version: 0,
        }
    }

    /// Whether no client may get a higher epoch: the highest is kept for fencing.
    pub(crate) fn is_exhausted(&self) -> bool {
        is_exhausted(self.epoch)
    }
}

/// Whether `epoch` is the last that a client may have.
pub(super) fn is_exhausted(epoch: i16) -> bool {
    epoch >= i16::MAX - 1
}

//! What clients did and saw, and what of it no correct broker can have answered.
//!
//! A history is made of operations: sends and polls, each by one process and, where they belong together, in one
//! transaction. [`check`] looks for the anomalies of Jepsen's Kafka workload: it knows values, offsets and outcomes, and
//! nothing of how they came about. Every value is sent once in a whole history. All polls are by readers of committed
//! records.

mod check;
#[cfg(test)]
mod planted;

use std::collections::BTreeMap;
use std::fmt;

pub(crate) use check::check;

/// A topic and a partition of it.
pub(crate) type Partition = (&'static str, i32);

/// What is known of the end of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was acknowledged, or its transaction was committed.
    Ok,
    /// It certainly had no effect: its transaction was aborted, or nobody ever asked for it to be committed.
    Fail,
    /// Nobody knows, as with a connection that broke before the answer.
    Unknown,
}

/// A part of an operation.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A record handed over.
    Send {
        partition: Partition,
        value: u64,
        /// Where it was put, if that was told.
        offset: Option<i64>,
        /// The value that was read and led to this one, where each such value must lead to exactly one.
        cause: Option<u64>,
    },
    /// Records that came, in order: partition, offset, value.
    Poll(Vec<(Partition, i64, u64)>),
}

/// Steps of one process that take effect together or not at all.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) process: u32,
    pub(crate) outcome: Outcome,
    pub(crate) steps: Vec<Step>,
    /// Partitions whose position was set anew before these steps: by a rebalance or a seek.
    pub(crate) moved: Vec<Partition>,
}

/// All that happened, each process's operations in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    pub(crate) operations: Vec<Operation>,
    /// Who read every partition from its beginning to its end when all else was over.
    pub(crate) last_reader: Option<u32>,
    /// Last stable offset and high watermark, when all transactions had had their time.
    pub(crate) ends: BTreeMap<Partition, (i64, i64)>,
    /// Topics each of whose values must have led to exactly one value that can be read.
    pub(crate) consumed: Vec<&'static str>,
}

/// What no correct broker answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Anomaly {
    /// Acknowledged, not read, though something behind it was.
    LostWrite,
    /// Acknowledged behind all that was read.
    Unseen,
    /// One value at two offsets.
    Duplicate,
    /// Two values at one offset.
    InconsistentOffsets,
    /// Read, though its transaction was aborted.
    AbortedRead,
    /// A transaction read what it had written itself.
    PrecommittedRead,
    /// One part of a transaction is there, another is not.
    TornTransaction,
    /// Transactions that each read what the next had written, in a circle.
    Cycle,
    /// A reader jumped over a record.
    PollSkip,
    /// A reader went back.
    NonmonotonicPoll,
    /// One process's records of a partition changed their order.
    NonmonotonicSend,
    /// A transaction that does not end holds readers back.
    HangingTransaction,
    /// A value in another partition than it was sent to.
    Misrouted,
    /// A value that nobody sent.
    Invented,
    /// A value that was processed twice.
    DoubleEffect,
    /// A value that was not processed.
    LostEffect,
}

/// An anomaly, and where it shows.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) anomaly: Anomaly,
    pub(crate) evidence: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.anomaly, self.evidence)
    }
}

impl Operation {
    fn sends(&self) -> impl Iterator<Item = (Partition, u64, Option<i64>)> {
        self.steps.iter().filter_map(|step| match step {
            Step::Send { partition, value, offset, .. } => Some((*partition, *value, *offset)),
            Step::Poll(_) => None,
        })
    }

    fn reads(&self) -> impl Iterator<Item = (Partition, i64, u64)> {
        self.steps.iter().flat_map(|step| {
            match step {
                Step::Poll(records) => records.as_slice(),
                Step::Send { .. } => &[],
            }
            .iter()
            .copied()
        })
    }
}

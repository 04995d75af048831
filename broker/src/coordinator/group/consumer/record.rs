//! The records that a consumer group logs; `None` is a tombstone.

use std::collections::BTreeSet;

use super::assignment::Partitions;
use super::member::{CurrentAssignment, MemberInfo};
use crate::coordinator::group::request::Name;

/// The group's epoch, with what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupEpoch {
    pub(crate) epoch: i32,
    /// Over the ids and partition counts of the topics that members read.
    pub(crate) metadata_hash: i64,
}

/// The epoch that the target assignment was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TargetEpoch {
    pub(crate) epoch: i32,
    /// When it was made; 0 if that does not matter any more.
    pub(crate) made_ms: i64,
}

/// The topics that a regular expression matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResolvedRegex {
    pub(crate) topics: BTreeSet<Name>,
    /// The version of the metadata that it was matched against.
    pub(crate) version: u64,
    pub(crate) resolved_ms: i64,
}

/// One record of a consumer group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConsumerRecord {
    /// Its tombstone ends the group.
    Epoch(Option<GroupEpoch>),
    /// The subscription metadata that Kafka up to 4.0 wrote: whether it is there. What it says is of no use any more.
    OldMetadata {
        present: bool,
    },
    Member {
        member: Name,
        value: Option<MemberInfo>,
    },
    TargetEpoch(Option<TargetEpoch>),
    Target {
        member: Name,
        value: Option<Partitions>,
    },
    Current {
        member: Name,
        value: Option<CurrentAssignment>,
    },
    Regex {
        regex: Name,
        value: Option<ResolvedRegex>,
    },
}

impl ConsumerRecord {
    /// Whether it takes something away.
    pub(crate) fn is_tombstone(&self) -> bool {
        match self {
            ConsumerRecord::Epoch(value) => value.is_none(),
            ConsumerRecord::OldMetadata { present } => !present,
            ConsumerRecord::Member { value, .. } => value.is_none(),
            ConsumerRecord::TargetEpoch(value) => value.is_none(),
            ConsumerRecord::Target { value, .. } => value.is_none(),
            ConsumerRecord::Current { value, .. } => value.is_none(),
            ConsumerRecord::Regex { value, .. } => value.is_none(),
        }
    }
}

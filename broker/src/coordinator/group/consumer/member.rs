//! One member of a consumer group: what it told about itself, and what it owns.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::assignment::Owned;
use crate::coordinator::group::request::Name;

/// The epoch by which a member leaves.
pub(super) const LEAVE_EPOCH: i32 = -1;
/// The epoch by which a static member leaves for a while; its partitions wait for it.
pub(super) const STATIC_LEAVE_EPOCH: i32 = -2;

/// Where a member is on its way to the target assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberState {
    /// It has all that the target of its epoch gives it.
    Stable,
    /// It has been told to give partitions up and has not confirmed it yet.
    UnrevokedPartitions,
    /// Partitions of its target are still others'.
    UnreleasedPartitions,
    /// A state that a later version wrote.
    Unknown,
}

impl MemberState {
    /// The number in Kafka's record.
    pub(super) fn code(self) -> i8 {
        match self {
            MemberState::Stable => 0,
            MemberState::UnrevokedPartitions => 1,
            MemberState::UnreleasedPartitions => 2,
            MemberState::Unknown => 127,
        }
    }

    pub(super) fn from_code(code: i8) -> Self {
        match code {
            0 => MemberState::Stable,
            1 => MemberState::UnrevokedPartitions,
            2 => MemberState::UnreleasedPartitions,
            _ => MemberState::Unknown,
        }
    }
}

/// What a member of the classic protocol brought into a consumer group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClassicMetadata {
    pub(crate) session_timeout_ms: i32,
    /// In the member's order of preference; never empty.
    pub(crate) protocols: Vec<(Name, Bytes)>,
}

/// What a member said about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemberInfo {
    pub(crate) instance_id: Option<Name>,
    pub(crate) rack_id: Option<Name>,
    pub(crate) client_id: Name,
    pub(crate) client_host: Name,
    pub(crate) topics: BTreeSet<Name>,
    /// Never empty.
    pub(crate) regex: Option<Name>,
    pub(crate) rebalance_timeout_ms: i32,
    pub(crate) assignor: Option<Name>,
    /// Set for a member of the classic protocol.
    pub(crate) classic: Option<ClassicMetadata>,
}

impl Default for MemberInfo {
    fn default() -> Self {
        MemberInfo {
            instance_id: None,
            rack_id: None,
            client_id: "".into(),
            client_host: "".into(),
            topics: BTreeSet::new(),
            regex: None,
            rebalance_timeout_ms: -1,
            assignor: None,
            classic: None,
        }
    }
}

/// What a member owns and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CurrentAssignment {
    pub(crate) epoch: i32,
    pub(crate) previous_epoch: i32,
    pub(crate) state: MemberState,
    pub(crate) assigned: Owned,
    /// To be given up; owned until the member confirms that it has.
    pub(crate) revoking: Owned,
}

impl CurrentAssignment {
    /// Of a member that has just come.
    pub(super) fn fresh() -> Self {
        CurrentAssignment {
            epoch: 0,
            previous_epoch: 0,
            state: MemberState::Stable,
            assigned: Owned::new(),
            revoking: Owned::new(),
        }
    }
}

/// One member of a consumer group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConsumerMember {
    pub(crate) id: Name,
    pub(crate) info: MemberInfo,
    pub(crate) current: CurrentAssignment,
}

impl ConsumerMember {
    pub(super) fn new(id: Name) -> Self {
        ConsumerMember { id, info: MemberInfo::default(), current: CurrentAssignment::fresh() }
    }

    /// Whether it came by JoinGroup.
    pub(crate) fn is_classic(&self) -> bool {
        self.info.classic.is_some()
    }

    /// Whether it has all that the target of `epoch` gives it.
    pub(super) fn is_reconciled_to(&self, epoch: i32) -> bool {
        self.current.state == MemberState::Stable && self.current.epoch == epoch
    }
}

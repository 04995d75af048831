//! One group of the classic protocol: its members, phase and generation.
//!
//! Queries only; what a request does to a group is decided in [`Transition`](super::transition::Transition).

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::request::{GroupError, JoinedMember, Name, Token};

/// Where a group is in its life, under Kafka's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// No members; offsets may be left.
    Empty,
    /// Members are being gathered; joins wait.
    PreparingRebalance,
    /// The generation is made; the leader's assignment is awaited.
    CompletingRebalance,
    /// Members work.
    Stable,
}

impl Phase {
    /// The name that DescribeGroups and ListGroups carry.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Phase::Empty => "Empty",
            Phase::PreparingRebalance => "PreparingRebalance",
            Phase::CompletingRebalance => "CompletingRebalance",
            Phase::Stable => "Stable",
        }
    }
}

/// One member of a classic group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) id: Name,
    pub(crate) instance_id: Option<Name>,
    pub(crate) client_id: Name,
    pub(crate) client_host: Name,
    pub(crate) session_timeout_ms: i32,
    pub(crate) rebalance_timeout_ms: i32,
    /// In the member's order of preference.
    pub(crate) protocols: Vec<(Name, Bytes)>,
    pub(crate) assignment: Bytes,
    /// Joined for the first time and not yet through a join phase.
    pub(crate) is_new: bool,
    pub(crate) awaiting_join: Option<Token>,
    pub(crate) awaiting_sync: Option<Token>,
}

impl Member {
    /// The metadata given for `protocol`; empty if the member does not speak it.
    pub(crate) fn metadata_for(&self, protocol: &str) -> Bytes {
        self.protocols
            .iter()
            .find(|(name, _)| &**name == protocol)
            .map(|(_, data)| data.clone())
            .unwrap_or_default()
    }

    /// Whether the member offered exactly these protocols, in this order, with this metadata.
    pub(crate) fn offers_exactly(&self, protocols: &[(Name, Bytes)]) -> bool {
        self.protocols == protocols
    }
}

/// The join phase that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JoinRound {
    /// In the initial delay of a group that was empty: how much longer newcomers may extend it.
    pub(crate) extendable_ms: Option<i64>,
    /// A member came while the initial delay ran.
    pub(crate) newcomer: bool,
}

/// A group of the classic protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClassicGroup {
    pub(crate) id: Name,
    pub(crate) phase: Phase,
    pub(crate) generation: i32,
    pub(crate) protocol_type: Option<Name>,
    pub(crate) protocol: Option<Name>,
    pub(crate) leader: Option<Name>,
    /// When the group came into its phase.
    pub(crate) since_ms: i64,
    pub(crate) members: BTreeMap<Name, Member>,
    /// Ids given out by MEMBER_ID_REQUIRED whose owners have not come back yet.
    pub(crate) pending: BTreeSet<Name>,
    /// `group.instance.id` to member id.
    pub(crate) statics: BTreeMap<Name, Name>,
    /// Members of this generation that have not asked for their assignment yet.
    pub(crate) unsynced: BTreeSet<Name>,
    pub(crate) round: Option<JoinRound>,
}

impl ClassicGroup {
    /// A group that nobody has joined.
    pub(crate) fn new(id: Name, now_ms: i64) -> Self {
        ClassicGroup {
            id,
            phase: Phase::Empty,
            generation: 0,
            protocol_type: None,
            protocol: None,
            leader: None,
            since_ms: now_ms,
            members: BTreeMap::new(),
            pending: BTreeSet::new(),
            statics: BTreeMap::new(),
            unsynced: BTreeSet::new(),
            round: None,
        }
    }

    /// The longest rebalance timeout of the members: how long a join phase may last.
    pub(crate) fn rebalance_timeout_ms(&self) -> i64 {
        self.members.values().map(|member| i64::from(member.rebalance_timeout_ms)).max().unwrap_or(0)
    }

    /// Whether every member waits in this join phase and no given id is outstanding.
    pub(crate) fn all_joined(&self) -> bool {
        self.pending.is_empty() && self.members.values().all(|member| member.awaiting_join.is_some())
    }

    /// Whether a member with these protocols can be in the group.
    pub(crate) fn accepts(&self, protocol_type: &str, protocols: &[(Name, Bytes)]) -> bool {
        if protocol_type.is_empty() || protocols.is_empty() {
            return false;
        }
        if self.members.is_empty() {
            return true;
        }
        self.protocol_type.as_deref() == Some(protocol_type)
            && protocols.iter().any(|(name, _)| self.is_spoken_by_all(name))
    }

    fn is_spoken_by_all(&self, protocol: &str) -> bool {
        self.members.values().all(|member| member.protocols.iter().any(|(name, _)| &**name == protocol))
    }

    /// The protocol with the most votes, each member voting for its first that all speak; the leader's order
    /// breaks a tie.
    pub(crate) fn select_protocol(&self) -> Option<Name> {
        let mut votes: BTreeMap<&Name, usize> = BTreeMap::new();
        for member in self.members.values() {
            if let Some((name, _)) = member.protocols.iter().find(|(name, _)| self.is_spoken_by_all(name)) {
                *votes.entry(name).or_default() += 1;
            }
        }
        let most = *votes.values().max()?;
        let leader =
            self.leader.as_ref().and_then(|id| self.members.get(id)).or(self.members.values().next())?;
        leader
            .protocols
            .iter()
            .map(|(name, _)| name)
            .find(|name| votes.get(name) == Some(&most))
            .or_else(|| votes.iter().find(|(_, count)| **count == most).map(|(name, _)| *name))
            .cloned()
    }

    /// Every member with its metadata for the chosen protocol, as the leader gets them.
    pub(crate) fn joined_members(&self) -> Vec<JoinedMember> {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        self.members
            .values()
            .map(|member| JoinedMember {
                id: member.id.clone(),
                instance_id: member.instance_id.clone(),
                metadata: member.metadata_for(protocol),
            })
            .collect()
    }

    /// Checks who speaks: known as a member, and not a static member whose place another has taken.
    pub(crate) fn check_member(&self, member_id: &str, instance_id: Option<&Name>) -> Result<(), GroupError> {
        if let Some(instance) = instance_id {
            match self.statics.get(instance) {
                None => return Err(GroupError::UnknownMember),
                Some(owner) if &**owner != member_id => return Err(GroupError::FencedInstance),
                Some(_) => {}
            }
        }
        if self.members.contains_key(member_id) { Ok(()) } else { Err(GroupError::UnknownMember) }
    }

    /// Whether `member_id` leads the group.
    pub(crate) fn is_leader(&self, member_id: &str) -> bool {
        self.leader.as_deref() == Some(member_id)
    }
}

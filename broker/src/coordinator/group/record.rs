//! The records that a group shard logs, in its own types; [`wire`](super::wire) gives them Kafka's bytes.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use riverrun_core::protocol::Uuid;

use super::classic::{ClassicGroup, Member, Phase};
use super::consumer::ConsumerRecord;
use super::request::Name;

/// A committed offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommittedOffset {
    pub(crate) offset: i64,
    /// −1 if the client did not say.
    pub(crate) leader_epoch: i32,
    pub(crate) metadata: Name,
    pub(crate) commit_timestamp_ms: i64,
    /// Set when the client asked for its own retention.
    pub(crate) expire_timestamp_ms: Option<i64>,
    /// The topic that the offset is of; zero if it is not known.
    pub(crate) topic_id: Uuid,
}

impl CommittedOffset {
    /// Whether it was committed for the topic of this id, as far as is known.
    pub(crate) fn is_of(&self, topic_id: Uuid) -> bool {
        self.topic_id.is_zero() || topic_id.is_zero() || self.topic_id == topic_id
    }
}

/// A member as logged with its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemberValue {
    pub(crate) id: Name,
    pub(crate) instance_id: Option<Name>,
    pub(crate) client_id: Name,
    pub(crate) client_host: Name,
    pub(crate) rebalance_timeout_ms: i32,
    pub(crate) session_timeout_ms: i32,
    /// The metadata for the chosen protocol.
    pub(crate) subscription: Bytes,
    pub(crate) assignment: Bytes,
}

/// A group as logged at the end of a rebalance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupValue {
    pub(crate) protocol_type: Name,
    pub(crate) generation: i32,
    pub(crate) protocol: Option<Name>,
    pub(crate) leader: Option<Name>,
    pub(crate) since_ms: i64,
    pub(crate) members: Vec<MemberValue>,
}

/// One record of `__consumer_offsets`; `None` is a tombstone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GroupRecord {
    Group { group: Name, value: Option<GroupValue> },
    Offset { group: Name, topic: Name, partition: i32, value: Option<CommittedOffset> },
    Consumer { group: Name, record: ConsumerRecord },
}

impl GroupValue {
    /// What of a group survives a restart.
    pub(crate) fn of(group: &ClassicGroup) -> Self {
        let protocol = group.protocol.as_deref().unwrap_or_default();
        GroupValue {
            protocol_type: group.protocol_type.clone().unwrap_or_else(|| "".into()),
            generation: group.generation,
            protocol: group.protocol.clone(),
            leader: group.leader.clone(),
            since_ms: group.since_ms,
            members: group
                .members
                .values()
                .map(|member| MemberValue {
                    id: member.id.clone(),
                    instance_id: member.instance_id.clone(),
                    client_id: member.client_id.clone(),
                    client_host: member.client_host.clone(),
                    rebalance_timeout_ms: member.rebalance_timeout_ms,
                    session_timeout_ms: member.session_timeout_ms,
                    subscription: member.metadata_for(protocol),
                    assignment: member.assignment.clone(),
                })
                .collect(),
        }
    }

    /// The group as it stands after a load: stable if it has members.
    pub(crate) fn into_group(self, id: Name) -> ClassicGroup {
        let protocol = self.protocol.clone();
        let mut statics = BTreeMap::new();
        let mut members = BTreeMap::new();
        for value in self.members {
            if let Some(instance) = &value.instance_id {
                statics.insert(instance.clone(), value.id.clone());
            }
            let protocols = protocol.iter().map(|name| (name.clone(), value.subscription.clone())).collect();
            let member = Member {
                id: value.id.clone(),
                instance_id: value.instance_id,
                client_id: value.client_id,
                client_host: value.client_host,
                session_timeout_ms: value.session_timeout_ms,
                rebalance_timeout_ms: value.rebalance_timeout_ms,
                protocols,
                assignment: value.assignment,
                is_new: false,
                awaiting_join: None,
                awaiting_sync: None,
            };
            members.insert(value.id, member);
        }
        ClassicGroup {
            id,
            phase: if members.is_empty() { Phase::Empty } else { Phase::Stable },
            generation: self.generation,
            protocol_type: Some(self.protocol_type).filter(|name| !name.is_empty()),
            protocol: self.protocol,
            leader: self.leader,
            since_ms: self.since_ms,
            members,
            pending: BTreeSet::new(),
            statics,
            unsynced: BTreeSet::new(),
            round: None,
        }
    }
}

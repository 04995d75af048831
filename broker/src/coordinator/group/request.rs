//! What comes into a group shard and what leaves it: requests, replies, errors and limits as plain data.
//!
//! The texts and bytes are owned copies: a group outlives the frame that named it.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use riverrun_core::protocol::Uuid;

use super::consumer::{Assignor, Partitions};

/// A text that state may keep: never a slice of a request's frame.
pub(crate) type Name = Arc<str>;

/// The address of one waiting request, drawn by the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Token(pub(crate) u64);

/// Why a group refuses a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GroupError {
    #[error("the group id is empty")]
    InvalidGroupId,
    #[error("the session timeout is outside group.min.session.timeout.ms and group.max.session.timeout.ms")]
    InvalidSessionTimeout,
    #[error("the group does not know this member id")]
    UnknownMember,
    #[error("the member must join again with the id it was given")]
    MemberIdRequired,
    #[error("the generation is not the group's current one")]
    IllegalGeneration,
    #[error("no assignment protocol is supported by all members, or the protocol type differs")]
    InconsistentProtocol,
    #[error("another member has taken this group.instance.id")]
    FencedInstance,
    #[error("the group is rebalancing; join again")]
    RebalanceInProgress,
    #[error("the group has group.max.size members already")]
    GroupFull,
    #[error("the group has members; they must leave first")]
    NotEmpty,
    #[error("there is no such group")]
    NotFound,
    #[error("the offset's metadata is longer than offset.metadata.max.bytes")]
    MetadataTooLarge,
    #[error("a member is subscribed to this topic")]
    SubscribedToTopic,
    #[error("{0}")]
    InvalidRequest(&'static str),
    #[error("the assignor is none of group.consumer.assignors")]
    UnsupportedAssignor,
    #[error("the regular expression is none of RE2's, or too large")]
    InvalidRegularExpression,
    #[error("the member's epoch is not the one that the group knows; give all partitions up and join again")]
    FencedMemberEpoch,
    #[error("the member's epoch is not its current one; try again after the next heartbeat")]
    StaleMemberEpoch,
    #[error("another member holds this group.instance.id and has not left")]
    UnreleasedInstance,
    #[error("members of the consumer protocol need OffsetCommit 9 or above")]
    UnsupportedVersion,
}

/// `group.consumer.migration.policy`: how a group may change its protocol while it has members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MigrationPolicy {
    Disabled,
    /// From consumer to classic.
    Downgrade,
    /// From classic to consumer.
    Upgrade,
    Bidirectional,
}

impl MigrationPolicy {
    pub(super) fn may_upgrade(self) -> bool {
        matches!(self, MigrationPolicy::Upgrade | MigrationPolicy::Bidirectional)
    }

    pub(super) fn may_downgrade(self) -> bool {
        matches!(self, MigrationPolicy::Downgrade | MigrationPolicy::Bidirectional)
    }
}

/// The broker configs that a group obeys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupLimits {
    /// `group.min.session.timeout.ms`
    pub(crate) min_session_timeout_ms: i32,
    /// `group.max.session.timeout.ms`
    pub(crate) max_session_timeout_ms: i32,
    /// `group.max.size`
    pub(crate) max_size: usize,
    /// `group.initial.rebalance.delay.ms`
    pub(crate) initial_rebalance_delay_ms: i64,
    /// `offset.metadata.max.bytes`
    pub(crate) offset_metadata_max_bytes: usize,
    /// `offsets.retention.minutes`, in milliseconds
    pub(crate) offsets_retention_ms: i64,
    /// `group.consumer.max.size`
    pub(crate) consumer_max_size: usize,
    /// `group.consumer.assignors`, the default first
    pub(crate) consumer_assignors: [Option<Assignor>; 2],
    /// `group.consumer.migration.policy`
    pub(crate) migration: MigrationPolicy,
}

impl GroupLimits {
    pub(super) fn has_assignor(&self, name: &str) -> bool {
        self.consumer_assignors.iter().flatten().any(|assignor| assignor.name() == name)
    }

    /// The assignor of a group whose members ask for none.
    pub(crate) fn default_assignor(&self) -> Assignor {
        self.consumer_assignors.iter().flatten().next().copied().unwrap_or(Assignor::Uniform)
    }
}

/// JoinGroup.
#[derive(Clone, Debug)]
pub(crate) struct JoinRequest {
    pub(crate) token: Token,
    pub(crate) group: Name,
    /// Empty when the member has none yet.
    pub(crate) member_id: Name,
    pub(crate) instance_id: Option<Name>,
    pub(crate) client_id: Name,
    pub(crate) client_host: Name,
    pub(crate) session_timeout_ms: i32,
    pub(crate) rebalance_timeout_ms: i32,
    pub(crate) protocol_type: Name,
    /// In the member's order of preference.
    pub(crate) protocols: Vec<(Name, Bytes)>,
    /// Versions from 4 on: a dynamic member without an id is given one and must come again with it.
    pub(crate) require_known_member: bool,
    /// Versions from 9 on: a static leader that comes back may be told to skip the assignment.
    pub(crate) can_skip_assignment: bool,
    /// The id to give if one is needed; unique, drawn by the driver.
    pub(crate) fresh_member_id: Name,
}

/// One member as the leader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JoinedMember {
    pub(crate) id: Name,
    pub(crate) instance_id: Option<Name>,
    pub(crate) metadata: Bytes,
}

/// The answer to JoinGroup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JoinReply {
    pub(crate) error: Option<GroupError>,
    pub(crate) generation: i32,
    pub(crate) protocol_type: Option<Name>,
    pub(crate) protocol: Option<Name>,
    pub(crate) leader: Name,
    pub(crate) member_id: Name,
    pub(crate) members: Vec<JoinedMember>,
    pub(crate) skip_assignment: bool,
}

impl JoinReply {
    /// The answer that only carries an error and the id it concerns.
    pub(crate) fn failed(error: GroupError, member_id: Name) -> Self {
        JoinReply {
            error: Some(error),
            generation: -1,
            protocol_type: None,
            protocol: None,
            leader: "".into(),
            member_id,
            members: Vec::new(),
            skip_assignment: false,
        }
    }
}

/// SyncGroup.
#[derive(Clone, Debug)]
pub(crate) struct SyncRequest {
    pub(crate) token: Token,
    pub(crate) group: Name,
    pub(crate) generation: i32,
    pub(crate) member_id: Name,
    pub(crate) instance_id: Option<Name>,
    pub(crate) protocol_type: Option<Name>,
    pub(crate) protocol: Option<Name>,
    /// From the leader: what each member gets.
    pub(crate) assignments: Vec<(Name, Bytes)>,
}

/// The answer to SyncGroup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyncReply {
    pub(crate) error: Option<GroupError>,
    pub(crate) protocol_type: Option<Name>,
    pub(crate) protocol: Option<Name>,
    pub(crate) assignment: Bytes,
}

impl SyncReply {
    /// The answer that only carries an error.
    pub(crate) fn failed(error: GroupError) -> Self {
        SyncReply { error: Some(error), protocol_type: None, protocol: None, assignment: Bytes::new() }
    }
}

/// Heartbeat.
#[derive(Clone, Debug)]
pub(crate) struct HeartbeatRequest {
    pub(crate) token: Token,
    pub(crate) group: Name,
    pub(crate) generation: i32,
    pub(crate) member_id: Name,
    pub(crate) instance_id: Option<Name>,
}

/// ConsumerGroupHeartbeat.
#[derive(Clone, Debug)]
pub(crate) struct ConsumerHeartbeatRequest {
    pub(crate) token: Token,
    pub(crate) group: Name,
    pub(crate) member_id: Name,
    /// 0 to join, −1 to leave, −2 for a static member to leave for a while.
    pub(crate) member_epoch: i32,
    pub(crate) instance_id: Option<Name>,
    pub(crate) rack_id: Option<Name>,
    /// −1 if it has not changed.
    pub(crate) rebalance_timeout_ms: i32,
    /// `None` if they have not changed.
    pub(crate) topics: Option<BTreeSet<Name>>,
    /// `None` if it has not changed, empty for none any more.
    pub(crate) regex: Option<Name>,
    pub(crate) assignor: Option<Name>,
    /// What the member owns; `None` if that has not changed.
    pub(crate) owned: Option<Partitions>,
    pub(crate) client_id: Name,
    pub(crate) client_host: Name,
    /// Versions from 1 on: the member draws its own id.
    pub(crate) brings_own_id: bool,
    /// The id to give if one is needed; unique, drawn by the driver.
    pub(crate) fresh_member_id: Name,
}

/// The answer to ConsumerGroupHeartbeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConsumerHeartbeatReply {
    pub(crate) error: Option<GroupError>,
    pub(crate) member_id: Option<Name>,
    pub(crate) member_epoch: i32,
    pub(crate) heartbeat_interval_ms: i32,
    /// `None` if it has not changed.
    pub(crate) assignment: Option<Partitions>,
}

impl ConsumerHeartbeatReply {
    /// The answer that only carries an error.
    pub(crate) fn failed(error: GroupError) -> Self {
        ConsumerHeartbeatReply {
            error: Some(error),
            member_id: None,
            member_epoch: 0,
            heartbeat_interval_ms: 0,
            assignment: None,
        }
    }
}

/// One member that leaves, by its id or by its instance id with an empty member id.
#[derive(Clone, Debug)]
pub(crate) struct Leaving {
    pub(crate) member_id: Name,
    pub(crate) instance_id: Option<Name>,
}

/// LeaveGroup.
#[derive(Clone, Debug)]
pub(crate) struct LeaveRequest {
    pub(crate) token: Token,
    pub(crate) group: Name,
    pub(crate) members: Vec<Leaving>,
}

/// The answer to LeaveGroup: one outcome per member, in the order of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeaveReply {
    pub(crate) members: Vec<(Name, Option<Name>, Option<GroupError>)>,
}

/// One offset of an OffsetCommit.
#[derive(Clone, Debug)]
pub(crate) struct OffsetToCommit {
    pub(crate) topic: Name,
    pub(crate) topic_id: Uuid,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) leader_epoch: i32,
    pub(crate) metadata: Name,
}

/// OffsetCommit, its topics already looked up.
#[derive(Clone, Debug)]
pub(crate) struct OffsetCommitRequest {
    pub(crate) token: Token,
    /// Of the API: members of the consumer protocol need 9.
    pub(crate) version: i16,
    pub(crate) group: Name,
    /// The generation or the member's epoch; −1 from a client outside group management.
    pub(crate) generation: i32,
    pub(crate) member_id: Name,
    pub(crate) instance_id: Option<Name>,
    /// How long to keep the offsets, from clients that still say so (versions up to 4).
    pub(crate) retention_ms: Option<i64>,
    pub(crate) offsets: Vec<OffsetToCommit>,
}

/// An answer, addressed by a [`Token`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Join(Box<JoinReply>),
    Sync(SyncReply),
    Heartbeat(Result<(), GroupError>),
    ConsumerHeartbeat(Box<ConsumerHeartbeatReply>),
    Leave(LeaveReply),
    /// One outcome per offset, in the order of the request.
    OffsetCommit(Vec<Result<(), GroupError>>),
    Delete(Result<(), GroupError>),
    /// One outcome per partition, in the order of the request, or one for all.
    OffsetDelete(Result<Vec<Result<(), GroupError>>, GroupError>),
}

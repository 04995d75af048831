//! What comes into a group shard and what leaves it: requests, replies, errors and limits as plain data.
//!
//! The texts and bytes are owned copies: a group outlives the frame that named it.

use std::sync::Arc;

use bytes::Bytes;

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
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) leader_epoch: i32,
    pub(crate) metadata: Name,
}

/// OffsetCommit, its topics already looked up.
#[derive(Clone, Debug)]
pub(crate) struct OffsetCommitRequest {
    pub(crate) token: Token,
    pub(crate) group: Name,
    /// −1 from a client outside group management.
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
    Leave(LeaveReply),
    /// One outcome per offset, in the order of the request.
    OffsetCommit(Vec<Result<(), GroupError>>),
    Delete(Result<(), GroupError>),
    /// One outcome per partition, in the order of the request, or one for all.
    OffsetDelete(Result<Vec<Result<(), GroupError>>, GroupError>),
}

//! Groups of the classic and of the consumer protocol, and the offsets that groups commit.
//!
//! One [`GroupShard`] holds the groups of one partition of `__consumer_offsets`. It knows members, generations and
//! committed offsets. It must never know connections, files, the clock or randomness: time, fresh member ids and the
//! tokens of waiting requests come in as arguments, and answers leave as data addressed to those tokens.

mod classic;
mod cluster;
mod consumer;
mod decision;
mod either;
mod embedded;
mod expiry;
mod heartbeat;
mod join;
mod leave;
mod offsets;
mod rebalance;
mod record;
mod request;
mod shard;
mod sync;
mod transactional;
mod transition;
mod wire;

#[cfg(test)]
mod tests;

pub(crate) use classic::{ClassicGroup, Phase};
pub(crate) use cluster::{Cluster, ConsumerTimes, TopicView};
pub(crate) use consumer::{Assignor, ConsumerGroup, ConsumerMember, Partitions, partitions_of};
pub(crate) use decision::{Decision, TimerChange, TimerKey};
pub(crate) use either::Group;
pub(crate) use record::CommittedOffset;
pub(crate) use request::{
    ConsumerHeartbeatReply, ConsumerHeartbeatRequest, GroupError, GroupLimits, HeartbeatRequest, JoinReply,
    JoinRequest, LeaveReply, LeaveRequest, Leaving, MigrationPolicy, Name, OffsetCommitRequest,
    OffsetToCommit, Reply, SyncRequest, Token,
};
pub(crate) use shard::{GroupOverview, GroupShard};
pub(crate) use transactional::TxnOffsetCommitRequest;
pub(crate) use wire::{decode_record, encode_record};

//! Consumer groups of the classic protocol, and the offsets that groups commit.
//!
//! One [`GroupShard`] holds the groups of one partition of `__consumer_offsets`. It knows members, generations and
//! committed offsets. It must never know connections, files, the clock or randomness: time, fresh member ids and the
//! tokens of waiting requests come in as arguments, and answers leave as data addressed to those tokens.

mod classic;
mod decision;
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
mod transition;
mod wire;

#[cfg(test)]
mod tests;

pub(crate) use classic::{ClassicGroup, Phase};
pub(crate) use decision::{Decision, TimerChange, TimerKey};
pub(crate) use record::CommittedOffset;
pub(crate) use request::{
    GroupError, GroupLimits, HeartbeatRequest, JoinReply, JoinRequest, LeaveReply, LeaveRequest, Leaving,
    Name, OffsetCommitRequest, OffsetToCommit, Reply, SyncRequest, Token,
};
pub(crate) use shard::{GroupOverview, GroupShard};
pub(crate) use wire::{decode_record, encode_record};

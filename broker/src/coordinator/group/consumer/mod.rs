//! Groups of the consumer protocol (KIP-848): the broker assigns partitions, members converge by heartbeats alone.
//!
//! A group has three epochs: the group's, which grows with every change of who reads what; the assignment's, which is
//! the group epoch that the target assignment was made for; and each member's, the assignment epoch that it has
//! reached. A partition is granted only when nobody owns it any more.
//!
//! State changes by [`ConsumerRecord`]s alone, and a decision applies them to a working copy as it goes.

mod assignment;
mod assignor;
mod classic_member;
mod fence;
mod group;
mod heartbeat;
mod member;
mod migration;
mod offsets;
mod reconcile;
mod record;
mod regex;
mod subscription;
mod target;
mod wire;
mod work;

pub(crate) use assignment::{Partitions, partitions_of};
pub(crate) use assignor::Assignor;
pub(crate) use classic_member::{
    decide_heartbeat as decide_classic_heartbeat, decide_join, decide_leave, decide_sync,
};
pub(crate) use group::ConsumerGroup;
pub(crate) use heartbeat::{decide_deadline, decide_heartbeat, loaded_timers};
pub(crate) use member::ConsumerMember;
pub(crate) use offsets::{check_commit, check_fetch};
pub(crate) use record::ConsumerRecord;
pub(super) use wire::{decode, encode, is_consumer_type};

#[cfg(test)]
pub(super) mod tests_only {
    //! What the records hold, for tests of their bytes.
    pub(in crate::coordinator::group) use super::member::{
        ClassicMetadata, CurrentAssignment, MemberInfo, MemberState,
    };
    pub(in crate::coordinator::group) use super::record::{
        ConsumerRecord, GroupEpoch, ResolvedRegex, TargetEpoch,
    };
}

//! Offsets that are committed as part of a transaction: they count once the transaction does.
//!
//! They are logged when they come and wait here, by producer, until the marker that ends the transaction is in the log.

use std::collections::BTreeMap;

use super::consumer;
use super::decision::Decision;
use super::either::Group;
use super::offsets::accept;
use super::record::{CommittedOffset, GroupRecord};
use super::request::{GroupError, GroupLimits, Name, OffsetCommitRequest, Reply, Token};
use super::{OffsetToCommit, shard::GroupShard};

/// TxnOffsetCommit, its topics already looked up.
#[derive(Clone, Debug)]
pub(crate) struct TxnOffsetCommitRequest {
    pub(crate) token: Token,
    pub(crate) group: Name,
    /// −1 from a client outside group management.
    pub(crate) generation: i32,
    pub(crate) member_id: Name,
    pub(crate) instance_id: Option<Name>,
    pub(crate) offsets: Vec<OffsetToCommit>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pending {
    offset: CommittedOffset,
    /// The offset was committed or deleted outside of the transaction since: that counts.
    superseded: bool,
}

type Key = (Name, Name, i32);

/// The offsets of open transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PendingOffsets(BTreeMap<i64, BTreeMap<Key, Pending>>);

impl PendingOffsets {
    /// A record outside of transactions has changed an offset.
    pub(super) fn supersede(&mut self, group: &Name, topic: &Name, partition: i32) {
        if self.0.is_empty() {
            return;
        }
        let key = (group.clone(), topic.clone(), partition);
        for pending in self.0.values_mut().filter_map(|offsets| offsets.get_mut(&key)) {
            pending.superseded = true;
        }
    }

    /// Whether an open transaction has committed an offset of this partition.
    pub(super) fn contains(&self, group: &Name, topic: &Name, partition: i32) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let key = (group.clone(), topic.clone(), partition);
        self.0.values().any(|offsets| offsets.contains_key(&key))
    }

    /// Whether an open transaction has committed any offset of this group.
    pub(super) fn has_group(&self, group: &Name) -> bool {
        self.0.values().any(|offsets| offsets.keys().any(|(name, ..)| name == group))
    }
}

impl GroupShard {
    /// Decides a TxnOffsetCommit. Its records are to be logged as part of the producer's transaction, and
    /// [replayed](Self::replay_pending) as such.
    pub(crate) fn decide_txn_offset_commit(&self, now_ms: i64, request: &TxnOffsetCommitRequest) -> Decision {
        decide(self.any_group(&request.group), now_ms, self.limits(), request)
    }

    /// Applies a logged record of an open transaction.
    pub(crate) fn replay_pending(&mut self, producer_id: i64, record: &GroupRecord) {
        if let GroupRecord::Offset { group, topic, partition, value: Some(offset) } = record {
            let pending = Pending { offset: offset.clone(), superseded: false };
            let offsets = self.pending_mut().0.entry(producer_id).or_default();
            offsets.insert((group.clone(), topic.clone(), *partition), pending);
        }
    }

    /// A producer's transaction has ended.
    pub(crate) fn complete_transaction(&mut self, producer_id: i64, commit: bool) {
        let ended = self.pending_mut().0.remove(&producer_id).unwrap_or_default();
        for ((group, topic, partition), pending) in ended {
            if commit && !pending.superseded {
                self.replay(&GroupRecord::Offset { group, topic, partition, value: Some(pending.offset) });
            }
        }
    }
}

fn decide(
    group: Option<&Group>,
    now_ms: i64,
    limits: &GroupLimits,
    request: &TxnOffsetCommitRequest,
) -> Decision {
    if let Err(error) = check(group, request) {
        let outcomes = request.offsets.iter().map(|_| Err(error)).collect();
        return Decision::reply(request.token, Reply::OffsetCommit(outcomes));
    }
    accept(request.token, &request.group, &request.offsets, now_ms, None, limits)
}

/// As for any commit, but that a producer need not say who of the group it is, and may commit between join and sync:
/// the transaction fences it.
fn check(group: Option<&Group>, request: &TxnOffsetCommitRequest) -> Result<(), GroupError> {
    if request.group.is_empty() {
        return Err(GroupError::InvalidGroupId);
    }
    let Some(group) = group else {
        return if request.generation < 0 { Ok(()) } else { Err(GroupError::IllegalGeneration) };
    };
    if request.generation < 0 && request.member_id.is_empty() && request.instance_id.is_none() {
        return Ok(());
    }
    match group {
        Group::Classic(group) => {
            group.check_member(&request.member_id, request.instance_id.as_ref())?;
            if request.generation == group.generation { Ok(()) } else { Err(GroupError::IllegalGeneration) }
        }
        Group::Consumer(group) => {
            let as_commit = OffsetCommitRequest {
                token: request.token,
                version: i16::MAX,
                group: request.group.clone(),
                generation: request.generation,
                member_id: request.member_id.clone(),
                instance_id: request.instance_id.clone(),
                retention_ms: None,
                offsets: request.offsets.clone(),
            };
            // Producers know no member epochs.
            consumer::check_commit(group, &as_commit).map_err(|error| match error {
                GroupError::StaleMemberEpoch | GroupError::FencedMemberEpoch => GroupError::IllegalGeneration,
                error => error,
            })
        }
    }
}

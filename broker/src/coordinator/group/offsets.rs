//! Committed offsets: commit, read, and delete with their group.

use std::collections::BTreeMap;

use super::classic::{ClassicGroup, Phase};
use super::consumer;
use super::decision::Decision;
use super::either::Group;
use super::heartbeat::session_timer;
use super::record::{CommittedOffset, GroupRecord};
use super::request::{GroupError, GroupLimits, Name, OffsetCommitRequest, OffsetToCommit, Reply, Token};

/// The committed offsets of one group, by topic and partition.
pub(super) type GroupOffsets = BTreeMap<(Name, i32), CommittedOffset>;

/// The first version of OffsetCommit that is told when there is no such group.
const TELLS_NOT_FOUND_VERSION: i16 = 9;

/// Decides an OffsetCommit on `group`, or on none if there is no group with members of that name.
pub(super) fn decide_commit(
    group: Option<&Group>,
    now_ms: i64,
    limits: &GroupLimits,
    request: &OffsetCommitRequest,
) -> Decision {
    if let Err(error) = check_commit(group, request) {
        let outcomes = request.offsets.iter().map(|_| Err(error)).collect();
        return Decision::reply(request.token, Reply::OffsetCommit(outcomes));
    }
    let expire_timestamp_ms = request.retention_ms.map(|keep_ms| now_ms.saturating_add(keep_ms));
    let mut decision =
        accept(request.token, &request.group, &request.offsets, now_ms, expire_timestamp_ms, limits);
    if let Some(Group::Classic(group)) = group {
        decision.timers.extend(session_timer(Some(group), now_ms, &request.member_id));
    }
    decision
}

/// The records and the reply of a commit that its sender may make: each offset is judged by itself.
pub(super) fn accept(
    token: Token,
    group: &Name,
    offsets: &[OffsetToCommit],
    now_ms: i64,
    expire_timestamp_ms: Option<i64>,
    limits: &GroupLimits,
) -> Decision {
    let mut decision = Decision::default();
    let mut outcomes = Vec::with_capacity(offsets.len());
    for commit in offsets {
        if commit.metadata.len() > limits.offset_metadata_max_bytes {
            outcomes.push(Err(GroupError::MetadataTooLarge));
            continue;
        }
        decision.records.push(GroupRecord::Offset {
            group: group.clone(),
            topic: commit.topic.clone(),
            partition: commit.partition,
            value: Some(CommittedOffset {
                offset: commit.offset,
                leader_epoch: commit.leader_epoch,
                metadata: commit.metadata.clone(),
                topic_id: commit.topic_id,
                commit_timestamp_ms: now_ms,
                expire_timestamp_ms,
            }),
        });
        outcomes.push(Ok(()));
    }
    decision.replies.push((token, Reply::OffsetCommit(outcomes)));
    decision
}

fn check_commit(group: Option<&Group>, request: &OffsetCommitRequest) -> Result<(), GroupError> {
    // A group without a name may keep offsets: consumers of old did.
    match group {
        Some(Group::Classic(group)) => check_classic_commit(group, request),
        Some(Group::Consumer(group)) => consumer::check_commit(group, request),
        None if request.generation < 0 => Ok(()),
        None if request.version >= TELLS_NOT_FOUND_VERSION => Err(GroupError::NotFound),
        None => Err(GroupError::IllegalGeneration),
    }
}

fn check_classic_commit(group: &ClassicGroup, request: &OffsetCommitRequest) -> Result<(), GroupError> {
    if request.generation < 0 && group.phase == Phase::Empty {
        return Ok(());
    }
    if request.generation < 0 && request.member_id.is_empty() && request.instance_id.is_none() {
        return Err(GroupError::UnknownMember);
    }
    group.check_member(&request.member_id, request.instance_id.as_ref())?;
    if request.generation != group.generation {
        return Err(GroupError::IllegalGeneration);
    }
    // Between join and sync nobody owns a partition, so nobody may say how far it is.
    if group.phase == Phase::CompletingRebalance { Err(GroupError::RebalanceInProgress) } else { Ok(()) }
}

/// The tombstones of every offset in `offsets` that `is_gone` names.
pub(super) fn tombstones<'a>(
    group: &'a Name,
    offsets: &'a GroupOffsets,
    mut is_gone: impl FnMut(&Name, i32, &CommittedOffset) -> bool + 'a,
) -> impl Iterator<Item = GroupRecord> + 'a {
    offsets.iter().filter(move |((topic, partition), offset)| is_gone(topic, *partition, offset)).map(
        |((topic, partition), _)| GroupRecord::Offset {
            group: group.clone(),
            topic: topic.clone(),
            partition: *partition,
            value: None,
        },
    )
}

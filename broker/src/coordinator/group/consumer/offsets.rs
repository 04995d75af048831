//! Who may commit and fetch offsets of a consumer group.

use super::assignment::epoch_of;
use super::group::ConsumerGroup;
use crate::coordinator::group::request::{GroupError, Name, OffsetCommitRequest};

/// The first version of OffsetCommit whose generation may be a member epoch.
const MEMBER_EPOCH_VERSION: i16 = 9;

/// Checks an OffsetCommit. A member that has gone on since may still commit what it owned at the epoch that it names
/// and owns yet (KIP-1251).
pub(crate) fn check_commit(group: &ConsumerGroup, request: &OffsetCommitRequest) -> Result<(), GroupError> {
    if request.generation < 0 && group.members.is_empty() {
        return Ok(());
    }
    let member = group.member(&request.member_id)?;
    if !member.is_classic() && request.version < MEMBER_EPOCH_VERSION {
        return Err(GroupError::UnsupportedVersion);
    }
    let refused =
        if member.is_classic() { GroupError::IllegalGeneration } else { GroupError::StaleMemberEpoch };
    let current = &member.current;
    if request.generation == current.epoch {
        return Ok(());
    }
    if request.generation > current.epoch {
        return Err(refused);
    }
    let owned_then = |topic, partition| {
        let since = epoch_of(&current.assigned, topic, partition)
            .or_else(|| epoch_of(&current.revoking, topic, partition));
        since.is_some_and(|since| request.generation >= since)
    };
    let all = request.offsets.iter().all(|offset| owned_then(&offset.topic_id, offset.partition));
    if all { Ok(()) } else { Err(refused) }
}

/// Checks an OffsetFetch; administrators name no member.
pub(crate) fn check_fetch(
    group: &ConsumerGroup,
    member_id: Option<&Name>,
    member_epoch: i32,
) -> Result<(), GroupError> {
    let Some(member_id) = member_id.filter(|id| member_epoch >= 0 || !id.is_empty()) else { return Ok(()) };
    let member = group.member(member_id)?;
    match member.current.epoch == member_epoch {
        true => Ok(()),
        false if member.is_classic() => Err(GroupError::IllegalGeneration),
        false => Err(GroupError::StaleMemberEpoch),
    }
}

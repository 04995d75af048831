//! When committed offsets, and groups of which nothing is left, go.

use std::collections::BTreeSet;

use super::classic::{ClassicGroup, Phase};
use super::embedded::read_subscription;
use super::record::{CommittedOffset, GroupRecord};
use super::request::{GroupLimits, Name};

/// Whether `offset` of a topic has had its time.
///
/// `subscribed` says whether a member of the group reads the topic. An offset lives `offsets.retention.minutes` past
/// the later of its commit and the moment its group became empty; one whose client chose a retention lives that long.
pub(super) fn is_expired(
    group: Option<&ClassicGroup>,
    now_ms: i64,
    limits: &GroupLimits,
    offset: &CommittedOffset,
    subscribed: bool,
) -> bool {
    if let Some(expire_ms) = offset.expire_timestamp_ms {
        return now_ms >= expire_ms && group.is_none_or(|group| group.phase == Phase::Empty);
    }
    let idle_since_ms = match group {
        Some(group) if group.phase == Phase::Empty && group.protocol_type.is_some() => {
            group.since_ms.max(offset.commit_timestamp_ms)
        }
        Some(group) if group.phase != Phase::Empty => {
            if subscribed || group.phase != Phase::Stable {
                return false;
            }
            offset.commit_timestamp_ms
        }
        _ => offset.commit_timestamp_ms,
    };
    now_ms.saturating_sub(idle_since_ms) >= limits.offsets_retention_ms
}

/// The tombstone of a group without members once its last offset has gone.
pub(super) fn group_tombstone(group: &ClassicGroup) -> Option<GroupRecord> {
    let over = group.phase == Phase::Empty && group.pending.is_empty();
    over.then(|| GroupRecord::Group { group: group.id.clone(), value: None })
}

/// The topics that the members of a consumer group say they read; `None` if a subscription cannot be read.
pub(super) fn subscribed_topics(group: &ClassicGroup) -> Option<BTreeSet<Name>> {
    if group.protocol_type.as_deref() != Some("consumer") {
        return None;
    }
    let protocol = group.protocol.as_deref()?;
    let mut topics = BTreeSet::new();
    for member in group.members.values() {
        topics.extend(read_subscription(&member.metadata_for(protocol))?.topics);
    }
    Some(topics)
}

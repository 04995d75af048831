//! The groups of one partition of `__consumer_offsets`: every request decided, every record replayed.

use std::collections::BTreeMap;

use super::classic::{ClassicGroup, Phase};
use super::decision::{Decision, GroupChange, TimerChange, TimerKey, TimerKind};
use super::expiry::{group_tombstone, is_expired, subscribed_topics};
use super::offsets::{GroupOffsets, decide_commit, tombstones};
use super::record::{CommittedOffset, GroupRecord};
use super::request::{
    GroupError, GroupLimits, HeartbeatRequest, JoinRequest, LeaveRequest, Name, OffsetCommitRequest, Reply,
    SyncRequest, Token,
};
use super::{heartbeat, join, leave, sync};

/// One line of ListGroups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupOverview {
    pub(crate) group: Name,
    pub(crate) protocol_type: Name,
    pub(crate) phase: Phase,
}

/// The state of one partition of `__consumer_offsets`.
#[derive(Clone, Debug)]
pub(crate) struct GroupShard {
    limits: GroupLimits,
    groups: BTreeMap<Name, ClassicGroup>,
    offsets: BTreeMap<Name, GroupOffsets>,
}

impl GroupShard {
    /// A shard that knows no group.
    pub(crate) fn new(limits: GroupLimits) -> Self {
        GroupShard { limits, groups: BTreeMap::new(), offsets: BTreeMap::new() }
    }

    /// Decides a JoinGroup.
    pub(crate) fn decide_join(&self, now_ms: i64, request: JoinRequest) -> Decision {
        join::decide_join(self.groups.get(&request.group), now_ms, &self.limits, request)
    }

    /// Decides a SyncGroup.
    pub(crate) fn decide_sync(&self, now_ms: i64, request: SyncRequest) -> Decision {
        sync::decide_sync(self.groups.get(&request.group), now_ms, &self.limits, request)
    }

    /// Decides a Heartbeat.
    pub(crate) fn decide_heartbeat(&self, now_ms: i64, request: &HeartbeatRequest) -> Decision {
        heartbeat::decide_heartbeat(self.groups.get(&request.group), now_ms, request)
    }

    /// Decides a LeaveGroup.
    pub(crate) fn decide_leave(&self, now_ms: i64, request: LeaveRequest) -> Decision {
        leave::decide_leave(self.groups.get(&request.group), now_ms, &self.limits, request)
    }

    /// Decides an OffsetCommit.
    pub(crate) fn decide_commit(&self, now_ms: i64, request: &OffsetCommitRequest) -> Decision {
        decide_commit(self.groups.get(&request.group), now_ms, &self.limits, request)
    }

    /// Decides what a deadline that has passed leads to.
    pub(crate) fn decide_deadline(&self, now_ms: i64, key: &TimerKey) -> Decision {
        heartbeat::decide_deadline(self.groups.get(&key.group), now_ms, &self.limits, &key.kind)
    }

    /// Decides a DeleteGroups of one group.
    pub(crate) fn decide_delete(&self, token: Token, group: &Name) -> Decision {
        let refuse = |error| Decision::reply(token, Reply::Delete(Err(error)));
        let offsets = self.offsets.get(group);
        let mut decision = Decision::reply(token, Reply::Delete(Ok(())));
        match self.groups.get(group) {
            _ if group.is_empty() => return refuse(GroupError::InvalidGroupId),
            None if offsets.is_none() => return refuse(GroupError::NotFound),
            Some(state) if state.phase != Phase::Empty => return refuse(GroupError::NotEmpty),
            None => {}
            Some(_) => decision.change = Some(GroupChange::Remove(group.clone())),
        }
        if let Some(offsets) = offsets {
            decision.records.extend(tombstones(group, offsets, |_, _, _| true));
        }
        decision.records.push(GroupRecord::Group { group: group.clone(), value: None });
        decision
    }

    /// Decides an OffsetDelete: the offsets of topics that no member reads.
    pub(crate) fn decide_offset_delete(
        &self,
        token: Token,
        group: &Name,
        partitions: &[(Name, i32)],
    ) -> Decision {
        let refuse = |error| Decision::reply(token, Reply::OffsetDelete(Err(error)));
        let state = self.groups.get(group);
        if state.is_none() && !self.offsets.contains_key(group) {
            return refuse(GroupError::NotFound);
        }
        let subscribed = match state.filter(|state| state.phase != Phase::Empty) {
            None => Vec::new(),
            Some(state) => match subscribed_topics(state) {
                Some(topics) => topics,
                None => return refuse(GroupError::NotEmpty),
            },
        };
        let mut decision = Decision::default();
        let mut outcomes = Vec::with_capacity(partitions.len());
        for (topic, partition) in partitions {
            if subscribed.contains(topic) {
                outcomes.push(Err(GroupError::SubscribedToTopic));
                continue;
            }
            if self.committed(group, topic, *partition).is_some() {
                decision.records.push(GroupRecord::Offset {
                    group: group.clone(),
                    topic: topic.clone(),
                    partition: *partition,
                    value: None,
                });
            }
            outcomes.push(Ok(()));
        }
        decision.replies.push((token, Reply::OffsetDelete(Ok(outcomes))));
        decision
    }

    /// The tombstones for offsets and groups whose time has come, to be logged and replayed.
    pub(crate) fn decide_expiry(&self, now_ms: i64) -> Decision {
        let mut decision = Decision::default();
        for (name, offsets) in &self.offsets {
            let group = self.groups.get(name);
            let topics = group.and_then(subscribed_topics);
            let active = group.is_some_and(|group| group.phase != Phase::Empty);
            let before = decision.records.len();
            decision.records.extend(tombstones(name, offsets, |topic, _, offset| {
                let subscribed =
                    active && topics.as_ref().is_none_or(|topics| topics.iter().any(|name| name == topic));
                is_expired(group, now_ms, &self.limits, offset, subscribed)
            }));
            if decision.records.len() - before == offsets.len()
                && let Some(group) = group
            {
                decision.records.extend(group_tombstone(group));
            }
        }
        for (name, group) in &self.groups {
            let idle_ms = now_ms.saturating_sub(group.since_ms);
            if !self.offsets.contains_key(name) && idle_ms >= self.limits.offsets_retention_ms {
                decision.records.extend(group_tombstone(group));
            }
        }
        decision
    }

    /// The tombstones for every offset of topics that were deleted.
    pub(crate) fn decide_topics_deleted(&self, topics: &[Name]) -> Decision {
        let mut decision = Decision::default();
        for (name, offsets) in &self.offsets {
            decision.records.extend(tombstones(name, offsets, |topic, _, _| topics.contains(topic)));
        }
        decision
    }

    /// The deadlines of the members that a load brought back.
    pub(crate) fn decide_loaded(&self, now_ms: i64) -> Vec<TimerChange> {
        let mut timers = Vec::new();
        for group in self.groups.values() {
            for member in group.members.values() {
                let key = TimerKey { group: group.id.clone(), kind: TimerKind::Session(member.id.clone()) };
                let deadline_ms = now_ms.saturating_add(i64::from(member.session_timeout_ms));
                timers.push(TimerChange::Set(key, deadline_ms));
            }
        }
        timers
    }

    /// Applies one logged record.
    pub(crate) fn replay(&mut self, record: &GroupRecord) {
        match record {
            GroupRecord::Group { group, value: Some(value) } => {
                self.groups.insert(group.clone(), value.clone().into_group(group.clone()));
            }
            GroupRecord::Group { group, value: None } => {
                self.groups.remove(group);
            }
            GroupRecord::Offset { group, topic, partition, value: Some(offset) } => {
                let offsets = self.offsets.entry(group.clone()).or_default();
                offsets.insert((topic.clone(), *partition), offset.clone());
            }
            GroupRecord::Offset { group, topic, partition, value: None } => {
                if let Some(offsets) = self.offsets.get_mut(group) {
                    offsets.remove(&(topic.clone(), *partition));
                    if offsets.is_empty() {
                        self.offsets.remove(group);
                    }
                }
            }
        }
    }

    /// Applies what a decision changes beyond its records.
    pub(crate) fn replay_change(&mut self, change: GroupChange) {
        match change {
            GroupChange::Put(group) => {
                self.groups.insert(group.id.clone(), *group);
            }
            GroupChange::Remove(name) => {
                self.groups.remove(&name);
            }
        }
    }

    /// The group with members, or that had some, of this name.
    pub(crate) fn group(&self, name: &str) -> Option<&ClassicGroup> {
        self.groups.get(name)
    }

    /// Whether anything is known under this name.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.groups.contains_key(name) || self.offsets.contains_key(name)
    }

    /// The committed offset of a partition.
    pub(crate) fn committed(&self, group: &str, topic: &Name, partition: i32) -> Option<&CommittedOffset> {
        self.offsets.get(group)?.get(&(topic.clone(), partition))
    }

    /// Every committed offset of a group, by topic and partition.
    pub(crate) fn all_committed(&self, group: &str) -> impl Iterator<Item = (&Name, i32, &CommittedOffset)> {
        self.offsets
            .get(group)
            .into_iter()
            .flatten()
            .map(|((topic, partition), offset)| (topic, *partition, offset))
    }

    /// Every group, in the order of names.
    pub(crate) fn list(&self) -> Vec<GroupOverview> {
        let with_state = self.groups.values().map(|group| GroupOverview {
            group: group.id.clone(),
            protocol_type: group.protocol_type.clone().unwrap_or_else(|| "".into()),
            phase: group.phase,
        });
        let offsets_only = self
            .offsets
            .keys()
            .filter(|name| !self.groups.contains_key(*name))
            .map(|name| GroupOverview { group: name.clone(), protocol_type: "".into(), phase: Phase::Empty });
        let mut all: Vec<GroupOverview> = with_state.chain(offsets_only).collect();
        all.sort_by(|a, b| a.group.cmp(&b.group));
        all
    }
}

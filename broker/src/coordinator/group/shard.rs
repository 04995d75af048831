//! The groups of one partition of `__consumer_offsets`: every request decided, every record replayed.

use std::collections::BTreeMap;

#[cfg(test)]
use super::classic::ClassicGroup;
use super::cluster::Cluster;
use super::consumer::{self, ConsumerGroup, ConsumerRecord};
use super::decision::{Decision, GroupChange, TimerChange, TimerKey, TimerKind};
use super::either::{Group, Readers};
use super::expiry::is_expired;
use super::offsets::{GroupOffsets, decide_commit, tombstones};
use super::record::{CommittedOffset, GroupRecord};
use super::request::{
    ConsumerHeartbeatRequest, GroupError, GroupLimits, HeartbeatRequest, JoinRequest, LeaveRequest, Name,
    OffsetCommitRequest, Reply, SyncRequest, Token,
};
use super::transactional::PendingOffsets;
use super::{heartbeat, join, leave, sync};

/// One line of ListGroups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupOverview {
    pub(crate) group: Name,
    pub(crate) protocol_type: Name,
    pub(crate) state: &'static str,
    /// `classic` or `consumer`.
    pub(crate) kind: &'static str,
}

/// The state of one partition of `__consumer_offsets`.
#[derive(Clone, Debug)]
pub(crate) struct GroupShard {
    limits: GroupLimits,
    groups: BTreeMap<Name, Group>,
    offsets: BTreeMap<Name, GroupOffsets>,
    pending: PendingOffsets,
}

impl GroupShard {
    /// A shard that knows no group.
    pub(crate) fn new(limits: GroupLimits) -> Self {
        GroupShard {
            limits,
            groups: BTreeMap::new(),
            offsets: BTreeMap::new(),
            pending: PendingOffsets::default(),
        }
    }

    /// Decides a JoinGroup.
    pub(crate) fn decide_join(&self, now_ms: i64, cluster: &dyn Cluster, request: JoinRequest) -> Decision {
        match self.groups.get(&request.group) {
            Some(Group::Consumer(group)) if !group.members.is_empty() => {
                consumer::decide_join(group, now_ms, &self.limits, cluster, &request)
            }
            Some(group @ Group::Consumer(_)) => {
                // Nobody is in it: it starts anew as a classic group, if the member may come in at all.
                let mut decision = join::decide_join(None, now_ms, &self.limits, request);
                if decision.change.is_some() {
                    decision.records.splice(0..0, group.end());
                }
                decision
            }
            Some(Group::Classic(group)) => join::decide_join(Some(group), now_ms, &self.limits, request),
            None => join::decide_join(None, now_ms, &self.limits, request),
        }
    }

    /// Decides a SyncGroup.
    pub(crate) fn decide_sync(&self, now_ms: i64, cluster: &dyn Cluster, request: SyncRequest) -> Decision {
        match self.groups.get(&request.group) {
            Some(Group::Consumer(group)) => {
                consumer::decide_sync(group, now_ms, &self.limits, cluster, &request)
            }
            Some(Group::Classic(group)) => sync::decide_sync(Some(group), now_ms, &self.limits, request),
            None => sync::decide_sync(None, now_ms, &self.limits, request),
        }
    }

    /// Decides a Heartbeat.
    pub(crate) fn decide_heartbeat(
        &self,
        now_ms: i64,
        cluster: &dyn Cluster,
        request: &HeartbeatRequest,
    ) -> Decision {
        match self.groups.get(&request.group) {
            Some(Group::Consumer(group)) => {
                consumer::decide_classic_heartbeat(group, now_ms, &self.limits, cluster, request)
            }
            Some(Group::Classic(group)) => heartbeat::decide_heartbeat(Some(group), now_ms, request),
            None => heartbeat::decide_heartbeat(None, now_ms, request),
        }
    }

    /// Decides a ConsumerGroupHeartbeat.
    pub(crate) fn decide_consumer_heartbeat(
        &self,
        now_ms: i64,
        cluster: &dyn Cluster,
        request: &ConsumerHeartbeatRequest,
    ) -> Decision {
        let group = self.groups.get(&request.group);
        consumer::decide_heartbeat(group, now_ms, &self.limits, cluster, request)
    }

    /// Decides a LeaveGroup.
    pub(crate) fn decide_leave(&self, now_ms: i64, cluster: &dyn Cluster, request: LeaveRequest) -> Decision {
        match self.groups.get(&request.group) {
            Some(Group::Consumer(group)) => {
                consumer::decide_leave(group, now_ms, &self.limits, cluster, &request)
            }
            Some(Group::Classic(group)) => leave::decide_leave(Some(group), now_ms, &self.limits, request),
            None => leave::decide_leave(None, now_ms, &self.limits, request),
        }
    }

    /// Decides an OffsetCommit.
    pub(crate) fn decide_commit(&self, now_ms: i64, request: &OffsetCommitRequest) -> Decision {
        decide_commit(self.groups.get(&request.group), now_ms, &self.limits, request)
    }

    /// Checks who fetches offsets, where a member says that it is one.
    pub(crate) fn check_fetch(
        &self,
        group: &str,
        member_id: Option<&Name>,
        member_epoch: i32,
    ) -> Result<(), GroupError> {
        match self.groups.get(group) {
            Some(Group::Consumer(group)) => consumer::check_fetch(group, member_id, member_epoch),
            Some(Group::Classic(_)) | None => Ok(()),
        }
    }

    /// Decides what a deadline that has passed leads to.
    pub(crate) fn decide_deadline(&self, now_ms: i64, cluster: &dyn Cluster, key: &TimerKey) -> Decision {
        match self.groups.get(&key.group) {
            Some(Group::Classic(group)) => {
                heartbeat::decide_deadline(Some(group), now_ms, &self.limits, &key.kind)
            }
            Some(Group::Consumer(group)) => {
                consumer::decide_deadline(group, now_ms, &self.limits, cluster, &key.kind)
            }
            None => Decision::default(),
        }
    }

    /// Decides a DeleteGroups of one group.
    pub(crate) fn decide_delete(&self, token: Token, group: &Name) -> Decision {
        let refuse = |error| Decision::reply(token, Reply::Delete(Err(error)));
        let offsets = self.offsets.get(group);
        let mut decision = Decision::reply(token, Reply::Delete(Ok(())));
        let state = self.groups.get(group);
        match state {
            None if offsets.is_none() => return refuse(GroupError::NotFound),
            Some(state) if !state.is_empty() => return refuse(GroupError::NotEmpty),
            Some(Group::Classic(_)) => decision.change = Some(GroupChange::Remove(group.clone())),
            Some(Group::Consumer(_)) | None => {}
        }
        if let Some(offsets) = offsets {
            decision.records.extend(tombstones(group, offsets, |_, _, _| true));
        }
        match state {
            Some(state @ Group::Consumer(_)) => decision.records.extend(state.end()),
            _ => decision.records.push(GroupRecord::Group { group: group.clone(), value: None }),
        }
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
        let readers = match state.map_or(Ok(Readers::None), Group::readers) {
            Ok(readers) => readers,
            Err(error) => return refuse(error),
        };
        let mut decision = Decision::default();
        let mut outcomes = Vec::with_capacity(partitions.len());
        for (topic, partition) in partitions {
            if readers.read(topic) {
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
            if self.pending.has_group(name) {
                continue;
            }
            let before = decision.records.len();
            match group {
                Some(group) => {
                    let has_expired = group.expiry(now_ms, &self.limits);
                    let gone = tombstones(name, offsets, |topic, _, offset| has_expired(topic, offset));
                    decision.records.extend(gone);
                }
                None => decision.records.extend(tombstones(name, offsets, |_, _, offset| {
                    is_expired(None, now_ms, &self.limits, offset, false)
                })),
            }
            if decision.records.len() - before == offsets.len()
                && let Some(group) = group
            {
                decision.records.extend(group.end());
            }
        }
        for (name, group) in &self.groups {
            // What holds no offset and nobody is only kept for a while, so that a group can start in peace.
            let is_old = match group {
                Group::Classic(group) => {
                    now_ms.saturating_sub(group.since_ms) >= self.limits.offsets_retention_ms
                }
                Group::Consumer(_) => true,
            };
            if is_old && !self.offsets.contains_key(name) && !self.pending.has_group(name) {
                decision.records.extend(group.end());
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
    pub(crate) fn decide_loaded(&self, now_ms: i64, cluster: &dyn Cluster) -> Vec<TimerChange> {
        let mut timers = Vec::new();
        for group in self.groups.values() {
            match group {
                Group::Consumer(group) => {
                    timers.extend(consumer::loaded_timers(group, now_ms, &self.limits, cluster));
                }
                Group::Classic(group) => timers.extend(group.members.values().map(|member| {
                    let kind = TimerKind::Session(member.id.clone());
                    let deadline_ms = now_ms.saturating_add(i64::from(member.session_timeout_ms));
                    TimerChange::Set(TimerKey { group: group.id.clone(), kind }, deadline_ms)
                })),
            }
        }
        timers
    }

    /// Applies one logged record.
    pub(crate) fn replay(&mut self, record: &GroupRecord) {
        match record {
            GroupRecord::Group { group, value: Some(value) } => {
                let value = value.clone().into_group(group.clone());
                self.groups.insert(group.clone(), Group::Classic(value));
            }
            GroupRecord::Group { group, value: None } => {
                if matches!(self.groups.get(group), Some(Group::Classic(_))) {
                    self.groups.remove(group);
                }
            }
            GroupRecord::Consumer { group, record } => self.replay_consumer(group, record),
            GroupRecord::Offset { group, topic, partition, value: Some(offset) } => {
                self.pending.supersede(group, topic, *partition);
                let offsets = self.offsets.entry(group.clone()).or_default();
                offsets.insert((topic.clone(), *partition), offset.clone());
            }
            GroupRecord::Offset { group, topic, partition, value: None } => {
                self.pending.supersede(group, topic, *partition);
                if let Some(offsets) = self.offsets.get_mut(group) {
                    offsets.remove(&(topic.clone(), *partition));
                    if offsets.is_empty() {
                        self.offsets.remove(group);
                    }
                }
            }
        }
    }

    fn replay_consumer(&mut self, name: &Name, record: &ConsumerRecord) {
        match self.groups.get_mut(name) {
            Some(Group::Consumer(_)) if *record == ConsumerRecord::Epoch(None) => {
                self.groups.remove(name);
            }
            Some(Group::Consumer(group)) => group.replay(record),
            // What ended with a group that is gone, or of another protocol by now.
            _ if record.is_tombstone() => {}
            _ => {
                let mut group = ConsumerGroup::new(name.clone());
                group.replay(record);
                self.groups.insert(name.clone(), Group::Consumer(group));
            }
        }
    }

    /// Applies what a decision changes beyond its records.
    pub(crate) fn replay_change(&mut self, change: GroupChange) {
        match change {
            GroupChange::Put(group) => {
                self.groups.insert(group.id.clone(), Group::Classic(*group));
            }
            GroupChange::Remove(name) => {
                self.groups.remove(&name);
            }
            GroupChange::Seen { group, version } => {
                if let Some(Group::Consumer(group)) = self.groups.get_mut(&group) {
                    group.saw(version);
                }
            }
        }
    }

    /// The group of this name, if more than offsets is known of it.
    pub(crate) fn group(&self, name: &str) -> Option<&Group> {
        self.groups.get(name)
    }

    /// The classic group of this name.
    #[cfg(test)]
    pub(crate) fn classic(&self, name: &str) -> Option<&ClassicGroup> {
        match self.groups.get(name) {
            Some(Group::Classic(group)) => Some(group),
            Some(Group::Consumer(_)) | None => None,
        }
    }

    /// The consumer group of this name.
    pub(crate) fn consumer(&self, name: &str) -> Option<&ConsumerGroup> {
        match self.groups.get(name) {
            Some(Group::Consumer(group)) => Some(group),
            Some(Group::Classic(_)) | None => None,
        }
    }

    /// Whether anything is known under this name.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.groups.contains_key(name) || self.offsets.contains_key(name)
    }

    pub(super) fn limits(&self) -> &GroupLimits {
        &self.limits
    }

    pub(super) fn any_group(&self, name: &str) -> Option<&Group> {
        self.groups.get(name)
    }

    pub(super) fn pending_mut(&mut self) -> &mut PendingOffsets {
        &mut self.pending
    }

    /// Whether an open transaction has committed an offset of this partition, so that nobody knows yet what counts.
    pub(crate) fn is_unstable(&self, group: &Name, topic: &Name, partition: i32) -> bool {
        self.pending.contains(group, topic, partition)
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
        let with_state = self.groups.iter().map(|(name, group)| GroupOverview {
            group: name.clone(),
            protocol_type: group.protocol_type(),
            state: group.state_name(),
            kind: group.type_name(),
        });
        let without_state = self.offsets.keys().filter(|name| !self.groups.contains_key(*name));
        let offsets_only = without_state.map(|name| GroupOverview {
            group: name.clone(),
            protocol_type: "".into(),
            state: "Empty",
            kind: "classic",
        });
        let mut all: Vec<GroupOverview> = with_state.chain(offsets_only).collect();
        all.sort_by(|a, b| a.group.cmp(&b.group));
        all
    }
}

//! One decision on a consumer group under way: a working copy that records are applied to as they are made.

use super::group::ConsumerGroup;
use super::record::ConsumerRecord;
use crate::coordinator::group::cluster::{Cluster, ConsumerTimes};
use crate::coordinator::group::decision::{Decision, GroupChange, TimerChange, TimerKey, TimerKind};
use crate::coordinator::group::record::GroupRecord;
use crate::coordinator::group::request::{GroupLimits, Name, Reply, Token};

/// The working copy of one consumer group under one decision.
pub(super) struct Work<'a> {
    pub(super) now_ms: i64,
    pub(super) limits: &'a GroupLimits,
    pub(super) cluster: &'a dyn Cluster,
    pub(super) times: ConsumerTimes,
    pub(super) group: ConsumerGroup,
    pub(super) decision: Decision,
}

impl<'a> Work<'a> {
    /// Starts from a copy of `group`.
    pub(super) fn of(
        group: ConsumerGroup,
        now_ms: i64,
        limits: &'a GroupLimits,
        cluster: &'a dyn Cluster,
    ) -> Self {
        let times = cluster.consumer_times(&group.id);
        Work { now_ms, limits, cluster, times, group, decision: Decision::default() }
    }

    /// The decision. What the group has seen of the cluster is kept beside its records.
    pub(super) fn finish(mut self) -> Decision {
        self.decision.change =
            Some(GroupChange::Seen { group: self.group.id, version: self.group.seen_version });
        self.decision
    }

    /// Logs a record of the group and applies it to the copy.
    pub(super) fn log(&mut self, record: ConsumerRecord) {
        self.group.replay(&record);
        self.decision.records.push(GroupRecord::Consumer { group: self.group.id.clone(), record });
    }

    pub(super) fn reply(&mut self, token: Token, reply: Reply) {
        self.decision.replies.push((token, reply));
    }

    pub(super) fn set_timer(&mut self, kind: TimerKind, delay_ms: i32) {
        let deadline_ms = self.now_ms.saturating_add(i64::from(delay_ms.max(0)));
        let change = TimerChange::Set(self.key(kind), deadline_ms);
        self.decision.timers.push(change);
    }

    /// Sets a deadline that one set before is not moved by.
    pub(super) fn set_timer_if_absent(&mut self, kind: TimerKind, delay_ms: i32) {
        let deadline_ms = self.now_ms.saturating_add(i64::from(delay_ms.max(0)));
        let change = TimerChange::SetIfAbsent(self.key(kind), deadline_ms);
        self.decision.timers.push(change);
    }

    pub(super) fn clear_timer(&mut self, kind: TimerKind) {
        let change = TimerChange::Clear(self.key(kind));
        self.decision.timers.push(change);
    }

    /// The member must be heard of within its session timeout from now on.
    pub(super) fn touch_session(&mut self, member_id: &Name) {
        let classic = self.group.members.get(member_id).and_then(|member| member.info.classic.as_ref());
        let timeout_ms = classic.map_or(self.times.session_timeout_ms, |classic| classic.session_timeout_ms);
        self.set_timer(TimerKind::Session(member_id.clone()), timeout_ms);
    }

    /// Forgets every deadline of a member.
    pub(super) fn clear_timers_of(&mut self, member_id: &Name) {
        self.clear_timer(TimerKind::Session(member_id.clone()));
        self.clear_timer(TimerKind::Revocation(member_id.clone()));
        self.clear_timer(TimerKind::Rejoin(member_id.clone()));
        self.clear_timer(TimerKind::Resync(member_id.clone()));
    }

    fn key(&self, kind: TimerKind) -> TimerKey {
        TimerKey { group: self.group.id.clone(), kind }
    }
}

//! A group on its way to its next state while one request is decided: a copy that may change, and what it leads to.

use super::classic::{ClassicGroup, Phase};
use super::decision::{Decision, GroupChange, TimerChange, TimerKey, TimerKind};
use super::record::{GroupRecord, GroupValue};
use super::request::{GroupError, GroupLimits, JoinReply, Name, Reply, SyncReply, Token};

/// The working copy of one group under one decision.
pub(super) struct Transition<'a> {
    pub(super) now_ms: i64,
    pub(super) limits: &'a GroupLimits,
    pub(super) group: ClassicGroup,
    decision: Decision,
}

impl<'a> Transition<'a> {
    /// Starts from a copy of `group`.
    pub(super) fn of(group: ClassicGroup, now_ms: i64, limits: &'a GroupLimits) -> Self {
        Transition { now_ms, limits, group, decision: Decision::default() }
    }

    /// The decision: the copy becomes the group's state, or the group goes if nothing of it is worth keeping.
    pub(super) fn finish(mut self) -> Decision {
        let group = self.group;
        let blank = group.phase == Phase::Empty && group.generation == 0 && group.pending.is_empty();
        self.decision.change = Some(if blank && group.members.is_empty() {
            GroupChange::Remove(group.id)
        } else {
            GroupChange::Put(Box::new(group))
        });
        self.decision
    }

    pub(super) fn reply(&mut self, token: Token, reply: Reply) {
        self.decision.replies.push((token, reply));
    }

    pub(super) fn reply_join(&mut self, token: Token, reply: JoinReply) {
        self.reply(token, Reply::Join(Box::new(reply)));
    }

    pub(super) fn set_timer(&mut self, kind: TimerKind, delay_ms: i64) {
        let key = TimerKey { group: self.group.id.clone(), kind };
        self.decision.timers.push(TimerChange::Set(key, self.now_ms.saturating_add(delay_ms)));
    }

    pub(super) fn clear_timer(&mut self, kind: TimerKind) {
        let key = TimerKey { group: self.group.id.clone(), kind };
        self.decision.timers.push(TimerChange::Clear(key));
    }

    /// The member must be heard of within its session timeout from now on.
    pub(super) fn touch_session(&mut self, member_id: &Name) {
        if let Some(member) = self.group.members.get(member_id) {
            let timeout_ms = i64::from(member.session_timeout_ms);
            self.set_timer(TimerKind::Session(member_id.clone()), timeout_ms);
        }
    }

    /// Logs the group as it is now.
    pub(super) fn log_group(&mut self) {
        let record =
            GroupRecord::Group { group: self.group.id.clone(), value: Some(GroupValue::of(&self.group)) };
        self.decision.records.push(record);
    }

    pub(super) fn enter(&mut self, phase: Phase) {
        self.group.phase = phase;
        self.group.since_ms = self.now_ms;
    }

    /// Takes a member out; what it waited for is answered with `error`.
    pub(super) fn remove_member(&mut self, member_id: &Name, error: GroupError) {
        let Some(member) = self.group.members.remove(member_id) else { return };
        if let Some(token) = member.awaiting_join {
            self.reply_join(token, JoinReply::failed(error, member_id.clone()));
        }
        if let Some(token) = member.awaiting_sync {
            self.reply(token, Reply::Sync(SyncReply::failed(error)));
        }
        if let Some(instance) = &member.instance_id
            && self.group.statics.get(instance) == Some(member_id)
        {
            self.group.statics.remove(instance);
        }
        self.group.unsynced.remove(member_id);
        if self.group.is_leader(member_id) {
            self.group.leader = self.group.members.keys().next().cloned();
        }
        self.clear_timer(TimerKind::Session(member_id.clone()));
    }
}

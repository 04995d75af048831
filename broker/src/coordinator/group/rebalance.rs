//! A rebalance from its first cause to the new generation: prepare, gather, choose leader and protocol, answer.

use super::classic::{JoinRound, Phase};
use super::decision::TimerKind;
use super::request::{GroupError, JoinReply, Name, Reply, SyncReply};
use super::transition::Transition;

impl Transition<'_> {
    /// Starts a rebalance, or lets the one under way end if all are there.
    pub(super) fn rebalance(&mut self) {
        if self.group.phase == Phase::PreparingRebalance {
            self.complete_join_if_all_joined();
        } else {
            self.prepare_rebalance();
        }
    }

    fn prepare_rebalance(&mut self) {
        if self.group.phase == Phase::CompletingRebalance {
            self.fail_awaiting_syncs();
        }
        self.group.unsynced.clear();
        self.clear_timer(TimerKind::Sync);
        let was_empty = self.group.phase == Phase::Empty;
        self.enter(Phase::PreparingRebalance);
        let timeout_ms = self.group.rebalance_timeout_ms();
        let delay_ms = self.limits.initial_rebalance_delay_ms.min(timeout_ms);
        if was_empty && delay_ms > 0 {
            self.group.round =
                Some(JoinRound { extendable_ms: Some((timeout_ms - delay_ms).max(0)), newcomer: false });
            self.set_timer(TimerKind::Join, delay_ms);
        } else {
            self.group.round = Some(JoinRound { extendable_ms: None, newcomer: false });
            self.set_timer(TimerKind::Join, timeout_ms);
            self.complete_join_if_all_joined();
        }
    }

    fn fail_awaiting_syncs(&mut self) {
        let mut waiting = Vec::new();
        for member in self.group.members.values_mut() {
            member.assignment.clear();
            waiting.extend(member.awaiting_sync.take().map(|token| (token, member.id.clone())));
        }
        for (token, member_id) in waiting {
            self.reply(token, Reply::Sync(SyncReply::failed(GroupError::RebalanceInProgress)));
            self.touch_session(&member_id);
        }
    }

    /// Ends the join phase early once everybody is there; the initial delay is always sat out.
    pub(super) fn complete_join_if_all_joined(&mut self) {
        let gathering = self.group.round.is_some_and(|round| round.extendable_ms.is_none());
        if gathering && self.group.all_joined() {
            self.complete_join();
        }
    }

    /// The deadline of the join phase.
    pub(super) fn join_deadline(&mut self) {
        let Some(round) = self.group.round.filter(|_| self.group.phase == Phase::PreparingRebalance) else {
            return;
        };
        match round.extendable_ms {
            Some(left_ms) if round.newcomer && left_ms > 0 => {
                let delay_ms = self.limits.initial_rebalance_delay_ms.min(left_ms);
                self.group.round =
                    Some(JoinRound { extendable_ms: Some(left_ms - delay_ms), newcomer: false });
                self.set_timer(TimerKind::Join, delay_ms);
            }
            _ => self.complete_join(),
        }
    }

    fn complete_join(&mut self) {
        let gone: Vec<Name> = self
            .group
            .members
            .values()
            .filter(|member| member.awaiting_join.is_none() && member.instance_id.is_none())
            .map(|member| member.id.clone())
            .collect();
        for member_id in gone {
            self.remove_member(&member_id, GroupError::UnknownMember);
        }
        if !self.elect_joined_leader() && !self.group.members.is_empty() {
            // Static members are absent and nobody is here: wait another round for them or for their sessions to end.
            let timeout_ms = self.group.rebalance_timeout_ms();
            self.group.round = Some(JoinRound { extendable_ms: None, newcomer: false });
            self.set_timer(TimerKind::Join, timeout_ms);
            return;
        }
        self.clear_timer(TimerKind::Join);
        self.group.round = None;
        self.group.generation = self.group.generation.checked_add(1).unwrap_or(1);
        if self.group.members.is_empty() {
            self.group.protocol = None;
            self.group.leader = None;
            self.enter(Phase::Empty);
            self.log_group();
        } else {
            self.start_generation();
        }
    }

    /// Keeps the leader if it has joined, else takes the first member that has.
    fn elect_joined_leader(&mut self) -> bool {
        let joined =
            |id: &Name| self.group.members.get(id).is_some_and(|member| member.awaiting_join.is_some());
        if self.group.leader.as_ref().is_some_and(joined) {
            return true;
        }
        let first = self.group.members.values().find(|member| member.awaiting_join.is_some());
        match first.map(|member| member.id.clone()) {
            Some(id) => {
                self.group.leader = Some(id);
                true
            }
            None => false,
        }
    }

    fn start_generation(&mut self) {
        self.group.protocol = self.group.select_protocol();
        self.enter(Phase::CompletingRebalance);
        self.group.unsynced = self.group.members.keys().cloned().collect();
        let timeout_ms = self.group.rebalance_timeout_ms();
        self.set_timer(TimerKind::Sync, timeout_ms);
        let ids: Vec<Name> = self.group.members.keys().cloned().collect();
        for id in ids {
            let Some(member) = self.group.members.get_mut(&id) else { continue };
            member.is_new = false;
            let token = member.awaiting_join.take();
            if let Some(token) = token {
                let reply = self.join_answer(&id, self.group.is_leader(&id));
                self.reply_join(token, reply);
            }
            self.touch_session(&id);
        }
    }

    /// The answer to a join of the current generation.
    pub(super) fn join_answer(&self, member_id: &Name, with_members: bool) -> JoinReply {
        JoinReply {
            error: None,
            generation: self.group.generation,
            protocol_type: self.group.protocol_type.clone(),
            protocol: self.group.protocol.clone(),
            leader: self.group.leader.clone().unwrap_or_else(|| "".into()),
            member_id: member_id.clone(),
            members: if with_members { self.group.joined_members() } else { Vec::new() },
            skip_assignment: false,
        }
    }

    /// The deadline for members to ask for their assignment.
    pub(super) fn sync_deadline(&mut self) {
        if !matches!(self.group.phase, Phase::CompletingRebalance | Phase::Stable)
            || self.group.unsynced.is_empty()
        {
            return;
        }
        for member_id in std::mem::take(&mut self.group.unsynced) {
            self.remove_member(&member_id, GroupError::UnknownMember);
        }
        self.rebalance();
    }

    /// Takes a member out for good and lets the group go on without it.
    pub(super) fn drop_member(&mut self, member_id: &Name) {
        self.remove_member(member_id, GroupError::UnknownMember);
        if self.group.phase != Phase::Empty {
            self.rebalance();
        }
    }
}

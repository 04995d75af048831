//! JoinGroup: who may come in, under which id, and whether that starts a rebalance.

use super::classic::{ClassicGroup, Member, Phase};
use super::decision::{Decision, TimerKind};
use super::request::{GroupError, GroupLimits, JoinReply, JoinRequest, Name, Reply, SyncReply};
use super::transition::Transition;

/// How long a newcomer may wait for its first join phase to end before it counts as gone.
const NEW_MEMBER_JOIN_TIMEOUT_MS: i64 = 5 * 60 * 1_000;

/// Decides a JoinGroup on `group`, or on none if the group is not known.
pub(super) fn decide_join(
    group: Option<&ClassicGroup>,
    now_ms: i64,
    limits: &GroupLimits,
    request: JoinRequest,
) -> Decision {
    let refuse = |error| {
        let reply = JoinReply::failed(error, request.member_id.clone());
        Decision::reply(request.token, Reply::Join(Box::new(reply)))
    };
    if request.group.is_empty() {
        return refuse(GroupError::InvalidGroupId);
    }
    if !(limits.min_session_timeout_ms..=limits.max_session_timeout_ms).contains(&request.session_timeout_ms)
    {
        return refuse(GroupError::InvalidSessionTimeout);
    }
    let group = match group {
        Some(group) => group.clone(),
        None if request.member_id.is_empty() => ClassicGroup::new(request.group.clone(), now_ms),
        None => return refuse(GroupError::UnknownMember),
    };
    if is_full(&group, limits, &request) {
        return refuse(GroupError::GroupFull);
    }
    if !group.accepts(&request.protocol_type, &request.protocols) {
        return refuse(GroupError::InconsistentProtocol);
    }
    let mut transition = Transition::of(group, now_ms, limits);
    let outcome = if request.member_id.is_empty() {
        transition.join_without_id(&request)
    } else {
        transition.join_with_id(&request)
    };
    match outcome {
        Ok(()) => transition.finish(),
        Err(error) => refuse(error),
    }
}

/// Whether the group has no room for who asks. Members, those who hold a given id, and static members that come
/// back have their place.
fn is_full(group: &ClassicGroup, limits: &GroupLimits, request: &JoinRequest) -> bool {
    let has_place = group.members.contains_key(&request.member_id)
        || group.pending.contains(&request.member_id)
        || request.instance_id.as_ref().is_some_and(|instance| group.statics.contains_key(instance));
    !has_place && group.members.len() + group.pending.len() >= limits.max_size
}

impl Transition<'_> {
    fn join_without_id(&mut self, request: &JoinRequest) -> Result<(), GroupError> {
        let fresh = request.fresh_member_id.clone();
        if let Some(instance) = &request.instance_id {
            match self.group.statics.get(instance).cloned() {
                Some(old_id) => self.replace_static_member(&old_id, fresh, request),
                None => self.add_member(fresh, request),
            }
        } else if request.require_known_member {
            self.group.pending.insert(fresh.clone());
            self.set_timer(TimerKind::Pending(fresh.clone()), i64::from(request.session_timeout_ms));
            self.reply_join(request.token, JoinReply::failed(GroupError::MemberIdRequired, fresh));
        } else {
            self.add_member(fresh, request);
        }
        Ok(())
    }

    fn join_with_id(&mut self, request: &JoinRequest) -> Result<(), GroupError> {
        if self.group.pending.contains(&request.member_id) {
            if request.instance_id.is_some() {
                return Err(GroupError::UnknownMember);
            }
            self.group.pending.remove(&request.member_id);
            self.clear_timer(TimerKind::Pending(request.member_id.clone()));
            self.add_member(request.member_id.clone(), request);
            return Ok(());
        }
        self.group.check_member(&request.member_id, request.instance_id.as_ref())?;
        let member = &self.group.members[&request.member_id];
        let unchanged = member.offers_exactly(&request.protocols);
        let leads = self.group.is_leader(&request.member_id);
        match self.group.phase {
            Phase::Empty => return Err(GroupError::UnknownMember),
            Phase::PreparingRebalance => self.rejoin(request),
            // The answer to its join was lost: it gets the same one again.
            Phase::CompletingRebalance if unchanged => {
                let reply = self.join_answer(&request.member_id, leads);
                self.reply_join(request.token, reply);
                self.touch_session(&request.member_id);
            }
            // A leader that joins again asks for a new assignment; a follower without changes does not.
            Phase::Stable if unchanged && !leads => {
                let reply = self.join_answer(&request.member_id, false);
                self.reply_join(request.token, reply);
                self.touch_session(&request.member_id);
            }
            Phase::CompletingRebalance | Phase::Stable => self.rejoin(request),
        }
        Ok(())
    }

    fn add_member(&mut self, id: Name, request: &JoinRequest) {
        if self.group.members.is_empty() {
            self.group.protocol_type = Some(request.protocol_type.clone());
            self.group.leader = Some(id.clone());
        }
        if let Some(instance) = &request.instance_id {
            self.group.statics.insert(instance.clone(), id.clone());
        }
        let member = Member {
            id: id.clone(),
            instance_id: request.instance_id.clone(),
            client_id: request.client_id.clone(),
            client_host: request.client_host.clone(),
            session_timeout_ms: request.session_timeout_ms,
            rebalance_timeout_ms: request.rebalance_timeout_ms,
            protocols: request.protocols.clone(),
            assignment: bytes::Bytes::new(),
            is_new: true,
            awaiting_join: Some(request.token),
            awaiting_sync: None,
        };
        self.group.members.insert(id.clone(), member);
        self.set_timer(TimerKind::Session(id), NEW_MEMBER_JOIN_TIMEOUT_MS);
        if let Some(round) = &mut self.group.round {
            round.newcomer = true;
        }
        self.rebalance();
    }

    /// A known member joins the next generation.
    fn rejoin(&mut self, request: &JoinRequest) {
        self.update_member(&request.member_id, request);
        self.await_join(&request.member_id, request);
        self.rebalance();
    }

    fn update_member(&mut self, id: &Name, request: &JoinRequest) {
        if let Some(member) = self.group.members.get_mut(id) {
            member.protocols = request.protocols.clone();
            member.session_timeout_ms = request.session_timeout_ms;
            member.rebalance_timeout_ms = request.rebalance_timeout_ms;
            member.client_id = request.client_id.clone();
            member.client_host = request.client_host.clone();
        }
    }

    fn await_join(&mut self, id: &Name, request: &JoinRequest) {
        let Some(member) = self.group.members.get_mut(id) else { return };
        // An earlier join of the same member can have no reader any more: its client has sent this one since.
        if let Some(earlier) = member.awaiting_join.replace(request.token) {
            self.reply_join(earlier, JoinReply::failed(GroupError::RebalanceInProgress, id.clone()));
        }
    }

    /// A static member comes back under a new id and fences its old self.
    fn replace_static_member(&mut self, old_id: &Name, new_id: Name, request: &JoinRequest) {
        let Some(mut member) = self.group.members.remove(old_id) else { return };
        if let Some(token) = member.awaiting_join.take() {
            self.reply_join(token, JoinReply::failed(GroupError::FencedInstance, old_id.clone()));
        }
        if let Some(token) = member.awaiting_sync.take() {
            self.reply(token, Reply::Sync(SyncReply::failed(GroupError::FencedInstance)));
        }
        self.clear_timer(TimerKind::Session(old_id.clone()));
        let unchanged = member.offers_exactly(&request.protocols);
        let leader_before = self.group.leader.clone();
        if self.group.is_leader(old_id) {
            self.group.leader = Some(new_id.clone());
        }
        if self.group.unsynced.remove(old_id) {
            self.group.unsynced.insert(new_id.clone());
        }
        if let Some(instance) = &request.instance_id {
            self.group.statics.insert(instance.clone(), new_id.clone());
        }
        member.id = new_id.clone();
        self.group.members.insert(new_id.clone(), member);
        self.update_member(&new_id, request);
        if self.group.phase == Phase::Stable && unchanged {
            self.welcome_back(&new_id, leader_before, request);
        } else {
            self.await_join(&new_id, request);
            self.touch_session(&new_id);
            self.rebalance();
        }
    }

    /// Nothing changed but the id: the generation and the assignment stay.
    fn welcome_back(&mut self, id: &Name, leader_before: Option<Name>, request: &JoinRequest) {
        self.log_group();
        let leads = self.group.is_leader(id);
        let mut reply = self.join_answer(id, leads && request.can_skip_assignment);
        reply.skip_assignment = leads && request.can_skip_assignment;
        if !request.can_skip_assignment {
            // Older clients would assign anew if they read that they lead: they read the name they had before.
            reply.leader = leader_before.unwrap_or_else(|| "".into());
        }
        self.reply_join(request.token, reply);
        self.touch_session(id);
    }
}

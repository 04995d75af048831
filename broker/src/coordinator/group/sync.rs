//! SyncGroup: the leader brings the assignment, everybody takes theirs.

use std::collections::BTreeMap;

use super::classic::{ClassicGroup, Phase};
use super::decision::{Decision, TimerKind};
use super::request::{GroupError, GroupLimits, Name, Reply, SyncReply, SyncRequest};
use super::transition::Transition;

/// Decides a SyncGroup on `group`, or on none if the group is not known.
pub(super) fn decide_sync(
    group: Option<&ClassicGroup>,
    now_ms: i64,
    limits: &GroupLimits,
    request: SyncRequest,
) -> Decision {
    let refuse = |error| Decision::reply(request.token, Reply::Sync(SyncReply::failed(error)));
    let group = match group {
        _ if request.group.is_empty() => return refuse(GroupError::InvalidGroupId),
        None => return refuse(GroupError::UnknownMember),
        Some(group) => group,
    };
    if let Err(error) = check_sync(group, &request) {
        return refuse(error);
    }
    let mut transition = Transition::of(group.clone(), now_ms, limits);
    transition.sync(&request);
    transition.finish()
}

fn check_sync(group: &ClassicGroup, request: &SyncRequest) -> Result<(), GroupError> {
    group.check_member(&request.member_id, request.instance_id.as_ref())?;
    if request.generation != group.generation {
        return Err(GroupError::IllegalGeneration);
    }
    let differs = |asked: &Option<Name>, ours: &Option<Name>| asked.is_some() && asked != ours;
    if differs(&request.protocol_type, &group.protocol_type) || differs(&request.protocol, &group.protocol) {
        return Err(GroupError::InconsistentProtocol);
    }
    match group.phase {
        Phase::Empty => Err(GroupError::UnknownMember),
        Phase::PreparingRebalance => Err(GroupError::RebalanceInProgress),
        Phase::CompletingRebalance | Phase::Stable => Ok(()),
    }
}

impl Transition<'_> {
    fn sync(&mut self, request: &SyncRequest) {
        self.group.unsynced.remove(&request.member_id);
        if self.group.phase == Phase::Stable {
            self.answer_sync(&request.member_id, request.token);
        } else {
            if let Some(member) = self.group.members.get_mut(&request.member_id)
                && let Some(earlier) = member.awaiting_sync.replace(request.token)
            {
                self.reply(earlier, Reply::Sync(SyncReply::failed(GroupError::RebalanceInProgress)));
            }
            if self.group.is_leader(&request.member_id) {
                self.take_assignment(request);
            }
        }
        if self.group.unsynced.is_empty() {
            self.clear_timer(TimerKind::Sync);
        }
    }

    fn take_assignment(&mut self, request: &SyncRequest) {
        let mut given: BTreeMap<&Name, &bytes::Bytes> =
            request.assignments.iter().map(|(member, assignment)| (member, assignment)).collect();
        let mut waiting = Vec::new();
        for member in self.group.members.values_mut() {
            member.assignment = given.remove(&member.id).cloned().unwrap_or_default();
            waiting.extend(member.awaiting_sync.take().map(|token| (member.id.clone(), token)));
        }
        self.enter(Phase::Stable);
        self.log_group();
        for (member_id, token) in waiting {
            self.answer_sync(&member_id, token);
        }
    }

    fn answer_sync(&mut self, member_id: &Name, token: super::request::Token) {
        let Some(member) = self.group.members.get(member_id) else { return };
        let reply = SyncReply {
            error: None,
            protocol_type: self.group.protocol_type.clone(),
            protocol: self.group.protocol.clone(),
            assignment: member.assignment.clone(),
        };
        self.reply(token, Reply::Sync(reply));
        self.touch_session(member_id);
    }
}

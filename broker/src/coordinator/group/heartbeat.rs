//! Heartbeat, and the deadlines by which a member counts as gone.

use super::classic::{ClassicGroup, Phase};
use super::decision::{Decision, TimerChange, TimerKey, TimerKind};
use super::request::{GroupError, GroupLimits, HeartbeatRequest, Name, Reply};
use super::transition::Transition;

/// Decides a Heartbeat. It changes nothing but the member's deadline, so no copy of the group is made.
pub(super) fn decide_heartbeat(
    group: Option<&ClassicGroup>,
    now_ms: i64,
    request: &HeartbeatRequest,
) -> Decision {
    let outcome = check_heartbeat(group, request);
    let mut decision = Decision::reply(request.token, Reply::Heartbeat(outcome));
    if matches!(outcome, Ok(()) | Err(GroupError::RebalanceInProgress)) {
        decision.timers.extend(session_timer(group, now_ms, &request.member_id));
    }
    decision
}

fn check_heartbeat(group: Option<&ClassicGroup>, request: &HeartbeatRequest) -> Result<(), GroupError> {
    if request.group.is_empty() {
        return Err(GroupError::InvalidGroupId);
    }
    let group = group.ok_or(GroupError::UnknownMember)?;
    group.check_member(&request.member_id, request.instance_id.as_ref())?;
    if request.generation != group.generation {
        return Err(GroupError::IllegalGeneration);
    }
    match group.phase {
        Phase::Empty => Err(GroupError::UnknownMember),
        Phase::PreparingRebalance => Err(GroupError::RebalanceInProgress),
        Phase::CompletingRebalance | Phase::Stable => Ok(()),
    }
}

/// The deadline that follows from having heard of a member now.
pub(super) fn session_timer(
    group: Option<&ClassicGroup>,
    now_ms: i64,
    member_id: &Name,
) -> Option<TimerChange> {
    let group = group?;
    let member = group.members.get(member_id)?;
    // While a join waits, the deadline of the join phase rules; a newcomer has its own, longer one.
    if member.awaiting_join.is_some() {
        return None;
    }
    let key = TimerKey { group: group.id.clone(), kind: TimerKind::Session(member_id.clone()) };
    Some(TimerChange::Set(key, now_ms.saturating_add(i64::from(member.session_timeout_ms))))
}

/// Decides what a deadline that has passed leads to.
pub(super) fn decide_deadline(
    group: Option<&ClassicGroup>,
    now_ms: i64,
    limits: &GroupLimits,
    kind: &TimerKind,
) -> Decision {
    let Some(group) = group else { return Decision::default() };
    let mut transition = Transition::of(group.clone(), now_ms, limits);
    match kind {
        TimerKind::Session(member_id) => {
            let Some(member) = group.members.get(member_id) else { return Decision::default() };
            let waits = member.awaiting_sync.is_some() || member.awaiting_join.is_some();
            if waits && !member.is_new {
                // It waits for us, not we for it; its deadline is set again when its answer leaves.
                return Decision::default();
            }
            transition.drop_member(member_id);
        }
        TimerKind::Pending(member_id) => {
            if !transition.group.pending.remove(member_id) {
                return Decision::default();
            }
            transition.complete_join_if_all_joined();
        }
        TimerKind::Join => transition.join_deadline(),
        TimerKind::Sync => transition.sync_deadline(),
        // Of a consumer group that this one was.
        TimerKind::Revocation(_) | TimerKind::Rejoin(_) | TimerKind::Resync(_) => return Decision::default(),
    }
    transition.finish()
}

//! LeaveGroup: one or many members go, by member id or by instance id.

use super::classic::ClassicGroup;
use super::decision::{Decision, TimerKind};
use super::request::{GroupError, GroupLimits, LeaveReply, LeaveRequest, Leaving, Name, Reply};
use super::transition::Transition;

/// Decides a LeaveGroup on `group`, or on none if the group is not known.
pub(super) fn decide_leave(
    group: Option<&ClassicGroup>,
    now_ms: i64,
    limits: &GroupLimits,
    request: LeaveRequest,
) -> Decision {
    let answer = |members| Reply::Leave(LeaveReply { members });
    let refused =
        |leaving: &Leaving, error| (leaving.member_id.clone(), leaving.instance_id.clone(), Some(error));
    let Some(group) = group else {
        let members =
            request.members.iter().map(|leaving| refused(leaving, GroupError::UnknownMember)).collect();
        return Decision::reply(request.token, answer(members));
    };
    let mut transition = Transition::of(group.clone(), now_ms, limits);
    let mut outcomes = Vec::with_capacity(request.members.len());
    let mut gone = Vec::new();
    for leaving in &request.members {
        match transition.find_leaving(leaving) {
            Ok(member_id) => {
                gone.extend(member_id);
                outcomes.push((leaving.member_id.clone(), leaving.instance_id.clone(), None));
            }
            Err(error) => outcomes.push(refused(leaving, error)),
        }
    }
    for member_id in gone {
        transition.drop_member(&member_id);
    }
    transition.complete_join_if_all_joined();
    transition.reply(request.token, answer(outcomes));
    transition.finish()
}

impl Transition<'_> {
    /// The member that leaves; `None` if it was only a given id that nobody used.
    fn find_leaving(&mut self, leaving: &Leaving) -> Result<Option<Name>, GroupError> {
        if let Some(instance) = leaving.instance_id.as_ref().filter(|_| leaving.member_id.is_empty()) {
            return self.group.statics.get(instance).cloned().map(Some).ok_or(GroupError::UnknownMember);
        }
        if self.group.pending.remove(&leaving.member_id) {
            self.clear_timer(TimerKind::Pending(leaving.member_id.clone()));
            return Ok(None);
        }
        self.group.check_member(&leaving.member_id, leaving.instance_id.as_ref())?;
        Ok(Some(leaving.member_id.clone()))
    }
}

//! ConsumerGroupHeartbeat: joining, telling a new subscription, confirming what was given up, leaving.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::assignment::{is_subset, partitions_of};
use super::group::ConsumerGroup;
use super::member::{
    ConsumerMember, CurrentAssignment, LEAVE_EPOCH, MemberInfo, MemberState, STATIC_LEAVE_EPOCH,
};
use super::record::ConsumerRecord;
use super::work::Work;
use super::{migration, regex};
use crate::coordinator::group::cluster::Cluster;
use crate::coordinator::group::decision::{Decision, TimerChange, TimerKey, TimerKind};
use crate::coordinator::group::either::Group;
use crate::coordinator::group::request::{
    ConsumerHeartbeatReply, ConsumerHeartbeatRequest, GroupError, GroupLimits, Name, Reply,
};

/// Decides a ConsumerGroupHeartbeat on `group`, or on none if the group is not known.
pub(crate) fn decide_heartbeat(
    group: Option<&Group>,
    now_ms: i64,
    limits: &GroupLimits,
    cluster: &dyn Cluster,
    request: &ConsumerHeartbeatRequest,
) -> Decision {
    let decided = check_request(request, limits).and_then(|()| match request.member_epoch {
        LEAVE_EPOCH | STATIC_LEAVE_EPOCH => decide_leave(group, now_ms, limits, cluster, request),
        _ => {
            if let Some(Group::Consumer(group)) = group
                && let Some(decision) = decide_unchanged(group, now_ms, cluster, request)
            {
                return Ok(decision);
            }
            let mut work = open(group, now_ms, limits, cluster, request)?;
            let reply = work.heartbeat(request)?;
            work.reply(request.token, Reply::ConsumerHeartbeat(Box::new(reply)));
            Ok(work.finish())
        }
    });
    decided.unwrap_or_else(|error| {
        let reply = ConsumerHeartbeatReply::failed(error);
        Decision::reply(request.token, Reply::ConsumerHeartbeat(Box::new(reply)))
    })
}

fn check_request(request: &ConsumerHeartbeatRequest, limits: &GroupLimits) -> Result<(), GroupError> {
    let invalid = |reason| Err(GroupError::InvalidRequest(reason));
    let is_blank = |name: &Option<Name>| name.as_ref().is_some_and(|name| name.trim().is_empty());
    let knows_its_id = request.member_epoch > 0 || request.member_epoch == LEAVE_EPOCH;
    if request.member_id.trim().is_empty() && (request.brings_own_id || knows_its_id) {
        return invalid("MemberId can't be empty.");
    }
    if request.group.trim().is_empty() {
        return invalid("GroupId can't be empty.");
    }
    if is_blank(&request.instance_id) {
        return invalid("InstanceId can't be empty.");
    }
    if is_blank(&request.rack_id) {
        return invalid("RackId can't be empty.");
    }
    match request.member_epoch {
        0 if request.rebalance_timeout_ms == -1 => {
            return invalid("RebalanceTimeoutMs must be provided in first request.");
        }
        0 if request.owned.as_ref().is_none_or(|owned| !owned.is_empty()) => {
            return invalid("TopicPartitions must be empty when (re-)joining.");
        }
        0 if request.topics.is_none() && request.regex.is_none() => {
            return invalid(
                "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.",
            );
        }
        STATIC_LEAVE_EPOCH if request.instance_id.is_none() => return invalid("InstanceId can't be null."),
        ..STATIC_LEAVE_EPOCH => return invalid("MemberEpoch is invalid."),
        _ => {}
    }
    match &request.assignor {
        Some(name) if !limits.has_assignor(name) => Err(GroupError::UnsupportedAssignor),
        _ => Ok(()),
    }
}

/// The group to work on: as it is, made new, or made out of a classic one.
fn open<'a>(
    group: Option<&Group>,
    now_ms: i64,
    limits: &'a GroupLimits,
    cluster: &'a dyn Cluster,
    request: &ConsumerHeartbeatRequest,
) -> Result<Work<'a>, GroupError> {
    let joins = request.member_epoch == 0;
    match group {
        Some(Group::Consumer(group)) => Ok(Work::of(group.clone(), now_ms, limits, cluster)),
        None if joins => Ok(Work::of(ConsumerGroup::new(request.group.clone()), now_ms, limits, cluster)),
        Some(Group::Classic(group)) if joins => migration::upgrade(group, now_ms, limits, cluster),
        None | Some(Group::Classic(_)) => Err(GroupError::NotFound),
    }
}

/// The answer to a heartbeat that says nothing new and finds nothing new: most of them.
fn decide_unchanged(
    group: &ConsumerGroup,
    now_ms: i64,
    cluster: &dyn Cluster,
    request: &ConsumerHeartbeatRequest,
) -> Option<Decision> {
    let member = group.speaker(&request.member_id, request.instance_id.as_ref()).ok()?;
    let settled = member.current.epoch == request.member_epoch
        && request.member_epoch > 0
        && member.is_reconciled_to(group.assignment_epoch)
        && group.epoch <= group.assignment_epoch
        && cluster.version() <= group.seen_version
        && !request.is_full();
    if !settled || request.updated(member) != member.info {
        return None;
    }
    let times = cluster.consumer_times(&group.id);
    let reply = ConsumerHeartbeatReply {
        error: None,
        member_id: Some(member.id.clone()),
        member_epoch: member.current.epoch,
        heartbeat_interval_ms: times.heartbeat_interval_ms,
        assignment: None,
    };
    let mut decision = Decision::reply(request.token, Reply::ConsumerHeartbeat(Box::new(reply)));
    let key = TimerKey { group: group.id.clone(), kind: TimerKind::Session(member.id.clone()) };
    let deadline_ms = now_ms.saturating_add(i64::from(times.session_timeout_ms));
    decision.timers.push(TimerChange::Set(key, deadline_ms));
    Some(decision)
}

fn decide_leave(
    group: Option<&Group>,
    now_ms: i64,
    limits: &GroupLimits,
    cluster: &dyn Cluster,
    request: &ConsumerHeartbeatRequest,
) -> Result<Decision, GroupError> {
    let Some(Group::Consumer(group)) = group else { return Err(GroupError::NotFound) };
    let member = group.speaker(&request.member_id, request.instance_id.as_ref())?.clone();
    let reply = ConsumerHeartbeatReply {
        error: None,
        member_id: Some(member.id.clone()),
        member_epoch: request.member_epoch,
        heartbeat_interval_ms: 0,
        assignment: None,
    };
    let mut work = Work::of(group.clone(), now_ms, limits, cluster);
    work.reply(request.token, Reply::ConsumerHeartbeat(Box::new(reply)));
    if request.member_epoch == LEAVE_EPOCH {
        return Ok(work.fence(&BTreeSet::from([member.id.clone()])));
    }
    let mut current = CurrentAssignment {
        epoch: STATIC_LEAVE_EPOCH,
        revoking: Default::default(),
        ..member.current.clone()
    };
    // Whoever comes back under the instance id gets the partitions anew.
    current.assigned.values_mut().flat_map(|partitions| partitions.values_mut()).for_each(|since| *since = 0);
    work.clear_timer(TimerKind::Revocation(member.id.clone()));
    work.log(ConsumerRecord::Current { member: member.id.clone(), value: Some(current) });
    Ok(work.finish())
}

/// Decides what the deadline of a member of a consumer group leads to.
pub(crate) fn decide_deadline(
    group: &ConsumerGroup,
    now_ms: i64,
    limits: &GroupLimits,
    cluster: &dyn Cluster,
    kind: &TimerKind,
) -> Decision {
    let (member_id, is_due) = match kind {
        TimerKind::Session(id) | TimerKind::Rejoin(id) | TimerKind::Resync(id) => (id, true),
        TimerKind::Revocation(id) => {
            let state = group.members.get(id).map(|member| member.current.state);
            (id, state == Some(MemberState::UnrevokedPartitions))
        }
        TimerKind::Pending(_) | TimerKind::Join | TimerKind::Sync => return Decision::default(),
    };
    if !is_due || !group.members.contains_key(member_id) {
        return Decision::default();
    }
    Work::of(group.clone(), now_ms, limits, cluster).fence(&BTreeSet::from([member_id.clone()]))
}

/// The deadlines of the members that a load brought back.
pub(crate) fn loaded_timers(
    group: &ConsumerGroup,
    now_ms: i64,
    limits: &GroupLimits,
    cluster: &dyn Cluster,
) -> Vec<TimerChange> {
    let mut work = Work::of(group.clone(), now_ms, limits, cluster);
    for (id, member) in &group.members {
        work.touch_session(id);
        if member.current.state == MemberState::UnrevokedPartitions && !member.is_classic() {
            work.set_timer(TimerKind::Revocation(id.clone()), member.info.rebalance_timeout_ms);
        }
    }
    work.decision.timers
}

impl ConsumerHeartbeatRequest {
    /// Whether the member tells all there is: it joins, or does not know whether its last request arrived.
    fn is_full(&self) -> bool {
        let subscribes = self.topics.is_some() || self.regex.is_some();
        self.rebalance_timeout_ms != -1 && subscribes && self.owned.is_some()
    }

    /// What is known of the member, with what it says now.
    fn updated(&self, member: &ConsumerMember) -> MemberInfo {
        let known = &member.info;
        MemberInfo {
            instance_id: self.instance_id.clone().or_else(|| known.instance_id.clone()),
            rack_id: self.rack_id.clone().or_else(|| known.rack_id.clone()),
            client_id: self.client_id.clone(),
            client_host: self.client_host.clone(),
            topics: self.topics.as_ref().unwrap_or(&known.topics).clone(),
            regex: match &self.regex {
                // An empty one takes the last one back.
                Some(regex) => Some(regex.clone()).filter(|regex| !regex.is_empty()),
                None => known.regex.clone(),
            },
            rebalance_timeout_ms: match self.rebalance_timeout_ms {
                -1 => known.rebalance_timeout_ms,
                timeout_ms => timeout_ms,
            },
            assignor: self.assignor.clone().or_else(|| known.assignor.clone()),
            classic: None,
        }
    }
}

impl Work<'_> {
    fn heartbeat(
        &mut self,
        request: &ConsumerHeartbeatRequest,
    ) -> Result<ConsumerHeartbeatReply, GroupError> {
        let joins = request.member_epoch == 0;
        let member_id = match &*request.member_id {
            "" => request.fresh_member_id.clone(),
            _ => request.member_id.clone(),
        };
        if let Some(regex) = request.regex.as_ref().filter(|regex| !regex.is_empty()) {
            self.check_regex(regex)?;
        }
        let before = match &request.instance_id {
            Some(instance_id) if joins => self.take_static_place(&member_id, instance_id, false)?,
            None if joins => self.group.members.get(&member_id).cloned(),
            instance_id => Some(self.group.speaker(&member_id, instance_id.as_ref())?.clone()),
        };
        if before.is_none() && self.group.members.len() >= self.limits.consumer_max_size {
            return Err(GroupError::GroupFull);
        }
        if let Some(member) = &before {
            check_epoch(member, request)?;
        }
        let is_new = before.is_none();
        let before = before.unwrap_or_else(|| Arc::new(ConsumerMember::new(member_id.clone())));
        let info = request.updated(&before);
        let changed = is_new || info.topics != before.info.topics || info.regex != before.info.regex;
        if is_new || info != before.info {
            self.log(ConsumerRecord::Member { member: member_id.clone(), value: Some(info) });
        }
        self.refresh_subscription(changed);
        self.refresh_target();
        self.reconcile(&member_id, request.owned.as_ref(), changed)?;
        if before.is_classic() {
            // It came over from the classic protocol, and its deadlines with it.
            self.clear_timers_of(&member_id);
        }
        self.touch_session(&member_id);
        let member = self.group.member(&member_id)?;
        let tells = joins || request.is_full() || member.current.assigned != before.current.assigned;
        Ok(ConsumerHeartbeatReply {
            error: None,
            member_id: Some(member_id),
            member_epoch: member.current.epoch,
            heartbeat_interval_ms: self.times.heartbeat_interval_ms,
            assignment: tells.then(|| partitions_of(&member.current.assigned)),
        })
    }

    /// An expression that is new to the group must be one.
    fn check_regex(&self, regex: &Name) -> Result<(), GroupError> {
        if self.group.regexes.contains_key(regex) { Ok(()) } else { regex::compile(regex).map(drop) }
    }

    /// The member that holds the place of `instance_id`, under its new id; `None` if nobody held it. A classic member
    /// may be put out of its place at any time, one of the consumer protocol when it has left.
    pub(super) fn take_static_place(
        &mut self,
        member_id: &Name,
        instance_id: &Name,
        by_classic: bool,
    ) -> Result<Option<Arc<ConsumerMember>>, GroupError> {
        let Some(holder) = self.group.static_member(instance_id).cloned() else { return Ok(None) };
        if !by_classic && holder.id == *member_id {
            // It starts anew where it was.
            return Ok(Some(holder));
        }
        let has_left = holder.current.epoch == STATIC_LEAVE_EPOCH;
        if !by_classic && !holder.is_classic() && !has_left {
            return Err(GroupError::UnreleasedInstance);
        }
        let target = self.group.target(&holder.id);
        self.log_removal(&holder.id);
        self.clear_timers_of(&holder.id);
        let current = CurrentAssignment { epoch: 0, previous_epoch: 0, ..holder.current.clone() };
        self.log(ConsumerRecord::Member { member: member_id.clone(), value: Some(holder.info.clone()) });
        self.log(ConsumerRecord::Target { member: member_id.clone(), value: Some((*target).clone()) });
        self.log(ConsumerRecord::Current { member: member_id.clone(), value: Some(current) });
        Ok(self.group.members.get(member_id).cloned())
    }
}

/// A member must be where it says it is. Its last epoch will do if it owns no more than it has: the answer that took
/// it further was lost.
fn check_epoch(member: &ConsumerMember, request: &ConsumerHeartbeatRequest) -> Result<(), GroupError> {
    let (theirs, ours) = (request.member_epoch, &member.current);
    let answer_was_lost = theirs == ours.previous_epoch
        && request.owned.as_ref().is_some_and(|owned| is_subset(owned, &ours.assigned));
    if theirs == 0 || theirs == ours.epoch || (theirs < ours.epoch && answer_was_lost) {
        Ok(())
    } else {
        Err(GroupError::FencedMemberEpoch)
    }
}

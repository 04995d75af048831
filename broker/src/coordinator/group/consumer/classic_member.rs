//! Members of the classic protocol in a consumer group: JoinGroup, SyncGroup, Heartbeat and LeaveGroup as they know
//! them, over the same epochs. Nobody waits: a rebalance is an epoch that members are sent to one by one.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::assignment::partitions_of;
use super::group::ConsumerGroup;
use super::member::{ClassicMetadata, ConsumerMember, MemberInfo, MemberState};
use super::migration;
use super::record::ConsumerRecord;
use super::work::Work;
use crate::coordinator::group::cluster::Cluster;
use crate::coordinator::group::decision::{Decision, TimerKind};
use crate::coordinator::group::embedded::{Subscription, assignment_bytes, read_subscription};
use crate::coordinator::group::request::{
    GroupError, GroupLimits, HeartbeatRequest, JoinReply, JoinRequest, LeaveReply, LeaveRequest,
    MigrationPolicy, Name, Reply, SyncReply, SyncRequest,
};

const CONSUMER: &str = "consumer";

/// Decides a JoinGroup on a consumer group that has members.
pub(crate) fn decide_join(
    group: &ConsumerGroup,
    now_ms: i64,
    limits: &GroupLimits,
    cluster: &dyn Cluster,
    request: &JoinRequest,
) -> Decision {
    let work = Work::of(group.clone(), now_ms, limits, cluster);
    work.join(request).unwrap_or_else(|error| {
        let id = match error {
            GroupError::MemberIdRequired => request.fresh_member_id.clone(),
            _ => request.member_id.clone(),
        };
        Decision::reply(request.token, Reply::Join(Box::new(JoinReply::failed(error, id))))
    })
}

/// Decides a SyncGroup on a consumer group.
pub(crate) fn decide_sync(
    group: &ConsumerGroup,
    now_ms: i64,
    limits: &GroupLimits,
    cluster: &dyn Cluster,
    request: &SyncRequest,
) -> Decision {
    let mut work = Work::of(group.clone(), now_ms, limits, cluster);
    let reply = work.sync(request).unwrap_or_else(SyncReply::failed);
    work.reply(request.token, Reply::Sync(reply));
    work.finish()
}

/// Decides a Heartbeat on a consumer group.
pub(crate) fn decide_heartbeat(
    group: &ConsumerGroup,
    now_ms: i64,
    limits: &GroupLimits,
    cluster: &dyn Cluster,
    request: &HeartbeatRequest,
) -> Decision {
    let mut work = Work::of(group.clone(), now_ms, limits, cluster);
    let outcome = work.classic_heartbeat(request);
    work.reply(request.token, Reply::Heartbeat(outcome));
    work.finish()
}

/// Decides a LeaveGroup on a consumer group: members of either protocol, by member id or by instance id.
pub(crate) fn decide_leave(
    group: &ConsumerGroup,
    now_ms: i64,
    limits: &GroupLimits,
    cluster: &dyn Cluster,
    request: &LeaveRequest,
) -> Decision {
    let mut gone = BTreeSet::new();
    let mut members = Vec::with_capacity(request.members.len());
    for leaving in &request.members {
        let found = match &leaving.instance_id {
            Some(instance_id) if leaving.member_id.is_empty() => {
                group.static_member(instance_id).ok_or(GroupError::UnknownMember)
            }
            instance_id => group.speaker(&leaving.member_id, instance_id.as_ref()),
        };
        let error = match found {
            Ok(member) => {
                gone.insert(member.id.clone());
                None
            }
            Err(error) => Some(error),
        };
        members.push((leaving.member_id.clone(), leaving.instance_id.clone(), error));
    }
    let mut work = Work::of(group.clone(), now_ms, limits, cluster);
    work.reply(request.token, Reply::Leave(LeaveReply { members }));
    work.fence(&gone)
}

impl Work<'_> {
    fn join(mut self, request: &JoinRequest) -> Result<Decision, GroupError> {
        if self.limits.migration == MigrationPolicy::Disabled {
            return Err(GroupError::InconsistentProtocol);
        }
        let comes_new = request.member_id.is_empty();
        let member_id = if comes_new { request.fresh_member_id.clone() } else { request.member_id.clone() };
        let holds_place = self.group.members.contains_key(&member_id)
            || request.instance_id.as_ref().is_some_and(|id| self.group.statics.contains_key(id));
        if !holds_place && self.group.members.len() >= self.limits.consumer_max_size {
            return Err(GroupError::GroupFull);
        }
        if !self.group.accepts_classic(&request.protocol_type, &request.protocols) {
            return Err(GroupError::InconsistentProtocol);
        }
        if comes_new && request.require_known_member {
            return Err(GroupError::MemberIdRequired);
        }
        let (_, metadata) = request.protocols.first().ok_or(GroupError::InconsistentProtocol)?;
        let subscription = read_subscription(metadata).ok_or(GroupError::InconsistentProtocol)?;
        let replaced = request.instance_id.as_ref().and_then(|id| self.group.static_member(id)).cloned();
        let becomes_classic = replaced.as_ref().is_some_and(|replaced| {
            let gone = BTreeSet::from([replaced.id.clone()]);
            !replaced.is_classic() && migration::can_downgrade_by_replacement(&self.group, self.limits, &gone)
        });
        let before = match &request.instance_id {
            None => self.group.members.get(&member_id).cloned(),
            Some(instance_id) if comes_new => self.take_static_place(&member_id, instance_id, true)?,
            Some(instance_id) => Some(self.group.speaker(&member_id, Some(instance_id))?.clone()),
        };
        let changed = self.update_classic(&member_id, before, request, &subscription);
        self.refresh_subscription(changed);
        let owned = subscription.owned(self.cluster);
        if becomes_classic {
            let is_stale = self.group.assignment_epoch < self.group.epoch;
            if !is_stale {
                self.reconcile(&member_id, Some(&owned), changed)?;
            }
            let reply = self.join_reply(&member_id)?;
            self.reply(request.token, Reply::Join(Box::new(reply)));
            return Ok(migration::downgrade(self, &BTreeSet::new(), Some(&member_id), is_stale));
        }
        self.refresh_target();
        self.reconcile(&member_id, Some(&owned), changed)?;
        self.clear_timer(TimerKind::Rejoin(member_id.clone()));
        self.clear_timer(TimerKind::Revocation(member_id.clone()));
        self.touch_session(&member_id);
        self.set_timer(TimerKind::Resync(member_id.clone()), request.rebalance_timeout_ms);
        let reply = self.join_reply(&member_id)?;
        self.reply(request.token, Reply::Join(Box::new(reply)));
        Ok(self.finish())
    }

    /// Takes over what the member says. Returns whether it reads other topics than before.
    fn update_classic(
        &mut self,
        member_id: &Name,
        before: Option<Arc<ConsumerMember>>,
        request: &JoinRequest,
        subscription: &Subscription,
    ) -> bool {
        let known = before.as_ref().map(|member| member.info.clone()).unwrap_or_default();
        let info = MemberInfo {
            instance_id: request.instance_id.clone().or(known.instance_id.clone()),
            rack_id: subscription.rack_id.clone().or(known.rack_id.clone()),
            client_id: request.client_id.clone(),
            client_host: request.client_host.clone(),
            topics: subscription.topics.clone(),
            regex: None,
            rebalance_timeout_ms: request.rebalance_timeout_ms,
            assignor: known.assignor.clone(),
            classic: Some(ClassicMetadata {
                session_timeout_ms: request.session_timeout_ms,
                protocols: request.protocols.clone(),
            }),
        };
        let changed = before.is_none() || info.topics != known.topics || info.regex != known.regex;
        if before.is_none() || info != known {
            self.log(ConsumerRecord::Member { member: member_id.clone(), value: Some(info) });
        }
        changed
    }

    fn join_reply(&self, member_id: &Name) -> Result<JoinReply, GroupError> {
        let member = self.group.member(member_id)?;
        Ok(JoinReply {
            error: None,
            generation: member.current.epoch,
            protocol_type: Some(CONSUMER.into()),
            protocol: member
                .info
                .classic
                .as_ref()
                .and_then(|classic| classic.protocols.first())
                .map(|(name, _)| name.clone()),
            // Nobody leads: the broker assigns.
            leader: "".into(),
            member_id: member_id.clone(),
            members: Vec::new(),
            skip_assignment: false,
        })
    }

    /// The member that speaks, as one of the classic protocol.
    fn classic_speaker(
        &self,
        member_id: &str,
        instance_id: Option<&Name>,
        generation: i32,
    ) -> Result<Arc<ConsumerMember>, GroupError> {
        let member = self.group.speaker(member_id, instance_id)?.clone();
        match member.is_classic() {
            false => Err(GroupError::UnknownMember),
            true if member.current.epoch != generation => Err(GroupError::IllegalGeneration),
            true => Ok(member),
        }
    }

    fn sync(&mut self, request: &SyncRequest) -> Result<SyncReply, GroupError> {
        let member =
            self.classic_speaker(&request.member_id, request.instance_id.as_ref(), request.generation)?;
        let classic = member.info.classic.as_ref().ok_or(GroupError::UnknownMember)?;
        let (protocol, metadata) = classic.protocols.first().ok_or(GroupError::InconsistentProtocol)?;
        let differs = |asked: &Option<Name>, ours: &str| asked.as_ref().is_some_and(|asked| **asked != *ours);
        if differs(&request.protocol_type, CONSUMER) || differs(&request.protocol, protocol) {
            return Err(GroupError::InconsistentProtocol);
        }
        let is_behind = self.group.assignment_epoch > member.current.epoch;
        if is_behind && member.current.state != MemberState::UnrevokedPartitions {
            self.set_timer_if_absent(TimerKind::Rejoin(member.id.clone()), member.info.rebalance_timeout_ms);
            return Err(GroupError::RebalanceInProgress);
        }
        self.clear_timer(TimerKind::Resync(member.id.clone()));
        self.touch_session(&member.id);
        Ok(SyncReply {
            error: None,
            protocol_type: request.protocol_type.clone().or(Some(CONSUMER.into())),
            protocol: request.protocol.clone().or_else(|| Some(protocol.clone())),
            assignment: assignment_bytes(&partitions_of(&member.current.assigned), metadata, self.cluster),
        })
    }

    fn classic_heartbeat(&mut self, request: &HeartbeatRequest) -> Result<(), GroupError> {
        let member =
            self.classic_speaker(&request.member_id, request.instance_id.as_ref(), request.generation)?;
        self.touch_session(&member.id);
        let must_rejoin = member.current.epoch < self.group.assignment_epoch
            || match member.current.state {
                MemberState::UnrevokedPartitions => true,
                MemberState::UnreleasedPartitions => !self.waits_for_others(&member),
                MemberState::Stable | MemberState::Unknown => false,
            };
        if must_rejoin {
            self.set_timer_if_absent(TimerKind::Rejoin(member.id.clone()), member.info.rebalance_timeout_ms);
            return Err(GroupError::RebalanceInProgress);
        }
        Ok(())
    }

    /// Whether a partition of the member's target is another's still.
    fn waits_for_others(&self, member: &ConsumerMember) -> bool {
        self.group.target(&member.id).iter().any(|(topic, partitions)| {
            partitions
                .iter()
                .any(|partition| self.group.owner(topic, *partition).is_some_and(|owner| *owner != member.id))
        })
    }
}

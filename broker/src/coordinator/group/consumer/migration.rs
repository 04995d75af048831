//! Groups that change their protocol while they work: a classic group that a member of the consumer protocol joins,
//! and a consumer group whose last such member goes.

use std::collections::{BTreeMap, BTreeSet};

use super::assignment::{Partitions, owned_since};
use super::group::ConsumerGroup;
use super::member::{ClassicMetadata, CurrentAssignment, MemberInfo, MemberState};
use super::record::{ConsumerRecord, GroupEpoch, TargetEpoch};
use super::subscription::metadata_hash;
use super::work::Work;
use crate::coordinator::group::classic::{ClassicGroup, Member, Phase};
use crate::coordinator::group::cluster::Cluster;
use crate::coordinator::group::decision::{Decision, TimerKind};
use crate::coordinator::group::embedded::{assignment_bytes, read_assignment, read_subscription};
use crate::coordinator::group::record::GroupRecord;
use crate::coordinator::group::request::{GroupError, GroupLimits, JoinReply, Name, Reply, SyncReply};
use crate::coordinator::group::transition::Transition;

const CONSUMER: &str = "consumer";

/// Makes a consumer group out of a classic one, with its members, their assignment and its generation as all three
/// epochs. Who waits for an answer is told to join again.
pub(super) fn upgrade<'a>(
    classic: &ClassicGroup,
    now_ms: i64,
    limits: &'a GroupLimits,
    cluster: &'a dyn Cluster,
) -> Result<Work<'a>, GroupError> {
    let mut work = Work::of(ConsumerGroup::new(classic.id.clone()), now_ms, limits, cluster);
    let is_over = classic.members.is_empty();
    if !is_over {
        let speaks_it = classic.protocol_type.as_deref() == Some(CONSUMER);
        if !limits.migration.may_upgrade() || !speaks_it || classic.members.len() > limits.consumer_max_size {
            return Err(GroupError::NotFound);
        }
    }
    let tombstone = GroupRecord::Group { group: classic.id.clone(), value: None };
    work.decision.records.push(tombstone);
    for kind in [TimerKind::Join, TimerKind::Sync] {
        work.clear_timer(kind);
    }
    for pending in &classic.pending {
        work.clear_timer(TimerKind::Pending(pending.clone()));
    }
    if is_over {
        return Ok(work);
    }
    let mut targets = BTreeMap::new();
    for member in classic.members.values() {
        targets.insert(member.id.clone(), work.take_over(classic, member)?);
    }
    let metadata_hash = metadata_hash(&work.group.subscribed_topics(), cluster);
    let epoch = classic.generation;
    work.log(ConsumerRecord::Epoch(Some(GroupEpoch { epoch, metadata_hash })));
    for (member, target) in &targets {
        work.log(ConsumerRecord::Target { member: member.clone(), value: Some(target.clone()) });
    }
    work.log(ConsumerRecord::TargetEpoch(Some(TargetEpoch { epoch, made_ms: 0 })));
    for (member, target) in &targets {
        let current = CurrentAssignment {
            epoch,
            previous_epoch: epoch,
            state: MemberState::Stable,
            assigned: owned_since(target, epoch),
            revoking: Default::default(),
        };
        work.log(ConsumerRecord::Current { member: member.clone(), value: Some(current) });
        work.touch_session(member);
    }
    Ok(work)
}

impl Work<'_> {
    /// Logs a classic member as one of this group. Returns what it is assigned.
    fn take_over(&mut self, group: &ClassicGroup, member: &Member) -> Result<Partitions, GroupError> {
        let error = GroupError::RebalanceInProgress;
        if let Some(token) = member.awaiting_join {
            let reply = JoinReply::failed(error, member.id.clone());
            self.reply(token, Reply::Join(Box::new(reply)));
        }
        if let Some(token) = member.awaiting_sync {
            self.reply(token, Reply::Sync(SyncReply::failed(error)));
        }
        // A member that joins the round under way may not speak the protocol of the last one.
        let chosen = group.protocol.as_ref();
        let metadata = chosen.and_then(|chosen| member.protocols.iter().find(|(name, _)| name == chosen));
        let (_, metadata) = metadata.or(member.protocols.first()).ok_or(GroupError::NotFound)?;
        let subscription = read_subscription(metadata).ok_or(GroupError::NotFound)?;
        let info = MemberInfo {
            instance_id: member.instance_id.clone(),
            rack_id: subscription.rack_id,
            client_id: member.client_id.clone(),
            client_host: member.client_host.clone(),
            topics: subscription.topics,
            regex: None,
            rebalance_timeout_ms: member.rebalance_timeout_ms,
            assignor: None,
            classic: Some(ClassicMetadata {
                session_timeout_ms: member.session_timeout_ms,
                protocols: member.protocols.clone(),
            }),
        };
        self.log(ConsumerRecord::Member { member: member.id.clone(), value: Some(info) });
        if member.assignment.is_empty() {
            return Ok(Partitions::new());
        }
        read_assignment(&member.assignment, self.cluster).ok_or(GroupError::NotFound)
    }
}

/// Whether the group becomes a classic one when `gone` have gone.
pub(super) fn can_downgrade(group: &ConsumerGroup, limits: &GroupLimits, gone: &BTreeSet<Name>) -> bool {
    let left = group.members.len() - gone.len();
    left > 0
        && left <= limits.max_size
        && limits.migration.may_downgrade()
        && only_classic_without(group, gone)
}

/// Whether the group becomes a classic one when a classic member takes the place of the one in `gone`.
pub(super) fn can_downgrade_by_replacement(
    group: &ConsumerGroup,
    limits: &GroupLimits,
    gone: &BTreeSet<Name>,
) -> bool {
    let fits = group.members.len() <= limits.max_size;
    fits && limits.migration.may_downgrade() && only_classic_without(group, gone)
}

fn only_classic_without(group: &ConsumerGroup, gone: &BTreeSet<Name>) -> bool {
    let gone_classic =
        gone.iter().filter(|id| group.members.get(*id).is_some_and(|member| member.is_classic())).count();
    // Somebody of the other protocol must be among those that go, or nothing changes.
    gone_classic < gone.len() && group.classic_members() - gone_classic == group.members.len() - gone.len()
}

/// Makes a classic group out of a consumer group without `gone`, stable in the group epoch as its generation;
/// `rebalance` starts a rebalance of it at once. Who has `joined` by this keeps its answer.
pub(super) fn downgrade(
    mut work: Work<'_>,
    gone: &BTreeSet<Name>,
    joined: Option<&Name>,
    rebalance: bool,
) -> Decision {
    let group = work.group.clone();
    for record in group.tombstones() {
        work.decision.records.push(GroupRecord::Consumer { group: group.id.clone(), record });
    }
    let ids: Vec<Name> = group.members.keys().cloned().collect();
    for id in &ids {
        work.clear_timers_of(id);
    }
    let mut classic = ClassicGroup::new(group.id.clone(), work.now_ms);
    classic.phase = Phase::Stable;
    classic.generation = group.epoch;
    classic.protocol_type = Some(CONSUMER.into());
    for member in group.members.values().filter(|member| !gone.contains(&member.id)) {
        let Some(metadata) = &member.info.classic else { continue };
        if let Some(instance_id) = &member.info.instance_id {
            classic.statics.insert(instance_id.clone(), member.id.clone());
        }
        let member = Member {
            id: member.id.clone(),
            instance_id: member.info.instance_id.clone(),
            client_id: member.info.client_id.clone(),
            client_host: member.info.client_host.clone(),
            session_timeout_ms: metadata.session_timeout_ms,
            rebalance_timeout_ms: member.info.rebalance_timeout_ms,
            protocols: metadata.protocols.clone(),
            assignment: bytes::Bytes::new(),
            is_new: false,
            awaiting_join: None,
            awaiting_sync: None,
        };
        classic.members.insert(member.id.clone(), member);
    }
    classic.leader = joined.or(classic.members.keys().next()).cloned();
    classic.protocol = classic.select_protocol();
    let protocol = classic.protocol.clone().unwrap_or_else(|| "".into());
    for member in classic.members.values_mut() {
        let metadata = member.metadata_for(&protocol);
        member.assignment = assignment_bytes(&group.target(&member.id), &metadata, work.cluster);
    }
    let ids: Vec<Name> = classic.members.keys().cloned().collect();
    let mut transition = Transition::of(classic, work.now_ms, work.limits);
    transition.log_group();
    for id in &ids {
        transition.touch_session(id);
    }
    if rebalance {
        transition.rebalance();
    }
    let mut after = transition.finish();
    let mut decision = work.decision;
    decision.records.append(&mut after.records);
    decision.replies.append(&mut after.replies);
    decision.timers.append(&mut after.timers);
    decision.change = after.change;
    decision
}

//! A member's next step towards its target: give up first, then take what nobody owns any more.

use std::collections::BTreeSet;

use riverrun_core::protocol::Uuid;

use super::assignment::{Owned, Partitions};
use super::member::{ConsumerMember, CurrentAssignment, MemberState};
use super::record::ConsumerRecord;
use super::work::Work;
use crate::coordinator::group::decision::TimerKind;
use crate::coordinator::group::request::{GroupError, Name};

/// What the step depends on beside the member.
struct Step<'a> {
    member: &'a ConsumerMember,
    /// What the member says it owns; `None` if it does not say.
    owned: Option<&'a Partitions>,
    target: &'a Partitions,
    target_epoch: i32,
    /// The topics that it reads and that are there.
    subscribed: BTreeSet<Uuid>,
}

impl Work<'_> {
    /// Brings a member one step nearer to its target.
    pub(super) fn reconcile(
        &mut self,
        member_id: &Name,
        owned: Option<&Partitions>,
        subscription_changed: bool,
    ) -> Result<(), GroupError> {
        let member = self.group.member(member_id)?.clone();
        if !subscription_changed && member.is_reconciled_to(self.group.assignment_epoch) {
            return Ok(());
        }
        let target = self.group.target(member_id);
        let names = self.group.topics_of(&member);
        let step = Step {
            member: &member,
            owned,
            target: &target,
            target_epoch: self.group.assignment_epoch,
            subscribed: names
                .iter()
                .filter_map(|name| self.cluster.topic(name))
                .map(|topic| topic.id)
                .collect(),
        };
        let next = self.next(&step, subscription_changed)?;
        if next == member.current {
            return Ok(());
        }
        if !member.is_classic() {
            let timer = TimerKind::Revocation(member_id.clone());
            if next.state == MemberState::UnrevokedPartitions {
                self.set_timer(timer, member.info.rebalance_timeout_ms);
            } else {
                self.clear_timer(timer);
            }
        }
        self.log(ConsumerRecord::Current { member: member_id.clone(), value: Some(next) });
        Ok(())
    }

    fn next(&self, step: &Step<'_>, subscription_changed: bool) -> Result<CurrentAssignment, GroupError> {
        let current = &step.member.current;
        Ok(match current.state {
            MemberState::Stable if current.epoch != step.target_epoch => self.advance(step, current.epoch),
            MemberState::UnrevokedPartitions if !step.owns_any(&current.revoking) => {
                self.advance(step, current.epoch)
            }
            MemberState::Stable | MemberState::UnrevokedPartitions if subscription_changed => {
                step.without_unsubscribed()
            }
            MemberState::Stable | MemberState::UnrevokedPartitions => current.clone(),
            MemberState::UnreleasedPartitions => self.advance(step, current.epoch),
            MemberState::Unknown
                if step.owned.is_some_and(|owned| owned.values().all(BTreeSet::is_empty)) =>
            {
                self.advance(step, step.target_epoch)
            }
            MemberState::Unknown => return Err(GroupError::FencedMemberEpoch),
        })
    }

    /// Towards the target from what the member has.
    fn advance(&self, step: &Step<'_>, epoch: i32) -> CurrentAssignment {
        let current = &step.member.current;
        let (mut assigned, mut revoking) = (Owned::new(), Owned::new());
        for (topic, partitions) in &current.assigned {
            let kept = step.target.get(topic).filter(|_| step.subscribed.contains(topic));
            for (partition, since) in partitions {
                let keeps = kept.is_some_and(|kept| kept.contains(partition));
                let side = if keeps { &mut assigned } else { &mut revoking };
                side.entry(*topic).or_default().insert(*partition, *since);
            }
        }
        if !revoking.is_empty() && step.owns_any(&revoking) {
            return step.at(epoch, MemberState::UnrevokedPartitions, assigned, revoking);
        }
        let mut waits = false;
        for (topic, partitions) in step.target.iter().filter(|(topic, _)| step.subscribed.contains(topic)) {
            for partition in partitions {
                let has = assigned.get(topic).is_some_and(|kept| kept.contains_key(partition));
                if has {
                    continue;
                }
                match self.group.owner(topic, *partition) {
                    Some(owner) if *owner != step.member.id => waits = true,
                    _ => {
                        assigned.entry(*topic).or_default().insert(*partition, step.target_epoch);
                    }
                }
            }
        }
        let state = if waits { MemberState::UnreleasedPartitions } else { MemberState::Stable };
        step.at(step.target_epoch, state, assigned, Owned::new())
    }
}

impl Step<'_> {
    /// Whether the member may still own any of these: it says so, or says nothing.
    fn owns_any(&self, partitions: &Owned) -> bool {
        let Some(owned) = self.owned else { return true };
        owned.iter().any(|(topic, theirs)| {
            partitions.get(topic).is_some_and(|asked| theirs.iter().any(|index| asked.contains_key(index)))
        })
    }

    fn at(&self, epoch: i32, state: MemberState, assigned: Owned, revoking: Owned) -> CurrentAssignment {
        CurrentAssignment { epoch, previous_epoch: self.member.current.epoch, state, assigned, revoking }
    }

    /// What the member has, without the topics that it no longer reads; its target is not touched.
    fn without_unsubscribed(&self) -> CurrentAssignment {
        let current = &self.member.current;
        let mut assigned = current.assigned.clone();
        let mut revoking = current.revoking.clone();
        let unread: Vec<Uuid> =
            assigned.keys().filter(|topic| !self.subscribed.contains(topic)).copied().collect();
        if unread.is_empty() {
            return current.clone();
        }
        for topic in unread {
            let partitions = assigned.remove(&topic).unwrap_or_default();
            revoking.entry(topic).or_default().extend(partitions);
        }
        if self.owns_any(&revoking) {
            self.at(current.epoch, MemberState::UnrevokedPartitions, assigned, revoking)
        } else {
            self.at(current.epoch, current.state, assigned, current.revoking.clone())
        }
    }
}

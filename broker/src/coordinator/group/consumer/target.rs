//! The target assignment: who shall have what, computed for a group epoch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use riverrun_core::protocol::Uuid;

use super::assignment::Partitions;
use super::assignor::{MemberSpec, Spec};
use super::record::{ConsumerRecord, TargetEpoch};
use super::work::Work;
use crate::coordinator::group::request::Name;

/// What a member reads: topics by name, and those that an expression matches.
type Subscription<'a> = (&'a BTreeSet<Name>, Option<&'a Name>);

impl Work<'_> {
    /// Makes the target assignment of the group epoch, if there is none yet and the last one is old enough.
    pub(super) fn refresh_target(&mut self) {
        if self.group.epoch <= self.group.assignment_epoch || !self.may_assign_again() {
            return;
        }
        let assignor = self.group.preferred_assignor().unwrap_or_else(|| self.limits.default_assignor());
        let targets = assignor.assign(&self.spec());
        let members: Vec<Name> = self.group.members.keys().cloned().collect();
        for member in members {
            let target = targets.get(&member).cloned().unwrap_or_default();
            if !self.group.has_target(&member) || *self.group.target(&member) != target {
                self.log(ConsumerRecord::Target { member, value: Some(target) });
            }
        }
        let value = TargetEpoch { epoch: self.group.epoch, made_ms: self.now_ms };
        self.log(ConsumerRecord::TargetEpoch(Some(value)));
    }

    fn may_assign_again(&self) -> bool {
        let made_ms = self.group.assignment_made_ms;
        let interval_ms = i64::from(self.times.assignment_interval_ms);
        // A clock that went back must not hold the group up.
        made_ms == 0 || self.now_ms < made_ms || self.now_ms >= made_ms.saturating_add(interval_ms)
    }

    fn spec(&self) -> Spec {
        let mut topics = BTreeMap::new();
        for name in self.group.subscribed_topics() {
            if let Some(topic) = self.cluster.topic(name) {
                topics.insert(topic.id, topic.partitions);
            }
        }
        // Members mostly read the same: each different subscription is looked up once.
        let mut known: BTreeMap<Subscription<'_>, Arc<BTreeSet<Uuid>>> = BTreeMap::new();
        let mut members = BTreeMap::new();
        for (id, member) in &self.group.members {
            let subscription = (&member.info.topics, member.info.regex.as_ref());
            let read = known.entry(subscription).or_insert_with(|| {
                let names = self.group.topics_of(member);
                let there = names.iter().filter_map(|name| self.cluster.topic(name));
                Arc::new(there.map(|topic| topic.id).collect())
            });
            let spec = MemberSpec {
                instance_id: member.info.instance_id.clone(),
                topics: read.clone(),
                before: still_there(&self.group.target(id), &topics),
            };
            members.insert(id.clone(), spec);
        }
        Spec { topics, members }
    }
}

/// What of a target has not been deleted since.
pub(super) fn still_there(target: &Partitions, topics: &BTreeMap<Uuid, i32>) -> Partitions {
    let mut left = Partitions::new();
    for (topic, partitions) in target {
        let Some(count) = topics.get(topic) else { continue };
        left.insert(*topic, partitions.iter().filter(|index| *index < count).copied().collect());
    }
    left
}

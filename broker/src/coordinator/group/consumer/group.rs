//! The state of one consumer group, and how records change it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use riverrun_core::protocol::Uuid;

use super::assignment::{Owned, Partitions};
use super::assignor::Assignor;
use super::member::{ConsumerMember, CurrentAssignment, LEAVE_EPOCH};
use super::record::{ConsumerRecord, ResolvedRegex};
use crate::coordinator::group::request::{GroupError, Name};

/// A group of the consumer protocol. Cheap to copy: what is large is shared.
#[derive(Clone, Debug)]
pub(crate) struct ConsumerGroup {
    pub(crate) id: Name,
    pub(crate) epoch: i32,
    pub(crate) metadata_hash: i64,
    pub(crate) assignment_epoch: i32,
    /// When the target assignment was made; 0 if there was none yet.
    pub(crate) assignment_made_ms: i64,
    pub(crate) members: BTreeMap<Name, Arc<ConsumerMember>>,
    targets: BTreeMap<Name, Arc<Partitions>>,
    pub(crate) regexes: BTreeMap<Name, Arc<ResolvedRegex>>,
    /// `group.instance.id` to member id.
    pub(crate) statics: BTreeMap<Name, Name>,
    /// Who owns a partition: has it, or has not confirmed yet that it gave it up.
    owners: BTreeMap<Uuid, Arc<BTreeMap<i32, Name>>>,
    pub(super) has_old_metadata: bool,
    /// The version of the cluster that subscriptions were last looked up in. Not logged: a load looks again.
    pub(super) seen_version: u64,
}

/// What of a group is logged; equal when every record has the same effect.
impl PartialEq for ConsumerGroup {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && (self.epoch, self.metadata_hash) == (other.epoch, other.metadata_hash)
            && (self.assignment_epoch, self.assignment_made_ms)
                == (other.assignment_epoch, other.assignment_made_ms)
            && self.members == other.members
            && self.targets == other.targets
            && self.regexes == other.regexes
            && self.statics == other.statics
            && self.owners == other.owners
    }
}

impl ConsumerGroup {
    /// A group that nobody has joined.
    pub(crate) fn new(id: Name) -> Self {
        ConsumerGroup {
            id,
            epoch: 0,
            metadata_hash: 0,
            assignment_epoch: 0,
            assignment_made_ms: 0,
            members: BTreeMap::new(),
            targets: BTreeMap::new(),
            regexes: BTreeMap::new(),
            statics: BTreeMap::new(),
            owners: BTreeMap::new(),
            has_old_metadata: false,
            seen_version: 0,
        }
    }

    /// The state's name as ConsumerGroupDescribe and ListGroups carry it.
    pub(crate) fn state_name(&self) -> &'static str {
        if self.members.is_empty() {
            "Empty"
        } else if self.epoch > self.assignment_epoch {
            "Assigning"
        } else if self.members.values().all(|member| member.is_reconciled_to(self.assignment_epoch)) {
            "Stable"
        } else {
            "Reconciling"
        }
    }

    /// The member of this id.
    pub(crate) fn member(&self, id: &str) -> Result<&Arc<ConsumerMember>, GroupError> {
        self.members.get(id).ok_or(GroupError::UnknownMember)
    }

    /// The member that holds an instance id.
    pub(super) fn static_member(&self, instance_id: &str) -> Option<&Arc<ConsumerMember>> {
        self.members.get(self.statics.get(instance_id)?)
    }

    /// The member that speaks, by its id and, if it is static, as the holder of its instance id.
    pub(super) fn speaker(
        &self,
        member_id: &str,
        instance_id: Option<&Name>,
    ) -> Result<&Arc<ConsumerMember>, GroupError> {
        let Some(instance_id) = instance_id else { return self.member(member_id) };
        let member = self.static_member(instance_id).ok_or(GroupError::UnknownMember)?;
        if &*member.id == member_id { Ok(member) } else { Err(GroupError::FencedInstance) }
    }

    /// What the target assignment gives a member; empty if it is not in it.
    pub(crate) fn target(&self, member_id: &str) -> Arc<Partitions> {
        self.targets.get(member_id).cloned().unwrap_or_default()
    }

    /// Whether the target assignment knows the member.
    pub(super) fn has_target(&self, member_id: &str) -> bool {
        self.targets.contains_key(member_id)
    }

    /// Who owns a partition.
    pub(super) fn owner(&self, topic: &Uuid, partition: i32) -> Option<&Name> {
        self.owners.get(topic)?.get(&partition)
    }

    /// The names of the topics that a member reads, those of its regular expression among them.
    pub(super) fn topics_of<'a>(&'a self, member: &'a ConsumerMember) -> BTreeSet<&'a Name> {
        let mut topics: BTreeSet<&Name> = member.info.topics.iter().collect();
        if let Some(resolved) = member.info.regex.as_ref().and_then(|regex| self.regexes.get(regex)) {
            topics.extend(&resolved.topics);
        }
        topics
    }

    /// The names of all topics that members read.
    pub(super) fn subscribed_topics(&self) -> BTreeSet<&Name> {
        // Members mostly read the same: each different set is gone through once.
        let sets: BTreeSet<&BTreeSet<Name>> =
            self.members.values().map(|member| &member.info.topics).collect();
        let mut topics: BTreeSet<&Name> = sets.into_iter().flatten().collect();
        for regex in self.used_regexes() {
            topics.extend(self.regexes.get(regex).into_iter().flat_map(|resolved| &resolved.topics));
        }
        topics
    }

    /// Whether a member reads this topic.
    pub(crate) fn reads(&self, topic: &str) -> bool {
        self.members.values().any(|member| {
            let by_regex = member.info.regex.as_ref().and_then(|regex| self.regexes.get(regex));
            member.info.topics.contains(topic)
                || by_regex.is_some_and(|resolved| resolved.topics.contains(topic))
        })
    }

    /// The regular expressions that members subscribe with.
    pub(super) fn used_regexes(&self) -> BTreeSet<&Name> {
        self.members.values().filter_map(|member| member.info.regex.as_ref()).collect()
    }

    /// How many members came by JoinGroup.
    pub(super) fn classic_members(&self) -> usize {
        self.members.values().filter(|member| member.is_classic()).count()
    }

    /// Whether a classic member with these protocols can be in the group: one of them must be spoken by all of its
    /// kind.
    pub(super) fn accepts_classic(&self, protocol_type: &str, protocols: &[(Name, bytes::Bytes)]) -> bool {
        let spoken = |protocol: &Name| {
            let mut classic = self.members.values().filter_map(|member| member.info.classic.as_ref());
            classic.all(|theirs| theirs.protocols.iter().any(|(name, _)| name == protocol))
        };
        protocol_type == "consumer" && protocols.iter().any(|(name, _)| spoken(name))
    }

    /// The tombstones of everything; the group's own comes last.
    pub(crate) fn tombstones(&self) -> Vec<ConsumerRecord> {
        let mut records = Vec::new();
        for member in self.members.keys() {
            records.push(ConsumerRecord::Current { member: member.clone(), value: None });
        }
        for member in self.members.keys() {
            records.push(ConsumerRecord::Target { member: member.clone(), value: None });
        }
        records.push(ConsumerRecord::TargetEpoch(None));
        for member in self.members.keys() {
            records.push(ConsumerRecord::Member { member: member.clone(), value: None });
        }
        for regex in self.regexes.keys() {
            records.push(ConsumerRecord::Regex { regex: regex.clone(), value: None });
        }
        if self.has_old_metadata {
            records.push(ConsumerRecord::OldMetadata { present: false });
        }
        records.push(ConsumerRecord::Epoch(None));
        records
    }

    /// The assignor that most members ask for, if any does.
    pub(crate) fn preferred_assignor(&self) -> Option<Assignor> {
        let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
        for vote in self.members.values().filter_map(|member| member.info.assignor.as_deref()) {
            *votes.entry(vote).or_default() += 1;
        }
        let most = votes.values().max()?;
        // The first in the alphabet of those that share the most.
        votes.iter().find(|(_, count)| *count == most).and_then(|(name, _)| Assignor::named(name))
    }

    /// What the group reads has been looked up in this version of the cluster.
    pub(crate) fn saw(&mut self, version: u64) {
        self.seen_version = self.seen_version.max(version);
    }

    /// Applies one record, the same when live and at load.
    pub(crate) fn replay(&mut self, record: &ConsumerRecord) {
        match record {
            ConsumerRecord::Epoch(value) => {
                self.epoch = value.map_or(0, |value| value.epoch);
                self.metadata_hash = value.map_or(0, |value| value.metadata_hash);
            }
            ConsumerRecord::OldMetadata { present } => self.has_old_metadata = *present,
            ConsumerRecord::Member { member, value: Some(info) } => {
                let known = self.members.entry(member.clone());
                let known = known.or_insert_with(|| Arc::new(ConsumerMember::new(member.clone())));
                let known = Arc::make_mut(known);
                if let Some(before) =
                    known.info.instance_id.take_if(|before| Some(&*before) != info.instance_id.as_ref())
                    && self.statics.get(&before) == Some(member)
                {
                    self.statics.remove(&before);
                }
                known.info = info.clone();
                if let Some(instance_id) = &info.instance_id {
                    self.statics.insert(instance_id.clone(), member.clone());
                }
            }
            ConsumerRecord::Member { member, value: None } => self.remove_member(member),
            ConsumerRecord::TargetEpoch(value) => {
                self.assignment_epoch = value.map_or(0, |value| value.epoch);
                self.assignment_made_ms = value.map_or(0, |value| value.made_ms);
            }
            ConsumerRecord::Target { member, value: Some(target) } => {
                self.targets.insert(member.clone(), Arc::new(target.clone()));
            }
            ConsumerRecord::Target { member, value: None } => {
                self.targets.remove(member);
            }
            ConsumerRecord::Current { member, value: Some(current) } => {
                self.set_current(member, current.clone());
            }
            ConsumerRecord::Current { member, value: None } if self.members.contains_key(member) => {
                let nothing = CurrentAssignment {
                    epoch: LEAVE_EPOCH,
                    previous_epoch: LEAVE_EPOCH,
                    ..CurrentAssignment::fresh()
                };
                self.set_current(member, nothing);
            }
            ConsumerRecord::Current { .. } => {}
            ConsumerRecord::Regex { regex, value: Some(value) } => {
                self.regexes.insert(regex.clone(), Arc::new(value.clone()));
            }
            ConsumerRecord::Regex { regex, value: None } => {
                self.regexes.remove(regex);
            }
        }
    }

    fn remove_member(&mut self, id: &Name) {
        let Some(member) = self.members.remove(id) else { return };
        self.disown(id, &member.current);
        if let Some(instance_id) = &member.info.instance_id
            && self.statics.get(instance_id) == Some(id)
        {
            self.statics.remove(instance_id);
        }
    }

    fn set_current(&mut self, id: &Name, current: CurrentAssignment) {
        let before = self.members.get(id).map(|member| member.current.clone());
        if let Some(before) = before {
            self.disown(id, &before);
        }
        for owned in [&current.assigned, &current.revoking] {
            self.own(id, owned);
        }
        let member = self.members.entry(id.clone());
        // Compaction may have left the member's own record behind this one.
        let member = member.or_insert_with(|| Arc::new(ConsumerMember::new(id.clone())));
        Arc::make_mut(member).current = current;
    }

    fn own(&mut self, id: &Name, owned: &Owned) {
        for (topic, partitions) in owned {
            let owners = Arc::make_mut(self.owners.entry(*topic).or_default());
            owners.extend(partitions.keys().map(|partition| (*partition, id.clone())));
        }
    }

    fn disown(&mut self, id: &Name, current: &CurrentAssignment) {
        for owned in [&current.assigned, &current.revoking] {
            for (topic, partitions) in owned {
                let Some(owners) = self.owners.get_mut(topic) else { continue };
                let theirs = Arc::make_mut(owners);
                for partition in partitions.keys() {
                    if theirs.get(partition) == Some(id) {
                        theirs.remove(partition);
                    }
                }
                if theirs.is_empty() {
                    self.owners.remove(topic);
                }
            }
        }
    }
}

//! The assignor `roundrobin`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::super::TopicPartition;
use super::{Assignment, Assignor, GroupMember, ranked};

/// Deals the partitions of all topics to the members in turn.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoundRobin;

impl Assignor for RoundRobin {
    fn name(&self) -> &str {
        "roundrobin"
    }

    fn assign(
        &self,
        members: &[GroupMember],
        topics: &BTreeMap<Arc<str>, i32>,
    ) -> BTreeMap<Arc<str>, Assignment> {
        let (ranked, mut shares) = ranked(members);
        let mut turn = 0;
        for (topic, partitions) in topics {
            if !ranked.iter().any(|member| member.topics.contains(topic)) {
                continue;
            }
            for partition in 0..*partitions {
                while !ranked[turn % ranked.len()].topics.contains(topic) {
                    turn += 1;
                }
                if let Some(share) = shares.get_mut(&ranked[turn % ranked.len()].id) {
                    share.partitions.push(TopicPartition::new(Arc::clone(topic), partition));
                }
                turn += 1;
            }
        }
        shares
    }
}

//! Who of a group gets which partitions. Pure: the group's leader computes it for all.

mod range;
mod round_robin;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::super::TopicPartition;

pub use range::Range;
pub use round_robin::RoundRobin;

/// A member of a group, as its leader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMember {
    /// The id that the coordinator gave it.
    pub id: Arc<str>,
    /// Its `group.instance.id`, if it is static.
    pub instance_id: Option<Arc<str>>,
    /// The topics it subscribed to, sorted.
    pub topics: Vec<Arc<str>>,
    /// What its assignor wanted the leader to know.
    pub user_data: Option<Bytes>,
}

impl GroupMember {
    /// Static members first, by instance id, then the others by member id: the order that Kafka's assignors share.
    fn rank(&self) -> (bool, &str) {
        match &self.instance_id {
            Some(instance) => (false, instance),
            None => (true, &self.id),
        }
    }
}

/// What one member gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Its partitions.
    pub partitions: Vec<TopicPartition>,
    /// What the leader's assignor wants it to know.
    pub user_data: Option<Bytes>,
}

/// A way to divide partitions among the members of a group. The same input gives the same result.
pub trait Assignor: Send + Sync + std::fmt::Debug {
    /// What members call it among each other. All members of a group must share one.
    fn name(&self) -> &str;

    /// What to tell the leader beside the subscription.
    fn user_data(&self) -> Option<Bytes> {
        None
    }

    /// Divides the partitions of `topics` (name and count) among `members`; each member's share by its id.
    fn assign(
        &self,
        members: &[GroupMember],
        topics: &BTreeMap<Arc<str>, i32>,
    ) -> BTreeMap<Arc<str>, Assignment>;
}

/// The members in the order that Kafka's assignors share, each with nothing yet.
fn ranked(members: &[GroupMember]) -> (Vec<&GroupMember>, BTreeMap<Arc<str>, Assignment>) {
    let mut ranked: Vec<&GroupMember> = members.iter().collect();
    ranked.sort_by(|one, other| one.rank().cmp(&other.rank()));
    let nothing = members.iter().map(|member| (Arc::clone(&member.id), Assignment::default()));
    (ranked, nothing.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str, topics: &[&str]) -> GroupMember {
        let topics = topics.iter().map(|topic| Arc::from(*topic)).collect();
        GroupMember { id: Arc::from(id), instance_id: None, topics, user_data: None }
    }

    fn check(assignor: &dyn Assignor, members: &[GroupMember], topics: &[(&str, i32)], expected: &str) {
        let topics = topics.iter().map(|(name, count)| (Arc::from(*name), *count)).collect();
        let mut text = Vec::new();
        for (member, share) in assignor.assign(members, &topics) {
            let partitions: Vec<String> = share.partitions.iter().map(ToString::to_string).collect();
            text.push(format!("{member}: {}", partitions.join(" ")));
        }
        assert_eq!(text.join("\n"), expected);
    }

    #[test]
    fn range_gives_neighbours_and_the_same_numbers_of_each_topic() {
        let members = [member("b", &["t", "u"]), member("a", &["t", "u"])];
        check(&Range, &members, &[("t", 3), ("u", 3)], "a: t-0 t-1 u-0 u-1\nb: t-2 u-2");
    }

    #[test]
    fn range_passes_over_who_did_not_subscribe() {
        let members = [member("a", &["t"]), member("b", &["t", "u"])];
        check(&Range, &members, &[("t", 1), ("u", 2)], "a: t-0\nb: u-0 u-1");
    }

    #[test]
    fn round_robin_deals_all_topics_in_turn() {
        let members = [member("a", &["t", "u"]), member("b", &["t", "u"])];
        check(&RoundRobin, &members, &[("t", 3), ("u", 3)], "a: t-0 t-2 u-1\nb: t-1 u-0 u-2");
    }

    #[test]
    fn round_robin_passes_over_who_did_not_subscribe() {
        let members = [member("a", &["t"]), member("b", &["t", "u"]), member("c", &["u"])];
        check(&RoundRobin, &members, &[("t", 2), ("u", 2)], "a: t-0\nb: t-1 u-1\nc: u-0");
    }

    #[test]
    fn static_members_come_first() {
        let mut second = member("a", &["t"]);
        let mut first = member("z", &["t"]);
        first.instance_id = Some(Arc::from("1"));
        second.instance_id = Some(Arc::from("2"));
        check(&Range, &[second, first, member("0", &["t"])], &[("t", 2)], "0: \na: t-1\nz: t-0");
    }
}

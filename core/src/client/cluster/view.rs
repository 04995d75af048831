//! What is known of the cluster: brokers, topics, leaders. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::protocol::messages::MetadataResponse;
use crate::protocol::messages::metadata_response::{MetadataResponsePartition, MetadataResponseTopic};
use crate::protocol::{ErrorCode, Uuid};

/// A broker as the cluster advertises it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerNode {
    /// `node.id`.
    pub id: i32,
    /// Advertised host.
    pub host: Arc<str>,
    /// Advertised port.
    pub port: u16,
    /// `broker.rack`, if set.
    pub rack: Option<Arc<str>>,
}

/// A partition as the cluster last described it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionView {
    /// The broker that leads it, if one does.
    pub leader: Option<i32>,
    /// The leader's epoch; -1 where the broker is too old to say.
    pub leader_epoch: i32,
    /// Brokers that hold a copy.
    pub replicas: Vec<i32>,
    /// Brokers whose copy is in sync.
    pub isr: Vec<i32>,
}

/// A topic as the cluster last described it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicView {
    /// Its name.
    pub name: Arc<str>,
    /// Its id; zero where the broker is too old to say.
    pub id: Uuid,
    /// Whether it belongs to Kafka itself (`__consumer_offsets`).
    pub is_internal: bool,
    /// Its partitions, by index.
    pub partitions: Vec<PartitionView>,
}

/// The cluster at one moment.
#[derive(Clone, Debug, Default)]
pub struct ClusterView {
    /// The cluster's id, once known.
    pub cluster_id: Option<Arc<str>>,
    /// The broker that takes changes of topics, once known.
    pub controller: Option<i32>,
    /// Brokers by id.
    pub brokers: BTreeMap<i32, BrokerNode>,
    topics: BTreeMap<Arc<str>, Arc<TopicView>>,
    names: BTreeMap<Uuid, Arc<str>>,
    errors: BTreeMap<Arc<str>, ErrorCode>,
}

impl ClusterView {
    /// What is known of a topic.
    pub fn topic(&self, name: &str) -> Option<&Arc<TopicView>> {
        self.topics.get(name)
    }

    /// The name of a topic id.
    pub fn topic_name(&self, id: Uuid) -> Option<&Arc<str>> {
        self.names.get(&id)
    }

    /// What the cluster last answered for a topic that it did not describe.
    pub fn topic_error(&self, name: &str) -> Option<ErrorCode> {
        self.errors.get(name).copied()
    }

    /// All topics that are known, by name.
    pub fn topics(&self) -> impl Iterator<Item = &Arc<TopicView>> {
        self.topics.values()
    }

    /// The leader of a partition, if it is known and has one.
    pub fn leader(&self, topic: &str, partition: i32) -> Option<i32> {
        self.partition(topic, partition)?.leader
    }

    /// What is known of a partition.
    pub fn partition(&self, topic: &str, partition: i32) -> Option<&PartitionView> {
        self.topics.get(topic)?.partitions.get(usize::try_from(partition).ok()?)
    }

    /// Takes in an answer. Topics that it does not mention stay; those that it says are gone go.
    ///
    /// A leader with an older epoch than the one known is a stale broker's opinion and is not taken.
    pub(crate) fn apply(&mut self, response: &MetadataResponse) {
        self.cluster_id = response.cluster_id.as_deref().map(Arc::from);
        self.controller = (response.controller_id >= 0).then_some(response.controller_id);
        self.brokers = response
            .brokers
            .iter()
            .filter_map(|broker| {
                let port = u16::try_from(broker.port).ok()?;
                let rack = broker.rack.as_deref().map(Arc::from);
                let node = BrokerNode { id: broker.node_id, host: Arc::from(&*broker.host), port, rack };
                Some((broker.node_id, node))
            })
            .collect();
        for topic in &response.topics {
            self.apply_topic(topic);
        }
    }

    fn apply_topic(&mut self, topic: &MetadataResponseTopic) {
        let Some(name) = topic.name.as_deref() else { return };
        let name: Arc<str> =
            self.topics.get_key_value(name).map_or_else(|| Arc::from(name), |(name, _)| Arc::clone(name));
        let code = ErrorCode::from(topic.error_code);
        if code != ErrorCode::None {
            self.errors.insert(Arc::clone(&name), code);
            if code == ErrorCode::UnknownTopicOrPartition
                && let Some(gone) = self.topics.remove(&name)
            {
                self.names.remove(&gone.id);
            }
            return;
        }
        self.errors.remove(&name);
        let known = self.topics.get(&name).filter(|known| known.id == topic.topic_id);
        let count = topic
            .partitions
            .iter()
            .map(|partition| partition.partition_index)
            .max()
            .map_or(0, |most| most + 1);
        // Indexes are dense; an answer with holes describes fewer partitions than it names and is cut at the first.
        let count = usize::try_from(count).unwrap_or(0).min(topic.partitions.len());
        let unknown = PartitionView { leader: None, leader_epoch: -1, replicas: Vec::new(), isr: Vec::new() };
        let mut partitions = vec![unknown; count];
        for described in &topic.partitions {
            let Some(at) = usize::try_from(described.partition_index).ok().filter(|at| *at < count) else {
                continue;
            };
            partitions[at] = match known.and_then(|known| known.partitions.get(at)) {
                Some(known) if known.leader_epoch > described.leader_epoch && described.leader_epoch >= 0 => {
                    known.clone()
                }
                _ => partition_view(described),
            };
        }
        if let Some(replaced) = self.topics.get(&name) {
            self.names.remove(&replaced.id);
        }
        if !topic.topic_id.is_zero() {
            self.names.insert(topic.topic_id, Arc::clone(&name));
        }
        let view = TopicView {
            name: Arc::clone(&name),
            id: topic.topic_id,
            is_internal: topic.is_internal,
            partitions,
        };
        self.topics.insert(name, Arc::new(view));
    }
}

fn partition_view(described: &MetadataResponsePartition) -> PartitionView {
    PartitionView {
        leader: (described.leader_id >= 0).then_some(described.leader_id),
        leader_epoch: described.leader_epoch,
        replicas: described.replica_nodes.clone(),
        isr: described.isr_nodes.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Str;
    use crate::protocol::messages::metadata_response::MetadataResponseBroker;

    fn answer(id: u8, leader: i32, epoch: i32) -> MetadataResponse {
        MetadataResponse {
            brokers: vec![MetadataResponseBroker {
                node_id: 1,
                host: Str::from("a"),
                port: 9092,
                ..Default::default()
            }],
            topics: vec![MetadataResponseTopic {
                name: Some(Str::from("t")),
                topic_id: Uuid([id; 16]),
                partitions: vec![MetadataResponsePartition {
                    leader_id: leader,
                    leader_epoch: epoch,
                    ..Default::default()
                }],
                ..Default::default()
            }],
            ..Default::default()
        }
    }

    #[test]
    fn an_older_leader_epoch_is_not_taken() {
        let mut view = ClusterView::default();
        view.apply(&answer(1, 1, 5));
        view.apply(&answer(1, 2, 4));
        assert_eq!(view.leader("t", 0), Some(1));
        view.apply(&answer(1, 2, 6));
        assert_eq!(view.leader("t", 0), Some(2));
    }

    #[test]
    fn a_recreated_topic_starts_over() {
        let mut view = ClusterView::default();
        view.apply(&answer(1, 1, 5));
        view.apply(&answer(2, 2, 0));
        assert_eq!(view.leader("t", 0), Some(2));
        assert_eq!(view.topic_name(Uuid([1; 16])), None);
        assert_eq!(view.topic_name(Uuid([2; 16])).map(|name| &**name), Some("t"));
    }

    #[test]
    fn a_topic_that_is_gone_leaves_its_error() {
        let mut view = ClusterView::default();
        view.apply(&answer(1, 1, 0));
        let mut gone = answer(1, 1, 0);
        gone.topics[0].error_code = ErrorCode::UnknownTopicOrPartition.code();
        view.apply(&gone);
        assert!(view.topic("t").is_none());
        assert_eq!(view.topic_error("t"), Some(ErrorCode::UnknownTopicOrPartition));
    }
}

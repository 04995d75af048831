//! The cluster as all records so far describe it.

use std::collections::BTreeMap;
use std::sync::Arc;

use riverrun_core::protocol::Uuid;

use super::quotas::Quotas;
use super::record::{ConfigResource, MetadataRecord, PartitionRecord};
use super::topic_name::collision_key;

/// A broker that has registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BrokerImage {
    /// Grows with each registration.
    pub(crate) epoch: i64,
    /// The epoch of the partitions that it leads.
    pub(crate) leader_epoch: i32,
}

/// One partition of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartitionImage {
    /// The brokers that hold it, the preferred leader first.
    pub(crate) replicas: Vec<i32>,
}

/// One topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TopicImage {
    pub(crate) id: Uuid,
    pub(crate) name: Arc<str>,
    /// Written by the broker itself, as `__consumer_offsets` is.
    pub(crate) internal: bool,
    /// By partition number, without gaps.
    pub(crate) partitions: Vec<PartitionImage>,
}

/// The cluster's metadata; cheap to clone, as topics are shared.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ClusterImage {
    pub(crate) cluster_id: Option<Arc<str>>,
    /// How many records this image stands for.
    pub(crate) version: u64,
    pub(crate) brokers: BTreeMap<i32, BrokerImage>,
    pub(crate) next_producer_id: i64,
    /// Client quotas; the same `Arc` as long as none changes.
    pub(crate) quotas: Arc<Quotas>,
    /// Features that were finalized at another level than the highest.
    pub(crate) features: BTreeMap<String, i16>,
    /// Grows with each change of features.
    pub(crate) features_epoch: i64,
    topics: BTreeMap<Arc<str>, Arc<TopicImage>>,
    by_id: BTreeMap<Uuid, Arc<TopicImage>>,
    collisions: BTreeMap<String, Arc<str>>,
    configs: BTreeMap<ConfigResource, Arc<BTreeMap<String, String>>>,
}

/// A record that does not fit the ones before it: the log was not written by these rules.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReplayError {
    #[error("metadata record {version} names a topic id '{topic_id}' that no record created")]
    UnknownTopic { version: u64, topic_id: String },
    #[error("metadata record {version} has a topic id '{topic_id}' that is no UUID")]
    BadTopicId { version: u64, topic_id: String },
    #[error("metadata record {version} numbers the partitions of topic '{topic}' with a gap")]
    PartitionGap { version: u64, topic: String },
}

impl ClusterImage {
    /// The topic of this name.
    pub(crate) fn topic(&self, name: &str) -> Option<&Arc<TopicImage>> {
        self.topics.get(name)
    }

    /// The topic of this id.
    pub(crate) fn topic_by_id(&self, id: Uuid) -> Option<&Arc<TopicImage>> {
        self.by_id.get(&id)
    }

    /// Every topic, in the order of names.
    pub(crate) fn topics(&self) -> impl ExactSizeIterator<Item = &Arc<TopicImage>> {
        self.topics.values()
    }

    /// The topic whose name differs from `name` only in '.' and '_', if there is one.
    pub(crate) fn colliding_topic(&self, name: &str) -> Option<&Arc<str>> {
        self.collisions.get(&collision_key(name)).filter(|other| &***other != name)
    }

    /// The configs that were set on a resource, by name.
    pub(crate) fn configs(&self, resource: &ConfigResource) -> Option<&Arc<BTreeMap<String, String>>> {
        self.configs.get(resource)
    }

    /// Every resource that has configs of its own, with them.
    pub(crate) fn all_configs(
        &self,
    ) -> impl Iterator<Item = (&ConfigResource, &Arc<BTreeMap<String, String>>)> {
        self.configs.iter()
    }

    /// The epoch of the partitions that a broker leads.
    pub(crate) fn leader_epoch(&self, broker_id: i32) -> i32 {
        self.brokers.get(&broker_id).map_or(0, |broker| broker.leader_epoch)
    }

    /// Applies one record, the same when live and at load.
    ///
    /// # Errors
    /// When the record cannot follow the ones before it; the image is then as it was.
    pub(crate) fn replay(&mut self, record: &MetadataRecord) -> Result<(), ReplayError> {
        let version = self.version + 1;
        match record {
            MetadataRecord::Cluster { cluster_id } => self.cluster_id = Some(cluster_id.as_str().into()),
            MetadataRecord::BrokerRegistered { broker_id, broker_epoch, leader_epoch } => {
                let broker = BrokerImage { epoch: *broker_epoch, leader_epoch: *leader_epoch };
                self.brokers.insert(*broker_id, broker);
            }
            MetadataRecord::TopicCreated { topic_id, name, internal, partitions } => {
                let topic = TopicImage {
                    id: parse_id(version, topic_id)?,
                    name: name.as_str().into(),
                    internal: *internal,
                    partitions: append_partitions(version, name, &[], partitions)?,
                };
                self.collisions.insert(collision_key(name), topic.name.clone());
                self.put_topic(topic);
            }
            MetadataRecord::PartitionsAdded { topic_id, partitions } => {
                let mut topic = (**self.find(version, topic_id)?).clone();
                topic.partitions = append_partitions(version, &topic.name, &topic.partitions, partitions)?;
                self.put_topic(topic);
            }
            MetadataRecord::TopicDeleted { topic_id } => {
                let topic = self.find(version, topic_id)?.clone();
                self.by_id.remove(&topic.id);
                self.topics.remove(&topic.name);
                self.collisions.remove(&collision_key(&topic.name));
                self.configs.remove(&ConfigResource::Topic(topic.name.to_string()));
            }
            MetadataRecord::ConfigSet { resource, name, value } => {
                self.set_config(resource, name, value.as_ref())
            }
            MetadataRecord::QuotaSet { entity, key, value } => {
                Arc::make_mut(&mut self.quotas).set(entity, key, *value);
            }
            MetadataRecord::FeatureLevel { name, level } => {
                self.features.insert(name.clone(), *level);
                self.features_epoch += 1;
            }
            MetadataRecord::SnapshotBegin { .. } => *self = ClusterImage::default(),
            MetadataRecord::SnapshotEnd { version, features_epoch } => {
                self.version = *version;
                self.features_epoch = *features_epoch;
                return Ok(());
            }
            // For whoever looks after files.
            MetadataRecord::TopicsGone { .. } => {}
            MetadataRecord::ProducerIds { next } => self.next_producer_id = *next,
        }
        self.version = version;
        Ok(())
    }

    fn put_topic(&mut self, topic: TopicImage) {
        let topic = Arc::new(topic);
        self.by_id.insert(topic.id, topic.clone());
        self.topics.insert(topic.name.clone(), topic);
    }

    fn find(&self, version: u64, topic_id: &str) -> Result<&Arc<TopicImage>, ReplayError> {
        let id = parse_id(version, topic_id)?;
        self.by_id
            .get(&id)
            .ok_or_else(|| ReplayError::UnknownTopic { version, topic_id: topic_id.to_owned() })
    }

    fn set_config(&mut self, resource: &ConfigResource, name: &str, value: Option<&String>) {
        let configs = Arc::make_mut(self.configs.entry(resource.clone()).or_default());
        match value {
            Some(value) => configs.insert(name.to_owned(), value.clone()),
            None => configs.remove(name),
        };
        if configs.is_empty() {
            self.configs.remove(resource);
        }
    }
}

fn parse_id(version: u64, topic_id: &str) -> Result<Uuid, ReplayError> {
    topic_id.parse().map_err(|_| ReplayError::BadTopicId { version, topic_id: topic_id.to_owned() })
}

fn append_partitions(
    version: u64,
    topic: &str,
    before: &[PartitionImage],
    added: &[PartitionRecord],
) -> Result<Vec<PartitionImage>, ReplayError> {
    let mut all = before.to_vec();
    for record in added {
        if usize::try_from(record.partition) != Ok(all.len()) {
            return Err(ReplayError::PartitionGap { version, topic: topic.to_owned() });
        }
        all.push(PartitionImage { replicas: record.replicas.clone() });
    }
    Ok(all)
}

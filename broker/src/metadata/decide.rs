//! Which records a change of topics, partitions or producer ids leads to.

use super::image::{ClusterImage, TopicImage};
use super::record::{ConfigResource, MetadataRecord, PartitionRecord};
use super::topic_name::{TopicNameError, check_topic_name};
use riverrun_core::protocol::Uuid;

/// The most partitions that one request may ask for, so that a typing error cannot fill the disk.
const MAX_NEW_PARTITIONS: i32 = 100_000;

/// Why a topic cannot be changed as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TopicError {
    #[error(transparent)]
    Name(#[from] TopicNameError),
    #[error("Topic '{0}' already exists")]
    Exists(String),
    #[error("topic '{name}' collides with topic '{other}': metrics cannot tell '.' from '_'")]
    Collides { name: String, other: String },
    #[error("there is no topic '{0}'")]
    Unknown(String),
    #[error(
        "the number of partitions was {0}; it must be between 1 and {MAX_NEW_PARTITIONS}, or -1 for the broker's default"
    )]
    Partitions(i32),
    #[error("the topic has {has} partitions already; {asked} is not more")]
    NotMorePartitions { has: usize, asked: i32 },
    #[error("the replication factor was {asked}, but the cluster has {brokers} broker(s)")]
    ReplicationFactor { asked: i16, brokers: usize },
    #[error("{0}")]
    Assignment(String),
    #[error("{0}")]
    Config(String),
    #[error("both a number of partitions or replicas and an assignment were given; leave the numbers at -1")]
    CountAndAssignment,
}

/// What a broker gives a topic that does not say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TopicDefaults {
    /// `num.partitions`
    pub(crate) partitions: i32,
    /// `default.replication.factor`
    pub(crate) replication_factor: i16,
}

/// A topic to create.
#[derive(Clone, Debug)]
pub(crate) struct NewTopic {
    pub(crate) name: String,
    /// The id it gets, drawn by the driver.
    pub(crate) id: Uuid,
    /// −1: the default.
    pub(crate) partitions: i32,
    /// −1: the default.
    pub(crate) replication_factor: i16,
    /// Partition number to brokers; empty when the cluster shall choose.
    pub(crate) assignments: Vec<(i32, Vec<i32>)>,
    /// Checked configs.
    pub(crate) configs: Vec<(String, String)>,
    pub(crate) internal: bool,
}

/// The records that create a topic.
pub(crate) fn decide_create_topic(
    image: &ClusterImage,
    defaults: TopicDefaults,
    topic: &NewTopic,
) -> Result<Vec<MetadataRecord>, TopicError> {
    check_topic_name(&topic.name)?;
    if image.topic(&topic.name).is_some() {
        return Err(TopicError::Exists(topic.name.clone()));
    }
    if let Some(other) = image.colliding_topic(&topic.name) {
        return Err(TopicError::Collides { name: topic.name.clone(), other: other.to_string() });
    }
    let partitions = if topic.assignments.is_empty() {
        let replicas = choose_replicas(image, topic.replication_factor, defaults)?;
        let count = if topic.partitions == -1 { defaults.partitions } else { topic.partitions };
        if !(1..=MAX_NEW_PARTITIONS).contains(&count) {
            return Err(TopicError::Partitions(count));
        }
        number_partitions(0..count, &replicas)
    } else {
        if topic.partitions != -1 || topic.replication_factor != -1 {
            return Err(TopicError::CountAndAssignment);
        }
        check_assignments(image, 0, &topic.assignments)?
    };
    let created = MetadataRecord::TopicCreated {
        topic_id: topic.id.to_string(),
        name: topic.name.clone(),
        internal: topic.internal,
        partitions,
    };
    let configs = topic.configs.iter().map(|(name, value)| MetadataRecord::ConfigSet {
        resource: ConfigResource::Topic(topic.name.clone()),
        name: name.clone(),
        value: Some(value.clone()),
    });
    Ok(std::iter::once(created).chain(configs).collect())
}

/// The records that delete a topic.
pub(crate) fn decide_delete_topic(topic: &TopicImage) -> Vec<MetadataRecord> {
    vec![MetadataRecord::TopicDeleted { topic_id: topic.id.to_string() }]
}

/// The records that bring a topic to `count` partitions.
pub(crate) fn decide_create_partitions(
    image: &ClusterImage,
    name: &str,
    count: i32,
    assignments: Option<&[Vec<i32>]>,
) -> Result<Vec<MetadataRecord>, TopicError> {
    let topic = image.topic(name).ok_or_else(|| TopicError::Unknown(name.to_owned()))?;
    let has = topic.partitions.len();
    let first = i32::try_from(has).unwrap_or(i32::MAX);
    if count <= first {
        return Err(TopicError::NotMorePartitions { has, asked: count });
    }
    if count - first > MAX_NEW_PARTITIONS {
        return Err(TopicError::Partitions(count));
    }
    let partitions = if let Some(assignments) = assignments {
        let numbered: Vec<(i32, Vec<i32>)> = (first..).zip(assignments.iter().cloned()).collect();
        if i32::try_from(numbered.len()) != Ok(count - first) {
            return Err(TopicError::Assignment(format!(
                "{} new partition(s) were asked for, but {} assignment(s) given",
                count - first,
                assignments.len()
            )));
        }
        check_assignments(image, first, &numbered)?
    } else {
        let replicas =
            topic.partitions.first().map(|partition| partition.replicas.clone()).unwrap_or_default();
        number_partitions(first..count, &replicas)
    };
    Ok(vec![MetadataRecord::PartitionsAdded { topic_id: topic.id.to_string(), partitions }])
}

/// The first id of a fresh block of `count` producer ids, and the records that take it.
pub(crate) fn decide_producer_ids(image: &ClusterImage, count: i64) -> (i64, Vec<MetadataRecord>) {
    let first = image.next_producer_id;
    (first, vec![MetadataRecord::ProducerIds { next: first + count }])
}

fn choose_replicas(
    image: &ClusterImage,
    asked: i16,
    defaults: TopicDefaults,
) -> Result<Vec<i32>, TopicError> {
    let asked = if asked == -1 { defaults.replication_factor } else { asked };
    let brokers = image.brokers.len();
    match usize::try_from(asked) {
        Ok(count) if (1..=brokers).contains(&count) => {
            Ok(image.brokers.keys().take(count).copied().collect())
        }
        _ => Err(TopicError::ReplicationFactor { asked, brokers }),
    }
}

fn number_partitions(numbers: std::ops::Range<i32>, replicas: &[i32]) -> Vec<PartitionRecord> {
    numbers.map(|partition| PartitionRecord { partition, replicas: replicas.to_vec() }).collect()
}

fn check_assignments(
    image: &ClusterImage,
    first: i32,
    assignments: &[(i32, Vec<i32>)],
) -> Result<Vec<PartitionRecord>, TopicError> {
    let mut sorted = assignments.to_vec();
    sorted.sort_by_key(|(partition, _)| *partition);
    let factor = sorted.first().map_or(0, |(_, replicas)| replicas.len());
    let mut records = Vec::with_capacity(sorted.len());
    for ((partition, replicas), expected) in sorted.into_iter().zip(first..) {
        if partition != expected {
            return Err(TopicError::Assignment(format!(
                "partitions must be numbered from {first} without gaps: {expected} is missing"
            )));
        }
        let unique = replicas.iter().collect::<std::collections::BTreeSet<_>>().len() == replicas.len();
        if replicas.is_empty() || !unique {
            return Err(TopicError::Assignment(format!(
                "partition {partition} needs brokers, each of them once"
            )));
        }
        if replicas.len() != factor {
            return Err(TopicError::Assignment(
                "every partition must have the same number of replicas".into(),
            ));
        }
        if let Some(unknown) = replicas.iter().find(|id| !image.brokers.contains_key(id)) {
            return Err(TopicError::Assignment(format!(
                "partition {partition}: there is no broker {unknown}"
            )));
        }
        records.push(PartitionRecord { partition, replicas });
    }
    Ok(records)
}

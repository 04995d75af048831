//! The records of the metadata log: JSON objects with a `type`, so that a log can be read by people and by tools.

use serde::{Deserialize, Serialize};

use super::quotas::QuotaEntity;

/// One partition of a new topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartitionRecord {
    pub(crate) partition: i32,
    /// The brokers that hold it, the preferred leader first.
    pub(crate) replicas: Vec<i32>,
}

/// What a config belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub(crate) enum ConfigResource {
    Topic(String),
    Broker(String),
    Group(String),
    ClientMetrics(String),
}

/// One change of the cluster's metadata.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum MetadataRecord {
    /// The first record of a log: the cluster that it belongs to.
    Cluster { cluster_id: String },
    /// A broker has started. `leader_epoch` is what the partitions that it leads have from now on: it grows when the
    /// broker may have lost records that were read.
    BrokerRegistered { broker_id: i32, broker_epoch: i64, leader_epoch: i32 },
    /// A topic, with all its partitions.
    TopicCreated { topic_id: String, name: String, internal: bool, partitions: Vec<PartitionRecord> },
    /// More partitions for a topic.
    PartitionsAdded { topic_id: String, partitions: Vec<PartitionRecord> },
    /// A topic and all that belongs to it is gone.
    TopicDeleted { topic_id: String },
    /// A config got a value, or (`None`) went back to its default.
    ConfigSet { resource: ConfigResource, name: String, value: Option<String> },
    /// A quota of an entity got a value, or (`None`) is gone.
    QuotaSet { entity: QuotaEntity, key: String, value: Option<f64> },
    /// A feature was finalized at a level (KIP-584).
    FeatureLevel { name: String, level: i16 },
    /// The next `records` records make the cluster from nothing; a [`SnapshotEnd`](Self::SnapshotEnd) follows them.
    SnapshotBegin { records: u64 },
    /// The cluster is whole again, as it was at this version.
    SnapshotEnd { version: u64, features_epoch: i64 },
    /// Topics that were deleted before the snapshot; their files may still be there.
    TopicsGone { topic_ids: Vec<String> },
    /// Every producer id below `next` has been handed to a broker.
    ProducerIds { next: i64 },
}

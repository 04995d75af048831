//! The cluster as the shortest list of records that makes it, so that a start does not read all of history.

use riverrun_core::protocol::Uuid;

use super::image::ClusterImage;
use super::record::{MetadataRecord, PartitionRecord};

/// The records that make `image` from nothing, between the marks of a snapshot. `deleted` are topics whose files may
/// still be there.
pub(crate) fn snapshot(image: &ClusterImage, deleted: &[Uuid]) -> Vec<MetadataRecord> {
    let mut records = Vec::new();
    if let Some(cluster_id) = &image.cluster_id {
        records.push(MetadataRecord::Cluster { cluster_id: cluster_id.to_string() });
    }
    records.extend(image.brokers.iter().map(|(broker_id, broker)| MetadataRecord::BrokerRegistered {
        broker_id: *broker_id,
        broker_epoch: broker.epoch,
        leader_epoch: broker.leader_epoch,
    }));
    records.extend(image.topics().map(|topic| {
        MetadataRecord::TopicCreated {
            topic_id: topic.id.to_string(),
            name: topic.name.to_string(),
            internal: topic.internal,
            partitions: (0..)
                .zip(&topic.partitions)
                .map(|(partition, found)| PartitionRecord { partition, replicas: found.replicas.clone() })
                .collect(),
        }
    }));
    for (resource, configs) in image.all_configs() {
        records.extend(configs.iter().map(|(name, value)| MetadataRecord::ConfigSet {
            resource: resource.clone(),
            name: name.clone(),
            value: Some(value.clone()),
        }));
    }
    for (entity, values) in image.quotas.iter() {
        records.extend(values.iter().map(|(key, value)| MetadataRecord::QuotaSet {
            entity: entity.clone(),
            key: key.clone(),
            value: Some(*value),
        }));
    }
    let levels = image.features.iter();
    records.extend(
        levels.map(|(name, level)| MetadataRecord::FeatureLevel { name: name.clone(), level: *level }),
    );
    records.push(MetadataRecord::ProducerIds { next: image.next_producer_id });
    if !deleted.is_empty() {
        let topic_ids = deleted.iter().map(ToString::to_string).collect();
        records.push(MetadataRecord::TopicsGone { topic_ids });
    }
    let begin = MetadataRecord::SnapshotBegin { records: records.len() as u64 };
    let end = MetadataRecord::SnapshotEnd { version: image.version, features_epoch: image.features_epoch };
    std::iter::once(begin).chain(records).chain([end]).collect()
}

/// What has to be replayed of a log's records: everything from its last whole snapshot on. `None` when there is no
/// snapshot and the log's first records are gone. The flag says whether the log ends in a snapshot that was cut short.
///
/// A snapshot that a crash cut short is left out with all behind it: nothing else is written before the next start has
/// written a whole one.
pub(crate) fn from_last_snapshot(
    mut records: Vec<MetadataRecord>,
    is_from_first: bool,
) -> Option<(Vec<MetadataRecord>, bool)> {
    let end_of = |begin: usize| match &records[begin] {
        MetadataRecord::SnapshotBegin { records: count } => {
            let end = begin.checked_add(usize::try_from(*count).ok()?)?.checked_add(1)?;
            matches!(records.get(end), Some(MetadataRecord::SnapshotEnd { .. })).then_some(end)
        }
        _ => None,
    };
    let whole = (0..records.len()).rev().find_map(|begin| Some((begin, end_of(begin)?)));
    let (begin, end) = match whole {
        Some(whole) => whole,
        None if is_from_first => (0, 0),
        None => return None,
    };
    let is_begin = |record: &MetadataRecord| matches!(record, MetadataRecord::SnapshotBegin { .. });
    let cut = records.iter().skip(end).position(is_begin);
    if let Some(cut) = cut {
        records.truncate(end + cut);
    }
    records.drain(..begin);
    Some((records, cut.is_some()))
}

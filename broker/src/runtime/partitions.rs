//! The partitions of this broker, made when first asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use riverrun_core::protocol::Uuid;

use super::logs::Logs;
use super::partition::Partition;
use crate::log::TopicPartition;
use crate::metadata::TopicImage;

/// Every partition that was asked for since the start.
#[derive(Debug)]
pub(crate) struct Partitions {
    logs: Arc<Logs>,
    known: RwLock<BTreeMap<(Uuid, i32), Arc<Partition>>>,
}

impl Partitions {
    pub(super) fn new(logs: Arc<Logs>) -> Self {
        Partitions { logs, known: RwLock::default() }
    }

    /// The partition of a topic; `None` if the topic has no partition of that number.
    pub(crate) fn get(&self, topic: &TopicImage, index: i32) -> Option<Arc<Partition>> {
        if !usize::try_from(index).is_ok_and(|index| index < topic.partitions.len()) {
            return None;
        }
        let key = (topic.id, index);
        if let Some(partition) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Some(partition.clone());
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let id = TopicPartition { topic: topic.name.clone(), partition: index };
            Arc::new(Partition::new(id, topic.id, self.logs.clone()))
        };
        Some(known.entry(key).or_insert_with(make).clone())
    }

    /// Takes the partitions of a topic out.
    pub(super) fn take_topic(&self, topic_id: Uuid) -> Vec<Arc<Partition>> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let keys: Vec<(Uuid, i32)> =
            known.range((topic_id, 0)..=(topic_id, i32::MAX)).map(|(key, _)| *key).collect();
        keys.iter().filter_map(|key| known.remove(key)).collect()
    }

    /// The partitions of a topic that are open.
    pub(super) fn of_topic(&self, topic_id: Uuid) -> Vec<Arc<Partition>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.range((topic_id, 0)..=(topic_id, i32::MAX)).map(|(_, partition)| partition.clone()).collect()
    }

    /// Every partition that is open.
    pub(crate) fn open(&self) -> Vec<Arc<Partition>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.values().filter(|partition| partition.is_open()).cloned().collect()
    }
}

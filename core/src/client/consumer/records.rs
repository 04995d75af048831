//! What polling returns.

use std::sync::Arc;

use super::super::TopicPartition;
use crate::record::Record;

/// Records of one partition, in the order of their offsets.
#[derive(Clone, Debug)]
pub struct PartitionRecords {
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// The records. Their keys and values share the memory of what was fetched.
    pub records: Vec<Record>,
    /// Where the consumer goes on behind these records; what to commit once they are processed.
    pub next_offset: i64,
}

impl PartitionRecords {
    /// The partition's name.
    pub fn topic_partition(&self) -> TopicPartition {
        TopicPartition { topic: Arc::clone(&self.topic), partition: self.partition }
    }
}

/// What one poll returned, by partition.
#[derive(Clone, Debug, Default)]
pub struct ConsumerRecords {
    /// The partitions that had records.
    pub partitions: Vec<PartitionRecords>,
}

impl ConsumerRecords {
    /// How many records these are.
    pub fn len(&self) -> usize {
        self.partitions.iter().map(|partition| partition.records.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.partitions.is_empty()
    }

    /// Every record, with the partition that it is of.
    pub fn iter(&self) -> impl Iterator<Item = (&PartitionRecords, &Record)> {
        self.partitions
            .iter()
            .flat_map(|partition| partition.records.iter().map(move |record| (partition, record)))
    }
}

//! Topics in memory, for tests and for trying SQL without a cluster.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use riverrun_core::{Error, ErrorKind, Result};

use super::{Chunk, NewRecord, TopicLog};
use crate::record::InputRecord;

type Topics = BTreeMap<String, Vec<Vec<InputRecord>>>;

/// A cluster that forgets everything when it is dropped. Cheap to clone; clones share the topics.
#[derive(Clone, Debug)]
pub struct MemoryLog {
    topics: Arc<Mutex<Topics>>,
    partitions: i32,
}

impl MemoryLog {
    /// An empty cluster, whose topics have `partitions` partitions if nothing else is said.
    pub fn new(partitions: i32) -> MemoryLog {
        MemoryLog { topics: Arc::default(), partitions: partitions.max(1) }
    }

    fn lock(&self) -> MutexGuard<'_, Topics> {
        // Every critical section leaves the map whole, so a panic elsewhere takes nothing from it.
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records of a partition from an offset on; empty if there is no such partition.
    pub fn records(&self, topic: &str, partition: i32, from: i64) -> Vec<InputRecord> {
        let topics = self.lock();
        let log = topics.get(topic).and_then(|partitions| partitions.get(usize::try_from(partition).ok()?));
        let from = usize::try_from(from).unwrap_or(0);
        log.and_then(|log| log.get(from..)).map(<[InputRecord]>::to_vec).unwrap_or_default()
    }

    /// Writes records, creating the topic if it is not there. The partition goes by the murmur2 hash of the key.
    pub fn write(&self, topic: &str, records: Vec<NewRecord>) {
        let mut topics = self.lock();
        let count = usize::try_from(self.partitions).unwrap_or(1);
        let log = topics.entry(topic.to_string()).or_insert_with(|| vec![Vec::new(); count]);
        for record in records {
            let chosen = match (record.partition, &record.key) {
                (Some(partition), _) => usize::try_from(partition).unwrap_or(0) % log.len(),
                (None, Some(key)) => (murmur2(key) & 0x7FFF_FFFF) as usize % log.len(),
                (None, None) => log.iter().map(Vec::len).sum::<usize>() % log.len(),
            };
            let offset = i64::try_from(log[chosen].len()).unwrap_or(i64::MAX);
            let timestamp = record.timestamp.unwrap_or(0);
            let NewRecord { key, value, headers, .. } = record;
            log[chosen].push(InputRecord { offset, timestamp, key, value, headers });
        }
    }
}

/// The hash by which Kafka's default partitioner places keys.
pub(crate) fn murmur2(data: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let mut hash: u32 = 0x9747_b28c ^ (data.len() as u32);
    let mut chunks = data.chunks_exact(4);
    for chunk in &mut chunks {
        let mut k = u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]).wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    let rest = chunks.remainder();
    for (place, byte) in rest.iter().enumerate() {
        hash ^= u32::from(*byte) << (8 * place);
    }
    if !rest.is_empty() {
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 15)
}

#[async_trait]
impl TopicLog for MemoryLog {
    async fn topics(&self) -> Result<Vec<String>> {
        Ok(self.lock().keys().cloned().collect())
    }

    async fn extent(&self, topic: &str) -> Result<Option<Vec<(i64, i64)>>> {
        let end = |log: &Vec<InputRecord>| (0, i64::try_from(log.len()).unwrap_or(i64::MAX));
        Ok(self.lock().get(topic).map(|partitions| partitions.iter().map(end).collect()))
    }

    async fn read(&self, topic: &str, partition: i32, from: i64, to: i64, limit: usize) -> Result<Chunk> {
        let mut records = self.records(topic, partition, from);
        let left = usize::try_from(to.saturating_sub(from)).unwrap_or(0);
        records.truncate(left.min(limit.max(1)));
        let next_offset = records.last().map_or(from, |record| record.offset + 1);
        Ok(Chunk { records, next_offset })
    }

    async fn offset_for_time(&self, topic: &str, partition: i32, timestamp_ms: i64) -> Result<Option<i64>> {
        let records = self.records(topic, partition, 0);
        Ok(records.iter().find(|record| record.timestamp >= timestamp_ms).map(|record| record.offset))
    }

    async fn create(&self, topic: &str, partitions: Option<i32>, _: &BTreeMap<String, String>) -> Result<()> {
        let count = usize::try_from(partitions.unwrap_or(self.partitions)).map_err(|_| {
            Error::new(ErrorKind::Invalid, format!("topic '{topic}' needs at least one partition"))
        })?;
        self.lock().entry(topic.to_string()).or_insert_with(|| vec![Vec::new(); count.max(1)]);
        Ok(())
    }

    async fn delete(&self, topic: &str) -> Result<()> {
        self.lock().remove(topic);
        Ok(())
    }

    async fn append(&self, topic: &str, records: Vec<NewRecord>) -> Result<()> {
        self.write(topic, records);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::murmur2;

    #[test]
    fn keys_are_placed_as_kafka_places_them() {
        // Known values of the Java client's own hash.
        for (key, expected) in
            [("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536)]
        {
            assert_eq!(murmur2(key.as_bytes()).cast_signed(), expected, "{key}");
        }
    }
}

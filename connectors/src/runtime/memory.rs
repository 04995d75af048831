//! A log in memory, for tests: it can crash at any write.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use riverrun_core::client::IsolationLevel;
use riverrun_core::{Error, ErrorKind, Result};

use crate::api::TopicPartition;

use super::log::{Log, LogReader, LogRecord, LogWriter, OutRecord, TopicInfo, TopicSpec};

/// A Kafka log in memory. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryLog(Arc<Mutex<Inner>>);

type Partition = Vec<LogRecord>;

#[derive(Debug, Default)]
struct Inner {
    topics: BTreeMap<String, (TopicInfo, Vec<Partition>)>,
    /// How many writers each id has had.
    writers: BTreeMap<String, u64>,
    next_topic: u64,
    /// How many more records and commits are taken before every call fails, as if the process had died.
    records_until_crash: Option<u64>,
    groups: BTreeMap<String, BTreeMap<TopicPartition, i64>>,
}

impl MemoryLog {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets every write fail after `steps` more records and commits; `None` heals the log.
    pub fn crash_after(&self, steps: Option<u64>) {
        self.inner().records_until_crash = steps;
    }

    /// All records of a topic, partition by partition.
    pub fn records(&self, topic: &str) -> Vec<Vec<LogRecord>> {
        let inner = self.inner();
        let Some((_, partitions)) = inner.topics.get(topic) else { return Vec::new() };
        partitions.clone()
    }

    /// What a group has committed.
    pub fn group(&self, name: &str) -> BTreeMap<TopicPartition, i64> {
        self.inner().groups.get(name).cloned().unwrap_or_default()
    }

    /// Removes a topic; one made later under its name has another identity.
    pub fn delete_topic(&self, name: &str) {
        self.inner().topics.remove(name);
    }
}

fn crashed() -> Error {
    Error::new(ErrorKind::Closed, "the log has crashed, as the test asked")
}

fn absent(topic: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("topic '{topic}' does not exist"))
}

impl Inner {
    fn partition(&mut self, partition: &TopicPartition) -> Result<&mut Partition> {
        let found = self.topics.get_mut(&*partition.topic);
        let number = usize::try_from(partition.partition).unwrap_or(usize::MAX);
        found.and_then(|(_, all)| all.get_mut(number)).ok_or_else(|| absent(&partition.topic))
    }

    /// One step on the way to the crash, if there is to be one.
    fn step(&mut self) -> Result<()> {
        match &mut self.records_until_crash {
            Some(0) => return Err(crashed()),
            Some(left) => *left -= 1,
            None => {}
        }
        Ok(())
    }

    fn append(&mut self, partition: &TopicPartition, record: OutRecord) -> Result<()> {
        let records = self.partition(partition)?;
        let offset = records.len() as i64;
        let timestamp = record.timestamp.unwrap_or(offset);
        let OutRecord { key, value, headers, .. } = record;
        records.push(LogRecord { offset, timestamp, key, value, headers });
        Ok(())
    }
}

#[async_trait]
impl Log for MemoryLog {
    async fn topic(&self, name: &str) -> Result<Option<TopicInfo>> {
        Ok(self.inner().topics.get(name).map(|(info, _)| info.clone()))
    }

    async fn ensure_topic(&self, spec: &TopicSpec) -> Result<TopicInfo> {
        let mut inner = self.inner();
        inner.next_topic += 1;
        let id = Some(format!("topic-{}", inner.next_topic));
        let made = || {
            let empty = vec![Vec::new(); usize::try_from(spec.partitions).unwrap_or(1)];
            (TopicInfo { partitions: spec.partitions, id }, empty)
        };
        Ok(inner.topics.entry(spec.name.clone()).or_insert_with(made).0.clone())
    }

    async fn end_offsets(&self, topic: &str) -> Result<Vec<i64>> {
        let inner = self.inner();
        let (_, partitions) = inner.topics.get(topic).ok_or_else(|| absent(topic))?;
        Ok(partitions.iter().map(|one| one.len() as i64).collect())
    }

    async fn writer(&self, id: &str) -> Result<Box<dyn LogWriter>> {
        let mut inner = self.inner();
        let generation = inner.writers.entry(id.to_owned()).or_default();
        *generation += 1;
        let name = (id.to_owned(), *generation);
        Ok(Box::new(MemoryWriter { log: self.clone(), name, pending: Vec::new() }))
    }

    async fn reader(
        &self,
        from: &BTreeMap<TopicPartition, i64>,
        _isolation: IsolationLevel,
    ) -> Result<Box<dyn LogReader>> {
        // What is not committed never gets here.
        let lanes = from.iter().map(|(partition, &from)| (partition.clone(), (from.max(0), false))).collect();
        Ok(Box::new(MemoryReader { log: self.clone(), lanes }))
    }

    async fn append_batch(&self, partition: &TopicPartition, records: Vec<OutRecord>) -> Result<()> {
        let mut inner = self.inner();
        inner.step()?;
        inner.partition(partition)?;
        records.into_iter().try_for_each(|record| inner.append(partition, record))?;
        Ok(())
    }

    async fn group_positions(&self, group: &str) -> Result<BTreeMap<TopicPartition, i64>> {
        Ok(self.group(group))
    }

    async fn commit_group(&self, group: &str, next: &BTreeMap<TopicPartition, i64>) -> Result<()> {
        self.inner().groups.insert(group.to_owned(), next.clone());
        Ok(())
    }
}

struct MemoryWriter {
    log: MemoryLog,
    /// Its id, and the how many-th of it this is.
    name: (String, u64),
    /// What is not committed.
    pending: Vec<(TopicPartition, OutRecord)>,
}

#[async_trait]
impl LogWriter for MemoryWriter {
    async fn write(&mut self, partition: &TopicPartition, records: Vec<OutRecord>) -> Result<()> {
        let mut inner = self.log.inner();
        inner.partition(partition)?;
        for record in records {
            inner.step()?;
            self.pending.push((partition.clone(), record));
        }
        Ok(())
    }

    async fn commit(&mut self, group: Option<(&str, &BTreeMap<TopicPartition, i64>)>) -> Result<()> {
        let mut inner = self.log.inner();
        inner.step()?;
        if inner.writers.get(&self.name.0) != Some(&self.name.1) {
            let message = format!("a newer writer has the id '{}'", self.name.0);
            return Err(Error::new(ErrorKind::Fenced, message));
        }
        for (partition, record) in std::mem::take(&mut self.pending) {
            inner.append(&partition, record)?;
        }
        if let Some((group, next)) = group {
            inner.groups.entry(group.to_owned()).or_default().extend(next.clone());
        }
        // The last step before a crash may be a commit whose answer is lost.
        match inner.records_until_crash {
            Some(0) => Err(crashed()),
            _ => Ok(()),
        }
    }
}

struct MemoryReader {
    log: MemoryLog,
    lanes: BTreeMap<TopicPartition, (i64, bool)>,
}

#[async_trait]
impl LogReader for MemoryReader {
    async fn poll(&mut self, max_wait: Duration) -> Result<Vec<(TopicPartition, Vec<LogRecord>)>> {
        const RECORDS: usize = 100;
        let mut found = Vec::new();
        {
            let mut inner = self.log.inner();
            for (partition, (position, paused)) in &mut self.lanes {
                let records = inner.partition(partition)?;
                let begin = usize::try_from(*position).unwrap_or(0).min(records.len());
                let end = records.len().min(begin + RECORDS);
                if !*paused && begin < end {
                    found.push((partition.clone(), records[begin..end].to_vec()));
                    *position = end as i64;
                }
            }
        }
        if found.is_empty() {
            tokio::time::sleep(max_wait.min(Duration::from_millis(1))).await;
        }
        Ok(found)
    }

    fn position(&self, partition: &TopicPartition) -> i64 {
        self.lanes.get(partition).map_or(0, |(position, _)| *position)
    }

    fn set_paused(&mut self, partition: &TopicPartition, paused: bool) {
        if let Some((_, now)) = self.lanes.get_mut(partition) {
            *now = paused;
        }
    }
}

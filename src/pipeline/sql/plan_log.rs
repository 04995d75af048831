//! The topics as a plan sees them: their names and numbers of partitions, and nothing in them.
//!
//! Planning against this needs no cluster, and makes nothing; what would be made is noted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use riverrun_connectors::runtime::TopicSpec;
use riverrun_core::{Error, ErrorKind, Result};
use riverrun_streams::sql::topic::{Chunk, NewRecord, TopicLog};

/// Topics on paper. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct PlanLog(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    partitions: BTreeMap<String, i32>,
    made: Vec<TopicSpec>,
}

impl PlanLog {
    /// The topics that are there, with their numbers of partitions.
    pub(super) fn new(partitions: BTreeMap<String, i32>) -> PlanLog {
        PlanLog(Arc::new(Mutex::new(Inner { partitions, made: Vec::new() })))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing in here panics half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The topics that would have been made, in order.
    pub(super) fn made(&self) -> Vec<TopicSpec> {
        self.lock().made.clone()
    }
}

#[async_trait]
impl TopicLog for PlanLog {
    async fn topics(&self) -> Result<Vec<String>> {
        Ok(self.lock().partitions.keys().cloned().collect())
    }

    async fn extent(&self, topic: &str) -> Result<Option<Vec<(i64, i64)>>> {
        let count = self.lock().partitions.get(topic).copied();
        Ok(count.map(|count| vec![(0, 0); usize::try_from(count).unwrap_or(0)]))
    }

    async fn read(&self, _topic: &str, _partition: i32, from: i64, _to: i64, _limit: usize) -> Result<Chunk> {
        Ok(Chunk { records: Vec::new(), next_offset: from })
    }

    async fn offset_for_time(
        &self,
        _topic: &str,
        _partition: i32,
        _timestamp_ms: i64,
    ) -> Result<Option<i64>> {
        Ok(None)
    }

    async fn create(
        &self,
        topic: &str,
        partitions: Option<i32>,
        configs: &BTreeMap<String, String>,
    ) -> Result<()> {
        let mut inner = self.lock();
        if !inner.partitions.contains_key(topic) {
            let partitions = partitions.unwrap_or(1);
            inner.partitions.insert(topic.to_owned(), partitions);
            inner.made.push(TopicSpec { name: topic.to_owned(), partitions, configs: configs.clone() });
        }
        Ok(())
    }

    async fn delete(&self, topic: &str) -> Result<()> {
        Err(nothing_in_it(topic))
    }

    async fn append(&self, topic: &str, _records: Vec<NewRecord>) -> Result<()> {
        Err(nothing_in_it(topic))
    }
}

fn nothing_in_it(topic: &str) -> Error {
    let message =
        format!("topic '{topic}': a pipeline's script declares, it does not change rows or topics at once");
    Error::new(ErrorKind::Unsupported, message)
}

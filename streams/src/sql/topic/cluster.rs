//! Topics of a Kafka cluster, over our own client.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use riverrun_core::client::{
    Admin, Client, Consumer, ConsumerConfig, IsolationLevel, NewTopic, OffsetSpec, Producer, ProducerConfig,
    ProducerRecord, TopicPartition,
};
use riverrun_core::record::{Header, Record};
use riverrun_core::{Error, ErrorKind, Result};

use super::{Chunk, NewRecord, TopicLog};
use crate::record::{Header as TaskHeader, InputRecord};

/// How long one poll waits before it looks whether the end was reached.
const POLL: Duration = Duration::from_millis(500);
/// How many polls without a record make an error: the partition's leader does not answer.
const EMPTY_POLLS_MAX: usize = 60;
/// How many consumers are kept for reading on.
const IDLE_CONSUMERS_MAX: usize = 64;

/// A cluster as SQL sees it. Reads only what is committed.
pub struct ClusterLog {
    client: Client,
    admin: Admin,
    producer: Producer,
    /// Consumers that stand where the last read of their partition ended.
    idle: Mutex<BTreeMap<TopicPartition, (i64, Consumer)>>,
}

impl std::fmt::Debug for ClusterLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClusterLog").finish_non_exhaustive()
    }
}

impl ClusterLog {
    /// The cluster that a client is connected with.
    ///
    /// # Errors
    /// `Invalid` if the client's configuration does not allow a producer.
    pub fn new(client: &Client) -> Result<ClusterLog> {
        Ok(ClusterLog {
            client: client.clone(),
            admin: Admin::new(client),
            producer: Producer::new(client, ProducerConfig::default())?,
            idle: Mutex::default(),
        })
    }

    fn take_consumer(&self, partition: &TopicPartition, from: i64) -> Result<Consumer> {
        let known = self.idle.lock().unwrap_or_else(PoisonError::into_inner).remove(partition);
        if let Some((position, consumer)) = known
            && position == from
        {
            return Ok(consumer);
        }
        let config = ConsumerConfig { auto_commit: false, ..ConsumerConfig::default() }
            .isolation_level(IsolationLevel::ReadCommitted)
            .max_poll_records(8_192);
        let mut consumer = Consumer::new(&self.client, config)?;
        consumer.assign(std::slice::from_ref(partition))?;
        consumer.seek(partition, from)?;
        Ok(consumer)
    }

    fn keep_consumer(&self, partition: TopicPartition, position: i64, consumer: Consumer) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= IDLE_CONSUMERS_MAX {
            idle.pop_first();
        }
        idle.insert(partition, (position, consumer));
    }
}

fn input(record: Record) -> InputRecord {
    InputRecord {
        offset: record.offset,
        timestamp: record.timestamp,
        key: record.key,
        value: record.value,
        headers: record
            .headers
            .into_iter()
            .map(|header| TaskHeader { key: header.key, value: header.value })
            .collect(),
    }
}

#[async_trait]
impl TopicLog for ClusterLog {
    async fn topics(&self) -> Result<Vec<String>> {
        let mut names: Vec<String> =
            self.admin.list_topics().await?.iter().map(|topic| topic.name.to_string()).collect();
        names.retain(|name| !name.starts_with("__"));
        names.sort();
        Ok(names)
    }

    async fn extent(&self, topic: &str) -> Result<Option<Vec<(i64, i64)>>> {
        let mut described = self.admin.describe_topics(&[topic]).await?;
        let view = match described.remove(topic) {
            Some(Ok(view)) => view,
            Some(Err(error)) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => return Ok(None),
        };
        let name: Arc<str> = Arc::from(topic);
        let count = i32::try_from(view.partitions.len()).unwrap_or(i32::MAX);
        let partitions: Vec<TopicPartition> =
            (0..count).map(|at| TopicPartition::new(name.clone(), at)).collect();
        let starts = self.admin.list_offsets(&partitions, OffsetSpec::Earliest).await?;
        let ends = self.admin.list_offsets(&partitions, OffsetSpec::Latest).await?;
        let at =
            |offsets: &BTreeMap<TopicPartition, i64>, partition| offsets.get(partition).copied().unwrap_or(0);
        Ok(Some(partitions.iter().map(|partition| (at(&starts, partition), at(&ends, partition))).collect()))
    }

    async fn read(&self, topic: &str, partition: i32, from: i64, to: i64, _: usize) -> Result<Chunk> {
        let place = TopicPartition::new(topic, partition);
        let mut consumer = self.take_consumer(&place, from)?;
        for _ in 0..EMPTY_POLLS_MAX {
            let polled = consumer.poll(POLL).await?;
            let mut records = Vec::new();
            for part in polled.partitions {
                records.extend(part.records.into_iter().map(input));
            }
            // What lies behind the end was written after the query began.
            let passed = records.iter().any(|record| record.offset >= to);
            records.retain(|record| record.offset < to);
            let position = consumer.positions().get(&place).copied().unwrap_or(from);
            if passed || position >= to {
                return Ok(Chunk { records, next_offset: to });
            }
            if !records.is_empty() {
                self.keep_consumer(place, position, consumer);
                return Ok(Chunk { records, next_offset: position });
            }
        }
        Err(Error::new(
            ErrorKind::Timeout,
            format!(
                "topic '{topic}', partition {partition}: nothing came from offset {from} on, though it ends at {to}"
            ),
        ))
    }

    async fn offset_for_time(&self, topic: &str, partition: i32, timestamp_ms: i64) -> Result<Option<i64>> {
        let place = TopicPartition::new(topic, partition);
        let spec = OffsetSpec::Timestamp(timestamp_ms);
        let found = self.admin.list_offsets(std::slice::from_ref(&place), spec).await?;
        Ok(found.get(&place).copied().filter(|offset| *offset >= 0))
    }

    async fn create(
        &self,
        topic: &str,
        partitions: Option<i32>,
        configs: &BTreeMap<String, String>,
    ) -> Result<()> {
        let made = NewTopic { partitions, configs: configs.clone(), ..NewTopic::new(topic) };
        self.admin.ensure_topic(&made).await.map(|_| ())
    }

    async fn delete(&self, topic: &str) -> Result<()> {
        match self.admin.delete_topics(&[topic]).await?.remove(topic) {
            Some(Err(error)) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn append(&self, topic: &str, records: Vec<NewRecord>) -> Result<()> {
        let mut deliveries = Vec::with_capacity(records.len());
        for record in &records {
            let headers: Vec<Header> = record
                .headers
                .iter()
                .map(|header| Header { key: header.key.clone(), value: header.value.clone() })
                .collect();
            let sent = ProducerRecord {
                topic,
                partition: record.partition,
                timestamp: record.timestamp,
                key: record.key.as_deref(),
                value: record.value.as_deref(),
                headers: &headers,
            };
            deliveries.push(self.producer.send(sent).await?);
        }
        self.producer.flush().await?;
        for delivery in deliveries {
            delivery.await?;
        }
        Ok(())
    }
}

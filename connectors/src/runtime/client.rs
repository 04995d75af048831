//! The log behind Riverrun's own Kafka client: an embedded broker or any cluster.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use riverrun_core::client::{
    Admin, Client, CommittedOffset, Consumer, ConsumerConfig, ConsumerEvent, ConsumerRecords, Delivery,
    GroupMetadata, IsolationLevel, NewTopic, OffsetReset, Producer, ProducerConfig, ProducerRecord,
};
use riverrun_core::record::Record;
use riverrun_core::{Error, ErrorKind, Result};

use crate::api::TopicPartition;

use super::log::{Log, LogReader, LogRecord, LogWriter, OutRecord, TopicInfo, TopicSpec};

/// What one commit of positions may weigh: one batch that every broker takes by default.
const COMMIT_BYTES_MAX: usize = 900 * 1024;
const POLL_RECORDS: usize = 2_000;

/// A cluster that a [`Client`] reaches.
#[derive(Clone, Debug)]
pub struct ClientLog {
    client: Client,
    admin: Admin,
    /// Writes the batches of [`Log::append_batch`], each as one.
    commits: Producer,
    producer: ProducerConfig,
}

impl ClientLog {
    /// A log over `client`; records are written as `producer` says.
    ///
    /// # Errors
    /// `Invalid` when the producer's settings contradict each other.
    pub fn new(client: &Client, producer: ProducerConfig) -> Result<ClientLog> {
        let whole = ProducerConfig::default()
            .batch_size(COMMIT_BYTES_MAX)
            // A commit goes out when it is flushed, and never in two batches before.
            .linger(Duration::from_secs(60));
        Ok(ClientLog {
            client: client.clone(),
            admin: Admin::new(client),
            commits: Producer::new(client, whole)?,
            producer,
        })
    }
}

fn record(record: Record) -> LogRecord {
    let Record { offset, timestamp, key, value, headers } = record;
    LogRecord { offset, timestamp, key, value, headers }
}

async fn send(producer: &Producer, partition: &TopicPartition, record: &OutRecord) -> Result<Delivery> {
    let sent = ProducerRecord {
        topic: &partition.topic,
        partition: Some(partition.partition),
        timestamp: record.timestamp,
        key: record.key.as_deref(),
        value: record.value.as_deref(),
        headers: &record.headers,
    };
    producer.send(sent).await
}

#[async_trait]
impl Log for ClientLog {
    async fn topic(&self, name: &str) -> Result<Option<TopicInfo>> {
        match self.admin.describe_topics(&[name]).await?.remove(name) {
            Some(Ok(view)) => {
                let id = view.id;
                Ok(Some(TopicInfo {
                    partitions: i32::try_from(view.partitions.len()).unwrap_or(i32::MAX),
                    id: (!id.is_zero()).then(|| id.to_string()),
                }))
            }
            Some(Err(error)) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(None),
        }
    }

    async fn ensure_topic(&self, spec: &TopicSpec) -> Result<TopicInfo> {
        if let Some(info) = self.topic(&spec.name).await? {
            return Ok(info);
        }
        let mut topic = NewTopic::new(spec.name.as_str()).partitions(spec.partitions);
        for (name, value) in &spec.configs {
            topic = topic.config(name.as_str(), value.as_str());
        }
        self.admin.ensure_topic(&topic).await?;
        // Other brokers may learn of it a moment later.
        self.client.topic(&spec.name, false, self.client.config().api_timeout).await?;
        let info = self.topic(&spec.name).await?;
        info.ok_or_else(|| {
            Error::new(ErrorKind::Retriable, format!("topic '{}' was made and is not there yet", spec.name))
        })
    }

    async fn end_offsets(&self, topic: &str) -> Result<Vec<i64>> {
        Ok(self.admin.end_offsets(topic).await?.into_values().collect())
    }

    async fn writer(&self, id: &str) -> Result<Box<dyn LogWriter>> {
        let producer = Producer::new(&self.client, self.producer.clone().transactional_id(id))?;
        producer.init_transactions().await?;
        Ok(Box::new(ClientWriter { producer, is_open: false }))
    }

    async fn reader(
        &self,
        from: &BTreeMap<TopicPartition, i64>,
        isolation: IsolationLevel,
    ) -> Result<Box<dyn LogReader>> {
        let config = ConsumerConfig {
            auto_offset_reset: OffsetReset::Earliest,
            auto_commit: false,
            allow_auto_create_topics: false,
            max_poll_records: POLL_RECORDS,
            isolation_level: isolation,
            ..ConsumerConfig::default()
        };
        let mut consumer = Consumer::new(&self.client, config)?;
        let partitions: Vec<TopicPartition> = from.keys().cloned().collect();
        consumer.assign(&partitions)?;
        for (partition, offset) in from {
            consumer.seek(partition, *offset)?;
        }
        Ok(Box::new(ClientReader { consumer, positions: from.clone() }))
    }

    async fn append_batch(&self, partition: &TopicPartition, records: Vec<OutRecord>) -> Result<()> {
        let bytes = |record: &OutRecord| {
            record.key.as_ref().map_or(0, |key| key.len())
                + record.value.as_ref().map_or(0, |value| value.len())
                + 64
        };
        let weight: usize = records.iter().map(bytes).sum();
        if weight > COMMIT_BYTES_MAX {
            let message = format!(
                "a commit of {} positions weighs {weight} bytes, more than one batch holds; give the connector fewer \
                 files, or more tasks",
                records.len()
            );
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let mut deliveries = Vec::with_capacity(records.len());
        for record in &records {
            deliveries.push(send(&self.commits, partition, record).await?);
        }
        self.commits.flush().await?;
        for delivery in deliveries {
            delivery.await?;
        }
        Ok(())
    }

    async fn group_positions(&self, group: &str) -> Result<BTreeMap<TopicPartition, i64>> {
        let committed = self.admin.list_group_offsets(group).await?;
        Ok(committed.into_iter().map(|(partition, committed)| (partition, committed.offset)).collect())
    }

    async fn commit_group(&self, group: &str, next: &BTreeMap<TopicPartition, i64>) -> Result<()> {
        self.admin.alter_group_offsets(group, &offsets(next)).await
    }
}

fn offsets(next: &BTreeMap<TopicPartition, i64>) -> BTreeMap<TopicPartition, CommittedOffset> {
    let offset =
        |(partition, offset): (&TopicPartition, &i64)| (partition.clone(), CommittedOffset::new(*offset));
    next.iter().map(offset).collect()
}

struct ClientWriter {
    producer: Producer,
    /// Whether a transaction is open.
    is_open: bool,
}

impl ClientWriter {
    fn begin(&mut self) -> Result<()> {
        if !self.is_open {
            self.producer.begin_transaction()?;
            self.is_open = true;
        }
        Ok(())
    }
}

#[async_trait]
impl LogWriter for ClientWriter {
    async fn write(&mut self, partition: &TopicPartition, records: Vec<OutRecord>) -> Result<()> {
        self.begin()?;
        for record in &records {
            send(&self.producer, partition, record).await?;
        }
        Ok(())
    }

    async fn commit(&mut self, group: Option<(&str, &BTreeMap<TopicPartition, i64>)>) -> Result<()> {
        if let Some((group, next)) = group {
            self.begin()?;
            let group = GroupMetadata::unmanaged(group);
            self.producer.send_offsets_to_transaction(&offsets(next), &group).await?;
        }
        if self.is_open {
            self.producer.commit_transaction().await?;
            self.is_open = false;
        }
        Ok(())
    }
}

struct ClientReader {
    consumer: Consumer,
    positions: BTreeMap<TopicPartition, i64>,
}

#[async_trait]
impl LogReader for ClientReader {
    async fn poll(&mut self, max_wait: Duration) -> Result<Vec<(TopicPartition, Vec<LogRecord>)>> {
        // Partitions are assigned by hand: there are records, or nothing at present.
        let polled = match self.consumer.next_event(max_wait).await? {
            ConsumerEvent::Records(polled) => polled,
            _ => ConsumerRecords::default(),
        };
        self.positions.extend(self.consumer.positions());
        let records = polled.partitions.into_iter().map(|found| {
            let partition = TopicPartition { topic: found.topic, partition: found.partition };
            self.positions.insert(partition.clone(), found.next_offset);
            (partition, found.records.into_iter().map(record).collect())
        });
        Ok(records.collect())
    }

    fn position(&self, partition: &TopicPartition) -> i64 {
        self.positions.get(partition).copied().unwrap_or(0)
    }

    fn set_paused(&mut self, partition: &TopicPartition, paused: bool) {
        // A partition that is not assigned has nothing to pause.
        let _ = match (paused, self.consumer.is_paused(partition)) {
            (true, false) => self.consumer.pause(std::slice::from_ref(partition)),
            (false, true) => self.consumer.resume(std::slice::from_ref(partition)),
            _ => Ok(()),
        };
    }
}

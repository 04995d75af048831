//! The producer: records in, batches to the leaders, one completion per batch.
//!
//! [`Producer::send`] writes a record straight into its partition's batch and returns at once; a single task sends what
//! is ready. What to send, when, again, or never is decided by pure machines (`accumulator`, `queue`); the task
//! (`sender`) owns connections and timers. With a transactional id records go out in transactions (`transaction` is
//! their machine, `transactional` their driver). This room knows topics and batches; of consumers it knows the offsets
//! that a transaction carries, and must never know how a group works.

mod accumulator;
mod batch;
mod config;
mod coordinators;
mod delivery;
mod identity;
mod limits;
mod murmur2;
mod partitioner;
mod queue;
mod sender;
mod transaction;
mod transactional;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::TopicPartition;
use super::cluster::{Client, Lane, TopicView};
use crate::clock::Clock;
use crate::record::Header;
use crate::{Error, ErrorKind, Result};

use accumulator::{Accumulator, Rejected};
pub use config::{Acks, ProducerConfig};
pub use delivery::{Delivery, RecordMetadata};
pub use murmur2::{murmur2, partition_for_key};
use queue::RecordParts;
use sender::Sender;
use transaction::{Severity, Transaction};

/// A record to send, borrowed: its bytes are copied once, into the batch.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProducerRecord<'a> {
    /// The topic.
    pub topic: &'a str,
    /// The partition; chosen by key (as Kafka's clients do) or spread over all when not given.
    pub partition: Option<i32>,
    /// Milliseconds since 1970-01-01 UTC; now when not given.
    pub timestamp: Option<i64>,
    /// The key, which may be null.
    pub key: Option<&'a [u8]>,
    /// The value; null is a tombstone.
    pub value: Option<&'a [u8]>,
    /// Headers in order; names may repeat.
    pub headers: &'a [Header],
}

impl<'a> ProducerRecord<'a> {
    /// A record with a value and no key.
    pub fn new(topic: &'a str, value: &'a [u8]) -> Self {
        ProducerRecord { topic, value: Some(value), ..Default::default() }
    }

    /// Gives it a key.
    #[must_use]
    pub fn key(mut self, key: &'a [u8]) -> Self {
        self.key = Some(key);
        self
    }

    /// Names its partition.
    #[must_use]
    pub fn partition(mut self, partition: i32) -> Self {
        self.partition = Some(partition);
        self
    }

    /// Gives it a timestamp, in milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn timestamp(mut self, timestamp: i64) -> Self {
        self.timestamp = Some(timestamp);
        self
    }

    /// Gives it headers.
    #[must_use]
    pub fn headers(mut self, headers: &'a [Header]) -> Self {
        self.headers = headers;
        self
    }
}

/// Sends records. Clones share batches, memory and connections.
///
/// When the last clone is dropped, what was sent is still delivered as long as the runtime lives; [`flush`](Self::flush)
/// waits for it.
#[derive(Clone)]
pub struct Producer {
    shared: Arc<Shared>,
    _open: Arc<Open>,
}

/// Tells the sender that no handle is left.
struct Open(Arc<Shared>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.closing.store(true, Ordering::Release);
        self.0.wake.notify_one();
    }
}

/// What handles and the sender share.
struct Shared {
    client: Client,
    config: ProducerConfig,
    accumulator: Mutex<Accumulator>,
    /// Only with a transactional id.
    transaction: Option<Mutex<Transaction>>,
    /// The connections for the coordinators of transactions.
    coordinator_lane: Lane,
    /// Wakes the sender.
    wake: Arc<Notify>,
    /// Wakes those who wait for memory.
    room: Notify,
    closing: AtomicBool,
    /// The first failure that nobody has taken note of.
    failure: Mutex<Option<Error>>,
    started: Instant,
    clock: Arc<dyn Clock>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Accumulator> {
        // The accumulator's changes do not panic half way.
        self.accumulator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_transaction(&self) -> Option<MutexGuard<'_, Transaction>> {
        // The machine's changes do not panic half way.
        let transaction = self.transaction.as_ref()?;
        Some(transaction.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Something of the open transaction failed: no more joins it, and what waits is given up.
    fn fail_transaction(&self, error: &Error, severity: Severity) {
        if severity == Severity::Passing {
            return;
        }
        if let Some(mut transaction) = self.lock_transaction() {
            transaction.fail(error, severity);
            drop(transaction);
            self.lock().set_open(false);
            self.wake.notify_one();
        }
    }

    fn forget_failure(&self) {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Milliseconds since the producer was made: unlike the wall clock they never step back.
    fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

impl std::fmt::Debug for Producer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Producer").field("client", &self.shared.client).finish_non_exhaustive()
    }
}

impl Producer {
    /// A producer over a client's connections.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] when settings contradict each other.
    pub fn new(client: &Client, config: ProducerConfig) -> Result<Producer> {
        let limits = config.limits(client.config().request_timeout, client.retry_backoff())?;
        let wake = Arc::new(Notify::new());
        let transaction = config.transactional_id.as_deref().map(|id| Mutex::new(Transaction::new(id)));
        let shared = Arc::new(Shared {
            transaction,
            coordinator_lane: client.lane(),
            accumulator: Mutex::new(Accumulator::new(limits, Arc::clone(&wake))),
            wake,
            room: Notify::new(),
            closing: AtomicBool::new(false),
            failure: Mutex::default(),
            started: Instant::now(),
            clock: Arc::clone(&client.config().clock),
            client: client.clone(),
            config,
        });
        tokio::spawn(Sender::new(Arc::clone(&shared)).run());
        Ok(Producer { _open: Arc::new(Open(Arc::clone(&shared))), shared })
    }

    /// Puts a record into its batch and returns what will tell of its delivery. Waits at most `max.block.ms`, and only
    /// for the topic to be known or for memory.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a topic that does not exist; [`ErrorKind::Invalid`] for a record that is too large
    /// or a partition that does not exist; [`ErrorKind::Timeout`] when `max.block.ms` passes.
    pub async fn send(&self, record: ProducerRecord<'_>) -> Result<Delivery> {
        match self.append(&record) {
            Ok(delivery) => Ok(delivery),
            Err(rejected) => self.send_slowly(record, rejected).await,
        }
    }

    /// As [`send`](Self::send), but never waits: `None` when it would have to.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn try_send(&self, record: ProducerRecord<'_>) -> Result<Option<Delivery>> {
        match self.append(&record) {
            Ok(delivery) => Ok(Some(delivery)),
            Err(Rejected::UnknownTopic | Rejected::Full) => Ok(None),
            Err(rejected) => Err(self.rejection(&record, rejected)),
        }
    }

    /// Sends everything that waits and returns when all of it has ended.
    ///
    /// # Errors
    /// The first batch's error, if any of the records that had not ended before fails.
    pub async fn flush(&self) -> Result<()> {
        let unended = self.shared.lock().flush();
        self.shared.wake.notify_one();
        let mut first = Ok(());
        for delivery in unended {
            first = first.and(delivery.ended().await);
        }
        first
    }

    /// The first failure since the last call, of any record: for who does not await each one.
    pub fn take_failure(&self) -> Option<Error> {
        self.shared.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// For each partition written to: the offset behind the last record of this producer that was acknowledged, `None`
    /// where the broker did not say.
    pub fn acked_ends(&self) -> BTreeMap<TopicPartition, Option<i64>> {
        self.shared.lock().acked_ends()
    }

    /// How this producer was configured.
    pub fn config(&self) -> &ProducerConfig {
        &self.shared.config
    }

    /// How many partitions a topic has; asks the cluster if it is not known.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for a topic that does not exist and that the cluster does not make.
    pub async fn partitions(&self, topic: &str) -> Result<i32> {
        let view = self.shared.client.topic(topic, true, self.shared.config.max_block).await?;
        Ok(i32::try_from(view.partitions.len()).unwrap_or(i32::MAX))
    }

    fn append(&self, record: &ProducerRecord<'_>) -> Result<Delivery, Rejected> {
        let shared = &*self.shared;
        let parts = RecordParts {
            timestamp: record.timestamp.unwrap_or_else(|| shared.clock.now_ms()),
            key: record.key,
            value: record.value,
            headers: record.headers,
        };
        let now_ms = shared.elapsed_ms();
        let draw = || shared.client.random();
        let appended = shared.lock().append(record.topic, record.partition, parts, now_ms, draw)?;
        if appended.wake {
            shared.wake.notify_one();
        }
        Ok(appended.delivery)
    }

    fn rejection(&self, record: &ProducerRecord<'_>, rejected: Rejected) -> Error {
        let refused = match rejected {
            Rejected::NoTransaction => self.shared.lock_transaction().map(|one| one.check_open()),
            _ => None,
        };
        match refused {
            Some(Err(error)) => error,
            _ => rejection(record, rejected),
        }
    }

    async fn send_slowly(&self, record: ProducerRecord<'_>, mut rejected: Rejected) -> Result<Delivery> {
        let shared = &*self.shared;
        let deadline = Instant::now() + shared.config.max_block;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match rejected {
                Rejected::UnknownTopic => {
                    let view = shared.client.topic(record.topic, true, left).await?;
                    set_topic(&mut shared.lock(), &view);
                }
                // Another client may have added partitions.
                Rejected::NoPartition { .. } => {
                    shared.client.refresh().await?;
                    let view = shared.client.topic(record.topic, true, left).await?;
                    set_topic(&mut shared.lock(), &view);
                    return self.append(&record).map_err(|rejected| self.rejection(&record, rejected));
                }
                Rejected::Full => {
                    let room = shared.room.notified();
                    tokio::pin!(room);
                    room.as_mut().enable();
                    // Memory may have come back before we listened.
                    if let Ok(delivery) = self.append(&record) {
                        return Ok(delivery);
                    }
                    if tokio::time::timeout_at(deadline, room).await.is_err() {
                        return Err(blocked(&shared.config, shared.lock().used_bytes()));
                    }
                }
                rejected => return Err(self.rejection(&record, rejected)),
            }
            rejected = match self.append(&record) {
                Ok(delivery) => return Ok(delivery),
                Err(rejected) => rejected,
            };
        }
    }
}

/// Tells the machine what the cluster says of a topic.
fn set_topic(accumulator: &mut Accumulator, view: &TopicView) {
    let count = i32::try_from(view.partitions.len()).unwrap_or(i32::MAX);
    let led = view.partitions.iter().zip(0..).filter(|(partition, _)| partition.leader.is_some());
    accumulator.set_topic(&view.name, count, led.map(|(_, index)| index).collect());
}

fn rejection(record: &ProducerRecord<'_>, rejected: Rejected) -> Error {
    let topic = record.topic;
    let text = match rejected {
        Rejected::UnknownTopic => format!("the partitions of topic '{topic}' are not known"),
        Rejected::Full => "buffer.memory is used up".to_owned(),
        Rejected::NoPartition { partition, partitions } => {
            format!("topic '{topic}' has {partitions} partitions, there is no partition {partition}")
        }
        Rejected::TooLarge { bytes, limit } => format!(
            "a record of {bytes} bytes for topic '{topic}' is larger than the {limit} that max.request.size and \
             buffer.memory allow"
        ),
        Rejected::NoTransaction => "no transaction is open".to_owned(),
        Rejected::Record(error) => return Error::from(error).context(format_args!("topic '{topic}'")),
    };
    Error::new(ErrorKind::Invalid, text)
}

fn blocked(config: &ProducerConfig, used: usize) -> Error {
    Error::new(
        ErrorKind::Timeout,
        format!(
            "no memory for another record within {} ms (max.block.ms): {used} of {} bytes (buffer.memory) wait for the \
             brokers",
            config.max_block.as_millis(),
            config.buffer_memory
        ),
    )
}

/// How long to wait before looking for a leader again at the earliest.
const LEADER_WAIT: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests;

//! All that a producer holds: batches by partition, the memory they take, and who may send. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::Notify;

use super::super::TopicPartition;
use super::batch::Batch;
use super::delivery::BatchDelivery;
use super::limits::Limits;
use super::murmur2::partition_for_key;
use super::partitioner::Sticky;
use super::queue::{Appended, Attempt, Ended, Identity, Queue, RecordParts};
use crate::Error;
use crate::record::RecordError;

/// Bytes that a record may add beside key, value and headers: lengths, deltas and a batch header.
const OVERHEAD_BYTES: usize = 128;

/// Why a record was not taken.
#[derive(Debug)]
pub(crate) enum Rejected {
    /// The topic's partitions are not known yet: see [`Accumulator::set_topic`].
    UnknownTopic,
    /// `buffer.memory` is used up; some of it comes back when a batch ends.
    Full,
    /// The topic has no such partition.
    NoPartition { partition: i32, partitions: i32 },
    /// Larger than `max.request.size` or `buffer.memory`.
    TooLarge { bytes: usize, limit: usize },
    /// No batch can hold it.
    Record(RecordError),
    /// Records are taken within a transaction alone, and none is open.
    NoTransaction,
}

/// A batch that was taken, and the queue to give it back to.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) queue: usize,
    pub(crate) topic: Arc<str>,
    pub(crate) partition: i32,
    pub(crate) batch: Batch,
}

/// Where the leader of a partition can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// It takes a request now.
    Ready(i32),
    /// It will, but not now: connecting, or enough requests are on the way.
    Busy,
    /// Nobody knows the leader.
    Unknown,
}

/// What can be sent now, and when to look again.
#[derive(Debug, Default)]
pub(crate) struct Round {
    /// Batches by leader.
    pub(crate) requests: BTreeMap<i32, Vec<Taken>>,
    pub(crate) ended: Vec<Ended>,
    /// A batch waits for a leader that nobody knows.
    pub(crate) leader_unknown: bool,
    /// A batch waits for a producer id.
    pub(crate) needs_identity: bool,
    /// When the next batch is ready or expires, in milliseconds.
    pub(crate) next_ms: Option<i64>,
}

#[derive(Debug)]
struct Topic {
    partitions: i32,
    available: Vec<i32>,
    queues: Vec<Option<usize>>,
    sticky: Sticky,
}

/// The batches of all partitions.
#[derive(Debug)]
pub(crate) struct Accumulator {
    limits: Limits,
    topics: BTreeMap<Arc<str>, Topic>,
    queues: Vec<Queue>,
    /// Queues with something that is not on the way.
    active: BTreeSet<usize>,
    /// Where the last round stopped, so that no partition starves.
    turn: usize,
    used_bytes: usize,
    identity: Option<Identity>,
    /// Whether records are taken: always, or while a transaction is open.
    open: bool,
    sender: Arc<Notify>,
}

impl Accumulator {
    /// Empty; `sender` is woken by those who wait for a batch.
    pub(crate) fn new(limits: Limits, sender: Arc<Notify>) -> Self {
        Accumulator {
            open: !limits.transactional,
            limits,
            topics: BTreeMap::new(),
            queues: Vec::new(),
            active: BTreeSet::new(),
            turn: 0,
            used_bytes: 0,
            identity: None,
            sender,
        }
    }

    /// How many partitions a topic has, and which of them have a leader (sorted).
    pub(crate) fn set_topic(&mut self, name: &Arc<str>, partitions: i32, available: Vec<i32>) {
        match self.topics.get_mut(name) {
            Some(topic) => {
                topic.partitions = partitions;
                topic.available = available;
            }
            None => {
                let topic = Topic { partitions, available, queues: Vec::new(), sticky: Sticky::default() };
                self.topics.insert(Arc::clone(name), topic);
            }
        }
    }

    /// The topics that were sent to.
    pub(crate) fn topics(&self) -> Vec<Arc<str>> {
        self.topics.keys().cloned().collect()
    }

    /// Takes a record: to `partition`, or where its key or the sticky partitioner puts it.
    pub(crate) fn append(
        &mut self,
        topic_name: &str,
        partition: Option<i32>,
        record: RecordParts<'_>,
        now_ms: i64,
        draw: impl FnOnce() -> u64,
    ) -> Result<Appended, Rejected> {
        if !self.open {
            return Err(Rejected::NoTransaction);
        }
        let bytes = record_bytes(&record);
        let limit = self.limits.max_request_bytes.min(self.limits.buffer_bytes);
        if bytes > limit {
            return Err(Rejected::TooLarge { bytes, limit });
        }
        if self.used_bytes + bytes > self.limits.buffer_bytes {
            return Err(Rejected::Full);
        }
        let (name, topic) = {
            let name = self.topics.get_key_value(topic_name).map(|(name, _)| Arc::clone(name));
            match (name, self.topics.get_mut(topic_name)) {
                (Some(name), Some(topic)) => (name, topic),
                _ => return Err(Rejected::UnknownTopic),
            }
        };
        let partition = match (partition, record.key) {
            (Some(partition), _) if (0..topic.partitions).contains(&partition) => partition,
            (Some(partition), _) => {
                return Err(Rejected::NoPartition { partition, partitions: topic.partitions });
            }
            (None, Some(key)) => partition_for_key(key, topic.partitions),
            (None, None) => {
                topic.sticky.choose(topic.partitions, &topic.available, bytes, self.limits.batch_bytes, draw)
            }
        };
        let at = usize::try_from(partition).unwrap_or(0);
        if topic.queues.len() <= at {
            topic.queues.resize(at + 1, None);
        }
        let queue = *topic.queues[at].get_or_insert_with(|| {
            self.queues.push(Queue::new(name, partition));
            self.queues.len() - 1
        });
        let appended = self.queues[queue]
            .append(record, &self.limits, &self.sender, now_ms)
            .map_err(Rejected::Record)?;
        self.used_bytes += appended.bytes;
        self.active.insert(queue);
        Ok(appended)
    }

    /// The producer id that all partitions without one start with.
    pub(crate) fn set_identity(&mut self, identity: Identity) {
        self.identity = Some(identity);
    }

    /// Begins or ends to take records, as transactions open and close.
    pub(crate) fn set_open(&mut self, open: bool) {
        self.open = open;
    }

    /// Goes on under another identity, from sequence number 0 in every partition. Nothing may be on the way.
    pub(crate) fn restart(&mut self, identity: Identity) {
        self.queues.iter_mut().for_each(Queue::restart);
        self.identity = Some(identity);
    }

    /// Takes what can be sent now: at most one batch of a partition and `max.request.size` bytes for each leader.
    pub(crate) fn take(
        &mut self,
        now_ms: i64,
        cause: Option<&Error>,
        mut route: impl FnMut(&str, i32) -> Route,
    ) -> Round {
        let mut round = Round::default();
        let mut sizes: BTreeMap<i32, usize> = BTreeMap::new();
        let order: Vec<usize> =
            self.active.range(self.turn..).chain(self.active.range(..self.turn)).copied().collect();
        self.turn = self.turn.wrapping_add(1) % self.queues.len().max(1);
        for at in order {
            let queue = &mut self.queues[at];
            queue.expire(&self.limits, now_ms, cause, &mut round.ended);
            let sendable = queue.ready_at(&self.limits).filter(|ready| *ready <= now_ms).is_some();
            if sendable {
                match route(&queue.topic, queue.partition) {
                    Route::Unknown => round.leader_unknown = true,
                    Route::Busy => {}
                    Route::Ready(_) if queue.needs_identity(&self.limits) && self.identity.is_none() => {
                        round.needs_identity = true;
                    }
                    Route::Ready(node) => {
                        let size = sizes.entry(node).or_default();
                        if *size < self.limits.max_request_bytes {
                            if queue.is_worn_out() {
                                self.identity = None;
                            }
                            if let Some(batch) = queue.take(&self.limits, self.identity, &mut round.ended) {
                                *size += batch.bytes;
                                let (topic, partition) = (Arc::clone(&queue.topic), queue.partition);
                                round.requests.entry(node).or_default().push(Taken {
                                    queue: at,
                                    topic,
                                    partition,
                                    batch,
                                });
                            }
                        }
                    }
                }
            }
            if !queue.has_work() {
                self.active.remove(&at);
            }
        }
        self.release(&round.ended);
        round.next_ms = self.next_ms(now_ms);
        round
    }

    /// Takes back a batch with what became of it.
    pub(crate) fn finish(&mut self, taken: Taken, attempt: Attempt, now_ms: i64, random: u64) -> Vec<Ended> {
        let mut ended = Vec::new();
        let queue = &mut self.queues[taken.queue];
        queue.finish(taken.batch, attempt, &self.limits, (now_ms, random), &mut ended);
        if queue.has_work() {
            self.active.insert(taken.queue);
        }
        self.release(&ended);
        ended
    }

    /// Ends everything that is not on the way with an error.
    pub(crate) fn fail_waiting(&mut self, error: impl Fn() -> Error) -> Vec<Ended> {
        let mut ended = Vec::new();
        for at in std::mem::take(&mut self.active) {
            self.queues[at].fail_waiting(&error, &mut ended);
        }
        self.release(&ended);
        ended
    }

    /// Closes all open batches and returns the completions of everything that has not ended.
    pub(crate) fn flush(&mut self) -> Vec<Arc<BatchDelivery>> {
        for queue in &mut self.queues {
            queue.seal();
        }
        self.queues.iter().flat_map(Queue::unended).cloned().collect()
    }

    /// Whether nothing waits and nothing is on the way.
    pub(crate) fn is_empty(&self) -> bool {
        self.queues.iter().all(Queue::is_empty)
    }

    /// The offset behind the last acknowledged record of each partition written to; `None` where it is not known.
    pub(crate) fn acked_ends(&self) -> BTreeMap<TopicPartition, Option<i64>> {
        let acked = self.queues.iter().filter_map(|queue| Some((queue, queue.acked_end()?)));
        acked
            .map(|(queue, end)| (TopicPartition::new(Arc::clone(&queue.topic), queue.partition), end))
            .collect()
    }

    /// Bytes of `buffer.memory` in use.
    pub(crate) fn used_bytes(&self) -> usize {
        self.used_bytes
    }

    fn release(&mut self, ended: &[Ended]) {
        let bytes: usize = ended.iter().map(|ended| ended.bytes).sum();
        self.used_bytes = self.used_bytes.saturating_sub(bytes);
    }

    /// When to look again without being woken. What is ready now waits for a leader, and is looked at on its news.
    fn next_ms(&self, now_ms: i64) -> Option<i64> {
        let active = self.active.iter().map(|at| &self.queues[*at]);
        active
            .flat_map(|queue| {
                let ready = queue.ready_at(&self.limits).filter(|ready| *ready > now_ms);
                ready.into_iter().chain(queue.expires_at(&self.limits))
            })
            .min()
    }
}

/// What a record can take at most.
fn record_bytes(record: &RecordParts<'_>) -> usize {
    let length = |bytes: Option<&[u8]>| bytes.map_or(0, <[u8]>::len);
    let headers = record.headers.iter().map(|header| header.key.len() + length(header.value.as_deref()) + 10);
    OVERHEAD_BYTES + length(record.key) + length(record.value) + headers.sum::<usize>()
}

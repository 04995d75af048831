//! The batches of one partition, in order. Pure.
//!
//! A record enters the open batch; a full or old batch is taken, stamped and sent; its end removes it. Several batches
//! may be on the way; one that must be sent again goes back in front of all that came after it, under the stamp that
//! it had, so the broker accepts each batch once and in order.
//!
//! When a stamped batch is given up, the broker would refuse all later sequence numbers. The queue then waits until
//! nothing is on the way and starts over under the next epoch, with sequence number 0 (KIP-360). A batch whose earlier
//! attempt ended without an answer cannot go along: under another stamp the broker might take it twice.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use tokio::sync::Notify;

use super::batch::{Batch, Payload, Stamp};
use super::delivery::{BatchDelivery, BatchEnd, BatchFailure, Delivery};
use super::limits::Limits;
use crate::protocol::ErrorCode;
use crate::record::{BatchBuilder, Header, RecordError, next_sequence};
use crate::{Error, ErrorKind};

/// What a record is made of, borrowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordParts<'a> {
    pub(crate) timestamp: i64,
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) value: Option<&'a [u8]>,
    pub(crate) headers: &'a [Header],
}

/// The producer id and epoch that the cluster gave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) producer_id: i64,
    pub(crate) epoch: i16,
}

/// A record's entry into the queue.
#[derive(Debug)]
pub(crate) struct Appended {
    pub(crate) delivery: Delivery,
    /// How much more of `buffer.memory` is taken.
    pub(crate) bytes: usize,
    /// Whether the sender has something new to look at: a batch to send, or one to time.
    pub(crate) wake: bool,
}

/// What an attempt to send a batch came to.
#[derive(Debug)]
pub(crate) enum Attempt {
    Acked {
        base_offset: i64,
        log_append_time: i64,
    },
    /// The broker answered with an error.
    Refused {
        code: ErrorCode,
        detail: Option<String>,
        log_start_offset: i64,
        records: Vec<(u32, String)>,
    },
    /// No answer: the broker may or may not have the batch.
    Lost {
        error: Error,
        retriable: bool,
    },
}

/// A batch that ended, and how.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) delivery: Arc<BatchDelivery>,
    pub(crate) end: BatchEnd,
    /// What it gives back to `buffer.memory`.
    pub(crate) bytes: usize,
}

struct Open {
    builder: Box<BatchBuilder>,
    delivery: Arc<BatchDelivery>,
    created_ms: i64,
}

/// One partition's batches.
pub(crate) struct Queue {
    pub(crate) topic: Arc<str>,
    pub(crate) partition: i32,
    open: Option<Open>,
    waiting: VecDeque<Batch>,
    in_flight: BTreeMap<u64, Arc<BatchDelivery>>,
    next_id: u64,
    retry_at_ms: i64,
    identity: Option<Identity>,
    next_sequence: i32,
    last_acked_offset: i64,
    /// Whether anything was acknowledged, and whether the last acknowledgement named its offset.
    acked: Option<bool>,
    start_over: bool,
    /// How large batches became lately: what the next one reserves.
    usual_bytes: usize,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue")
            .field("topic", &self.topic)
            .field("partition", &self.partition)
            .finish_non_exhaustive()
    }
}

impl Queue {
    pub(crate) fn new(topic: Arc<str>, partition: i32) -> Self {
        Queue {
            topic,
            partition,
            open: None,
            waiting: VecDeque::new(),
            in_flight: BTreeMap::new(),
            next_id: 0,
            retry_at_ms: 0,
            identity: None,
            next_sequence: 0,
            last_acked_offset: -1,
            acked: None,
            start_over: false,
            usual_bytes: 256,
        }
    }

    /// Whether nothing is here or on the way.
    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_none() && self.waiting.is_empty() && self.in_flight.is_empty()
    }

    /// Whether something is here that is not on the way.
    pub(crate) fn has_work(&self) -> bool {
        self.open.is_some() || !self.waiting.is_empty()
    }

    /// The completions of all batches that have not ended.
    pub(crate) fn unended(&self) -> impl Iterator<Item = &Arc<BatchDelivery>> {
        let waiting = self.waiting.iter().map(|batch| &batch.delivery);
        self.in_flight.values().chain(waiting).chain(self.open.iter().map(|open| &open.delivery))
    }

    /// The offset behind the last acknowledged record: nothing if there is none, `Some(None)` if it was not told.
    pub(crate) fn acked_end(&self) -> Option<Option<i64>> {
        self.acked.map(|named| named.then_some(self.last_acked_offset + 1))
    }

    /// Adds a record to the open batch, first closing one that has no room for it.
    pub(crate) fn append(
        &mut self,
        record: RecordParts<'_>,
        limits: &Limits,
        sender: &Arc<Notify>,
        now_ms: i64,
    ) -> Result<Appended, RecordError> {
        let RecordParts { timestamp, key, value, headers } = record;
        let mut wake = false;
        if let Some(open) = &self.open
            && open.builder.len() + open.builder.record_len(timestamp, key, value, headers)
                > limits.batch_bytes
        {
            self.seal();
            wake = true;
        }
        let mut before = 0;
        let open = match &mut self.open {
            Some(open) => {
                before = open.builder.len();
                open
            }
            None => {
                wake = true;
                let mut builder = BatchBuilder::with_capacity(limits.compression, self.usual_bytes);
                builder.set_transactional(limits.transactional);
                if let Some(level) = limits.compression_level {
                    builder.set_level(level);
                }
                let delivery = Arc::new(BatchDelivery::new(self.partition, Arc::clone(sender)));
                self.open.insert(Open { builder: Box::new(builder), delivery, created_ms: now_ms })
            }
        };
        let index = match open.builder.append(timestamp, key, value, headers) {
            Ok(index) => index,
            Err(error) => {
                if open.builder.is_empty() {
                    self.open = None;
                }
                return Err(error);
            }
        };
        let bytes = open.builder.len() - before;
        let delivery =
            Delivery::new(Arc::clone(&open.delivery), u32::try_from(index).unwrap_or(0), timestamp);
        if open.builder.len() >= limits.batch_bytes {
            self.seal();
            wake = true;
        }
        Ok(Appended { delivery, bytes, wake })
    }

    /// Closes the open batch.
    pub(crate) fn seal(&mut self) {
        let Some(open) = self.open.take() else { return };
        self.usual_bytes = open.builder.len();
        self.waiting.push_back(Batch {
            id: self.next_id,
            count: open.builder.count(),
            bytes: open.builder.len(),
            payload: Payload::Building(open.builder),
            delivery: open.delivery,
            created_ms: open.created_ms,
            attempts: 0,
            stamp: None,
            uncertain: false,
            last_error: None,
        });
        self.next_id += 1;
    }

    /// When a batch can be taken, in milliseconds; `None` while something else must happen first.
    pub(crate) fn ready_at(&self, limits: &Limits) -> Option<i64> {
        // In a transaction, a gap in the sequence ends with the transaction: nothing more is sent before.
        let gap = self.start_over && (limits.transactional || !self.in_flight.is_empty());
        if self.in_flight.len() >= limits.max_in_flight || gap {
            return None;
        }
        if !self.waiting.is_empty() {
            return Some(self.retry_at_ms);
        }
        let open = self.open.as_ref()?;
        let at_once = self.in_flight.is_empty() && open.delivery.is_awaited();
        Some(if at_once { open.created_ms } else { open.created_ms + limits.linger_ms }.max(self.retry_at_ms))
    }

    /// When the oldest batch that is not on the way has waited too long.
    pub(crate) fn expires_at(&self, limits: &Limits) -> Option<i64> {
        let oldest = self.waiting.iter().map(|batch| batch.created_ms).min();
        let created = oldest.or(self.open.as_ref().map(|open| open.created_ms))?;
        Some(created.saturating_add(limits.delivery_timeout_ms))
    }

    /// Whether the next batch needs a producer id that is not there yet.
    pub(crate) fn needs_identity(&self, limits: &Limits) -> bool {
        limits.idempotent && self.identity.is_none()
    }

    /// Takes the next batch to send, stamped. Call only when [`ready_at`](Self::ready_at) has come.
    ///
    /// Batches that cannot go along into a new epoch end in `ended`.
    pub(crate) fn take(
        &mut self,
        limits: &Limits,
        given: Option<Identity>,
        ended: &mut Vec<Ended>,
    ) -> Option<Batch> {
        if self.start_over && self.in_flight.is_empty() {
            self.start_over(ended);
        }
        if limits.idempotent {
            self.identity = self.identity.or(given);
            self.identity?;
        }
        if self.waiting.is_empty() {
            self.seal();
        }
        let mut batch = self.waiting.pop_front()?;
        if let Some(identity) = self.identity
            && batch.stamp.is_none()
        {
            batch.stamp = Some(Stamp {
                producer_id: identity.producer_id,
                epoch: identity.epoch,
                base_sequence: self.next_sequence,
            });
            self.next_sequence = next_sequence(self.next_sequence, batch.count);
        }
        batch.attempts += 1;
        self.in_flight.insert(batch.id, Arc::clone(&batch.delivery));
        Some(batch)
    }

    /// Takes in what became of a batch. Says whether the view of the cluster should be refreshed.
    pub(crate) fn finish(
        &mut self,
        mut batch: Batch,
        attempt: Attempt,
        limits: &Limits,
        (now_ms, random): (i64, u64),
        ended: &mut Vec<Ended>,
    ) {
        self.in_flight.remove(&batch.id);
        match attempt {
            Attempt::Acked { base_offset, log_append_time } => {
                self.acked = Some(base_offset >= 0);
                if base_offset >= 0 {
                    self.last_acked_offset =
                        self.last_acked_offset.max(base_offset + i64::from(batch.count) - 1);
                }
                ended.push(Ended {
                    delivery: batch.delivery,
                    end: BatchEnd::Acked { base_offset, log_append_time },
                    bytes: batch.bytes,
                });
            }
            Attempt::Lost { error, retriable } => {
                batch.uncertain = true;
                if retriable && self.may_retry(&batch, limits, now_ms) {
                    batch.last_error = Some(error);
                    self.put_back(batch, limits, now_ms, random);
                } else {
                    self.fail(batch, error, Vec::new(), ended);
                }
            }
            Attempt::Refused { code, detail, log_start_offset, records } => {
                // The broker has this batch from an earlier attempt, too long ago to say where.
                if code == ErrorCode::DuplicateSequenceNumber {
                    self.acked = Some(false);
                    let end = BatchEnd::Acked { base_offset: -1, log_append_time: -1 };
                    ended.push(Ended { delivery: batch.delivery, end, bytes: batch.bytes });
                    return;
                }
                let doing = format!("producing to partition {} of topic '{}'", self.partition, self.topic);
                let error = super::super::error::broker_error(code, detail.as_deref(), doing);
                let fenced = limits.transactional && code == ErrorCode::InvalidProducerEpoch;
                if !fenced
                    && self.repeats(&mut batch, code, log_start_offset)
                    && self.may_retry(&batch, limits, now_ms)
                    && !(limits.transactional && self.start_over)
                {
                    batch.last_error = Some(error);
                    self.put_back(batch, limits, now_ms, random);
                } else {
                    self.fail(batch, error, records, ended);
                }
            }
        }
    }

    /// Ends the batches that have waited longer than `delivery.timeout.ms`.
    pub(crate) fn expire(
        &mut self,
        limits: &Limits,
        now_ms: i64,
        cause: Option<&Error>,
        ended: &mut Vec<Ended>,
    ) {
        let due = |created_ms: i64| created_ms.saturating_add(limits.delivery_timeout_ms) <= now_ms;
        if self.open.as_ref().is_some_and(|open| due(open.created_ms)) {
            self.seal();
        }
        while let Some(at) = self.waiting.iter().position(|batch| due(batch.created_ms)) {
            let Some(mut batch) = self.waiting.remove(at) else { return };
            let reason = batch.last_error.take().map(|error| error.chain());
            let reason =
                reason.or_else(|| cause.map(Error::chain)).unwrap_or_else(|| "it was never sent".to_owned());
            let error = Error::new(
                ErrorKind::Timeout,
                format!(
                    "producing to partition {} of topic '{}': not acknowledged within {} ms (delivery.timeout.ms): {reason}",
                    self.partition, self.topic, limits.delivery_timeout_ms
                ),
            );
            self.fail(batch, error, Vec::new(), ended);
        }
    }

    /// Ends everything that is not on the way.
    pub(crate) fn fail_waiting(&mut self, error: impl Fn() -> Error, ended: &mut Vec<Ended>) {
        self.seal();
        while let Some(batch) = self.waiting.pop_front() {
            self.fail(batch, error(), Vec::new(), ended);
        }
    }

    /// Whether the producer id has no further epoch, so that a new one is needed.
    pub(crate) fn is_worn_out(&self) -> bool {
        self.identity.is_some_and(|identity| identity.epoch == i16::MAX)
    }

    /// Begins anew under whatever identity is given next. Only where nothing is on the way: a transaction has ended.
    pub(crate) fn restart(&mut self) {
        self.identity = None;
        self.next_sequence = 0;
        self.start_over = false;
    }

    fn may_retry(&self, batch: &Batch, limits: &Limits, now_ms: i64) -> bool {
        batch.attempts <= limits.retries
            && now_ms < batch.created_ms.saturating_add(limits.delivery_timeout_ms)
    }

    /// Whether a refused batch is to be sent again, after whatever must change first.
    fn repeats(&mut self, batch: &mut Batch, code: ErrorCode, log_start_offset: i64) -> bool {
        if batch.stamp.is_none() || !is_sequence_error(code) {
            return code.is_retriable();
        }
        // While an older batch has not ended, a later one must be out of order. It keeps its stamp and its turn.
        let oldest = self.in_flight.keys().next().copied();
        let oldest = oldest.into_iter().chain(self.waiting.front().map(|batch| batch.id)).min();
        if oldest.is_some_and(|oldest| oldest < batch.id) || self.start_over {
            return true;
        }
        // The broker forgot this producer, as retention removed all it wrote. What was refused now was not written
        // now; if no earlier attempt can have been, or what it followed is gone, it is safe under a new epoch.
        let forgotten = code == ErrorCode::UnknownProducerId
            && (!batch.uncertain || log_start_offset > self.last_acked_offset);
        if forgotten {
            batch.uncertain = false;
            self.start_over = true;
        }
        forgotten
    }

    fn put_back(&mut self, batch: Batch, limits: &Limits, now_ms: i64, random: u64) {
        let wait = limits.backoff.wait_ms(batch.attempts, random);
        self.retry_at_ms = now_ms.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX));
        let at = self.waiting.partition_point(|other| other.id < batch.id);
        self.waiting.insert(at, batch);
    }

    fn fail(&mut self, batch: Batch, error: Error, records: Vec<(u32, String)>, ended: &mut Vec<Ended>) {
        self.start_over |= batch.stamp.is_some();
        let end = BatchEnd::Failed(Arc::new(BatchFailure { error, records }));
        ended.push(Ended { delivery: batch.delivery, end, bytes: batch.bytes });
    }

    /// Moves on to the next epoch with all that can go along.
    fn start_over(&mut self, ended: &mut Vec<Ended>) {
        self.start_over = false;
        self.next_sequence = 0;
        self.identity = self.identity.and_then(|Identity { producer_id, epoch }| {
            epoch.checked_add(1).map(|epoch| Identity { producer_id, epoch })
        });
        for mut batch in std::mem::take(&mut self.waiting) {
            if batch.stamp.take().is_some() && batch.uncertain {
                let error = Error::new(
                    ErrorKind::Timeout,
                    format!(
                        "producing to partition {} of topic '{}': an earlier batch failed while this one had no answer; \
                         it may or may not be written",
                        self.partition, self.topic
                    ),
                );
                let end = BatchEnd::Failed(Arc::new(BatchFailure { error, records: Vec::new() }));
                ended.push(Ended { delivery: batch.delivery, end, bytes: batch.bytes });
            } else {
                self.waiting.push_back(batch);
            }
        }
    }
}

fn is_sequence_error(code: ErrorCode) -> bool {
    code == ErrorCode::OutOfOrderSequenceNumber
        || code == ErrorCode::UnknownProducerId
        || code == ErrorCode::InvalidProducerEpoch
}

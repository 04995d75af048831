//! One partition that this broker leads: its log, opened when first used, and who waits for it.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use bytes::Bytes;
use riverrun_core::protocol::Uuid;
use riverrun_core::record::{BatchBuilder, Batches, Compression, ControlRecord, NO_SEQUENCE, RecordError};
use tokio::sync::Notify;

use super::logs::Logs;
use super::waiters::Waiters;
use crate::log::{
    AppendError, Appended, FlushPolicy, Guard, LogError, LogSlice, Marker, Origin, PartitionLog, ReadBound,
    ReadError, TopicPartition,
};
use crate::metrics::TopicCounters;

/// Bytes of log that a scan reads at a time.
const SCAN_BYTES: usize = 1 << 20;

/// Why a partition cannot do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PartitionError {
    #[error("the log could not be opened")]
    Open(#[source] Arc<LogError>),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("a stored batch is damaged")]
    Record(#[from] RecordError),
    /// The log failed or was deleted while its answer was awaited.
    #[error("the log failed or was deleted before the records were durable")]
    Gone,
    #[error("{0}")]
    Internal(String),
}

impl PartitionError {
    /// A defect of ours, or an operation of the system that never fails by itself.
    pub(crate) fn internal(error: impl fmt::Display) -> Self {
        PartitionError::Internal(error.to_string())
    }
}

/// The topic's configs that are obeyed here and not in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartitionRules {
    /// `min.insync.replicas`
    pub(crate) min_insync_replicas: i32,
    /// `flush.ms`, under `flush.policy=interval`
    pub(crate) flush_ms: i64,
    /// `flush.messages`, under `flush.policy=interval`
    pub(crate) flush_messages: i64,
}

/// Where a log stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Offsets {
    pub(crate) log_start: i64,
    pub(crate) high_watermark: i64,
    pub(crate) last_stable: i64,
    pub(crate) log_end: i64,
}

/// What a log of our own holds, as it is read back.
#[derive(Debug)]
pub(crate) enum Logged<'a> {
    /// A record; with the producer whose transaction it belongs to.
    Record { producer_id: Option<i64>, key: Option<&'a Bytes>, value: Option<&'a Bytes> },
    /// The end of a producer's transaction.
    End { producer_id: i64, commit: bool },
}

/// The producer of a transactional batch of our own, and the proof that its coordinator was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TransactionalProducer {
    pub(crate) producer_id: i64,
    pub(crate) epoch: i16,
    pub(crate) guard: Option<Guard>,
}

/// A guard of a partition's log, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Verification {
    log: Arc<PartitionLog>,
    guard: Guard,
    epoch: i16,
    sequence: i32,
    starts_anew: bool,
}

impl Verification {
    /// What is shown with the batch.
    pub(crate) fn guard(&self) -> Guard {
        self.guard
    }

    /// Takes the guard again, before the coordinator is asked again: the marker of the transaction before, which was
    /// waited for, took away what it was worth.
    pub(crate) fn renew(&mut self) {
        let (epoch, sequence, starts_anew) = (self.epoch, self.sequence, self.starts_anew);
        let taken = self.log.begin_verification(self.guard.producer_id(), epoch, sequence, starts_anew);
        if let Some(guard) = taken {
            self.log.end_verification(std::mem::replace(&mut self.guard, guard));
        }
    }
}

impl Drop for Verification {
    fn drop(&mut self) {
        self.log.end_verification(self.guard);
    }
}

/// A partition of a topic.
#[derive(Debug)]
pub(crate) struct Partition {
    id: TopicPartition,
    topic_id: Uuid,
    logs: Arc<Logs>,
    log: OnceLock<Arc<PartitionLog>>,
    /// Held while the log is being opened; says whether the topic was deleted before that happened.
    opening: Mutex<bool>,
    waiters: Arc<Waiters>,
    rules: RwLock<PartitionRules>,
    counters: Arc<TopicCounters>,
    /// When the oldest record that waits for an interval's flush was appended; 0 if none does.
    unflushed_since_ms: AtomicI64,
}

impl Partition {
    pub(super) fn new(id: TopicPartition, topic_id: Uuid, logs: Arc<Logs>) -> Self {
        let rules = logs.rules(&id.topic);
        let counters = logs.metrics().topics.topic(&id.topic);
        Partition {
            id,
            topic_id,
            logs,
            log: OnceLock::new(),
            opening: Mutex::new(false),
            waiters: Arc::new(Waiters::default()),
            rules: RwLock::new(rules),
            counters,
            unflushed_since_ms: AtomicI64::new(0),
        }
    }

    /// The topic and the number.
    pub(crate) fn id(&self) -> &TopicPartition {
        &self.id
    }

    /// Whether the log is open, so that nothing here needs a wait for files.
    pub(crate) fn is_open(&self) -> bool {
        self.log.get().is_some()
    }

    /// Opens the log, with the recovery that it needs. Blocks; a second caller waits for the first.
    pub(crate) fn open(&self) -> Result<(), PartitionError> {
        if self.is_open() {
            return Ok(());
        }
        let deleted = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if *deleted {
            return Err(PartitionError::Gone);
        }
        if self.is_open() {
            return Ok(());
        }
        let log =
            self.logs.open(&self.id, self.topic_id).map_err(|error| PartitionError::Open(Arc::new(error)))?;
        self.waiters.start_at(log.high_watermark());
        log.set_listener(self.waiters.clone());
        // Before the listener was there it could not tell.
        self.waiters.start_at(log.high_watermark());
        // Nobody else sets it under the lock.
        let _ = self.log.set(log);
        Ok(())
    }

    /// The topic is gone: a log that is not open yet must never be made.
    pub(super) fn mark_deleted(&self) {
        *self.opening.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// Opens the log on a thread that may wait.
    pub(crate) async fn open_later(self: &Arc<Self>) -> Result<(), PartitionError> {
        if self.is_open() {
            return Ok(());
        }
        let partition = self.clone();
        tokio::task::spawn_blocking(move || partition.open()).await.map_err(PartitionError::internal)?
    }

    /// The topic's rules.
    pub(crate) fn rules(&self) -> PartitionRules {
        *self.rules.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The topic's configs have changed.
    pub(super) fn set_rules(&self, rules: PartitionRules) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = rules;
    }

    /// Has the log flushed if an interval's flush is due at `now_ms`.
    pub(super) fn flush_if_due(&self, now_ms: i64) {
        let since_ms = self.unflushed_since_ms.load(Ordering::Relaxed);
        if since_ms != 0
            && now_ms.saturating_sub(since_ms) >= self.rules().flush_ms
            && let Some(log) = self.log.get()
        {
            self.unflushed_since_ms.store(0, Ordering::Relaxed);
            self.logs.flusher().request(log);
        }
    }

    /// The log, if it is open.
    pub(crate) fn log(&self) -> Option<&Arc<PartitionLog>> {
        self.log.get()
    }

    fn opened(&self) -> Result<&Arc<PartitionLog>, PartitionError> {
        self.open()?;
        self.log.get().ok_or(PartitionError::Gone)
    }

    /// Where the log stands; all zero before it is open.
    pub(crate) fn offsets(&self) -> Offsets {
        self.log.get().map_or_else(Offsets::default, |log| Offsets {
            log_start: log.log_start_offset(),
            high_watermark: log.high_watermark(),
            last_stable: log.last_stable_offset(),
            log_end: log.log_end_offset(),
        })
    }

    /// Appends a client's batch and sees to it that it is flushed as the topic's policy says.
    pub(crate) fn append(
        &self,
        batch: Bytes,
        guard: Option<Guard>,
        now_ms: i64,
    ) -> Result<Appended, PartitionError> {
        let bytes = batch.len() as u64;
        let outcome = self.append_client(batch, guard, now_ms);
        self.count_produce(bytes, &outcome);
        outcome
    }

    fn append_client(
        &self,
        batch: Bytes,
        guard: Option<Guard>,
        now_ms: i64,
    ) -> Result<Appended, PartitionError> {
        let log = self.opened()?;
        let appended = log.append_guarded(batch, Origin::Client, guard, self.logs.leader_epoch(), now_ms)?;
        self.ask_for_flush(log, &appended, now_ms);
        Ok(appended)
    }

    fn count_produce(&self, bytes: u64, outcome: &Result<Appended, PartitionError>) {
        for counters in [&self.counters, &self.logs.metrics().topics.all] {
            counters.produce_requests.add(1);
            match outcome {
                Ok(appended) => {
                    let records = appended.last_offset - appended.base_offset + 1;
                    counters.messages_in.add(u64::try_from(records).unwrap_or(0));
                    counters.bytes_in.add(bytes);
                }
                Err(error) => {
                    counters.failed_produce_requests.add(1);
                    if matches!(error, PartitionError::Append(AppendError::TooLarge { .. })) {
                        counters.bytes_rejected.add(bytes);
                    }
                }
            }
        }
    }

    /// Counts what a fetch was answered with.
    pub(crate) fn count_fetch(&self, bytes: usize, failed: bool) {
        for counters in [&self.counters, &self.logs.metrics().topics.all] {
            counters.fetch_requests.add(1);
            counters.failed_fetch_requests.add(u64::from(failed));
            counters.bytes_out.add(bytes as u64);
        }
    }

    /// Begins to ask a transaction's coordinator whether a producer's transaction takes in this partition; `None` if
    /// it is open here already. See [`PartitionLog::begin_verification`].
    pub(crate) fn begin_verification(
        &self,
        producer_id: i64,
        epoch: i16,
        sequence: i32,
        starts_anew: bool,
    ) -> Result<Option<Verification>, PartitionError> {
        let log = self.opened()?;
        let guard = log.begin_verification(producer_id, epoch, sequence, starts_anew);
        Ok(guard.map(|guard| Verification { log: log.clone(), guard, epoch, sequence, starts_anew }))
    }

    /// Ends a producer's transaction here; returns the log's end behind the marker.
    pub(crate) fn append_marker(&self, marker: &Marker, now_ms: i64) -> Result<i64, PartitionError> {
        let log = self.opened()?;
        match log.append_marker(marker, self.logs.leader_epoch(), now_ms)? {
            Some(appended) => {
                self.ask_for_flush(log, &appended, now_ms);
                Ok(appended.last_offset + 1)
            }
            // It is in the log, but may not be durable.
            None => Ok(log.log_end_offset()),
        }
    }

    /// Appends records of our own as one batch; returns the log's end behind them.
    pub(crate) fn append_own(
        &self,
        records: &[(Bytes, Option<Bytes>)],
        now_ms: i64,
    ) -> Result<i64, PartitionError> {
        self.append_of(records, None, now_ms)
    }

    /// Appends records of our own as one batch, as part of a producer's transaction if there is one; returns the log's
    /// end behind them.
    pub(crate) fn append_of(
        &self,
        records: &[(Bytes, Option<Bytes>)],
        producer: Option<TransactionalProducer>,
        now_ms: i64,
    ) -> Result<i64, PartitionError> {
        let log = self.opened()?;
        let mut builder = BatchBuilder::new(Compression::None);
        for (key, value) in records {
            builder.append(now_ms, Some(key), value.as_deref(), &[])?;
        }
        if let Some(producer) = producer {
            builder.set_producer(producer.producer_id, producer.epoch, NO_SEQUENCE);
            builder.set_transactional(true);
        }
        let guard = producer.and_then(|producer| producer.guard);
        let batch = builder.build()?;
        let appended =
            log.append_guarded(batch, Origin::Coordinator, guard, self.logs.leader_epoch(), now_ms)?;
        self.ask_for_flush(log, &appended, now_ms);
        Ok(appended.last_offset + 1)
    }

    fn ask_for_flush(&self, log: &Arc<PartitionLog>, appended: &Appended, now_ms: i64) {
        if appended.rolled {
            // A segment that was closed is flushed, or every recovery would read it through.
            self.logs.flusher().request(log);
        }
        match log.config().flush_policy {
            FlushPolicy::Ack => self.logs.flusher().request(log),
            FlushPolicy::Interval => {
                let (from, to) = log.unflushed();
                if to - from >= self.rules().flush_messages {
                    self.unflushed_since_ms.store(0, Ordering::Relaxed);
                    self.logs.flusher().request(log);
                } else {
                    // Only the oldest record counts; a tick of the housekeeping looks at it.
                    let _ = self.unflushed_since_ms.compare_exchange(
                        0,
                        now_ms,
                        Ordering::Relaxed,
                        Ordering::Relaxed,
                    );
                }
            }
            FlushPolicy::Os => {}
        }
    }

    /// Ready when everything below `end_offset` is as durable as the topic's policy promises.
    pub(crate) fn durable(
        &self,
        end_offset: i64,
    ) -> impl Future<Output = Result<(), PartitionError>> + Send + use<> {
        let reached = self.waiters.reached(end_offset);
        async move { reached.await.map_err(|_| PartitionError::Gone) }
    }

    /// Wakes `reader` once, as soon as the high watermark is above `seen` or the log has gone.
    pub(crate) fn wake_above(&self, seen: i64, reader: &Arc<Notify>) {
        self.waiters.wake_above(seen, reader);
    }

    /// Reads whole batches from memory or file.
    pub(crate) fn read(
        &self,
        offset: i64,
        max_bytes: usize,
        bound: ReadBound,
        at_least_one: bool,
    ) -> Result<LogSlice, PartitionError> {
        Ok(self.opened()?.read(offset, max_bytes, bound, at_least_one)?)
    }

    /// Hands every record and every transaction's end of the log, in order, to `visit`. Blocks.
    pub(crate) fn scan(&self, mut visit: impl FnMut(Logged<'_>)) -> Result<(), PartitionError> {
        let log = self.opened()?;
        let end = log.log_end_offset();
        let mut offset = log.log_start_offset();
        while offset < end {
            let slice = log.read(offset, SCAN_BYTES, ReadBound::LogEnd, true)?;
            if slice.bytes == 0 {
                break;
            }
            for chunk in slice.chunks {
                for batch in Batches::new(chunk) {
                    let batch = batch?;
                    offset = batch.next_offset();
                    let transactional = batch.attributes.is_transactional();
                    let producer_id = Some(batch.producer_id).filter(|_| transactional);
                    for record in batch.records()? {
                        let record = record?;
                        if !batch.attributes.is_control() {
                            let (key, value) = (record.key.as_ref(), record.value.as_ref());
                            visit(Logged::Record { producer_id, key, value });
                        } else if let Ok(end @ (ControlRecord::Commit { .. } | ControlRecord::Abort { .. })) =
                            ControlRecord::decode(&record)
                        {
                            let commit = matches!(end, ControlRecord::Commit { .. });
                            visit(Logged::End { producer_id: batch.producer_id, commit });
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The epoch under which this broker leads.
    pub(crate) fn leader_epoch(&self) -> i32 {
        self.logs.leader_epoch()
    }
}

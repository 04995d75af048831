//! What a log remembers of its idempotent producers and their transactions (KIP-98, KIP-360, KIP-890).
//!
//! Pure: headers and time in, verdicts out. The same whether a batch is appended or replayed from the file.

use std::collections::{BTreeMap, VecDeque};

use riverrun_core::record::{BatchHeader, ControlRecord, NO_PRODUCER_EPOCH, NO_SEQUENCE, next_sequence};

use super::aborted::AbortedTransaction;
use super::marker::MarkerError;
use super::verification::{Guard, Verifications};

/// Batches remembered per producer: as many as a client may have in flight.
const BATCHES_KEPT: usize = 5;

/// Why a batch of an idempotent producer may not be appended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SequenceError {
    /// Records before this batch are missing, or it repeats one too old to be remembered.
    #[error("producer {producer_id} sent sequence {found} where {expected} comes next")]
    OutOfOrder {
        /// The producer.
        producer_id: i64,
        /// The sequence number that would fit.
        expected: i32,
        /// The batch's.
        found: i32,
    },
    /// A newer instance of this producer has taken over.
    #[error("producer {producer_id} has epoch {current}, the batch has {found}")]
    StaleEpoch {
        /// The producer.
        producer_id: i64,
        /// The epoch that counts.
        current: i16,
        /// The batch's.
        found: i16,
    },
    /// A transactional batch of which nobody asked the transaction's coordinator, or whose transaction has ended
    /// since.
    #[error("producer {producer_id} sent a record that is not part of an ongoing transaction")]
    NoTransaction {
        /// The producer.
        producer_id: i64,
    },
    /// A batch outside of transactions while the producer has one open.
    #[error("producer {producer_id} sent a record outside of its open transaction")]
    OutsideTransaction {
        /// The producer.
        producer_id: i64,
    },
}

/// What a client's batch must show besides its numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Proof {
    /// Whether a batch that begins a transaction needs a guard.
    pub(super) needed: bool,
    pub(super) guard: Option<Guard>,
}

/// A transaction that a marker has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) producer_id: i64,
    pub(super) first_offset: i64,
    /// The marker's.
    pub(super) last_offset: i64,
    pub(super) aborted: bool,
}

/// What to do with a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is new.
    Append,
    /// It is in the log already.
    Duplicate { base_offset: i64, last_offset: i64, timestamp: i64 },
}

/// A batch that a producer sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SentBatch {
    pub(super) last_sequence: i32,
    pub(super) last_offset: i64,
    /// Last offset less the first.
    pub(super) offset_delta: i32,
    pub(super) timestamp: i64,
}

impl SentBatch {
    fn first_sequence(&self) -> i32 {
        // Sequences wrap from the largest to 0.
        let first = i64::from(self.last_sequence) - i64::from(self.offset_delta);
        first.rem_euclid(i64::from(i32::MAX) + 1) as i32
    }
}

/// What is known of one producer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProducerState {
    /// Its newest epoch.
    pub epoch: i16,
    /// Epoch of the coordinator that ended its last transaction, or -1.
    pub coordinator_epoch: i32,
    /// Where its open transaction starts.
    pub transaction_start: Option<i64>,
    /// Greatest time of its last batch: it expires by it.
    pub last_timestamp: i64,
    /// Its last batches under that epoch, oldest first.
    pub(super) batches: VecDeque<SentBatch>,
}

impl ProducerState {
    pub(super) fn new(epoch: i16) -> Self {
        ProducerState {
            epoch,
            coordinator_epoch: -1,
            transaction_start: None,
            last_timestamp: -1,
            batches: VecDeque::new(),
        }
    }

    /// Sequence number of its last record under that epoch, or -1.
    pub fn last_sequence(&self) -> i32 {
        self.batches.back().map_or(NO_SEQUENCE, |batch| batch.last_sequence)
    }

    /// Offset of its last record under that epoch.
    pub fn last_offset(&self) -> Option<i64> {
        self.batches.back().map(|batch| batch.last_offset)
    }

    /// Whether `batch` is in the log already.
    fn duplicate(&self, batch: &BatchHeader) -> Option<Verdict> {
        if batch.producer_epoch != self.epoch {
            return None;
        }
        let same = |sent: &&SentBatch| {
            sent.first_sequence() == batch.base_sequence && sent.last_sequence == batch.last_sequence()
        };
        let sent = self.batches.iter().find(same)?;
        Some(Verdict::Duplicate {
            base_offset: sent.last_offset - i64::from(sent.offset_delta),
            last_offset: sent.last_offset,
            timestamp: sent.timestamp,
        })
    }

    pub(super) fn push(&mut self, batch: SentBatch) {
        if self.batches.len() == BATCHES_KEPT {
            self.batches.pop_front();
        }
        self.last_timestamp = batch.timestamp;
        self.batches.push_back(batch);
    }
}

/// All producers of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Producers {
    known: BTreeMap<i64, ProducerState>,
    /// Start offset and producer of each open transaction.
    open: BTreeMap<i64, i64>,
    /// Start and marker of each transaction that has ended, but whose marker nobody may read yet.
    ended: BTreeMap<i64, i64>,
    verifications: Verifications,
}

impl Producers {
    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, &ProducerState)> {
        self.known.iter().map(|(id, state)| (*id, state))
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    pub(super) fn insert(&mut self, producer_id: i64, state: ProducerState) {
        if let Some(start) = state.transaction_start {
            self.open.insert(start, producer_id);
        }
        self.known.insert(producer_id, state);
    }

    pub(super) fn get_mut(&mut self, producer_id: i64) -> Option<&mut ProducerState> {
        self.known.get_mut(&producer_id)
    }

    /// Offset of the first record of the oldest transaction whose end nobody may read yet.
    pub(super) fn first_unstable(&self) -> Option<i64> {
        let open = self.open.keys().next().copied();
        let ended = self.ended.keys().next().copied();
        open.into_iter().chain(ended).min()
    }

    /// What the index says of the transaction that has just `ended`, if it was aborted.
    pub(super) fn aborted(&self, ended: &Ended) -> Option<AbortedTransaction> {
        ended.aborted.then(|| AbortedTransaction {
            producer_id: ended.producer_id,
            first_offset: ended.first_offset,
            last_offset: ended.last_offset,
            last_stable_offset: self.open.keys().next().copied().unwrap_or(ended.last_offset + 1),
        })
    }

    /// A transaction's end becomes known to readers with the high watermark.
    pub(super) fn hold(&mut self, ended: &Ended) {
        self.ended.insert(ended.first_offset, ended.last_offset);
    }

    /// Readers may read up to `high_watermark`: what ended before is over.
    pub(super) fn settle(&mut self, high_watermark: i64) {
        if !self.ended.is_empty() {
            self.ended.retain(|_, marker| *marker >= high_watermark);
        }
    }

    /// Whether the producer has a transaction open here under this epoch.
    pub(super) fn is_open(&self, producer_id: i64, epoch: i16) -> bool {
        let open = |state: &ProducerState| state.epoch == epoch && state.transaction_start.is_some();
        self.known.get(&producer_id).is_some_and(open)
    }

    /// What is asked of coordinators about producers that are about to begin a transaction here.
    pub(super) fn verifications(&mut self) -> &mut Verifications {
        &mut self.verifications
    }

    /// Whether a client's batch fits.
    pub(super) fn check(&self, batch: &BatchHeader, proof: Proof) -> Result<Verdict, SequenceError> {
        let producer_id = batch.producer_id;
        let transactional = batch.attributes.is_transactional();
        if !batch.has_producer_id() {
            return if transactional {
                Err(SequenceError::NoTransaction { producer_id })
            } else {
                Ok(Verdict::Append)
            };
        }
        let state = self.known.get(&producer_id);
        if let Some(duplicate) = state.and_then(|state| state.duplicate(batch)) {
            return Ok(duplicate);
        }
        self.check_transaction(batch, proof)?;
        self.check_sequence(batch, state)?;
        Ok(Verdict::Append)
    }

    /// Whether a batch of a coordinator of ours, which counts no sequence, fits.
    pub(super) fn check_own(&self, batch: &BatchHeader, proof: Proof) -> Result<(), SequenceError> {
        if batch.has_producer_id() { self.check_transaction(batch, proof) } else { Ok(()) }
    }

    fn check_transaction(&self, batch: &BatchHeader, proof: Proof) -> Result<(), SequenceError> {
        let producer_id = batch.producer_id;
        let state = self.known.get(&producer_id);
        if let Some(state) = state
            && batch.producer_epoch < state.epoch
        {
            let (current, found) = (state.epoch, batch.producer_epoch);
            return Err(SequenceError::StaleEpoch { producer_id, current, found });
        }
        if !batch.attributes.is_transactional() {
            return match state.and_then(|state| state.transaction_start) {
                Some(_) => Err(SequenceError::OutsideTransaction { producer_id }),
                None => Ok(()),
            };
        }
        let proven = !proof.needed
            || self.is_open(producer_id, batch.producer_epoch)
            || self.verifications.holds(producer_id, proof.guard);
        if proven { Ok(()) } else { Err(SequenceError::NoTransaction { producer_id }) }
    }

    fn check_sequence(
        &self,
        batch: &BatchHeader,
        state: Option<&ProducerState>,
    ) -> Result<(), SequenceError> {
        let producer_id = batch.producer_id;
        let transactional = batch.attributes.is_transactional();
        let lowest = self.verifications.lowest(producer_id).filter(|_| transactional);
        let expected = match state {
            // A request that was sent before this one is still being asked about.
            _ if lowest.is_some_and(|lowest| batch.base_sequence > lowest) => lowest.unwrap_or(0),
            // A transaction of version 2 has an epoch of its own, so its first batch is number 0 (KIP-890).
            None if self.verifications.starts_anew(producer_id) => 0,
            // Of a producer unknown (or forgotten) any sequence is taken: KIP-360.
            None => return Ok(()),
            Some(state) => match state.last_sequence() {
                _ if state.epoch == NO_PRODUCER_EPOCH => return Ok(()),
                _ if batch.producer_epoch > state.epoch => 0,
                // A marker raised the epoch: the first batch under it starts anew.
                NO_SEQUENCE => 0,
                last => next_sequence(last, 1),
            },
        };
        if batch.base_sequence != expected {
            return Err(SequenceError::OutOfOrder { producer_id, expected, found: batch.base_sequence });
        }
        Ok(())
    }

    /// Whether a marker fits; `false` if the transaction that it ends was ended by the same marker before.
    ///
    /// Under transactions of version 2 the marker has an epoch of its own (KIP-890, KIP-1228), so one of the same epoch
    /// can only be the same marker again.
    pub(super) fn check_marker(
        &self,
        batch: &BatchHeader,
        coordinator_epoch: i32,
        transaction_version: i8,
    ) -> Result<bool, MarkerError> {
        let producer_id = batch.producer_id;
        let Some(state) = self.known.get(&producer_id) else { return Ok(true) };
        let stale =
            MarkerError::StaleEpoch { producer_id, current: state.epoch, found: batch.producer_epoch };
        if batch.producer_epoch < state.epoch {
            return Err(stale);
        }
        if transaction_version >= 2 && batch.producer_epoch == state.epoch {
            return if state.transaction_start.is_none() { Ok(false) } else { Err(stale) };
        }
        if coordinator_epoch < state.coordinator_epoch {
            let current = state.coordinator_epoch;
            return Err(MarkerError::StaleCoordinator { producer_id, current, found: coordinator_epoch });
        }
        Ok(true)
    }

    /// Takes note of a batch that is now in the log, under its final offsets; `marker` is what a control batch holds.
    /// The transaction that it ended, if it held records.
    pub(super) fn update(&mut self, batch: &BatchHeader, marker: Option<ControlRecord>) -> Option<Ended> {
        if !batch.has_producer_id() {
            return None;
        }
        let producer_id = batch.producer_id;
        let control = batch.attributes.is_control();
        let (coordinator_epoch, aborted) = match marker {
            Some(ControlRecord::Abort { coordinator_epoch }) => (coordinator_epoch, true),
            Some(ControlRecord::Commit { coordinator_epoch }) => (coordinator_epoch, false),
            // A marker whose record was compacted away has no say any more.
            _ if control => return None,
            _ => (-1, false),
        };
        let state = self.known.entry(producer_id).or_insert_with(|| ProducerState::new(batch.producer_epoch));
        if state.epoch != batch.producer_epoch {
            state.epoch = batch.producer_epoch;
            state.batches.clear();
        }
        if control {
            self.verifications.clear(producer_id);
            state.coordinator_epoch = coordinator_epoch;
            state.last_timestamp = batch.max_timestamp;
            let first_offset = state.transaction_start.take()?;
            self.open.remove(&first_offset);
            return Some(Ended { producer_id, first_offset, last_offset: batch.last_offset(), aborted });
        }
        if batch.base_sequence >= 0 {
            state.push(SentBatch {
                last_sequence: batch.last_sequence(),
                last_offset: batch.last_offset(),
                offset_delta: batch.last_offset_delta,
                timestamp: batch.max_timestamp,
            });
        } else {
            // A coordinator's, which is never sent again.
            state.last_timestamp = batch.max_timestamp;
        }
        if batch.attributes.is_transactional() {
            self.verifications.clear(producer_id);
            if state.transaction_start.is_none() {
                state.transaction_start = Some(batch.base_offset);
                self.open.insert(batch.base_offset, producer_id);
            }
        }
        None
    }

    /// Forgets producers without an open transaction that were idle for `after_ms`.
    pub(super) fn expire(&mut self, now_ms: i64, after_ms: i64) {
        self.known.retain(|_, state| {
            state.transaction_start.is_some() || now_ms.saturating_sub(state.last_timestamp) < after_ms
        });
    }
}

//! What a log remembers of its idempotent producers (KIP-98, KIP-360).
//!
//! Pure: headers and time in, verdicts out. The same whether a batch is appended or replayed from the file.

use std::collections::{BTreeMap, VecDeque};

use riverrun_core::record::{BatchHeader, NO_PRODUCER_EPOCH, NO_SEQUENCE, next_sequence};

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

    /// Offset of the first record of the oldest open transaction.
    pub(super) fn first_unstable(&self) -> Option<i64> {
        self.open.keys().next().copied()
    }

    /// Whether a client's batch fits.
    pub(super) fn check(&self, batch: &BatchHeader) -> Result<Verdict, SequenceError> {
        if !batch.has_producer_id() {
            return Ok(Verdict::Append);
        }
        let producer_id = batch.producer_id;
        // Of a producer unknown (or forgotten) any sequence is taken: KIP-360.
        let Some(state) = self.known.get(&producer_id) else { return Ok(Verdict::Append) };
        if batch.producer_epoch == state.epoch {
            let same = |sent: &&SentBatch| {
                sent.first_sequence() == batch.base_sequence && sent.last_sequence == batch.last_sequence()
            };
            if let Some(sent) = state.batches.iter().find(same) {
                return Ok(Verdict::Duplicate {
                    base_offset: sent.last_offset - i64::from(sent.offset_delta),
                    last_offset: sent.last_offset,
                    timestamp: sent.timestamp,
                });
            }
        } else if batch.producer_epoch < state.epoch {
            return Err(SequenceError::StaleEpoch {
                producer_id,
                current: state.epoch,
                found: batch.producer_epoch,
            });
        }
        let expected = match state.last_sequence() {
            _ if state.epoch == NO_PRODUCER_EPOCH => return Ok(Verdict::Append),
            _ if batch.producer_epoch > state.epoch => 0,
            // A marker raised the epoch: the first batch under it starts anew.
            NO_SEQUENCE => 0,
            last => next_sequence(last, 1),
        };
        if batch.base_sequence != expected {
            return Err(SequenceError::OutOfOrder { producer_id, expected, found: batch.base_sequence });
        }
        Ok(Verdict::Append)
    }

    /// Takes note of a batch that is now in the log, under its final offsets. `coordinator_epoch` is that of the
    /// transaction marker which a control batch holds.
    pub(super) fn update(&mut self, batch: &BatchHeader, coordinator_epoch: Option<i32>) {
        if !batch.has_producer_id() {
            return;
        }
        let state =
            self.known.entry(batch.producer_id).or_insert_with(|| ProducerState::new(batch.producer_epoch));
        if state.epoch != batch.producer_epoch {
            state.epoch = batch.producer_epoch;
            state.batches.clear();
        }
        if batch.attributes.is_control() {
            if let Some(epoch) = coordinator_epoch {
                state.coordinator_epoch = epoch;
                state.last_timestamp = batch.max_timestamp;
                if let Some(start) = state.transaction_start.take() {
                    self.open.remove(&start);
                }
            }
            return;
        }
        state.push(SentBatch {
            last_sequence: batch.last_sequence(),
            last_offset: batch.last_offset(),
            offset_delta: batch.last_offset_delta,
            timestamp: batch.max_timestamp,
        });
        if batch.attributes.is_transactional() && state.transaction_start.is_none() {
            state.transaction_start = Some(batch.base_offset);
            self.open.insert(batch.base_offset, batch.producer_id);
        }
    }

    /// Forgets producers without an open transaction that were idle for `after_ms`.
    pub(super) fn expire(&mut self, now_ms: i64, after_ms: i64) {
        self.known.retain(|_, state| {
            state.transaction_start.is_some() || now_ms.saturating_sub(state.last_timestamp) < after_ms
        });
    }
}

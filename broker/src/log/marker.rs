//! The end of a transaction, written as a control batch.

use bytes::Bytes;
use riverrun_core::record::{BatchBuilder, BatchHeader, BatchView, ControlRecord, RecordError};

use super::append::{Appended, NewBatch, Origin};
use super::error::AppendError;
use super::partition::PartitionLog;
use super::verification::Guard;

/// The end of a transaction in one partition, as its coordinator says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Whose transaction it is.
    pub producer_id: i64,
    /// The epoch that holds from now on; under transactions of version 2 one above that of the records.
    pub producer_epoch: i16,
    /// Whether the records may be delivered.
    pub commit: bool,
    /// The leader epoch of the coordinator's partition.
    pub coordinator_epoch: i32,
    /// The version of transactions that it was ended under (KIP-1228).
    pub transaction_version: i8,
}

/// Why a marker was not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkerError {
    /// The producer has a newer epoch here.
    #[error("producer {producer_id} has epoch {current}, the marker has {found}")]
    StaleEpoch {
        /// The producer.
        producer_id: i64,
        /// The epoch that counts.
        current: i16,
        /// The marker's.
        found: i16,
    },
    /// A newer coordinator has ended a transaction of this producer.
    #[error("producer {producer_id} has coordinator epoch {current}, the marker has {found}")]
    StaleCoordinator {
        /// The producer.
        producer_id: i64,
        /// The coordinator epoch that counts.
        current: i32,
        /// The marker's.
        found: i32,
    },
}

impl Marker {
    fn batch(&self, now_ms: i64) -> Result<Bytes, RecordError> {
        let coordinator_epoch = self.coordinator_epoch;
        let record = match self.commit {
            true => ControlRecord::Commit { coordinator_epoch },
            false => ControlRecord::Abort { coordinator_epoch },
        };
        let built = BatchBuilder::marker(now_ms, self.producer_id, self.producer_epoch, record);
        built.expect("a commit or an abort is a transaction's end")
    }
}

impl PartitionLog {
    /// Ends a producer's transaction here. `None` if this very marker is in the log already.
    pub fn append_marker(
        &self,
        marker: &Marker,
        leader_epoch: i32,
        now_ms: i64,
    ) -> Result<Option<Appended>, AppendError> {
        let batch = marker.batch(now_ms)?;
        let header = BatchHeader::parse(&batch)?;
        let appended = self.append_new(NewBatch {
            header,
            marker: marker_of(&header, &batch)?,
            buffer: batch.into(),
            origin: Origin::Coordinator,
            guard: None,
            transaction_version: marker.transaction_version,
            leader_epoch,
            now_ms,
        })?;
        Ok(Some(appended).filter(|appended| !appended.duplicate))
    }

    /// Must be called before the coordinator is asked whether a producer's transaction takes in this partition; the
    /// guard is shown with the batch and then given back by [`end_verification`](Self::end_verification). `None` if the
    /// transaction is open here already, so that nobody needs to be asked.
    pub fn begin_verification(
        &self,
        producer_id: i64,
        epoch: i16,
        sequence: i32,
        starts_anew: bool,
    ) -> Option<Guard> {
        let mut inner = self.lock();
        if inner.producers.is_open(producer_id, epoch) {
            return None;
        }
        Some(inner.producers.verifications().begin(producer_id, epoch, sequence, starts_anew))
    }

    /// The request for which `guard` was taken is over.
    pub fn end_verification(&self, guard: Guard) {
        self.lock().producers.verifications().end(guard);
    }
}

/// The transaction's end that a control batch holds.
pub(super) fn marker_of(header: &BatchHeader, batch: &Bytes) -> Result<Option<ControlRecord>, RecordError> {
    if !header.attributes.is_control() {
        return Ok(None);
    }
    let Some(record) = BatchView::parse(batch)?.records()?.next() else { return Ok(None) };
    let control = ControlRecord::decode(&record?)?;
    Ok(Some(control).filter(|control| !matches!(control, ControlRecord::Other { .. })))
}

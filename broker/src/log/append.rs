//! Appending a batch.

use bytes::{Bytes, BytesMut};
use riverrun_core::record::{
    BatchHeader, ControlRecord, RecordError, TimestampType, patch_append_time, patch_base_offset,
    patch_leader_epoch,
};

use super::error::AppendError;
use super::marker::marker_of;
use super::partition::{Inner, PartitionLog, Position, State};
use super::producers::{Proof, Verdict};
use super::rules::{check_client, compressed};
use super::verification::Guard;
use crate::storage::StorageError;

/// Who wrote a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A client: everything about the batch is checked.
    Client,
    /// A coordinator of this broker: control batches are allowed, sizes and times are not limited.
    Coordinator,
}

/// Where a batch is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Offset of its first record.
    pub base_offset: i64,
    /// Offset of its last record. It is durable once the [recovery point](PartitionLog::recovery_point) is above it.
    pub last_offset: i64,
    /// The time that the log gave it under LogAppendTime, or for a duplicate that of the batch in the log; else -1.
    pub append_time: i64,
    /// The log start offset.
    pub log_start_offset: i64,
    /// Whether an idempotent producer sent it again and the log had it already.
    pub duplicate: bool,
    /// Whether it began a new segment. A flush should follow soon under any flush policy, or a recovery has the closed
    /// segments to read through.
    pub rolled: bool,
}

impl PartitionLog {
    /// Appends one batch as leader of `leader_epoch` at `now_ms`, and returns where.
    ///
    /// The batch is checked without decoding its records (but for topics that need their keys or times), gets its
    /// offsets and epoch in place, and the very buffer is written and kept for readers; a buffer that others share is
    /// copied first. On return it is written, not flushed: ask for a [flush](Self::begin_flush) and acknowledge it when
    /// the [recovery point](Self::recovery_point) is above its last offset, unless the flush policy is a laxer one.
    pub fn append(
        &self,
        batch: Bytes,
        origin: Origin,
        leader_epoch: i32,
        now_ms: i64,
    ) -> Result<Appended, AppendError> {
        self.append_guarded(batch, origin, None, leader_epoch, now_ms)
    }

    /// [`append`](Self::append) for a batch that may begin a transaction here: `guard` was taken before the
    /// transaction's coordinator was asked about it.
    pub fn append_guarded(
        &self,
        batch: Bytes,
        origin: Origin,
        guard: Option<Guard>,
        leader_epoch: i32,
        now_ms: i64,
    ) -> Result<Appended, AppendError> {
        let (header, batch) = match origin {
            Origin::Client => {
                let config = self.config();
                let header = check_client(&batch, &config, now_ms)?;
                let packed = compressed(&batch, &header, &config)?;
                (header, packed.unwrap_or(batch))
            }
            Origin::Coordinator => (check_own(&batch)?, batch),
        };
        let marker = marker_of(&header, &batch)?;
        let buffer = batch.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
        let transaction_version = 0;
        self.append_new(NewBatch {
            header,
            buffer,
            marker,
            origin,
            guard,
            transaction_version,
            leader_epoch,
            now_ms,
        })
    }

    pub(super) fn append_new(&self, new: NewBatch) -> Result<Appended, AppendError> {
        let (appended, advanced, failed) = {
            let mut inner = self.lock();
            let was_open = matches!(inner.state, State::Open);
            let appended = inner.append(self, new);
            let failed = was_open && matches!(inner.state, State::Failed(_));
            (appended, inner.advance(), failed)
        };
        self.tell(advanced);
        if failed {
            self.tell_failed();
        }
        appended
    }
}

/// A batch on its way into the log.
pub(super) struct NewBatch {
    pub(super) header: BatchHeader,
    pub(super) buffer: BytesMut,
    /// What a control batch holds.
    pub(super) marker: Option<ControlRecord>,
    pub(super) origin: Origin,
    pub(super) guard: Option<Guard>,
    /// Of a marker.
    pub(super) transaction_version: i8,
    pub(super) leader_epoch: i32,
    pub(super) now_ms: i64,
}

impl Inner {
    fn append(&mut self, log: &PartitionLog, new: NewBatch) -> Result<Appended, AppendError> {
        self.usable(&log.id)?;
        let verdict = self.check(&new)?;
        let NewBatch { mut header, mut buffer, marker, leader_epoch, now_ms, .. } = new;
        if let Verdict::Duplicate { base_offset, last_offset, timestamp } = verdict {
            return Ok(Appended {
                base_offset,
                last_offset,
                append_time: timestamp,
                log_start_offset: self.log_start,
                duplicate: true,
                rolled: false,
            });
        }
        let mut append_time = -1;
        if self.config.timestamp_type == TimestampType::LogAppendTime && !header.attributes.is_control() {
            patch_append_time(&mut buffer, now_ms)?;
            append_time = now_ms;
        }
        patch_base_offset(&mut buffer, self.end.offset)?;
        patch_leader_epoch(&mut buffer, leader_epoch)?;
        header = BatchHeader::parse(&buffer)?;
        let rolled = self.active.is_full(&header, self.end.offset, &self.config, now_ms);
        if rolled {
            self.roll(&log.files, now_ms).map_err(|error| self.unwritten(log, error, true))?;
        }
        if self.epochs.note(leader_epoch, header.base_offset) {
            let written = self.write_epochs(&**log.files.storage());
            written.map_err(|error| {
                self.epochs.truncate_end(header.base_offset);
                self.unwritten(log, error, true)
            })?;
        }
        // Also when the write fails: that its leftovers were cut off must last as well.
        self.untouched = false;
        self.dirty.active = true;
        self.write(&buffer).map_err(|(error, whole)| self.unwritten(log, error, whole))?;
        self.active.note(&header, self.config.index_interval_bytes);
        self.active.changed_ms = now_ms;
        self.end = Position {
            offset: header.next_offset(),
            segment: self.active.base_offset,
            bytes: self.active.size,
        };
        self.note_transactions(&header, marker);
        log.cache.push(&log.tail, header.base_offset, header.next_offset(), buffer.freeze());
        Ok(Appended {
            base_offset: header.base_offset,
            last_offset: header.last_offset(),
            append_time,
            log_start_offset: self.log_start,
            duplicate: false,
            rolled,
        })
    }

    /// Whether the producer may append this now.
    fn check(&self, new: &NewBatch) -> Result<Verdict, AppendError> {
        let header = &new.header;
        let proof = Proof { needed: self.config.verify_transactions, guard: new.guard };
        match (new.origin, new.marker) {
            (Origin::Client, _) => Ok(self.producers.check(header, proof)?),
            (
                Origin::Coordinator,
                Some(
                    ControlRecord::Abort { coordinator_epoch } | ControlRecord::Commit { coordinator_epoch },
                ),
            ) => {
                let (base_offset, last_offset, timestamp) = (-1, -1, -1);
                let is_new =
                    self.producers.check_marker(header, coordinator_epoch, new.transaction_version)?;
                if is_new {
                    Ok(Verdict::Append)
                } else {
                    Ok(Verdict::Duplicate { base_offset, last_offset, timestamp })
                }
            }
            (Origin::Coordinator, _) => {
                self.producers.check_own(header, proof)?;
                Ok(Verdict::Append)
            }
        }
    }

    /// Takes note of what an appended batch means for its producer, and for those who read committed records alone.
    fn note_transactions(&mut self, header: &BatchHeader, marker: Option<ControlRecord>) {
        let Some(ended) = self.producers.update(header, marker) else { return };
        self.active.aborted.extend(self.producers.aborted(&ended));
        self.producers.hold(&ended);
    }

    /// Writes to the end of the active segment. The error says whether the file is as it was.
    fn write(&self, buffer: &[u8]) -> Result<(), (StorageError, bool)> {
        let file = self.active.files.log.get().map_err(|error| (error, true))?;
        let at = self.active.size;
        file.write_at(buffer, at).map_err(|error| {
            // What was written of it must not be found by a later recovery behind a shorter batch.
            let whole = file.truncate(at).is_ok();
            (error, whole)
        })
    }

    /// A full disk may pass, if nothing was left behind; any other failure ends the log.
    fn unwritten(&mut self, log: &PartitionLog, error: StorageError, whole: bool) -> AppendError {
        if error.is_full() && whole { AppendError::Full(error) } else { self.fail(&log.id, error) }
    }
}

fn check_own(batch: &[u8]) -> Result<BatchHeader, RecordError> {
    let header = BatchHeader::parse(batch)?;
    if header.size() != batch.len() {
        return Err(RecordError::Truncated {
            what: "batch",
            at: 0,
            expected: header.size(),
            found: batch.len(),
        });
    }
    Ok(header)
}

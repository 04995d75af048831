//! What stays of a batch.

use std::collections::BTreeMap;

use bytes::Bytes;
use riverrun_core::record::{
    BatchHeader, BatchView, ControlRecord, Kept, RecordError, RecordRef, empty_batch,
};

use super::fates::{Fates, Marker};
use super::latest::LatestOffsets;
use crate::log::aborted::AbortedTransaction;

/// What is known of a producer's last batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LastBatch {
    /// Its last offset; nothing where only markers of the producer are known.
    pub(super) last_offset: Option<i64>,
    pub(super) epoch: i16,
}

/// What stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// All of it, as it is.
    Same,
    /// Nothing.
    Nothing,
    /// This in its place.
    Changed(Bytes),
}

/// The rules of one round.
#[derive(Debug)]
pub(super) struct Filter<'a> {
    pub(super) latest: &'a LatestOffsets,
    pub(super) fates: Fates,
    pub(super) producers: BTreeMap<i64, LastBatch>,
    pub(super) now_ms: i64,
    pub(super) delete_retention_ms: i64,
    /// Where the segment that is being written ends: its last batch stays, if only empty, so that no log seems to lack
    /// an end.
    pub(super) end_offset: i64,
    /// Entries of the transaction index of the segment that is being written.
    pub(super) aborted: Vec<AbortedTransaction>,
    /// Records without a key that were left out.
    pub(super) keyless: u64,
}

/// What stands in a marker; nothing if its record was compacted away.
pub(super) fn says(batch: &BatchView) -> Result<Option<ControlRecord>, RecordError> {
    let record = batch.records()?.next().transpose()?;
    record.map(|record| ControlRecord::decode(&record)).transpose()
}

impl Filter<'_> {
    /// Decides about the next batch.
    pub(super) fn rest_of(&mut self, batch: &BatchView) -> Result<Rest, RecordError> {
        let horizon_ms = batch.delete_horizon_ms();
        let expired = horizon_ms.is_some_and(|horizon_ms| horizon_ms <= self.now_ms);
        let control = batch.attributes.is_control();
        let spent = if control { self.is_spent(batch)? } else { self.fates.is_aborted(batch) };
        // Nothing tells who has read a marker, so it stays for as long as a tombstone would.
        let drop_all = if control { spent && expired } else { spent };
        let mut keyless = 0;
        let kept = Kept::of(batch, |record| {
            keyless += u64::from(record.key.is_none() && !control);
            !drop_all && (control || self.keeps(record, expired))
        })?;
        self.keyless += keyless;
        if kept.count() == 0 {
            let stays = self.is_last_of_producer(batch) || batch.next_offset() == self.end_offset;
            return Ok(match stays {
                true if batch.record_count == 0 => Rest::Same,
                true => Rest::Changed(empty_batch(batch)),
                false => Rest::Nothing,
            });
        }
        let needs_horizon = horizon_ms.is_none() && (kept.has_tombstones() || (control && spent));
        if kept.is_all() && !needs_horizon {
            return Ok(Rest::Same);
        }
        let new_horizon = needs_horizon.then(|| self.now_ms.saturating_add(self.delete_retention_ms));
        Ok(Rest::Changed(kept.rewrite(batch, horizon_ms.or(new_horizon))?))
    }

    fn is_spent(&mut self, batch: &BatchView) -> Result<bool, RecordError> {
        Ok(match self.fates.marker(batch, says(batch)?) {
            Marker::Spent => true,
            Marker::Needed(entry) => {
                self.aborted.extend(entry);
                false
            }
        })
    }

    fn keeps(&self, record: &RecordRef<'_>, expired: bool) -> bool {
        if record.offset > self.latest.latest() {
            return true;
        }
        // What has no key has no place in a compacted log.
        let Some(key) = record.key else { return false };
        let is_last = self.latest.get(key).is_none_or(|last| record.offset >= last);
        is_last && (record.value.is_some() || !expired)
    }

    /// Whether the batch is what a producer's state is read from after a restart.
    fn is_last_of_producer(&self, batch: &BatchHeader) -> bool {
        self.producers.get(&batch.producer_id).is_some_and(|last| match last.last_offset {
            Some(last_offset) => batch.last_offset() == last_offset,
            None => batch.attributes.is_control() && batch.producer_epoch == last.epoch,
        })
    }
}

//! Which batches of a fetch answer a consumer sees. Pure.

use std::collections::BTreeSet;

use crate::protocol::messages::fetch_response::AbortedTransaction;
use crate::record::{BatchView, ControlRecord, RecordError};

/// Hides control batches, and under `read_committed` what was aborted.
///
/// An answer lists the transactions that were aborted within it: each begins at its first offset and ends with its
/// producer's abort marker.
#[derive(Clone, Debug, Default)]
pub(crate) struct Isolation {
    /// Transactions that have not begun yet: first offset and producer id, last one first.
    upcoming: Vec<(i64, i64)>,
    /// Producers whose open transaction was aborted.
    aborted: BTreeSet<i64>,
    committed_only: bool,
}

impl Isolation {
    /// Shows everything but control batches.
    pub(crate) fn uncommitted() -> Self {
        Isolation::default()
    }

    /// Shows what was committed, given the aborted transactions of the same answer.
    pub(crate) fn committed(aborted: &[AbortedTransaction]) -> Self {
        let mut upcoming: Vec<_> = aborted.iter().map(|one| (one.first_offset, one.producer_id)).collect();
        upcoming.sort_unstable_by(|one, other| other.cmp(one));
        Isolation { upcoming, aborted: BTreeSet::new(), committed_only: true }
    }

    /// Whether the records of a batch are to be seen. Batches must come in the order of their offsets.
    pub(crate) fn shows(&mut self, batch: &BatchView) -> Result<bool, RecordError> {
        if self.committed_only {
            while self.upcoming.last().is_some_and(|(first, _)| *first <= batch.last_offset()) {
                self.aborted.extend(self.upcoming.pop().map(|(_, producer)| producer));
            }
        }
        if batch.attributes.is_control() {
            if self.committed_only
                && let Some(record) = batch.records()?.next()
                && let ControlRecord::Abort { .. } = ControlRecord::decode(&record?)?
            {
                self.aborted.remove(&batch.producer_id);
            }
            return Ok(false);
        }
        Ok(!(self.committed_only
            && batch.attributes.is_transactional()
            && self.aborted.contains(&batch.producer_id)))
    }
}

#[cfg(test)]
mod tests {
    use bytes::{BufMut, BytesMut};

    use super::*;
    use crate::record::{BatchBuilder, Batches, Compression, patch_base_offset};

    fn data(producer: i64, transactional: bool) -> BytesMut {
        let mut builder = BatchBuilder::new(Compression::None);
        builder.append(0, None, Some(b"v"), &[]).unwrap();
        builder.set_producer(producer, 0, 0);
        builder.set_transactional(transactional);
        BytesMut::from(&builder.build().unwrap()[..])
    }

    fn end(producer: i64, commit: bool) -> BytesMut {
        let marker = if commit {
            ControlRecord::Commit { coordinator_epoch: 0 }
        } else {
            ControlRecord::Abort { coordinator_epoch: 0 }
        };
        BytesMut::from(&BatchBuilder::marker(0, producer, 0, marker).unwrap().unwrap()[..])
    }

    #[test]
    fn what_was_aborted_is_hidden_until_its_marker() {
        let log = [
            data(1, true),
            data(2, true),
            data(3, false),
            end(1, false),
            data(1, true),
            end(2, true),
            end(1, true),
        ];
        let mut bytes = BytesMut::new();
        for (mut batch, offset) in log.into_iter().zip(0..) {
            patch_base_offset(&mut batch, offset).unwrap();
            bytes.put(batch);
        }
        let bytes = bytes.freeze();
        let seen = |mut isolation: Isolation| -> Vec<i64> {
            let batches = Batches::new(bytes.clone()).map(Result::unwrap);
            batches.filter(|batch| isolation.shows(batch).unwrap()).map(|batch| batch.base_offset).collect()
        };
        let aborted = [AbortedTransaction { producer_id: 1, first_offset: 0, ..Default::default() }];
        assert_eq!(seen(Isolation::committed(&aborted)), [1, 2, 4]);
        assert_eq!(seen(Isolation::uncommitted()), [0, 1, 2, 4]);
    }
}

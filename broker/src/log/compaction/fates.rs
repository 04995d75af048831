//! Which transactions ended how, as a walk over the log learns it, and which of their markers are still needed.

use std::collections::{BTreeMap, BTreeSet};

use riverrun_core::record::{BatchHeader, ControlRecord};

use crate::log::aborted::AbortedTransaction;

/// A walk's knowledge of transactions. Every batch is shown in order.
#[derive(Debug, Default)]
pub(super) struct Fates {
    /// Those not reached yet, the first one last.
    ahead: Vec<AbortedTransaction>,
    /// Aborted ones that began and have not ended, and whether a batch of them was seen.
    aborted: BTreeMap<i64, (AbortedTransaction, bool)>,
    /// Producers of which a batch was seen that is not aborted, and no marker since.
    committed: BTreeSet<i64>,
}

/// What a marker was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    /// Records of its transaction were seen: it is needed.
    Needed(Option<AbortedTransaction>),
    /// Nothing is left that it speaks of.
    Spent,
}

impl Fates {
    /// Over a part of the log that these aborted transactions overlap.
    pub(super) fn new(mut aborted: Vec<AbortedTransaction>) -> Self {
        aborted.sort_by_key(|entry| std::cmp::Reverse(entry.first_offset));
        Fates { ahead: aborted, ..Fates::default() }
    }

    /// Whether the batch, which is no marker, belongs to an aborted transaction.
    pub(super) fn is_aborted(&mut self, batch: &BatchHeader) -> bool {
        self.reach(batch.last_offset());
        if !batch.attributes.is_transactional() {
            return false;
        }
        match self.aborted.get_mut(&batch.producer_id) {
            Some((_, seen)) => {
                *seen = true;
                true
            }
            None => {
                self.committed.insert(batch.producer_id);
                false
            }
        }
    }

    /// Takes note of a marker; `says` is what stands in it, nothing if its record was compacted away.
    pub(super) fn marker(&mut self, batch: &BatchHeader, says: Option<ControlRecord>) -> Marker {
        self.reach(batch.last_offset());
        match says {
            Some(ControlRecord::Abort { .. }) => match self.aborted.remove(&batch.producer_id) {
                Some((entry, true)) => Marker::Needed(Some(entry)),
                _ => Marker::Spent,
            },
            Some(ControlRecord::Commit { .. }) => match self.committed.remove(&batch.producer_id) {
                true => Marker::Needed(None),
                false => Marker::Spent,
            },
            // Of a kind that is none of ours to remove.
            Some(_) => Marker::Needed(None),
            None => Marker::Spent,
        }
    }

    fn reach(&mut self, offset: i64) {
        while let Some(entry) = self.ahead.pop_if(|entry| entry.first_offset <= offset) {
            self.aborted.entry(entry.producer_id).or_insert((entry, false));
        }
    }
}

#[cfg(test)]
mod tests {
    use riverrun_core::record::{BatchBuilder, BatchView, Compression, patch_base_offset};

    use super::*;

    fn header(producer_id: i64, offset: i64) -> BatchHeader {
        let mut builder = BatchBuilder::new(Compression::None);
        builder.set_producer(producer_id, 0, 0);
        builder.set_transactional(true);
        builder.append(0, Some(b"k"), None, &[]).unwrap();
        let mut bytes = bytes::BytesMut::from(&builder.build().unwrap()[..]);
        patch_base_offset(&mut bytes, offset).unwrap();
        *BatchView::parse(&bytes.freeze()).unwrap().header()
    }

    fn entry(producer_id: i64, first_offset: i64, last_offset: i64) -> AbortedTransaction {
        AbortedTransaction { producer_id, first_offset, last_offset, last_stable_offset: last_offset + 1 }
    }

    const ABORT: Option<ControlRecord> = Some(ControlRecord::Abort { coordinator_epoch: 0 });
    const COMMIT: Option<ControlRecord> = Some(ControlRecord::Commit { coordinator_epoch: 0 });

    #[test]
    fn each_transaction_has_its_own_fate() {
        let (first, second) = (entry(1, 0, 4), entry(2, 3, 8));
        let mut fates = Fates::new(vec![second, first]);
        assert!(fates.is_aborted(&header(1, 0)));
        assert!(!fates.is_aborted(&header(2, 1)), "its transaction before");
        assert_eq!(fates.marker(&header(2, 2), COMMIT), Marker::Needed(None));
        assert!(fates.is_aborted(&header(2, 3)));
        assert_eq!(fates.marker(&header(1, 4), ABORT), Marker::Needed(Some(first)));
        assert!(!fates.is_aborted(&header(1, 5)), "its transaction after");
        assert_eq!(fates.marker(&header(1, 6), COMMIT), Marker::Needed(None));
        assert_eq!(fates.marker(&header(2, 8), ABORT), Marker::Needed(Some(second)));
    }

    #[test]
    fn markers_of_which_nothing_is_left_are_spent() {
        let mut fates = Fates::new(vec![entry(1, 0, 4)]);
        assert_eq!(fates.marker(&header(1, 4), ABORT), Marker::Spent);
        assert_eq!(fates.marker(&header(1, 5), COMMIT), Marker::Spent);
        assert_eq!(fates.marker(&header(1, 6), None), Marker::Spent, "emptied before");
        let other = Some(ControlRecord::Other { kind: 5 });
        assert_eq!(fates.marker(&header(1, 7), other), Marker::Needed(None));
    }
}

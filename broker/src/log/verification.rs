//! Producers that are about to begin a transaction in a log, while their coordinator is asked about it (KIP-890).
//!
//! A guard is taken before the coordinator is asked and shown with the batch. A marker that was written in between takes
//! the guard's worth away, so no batch can begin a transaction that has ended and would hang for ever.

use std::collections::BTreeMap;

/// Shows that the coordinator was asked, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    pub(super) producer_id: i64,
    number: u64,
}

impl Guard {
    /// Whose batch it is for.
    pub fn producer_id(self) -> i64 {
        self.producer_id
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    number: u64,
    epoch: i16,
    lowest_sequence: i32,
    starts_anew: bool,
    /// Requests that are being asked about.
    asking: usize,
}

/// The producers that are being asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Verifications {
    entries: BTreeMap<i64, Entry>,
    taken: u64,
}

impl Verifications {
    /// Begins to ask. `starts_anew` says that every transaction has its own epoch (version 2).
    pub(super) fn begin(&mut self, producer_id: i64, epoch: i16, sequence: i32, starts_anew: bool) -> Guard {
        self.taken += 1;
        let fresh = Entry { number: self.taken, epoch, lowest_sequence: sequence, starts_anew, asking: 0 };
        let entry = self.entries.entry(producer_id).or_insert_with(|| fresh.clone());
        if entry.epoch < epoch {
            *entry = fresh;
        } else if entry.epoch == epoch {
            entry.lowest_sequence = entry.lowest_sequence.min(sequence);
        }
        entry.asking += 1;
        Guard { producer_id, number: entry.number }
    }

    /// The request that took `guard` is over, whether its batch was appended or not.
    pub(super) fn end(&mut self, guard: Guard) {
        if let Some(entry) =
            self.entries.get_mut(&guard.producer_id).filter(|entry| entry.number == guard.number)
        {
            entry.asking = entry.asking.saturating_sub(1);
            if entry.asking == 0 {
                self.entries.remove(&guard.producer_id);
            }
        }
    }

    /// A batch has begun the transaction, or a marker has ended it.
    pub(super) fn clear(&mut self, producer_id: i64) {
        if !self.entries.is_empty() {
            self.entries.remove(&producer_id);
        }
    }

    /// Whether `guard` is still worth something.
    pub(super) fn holds(&self, producer_id: i64, guard: Option<Guard>) -> bool {
        let number = self.entries.get(&producer_id).map(|entry| entry.number);
        guard.is_some_and(|guard| guard.producer_id == producer_id && Some(guard.number) == number)
    }

    /// The lowest sequence number that is being asked about: it must be appended first.
    pub(super) fn lowest(&self, producer_id: i64) -> Option<i32> {
        self.entries.get(&producer_id).map(|entry| entry.lowest_sequence).filter(|lowest| *lowest >= 0)
    }

    /// Whether the producer's sequence must start at 0.
    pub(super) fn starts_anew(&self, producer_id: i64) -> bool {
        self.entries.get(&producer_id).is_some_and(|entry| entry.starts_anew)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_is_worth_something_until_the_transaction_ends() {
        let mut verifications = Verifications::default();
        let first = verifications.begin(7, 0, 5, false);
        let second = verifications.begin(7, 0, 0, false);
        assert_eq!(first, second, "requests under way share it");
        assert_eq!(verifications.lowest(7), Some(0));
        verifications.end(first);
        assert!(verifications.holds(7, Some(second)));
        verifications.clear(7);
        assert!(!verifications.holds(7, Some(second)));
        let third = verifications.begin(7, 0, 9, false);
        assert_ne!(second, third);
        verifications.end(second);
        assert!(verifications.holds(7, Some(third)), "one that is over ends only itself");
        let newer = verifications.begin(7, 1, 0, true);
        assert!(!verifications.holds(7, Some(third)) && verifications.holds(7, Some(newer)));
        verifications.end(newer);
        assert_eq!(verifications.entries.len(), 0);
    }
}

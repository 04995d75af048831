//! The memory that answers to fetches take, from the moment they are read until they are written.
//!
//! Records are not copied on their way out, but what a slow reader does not take stays in memory. All fetches together
//! may take `fetch.memory.max.bytes`; the fuller it is, the less a fetch brings, and never less than it needs to go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What each fetch may bring whatever the others do.
const FETCH_BYTES_MIN: usize = 64 << 10;
/// A fetch takes this part of what is free.
const SHARE: usize = 4;

/// What is taken, and of how much. One for the broker, one for each connection.
#[derive(Debug)]
pub(crate) struct FetchMemory {
    taken: AtomicUsize,
    max: usize,
}

impl FetchMemory {
    /// Nothing is taken of `max` bytes.
    pub(crate) fn new(max: usize) -> Self {
        FetchMemory { taken: AtomicUsize::new(0), max }
    }

    /// Bytes that are taken.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    fn free(&self) -> usize {
        self.max.saturating_sub(self.taken())
    }
}

/// A fetch's part of the memory; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct FetchBudget {
    of_all: Arc<FetchMemory>,
    of_connection: Arc<FetchMemory>,
    wanted: usize,
    pub(crate) bytes: usize,
}

impl FetchBudget {
    /// Takes up to `wanted` bytes; less if others have taken theirs.
    pub(crate) fn take(of_all: &Arc<FetchMemory>, of_connection: &Arc<FetchMemory>, wanted: usize) -> Self {
        let (of_all, of_connection) = (of_all.clone(), of_connection.clone());
        let mut budget = FetchBudget { of_all, of_connection, wanted, bytes: 0 };
        budget.renew();
        budget
    }

    /// Takes as much as a new fetch would: who has waited reads again. What it has is given back before.
    pub(crate) fn renew(&mut self) {
        self.settle(0);
        let free = (self.of_all.free() / SHARE).min(self.of_connection.free());
        self.settle(self.wanted.min(free.max(FETCH_BYTES_MIN)));
    }

    /// No more than `bytes` are held from now on: the answer is made and has so many, or the fetch waits for more.
    pub(crate) fn settle(&mut self, bytes: usize) {
        for memory in [&self.of_all, &self.of_connection] {
            memory.taken.fetch_add(bytes, Ordering::Relaxed);
            memory.taken.fetch_sub(self.bytes, Ordering::Relaxed);
        }
        self.bytes = bytes;
    }
}

impl Drop for FetchBudget {
    fn drop(&mut self) {
        for memory in [&self.of_all, &self.of_connection] {
            memory.taken.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fuller_it_is_the_less_a_fetch_brings() {
        let all = Arc::new(FetchMemory::new(256 << 20));
        let connection = || Arc::new(FetchMemory::new(64 << 20));
        let mut budgets: Vec<FetchBudget> =
            (0..1_000).map(|_| FetchBudget::take(&all, &connection(), 50 << 20)).collect();
        assert_eq!(budgets[0].bytes, 50 << 20);
        assert!(budgets[10].bytes < 10 << 20);
        assert_eq!(budgets[999].bytes, FETCH_BYTES_MIN, "everybody goes on");
        assert!(all.taken() < (256 << 20) + 1_000 * FETCH_BYTES_MIN);
        budgets[0].settle(100);
        budgets.truncate(1);
        assert_eq!(all.taken(), 100);
        // Who waits holds what it has read alone, and gets a full share when it reads again.
        budgets[0].renew();
        assert_eq!(budgets[0].bytes, 50 << 20);
        drop(budgets);
        assert_eq!(all.taken(), 0);
    }

    #[test]
    fn one_connection_takes_no_more_than_its_own() {
        let all = Arc::new(FetchMemory::new(1 << 40));
        let own = Arc::new(FetchMemory::new(64 << 20));
        let first = FetchBudget::take(&all, &own, 60 << 20);
        let second = FetchBudget::take(&all, &own, 60 << 20);
        assert_eq!((first.bytes, second.bytes), (60 << 20, 4 << 20));
    }
}

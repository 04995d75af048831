//! The newest batches of all logs, kept in memory for readers at the tail.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;

/// What keeping a batch costs besides its bytes.
const OVERHEAD_BYTES: usize = 128;

/// All tails of a data folder under one limit: the oldest batch of any log goes first.
#[derive(Debug)]
pub(super) struct TailCache {
    max_bytes: usize,
    ring: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    bytes: usize,
    /// In the order of their appends; each entry stands for the front of its log's tail when its turn comes.
    order: VecDeque<(Weak<Tail>, usize)>,
}

/// The newest batches of one log, without a gap.
#[derive(Debug, Default)]
pub(super) struct Tail(Mutex<Batches>);

#[derive(Debug, Default)]
struct Batches {
    batches: VecDeque<(i64, Bytes)>,
    /// Offset after the last batch.
    end: i64,
    /// Entries in the ring whose batches are gone already.
    stale: usize,
}

impl TailCache {
    /// Of at most `max_bytes`; 0 keeps nothing.
    pub(super) fn new(max_bytes: usize) -> Arc<Self> {
        Arc::new(TailCache { max_bytes, ring: Mutex::default() })
    }

    /// Adds a batch to the end of `tail`.
    pub(super) fn push(&self, tail: &Arc<Tail>, base_offset: i64, next_offset: i64, batch: Bytes) {
        if batch.len() > self.max_bytes {
            tail.clear();
            return;
        }
        let size = batch.len() + OVERHEAD_BYTES;
        {
            let mut tail = tail.lock();
            if tail.batches.is_empty() {
                tail.end = base_offset;
            }
            if tail.end != base_offset {
                tail.drop_all();
            }
            tail.batches.push_back((base_offset, batch));
            tail.end = next_offset;
        }
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.order.push_back((Arc::downgrade(tail), size));
        ring.bytes += size;
        // Whoever holds a tail's lock never waits for the ring's, so the order ring, tail is safe.
        while ring.bytes > self.max_bytes {
            let Some((oldest, size)) = ring.order.pop_front() else { break };
            ring.bytes -= size;
            if let Some(oldest) = oldest.upgrade() {
                oldest.lock().drop_front();
            }
        }
    }
}

impl Tail {
    fn lock(&self) -> MutexGuard<'_, Batches> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the batches that start before `offset`.
    pub(super) fn forget_before(&self, offset: i64) {
        let mut tail = self.lock();
        let gone = tail.batches.partition_point(|(base, _)| *base < offset);
        tail.batches.drain(..gone);
        tail.stale += gone;
    }

    /// Forgets all batches.
    pub(super) fn clear(&self) {
        self.lock().drop_all();
    }

    /// Whole batches from the one that holds `offset` on, all below `bound`, of at most `max_bytes` together, but one
    /// at least if `at_least_one`. `None` if `offset` is older than the tail.
    pub(super) fn read(
        &self,
        offset: i64,
        bound: i64,
        max_bytes: usize,
        at_least_one: bool,
    ) -> Option<(Vec<Bytes>, usize)> {
        let tail = self.lock();
        let (first, _) = tail.batches.front()?;
        if offset < *first || offset >= tail.end {
            return None;
        }
        let from = tail.batches.partition_point(|(base, _)| *base <= offset) - 1;
        let mut chunks = Vec::new();
        let mut bytes = 0;
        for (base, batch) in tail.batches.range(from..) {
            if *base >= bound {
                break;
            }
            if bytes + batch.len() > max_bytes && !(at_least_one && chunks.is_empty()) {
                break;
            }
            bytes += batch.len();
            chunks.push(batch.clone());
        }
        Some((chunks, bytes))
    }
}

impl Batches {
    fn drop_front(&mut self) {
        if self.stale > 0 {
            self.stale -= 1;
        } else {
            self.batches.pop_front();
        }
    }

    fn drop_all(&mut self) {
        self.stale += self.batches.len();
        self.batches.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_batch_of_any_log_goes_first() {
        let cache = TailCache::new(3 * (10 + OVERHEAD_BYTES));
        let (a, b) = (Arc::new(Tail::default()), Arc::new(Tail::default()));
        let batch = || Bytes::from_static(&[0; 10]);
        cache.push(&a, 0, 2, batch());
        cache.push(&b, 7, 8, batch());
        cache.push(&a, 2, 4, batch());
        assert_eq!(a.read(1, 4, 100, true).unwrap().1, 20);
        assert_eq!(a.read(1, 2, 100, true).unwrap().1, 10, "the bound is kept");
        assert_eq!(a.read(0, 4, 5, true).unwrap().1, 10, "one batch at least");
        assert_eq!(a.read(0, 4, 5, false).unwrap().1, 0);
        cache.push(&b, 8, 9, batch());
        assert!(a.read(1, 4, 100, true).is_none(), "the first batch made room");
        assert_eq!(a.read(3, 4, 100, true).unwrap().1, 10);
        cache.push(&b, 9, 10, batch());
        assert!(b.read(7, 10, 100, true).is_none());
        a.clear();
        cache.push(&a, 20, 21, batch());
        assert_eq!(a.read(20, 21, 100, true).unwrap().1, 10);
        assert!(a.read(21, 22, 100, true).is_none());
        // The ring still counts the batch that was cleared: its turn must not take the new one's place.
        cache.push(&b, 10, 11, batch());
        assert_eq!(a.read(20, 21, 100, true).unwrap().1, 10);
    }

    #[test]
    fn a_batch_larger_than_the_cache_is_not_kept() {
        let cache = TailCache::new(5);
        let tail = Arc::new(Tail::default());
        cache.push(&tail, 0, 1, Bytes::from_static(&[0; 6]));
        assert!(tail.read(0, 1, 100, true).is_none());
    }
}

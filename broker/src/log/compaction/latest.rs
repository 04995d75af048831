//! The last offset of each key, in bounded memory.
//!
//! Keys are held by 128 bits of a keyed hash, so that an entry takes 24 bytes whatever its key: two keys that share
//! them would lose records of one, which is likelier to be done by the memory's own bit errors. The hash's key is the
//! caller's random draw, so that nobody can prepare keys that collide.

use std::hash::{DefaultHasher, Hasher};

/// Share of the slots that may be used: beyond it searches grow long.
const LOAD: (usize, usize) = (9, 10);
/// Slots to begin with.
const FIRST_SLOTS: usize = 1 << 10;

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: [u64; 2],
    /// -1 where the slot is free.
    offset: i64,
}

const FREE: Slot = Slot { hash: [0; 2], offset: -1 };

/// Last offsets by key. It grows as it is filled, up to its bound.
#[derive(Debug)]
pub struct LatestOffsets {
    slots: Vec<Slot>,
    used: usize,
    max_slots: usize,
    seed: u64,
    /// Every key of the batches up to and including this offset is here.
    latest: i64,
}

impl LatestOffsets {
    /// Of at most `max_bytes`. `seed` should be drawn at random.
    pub fn new(max_bytes: usize, seed: u64) -> Self {
        let max_slots = (max_bytes / size_of::<Slot>()).max(16);
        LatestOffsets { slots: vec![FREE; FIRST_SLOTS.min(max_slots)], used: 0, max_slots, seed, latest: -1 }
    }

    /// Keys that are held.
    pub fn len(&self) -> usize {
        self.used
    }

    /// Whether no key is held.
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// Every key of the batches up to and including this offset is held; -1 before the first.
    pub(super) fn latest(&self) -> i64 {
        self.latest
    }

    pub(super) fn set_latest(&mut self, offset: i64) {
        self.latest = self.latest.max(offset);
    }

    /// Notes that `key` is at `offset`, which is later than all before; false if there is no room for another key.
    pub(super) fn put(&mut self, key: &[u8], offset: i64) -> bool {
        let hash = self.hash(key);
        let mut at = self.find(hash);
        if self.slots[at].offset < 0 {
            if self.used >= self.slots.len() * LOAD.0 / LOAD.1 {
                if self.slots.len() >= self.max_slots {
                    return false;
                }
                self.grow();
                at = self.find(hash);
            }
            self.used += 1;
        }
        self.slots[at] = Slot { hash, offset };
        true
    }

    /// The last offset of a key.
    pub(super) fn get(&self, key: &[u8]) -> Option<i64> {
        Some(self.slots[self.find(self.hash(key))].offset).filter(|offset| *offset >= 0)
    }

    fn hash(&self, key: &[u8]) -> [u64; 2] {
        [0u64, 1].map(|half| {
            let mut hasher = DefaultHasher::new();
            hasher.write_u64(self.seed);
            hasher.write_u64(half);
            hasher.write(key);
            hasher.finish()
        })
    }

    /// The slot of that hash, or the free one where it belongs. There always is one: the load is below all slots.
    fn find(&self, hash: [u64; 2]) -> usize {
        let count = self.slots.len();
        let mut at = (hash[0] % count as u64) as usize;
        while self.slots[at].offset >= 0 && self.slots[at].hash != hash {
            at = (at + 1) % count;
        }
        at
    }

    fn grow(&mut self) {
        let larger = (self.slots.len() * 2).min(self.max_slots);
        for slot in std::mem::replace(&mut self.slots, vec![FREE; larger]) {
            if slot.offset >= 0 {
                let at = self.find(slot.hash);
                self.slots[at] = slot;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_last_offset_wins_over_any_growth() {
        let mut latest = LatestOffsets::new(1 << 20, 7);
        let mut model = BTreeMap::new();
        for offset in 0..40_000i64 {
            let key = (offset * 7_919 % 9_001).to_be_bytes();
            assert!(latest.put(&key, offset));
            model.insert(key, offset);
        }
        assert_eq!(latest.len(), model.len());
        assert!(model.iter().all(|(key, offset)| latest.get(key) == Some(*offset)));
        assert_eq!(latest.get(b"another"), None);
    }

    #[test]
    fn the_bound_holds() {
        let mut latest = LatestOffsets::new(100 * size_of::<Slot>(), 1);
        let taken = (0..200i64).take_while(|n| latest.put(&n.to_be_bytes(), *n)).count();
        assert_eq!(taken, 90);
        assert!(latest.put(&5i64.to_be_bytes(), 1_000), "a key that is known takes no room");
        assert_eq!(latest.get(&5i64.to_be_bytes()), Some(1_000));
        assert!(!latest.put(b"one more", 1_001));
    }
}

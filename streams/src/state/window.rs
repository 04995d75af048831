//! Rows of windows in a byte store, in order of time.
//!
//! The key of a row is the window's start (8 bytes, the sign bit turned so that bytes sort as numbers), the record's
//! key, and for stores that keep duplicates a sequence number. Order of time makes expiry and the emission of closed
//! windows one scan from the front.

use std::ops::Bound;

use bytes::{BufMut, Bytes, BytesMut};

use super::spec::Retention;
use super::{ByteStore, Order, Scan, StateError};

/// The key of a window row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowKey<'a> {
    /// The record's key.
    pub key: &'a [u8],
    /// The window's start, inclusive, in milliseconds since 1970.
    pub start_ms: i64,
    /// Counts rows with equal key and start in stores that keep duplicates, else 0.
    pub sequence: u32,
}

impl<'a> WindowKey<'a> {
    /// The row's key in the store.
    pub fn to_bytes(self) -> Bytes {
        let mut bytes = BytesMut::with_capacity(12 + self.key.len());
        bytes.put_u64(sortable(self.start_ms));
        bytes.put_slice(self.key);
        bytes.put_u32(self.sequence);
        bytes.freeze()
    }

    /// Reads a row's key; `None` if the bytes are too short for one.
    pub fn from_bytes(bytes: &'a [u8]) -> Option<Self> {
        let (start, rest) = bytes.split_first_chunk::<8>()?;
        let (key, sequence) = rest.split_last_chunk::<4>()?;
        let start_ms = (u64::from_be_bytes(*start) ^ (1 << 63)) as i64;
        Some(WindowKey { key, start_ms, sequence: u32::from_be_bytes(*sequence) })
    }
}

fn sortable(time_ms: i64) -> u64 {
    (time_ms as u64) ^ (1 << 63)
}

/// The time of a window store and the rules that follow from it; the rows are in the byte store.
///
/// As in Kafka Streams the store's time is that of its own latest put: rows older than that minus the retention are
/// invisible at once, and are deleted, and refused on put, when their whole segment is older.
#[derive(Clone, Debug)]
pub struct WindowState {
    retention: Retention,
    observed_ms: i64,
    deleted_below_ms: i64,
}

impl WindowState {
    /// The state of a store as it was opened: its time is that of its latest row.
    pub fn open(store: &dyn ByteStore, retention: Retention) -> Result<Self, StateError> {
        let last = store.all(Order::Descending).next().transpose()?;
        let observed_ms = last.and_then(|(key, _)| Some(WindowKey::from_bytes(&key)?.start_ms)).unwrap_or(-1);
        Ok(WindowState { retention, observed_ms, deleted_below_ms: i64::MIN })
    }

    /// The time of the latest put, -1 before the first.
    pub fn observed_ms(&self) -> i64 {
        self.observed_ms
    }

    /// The earliest start that can still be seen.
    pub fn visible_from_ms(&self) -> i64 {
        self.observed_ms.saturating_sub(self.retention.retention_ms).saturating_add(1)
    }

    /// Moves the store's time and deletes what has expired; false if a row that starts at `start_ms` has expired
    /// itself and must be refused.
    pub fn advance(&mut self, store: &mut dyn ByteStore, start_ms: i64) -> Result<bool, StateError> {
        self.observed_ms = self.observed_ms.max(start_ms);
        let segment_ms = self.retention.segment_ms;
        let live_ms = if segment_ms <= 1 {
            self.visible_from_ms()
        } else {
            let oldest = self.observed_ms.saturating_sub(self.retention.retention_ms);
            oldest.div_euclid(segment_ms).saturating_mul(segment_ms)
        };
        if live_ms > self.deleted_below_ms {
            store.delete_below(&sortable(live_ms).to_be_bytes())?;
            self.deleted_below_ms = live_ms;
        }
        Ok(start_ms >= live_ms)
    }

    /// The value of one row, if it can be seen.
    pub fn get(&self, store: &dyn ByteStore, row: WindowKey<'_>) -> Result<Option<Bytes>, StateError> {
        if row.start_ms < self.visible_from_ms() { Ok(None) } else { store.get(&row.to_bytes()) }
    }

    /// The visible rows whose windows start in `from_ms..=to_ms`, by start, then key. Rows that are older than what is
    /// visible by at most `lenience_ms` are given too.
    pub fn rows<'s>(&self, store: &'s dyn ByteStore, from_ms: i64, to_ms: i64, lenience_ms: i64) -> Scan<'s> {
        let visible_ms = self.visible_from_ms().saturating_sub(lenience_ms);
        let from = sortable(from_ms.max(visible_ms)).to_be_bytes();
        match to_ms.checked_add(1) {
            Some(end) => {
                let end = sortable(end).to_be_bytes();
                store.range(Bound::Included(&from[..]), Bound::Excluded(&end[..]), Order::Ascending)
            }
            None => store.range(Bound::Included(&from[..]), Bound::Unbounded, Order::Ascending),
        }
    }
}

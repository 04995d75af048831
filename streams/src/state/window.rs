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

/// Rows of stores that keep duplicates: by key, then time, then sequence, so that one key's rows lie together; and an
/// index by time, which tells what has expired.
impl WindowKey<'_> {
    pub(crate) fn to_duplicate(self) -> [Bytes; 2] {
        let mut row = duplicate_prefix(self.key);
        row.put_u64(sortable(self.start_ms));
        row.put_u32(self.sequence);
        let mut index = BytesMut::with_capacity(13 + self.key.len());
        index.put_u8(BY_TIME);
        index.put_u64(sortable(self.start_ms));
        index.put_u32(self.sequence);
        index.put_slice(self.key);
        [row.freeze(), index.freeze()]
    }

    /// Reads a row's key of a store with duplicates, not one of its index.
    pub(crate) fn from_duplicate(bytes: &[u8]) -> Option<WindowKey<'_>> {
        let (tag, rest) = bytes.split_first()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        if *tag != BY_KEY || rest.len() != length.checked_add(12)? {
            return None;
        }
        let (key, tail) = rest.split_at(length);
        let (start, sequence) = tail.split_at(8);
        let start_ms = (u64::from_be_bytes(start.try_into().ok()?) ^ (1 << 63)) as i64;
        Some(WindowKey { key, start_ms, sequence: u32::from_be_bytes(sequence.try_into().ok()?) })
    }
}

const BY_TIME: u8 = 0;
const BY_KEY: u8 = 1;

fn duplicate_prefix(key: &[u8]) -> BytesMut {
    let mut prefix = BytesMut::with_capacity(17 + key.len());
    prefix.put_u8(BY_KEY);
    prefix.put_u32(u32::try_from(key.len()).unwrap_or(u32::MAX));
    prefix.put_slice(key);
    prefix
}

pub(super) fn unsortable(time: u64) -> i64 {
    (time ^ (1 << 63)) as i64
}

pub(super) fn sortable(time_ms: i64) -> u64 {
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
    /// The state of a store whose time is known.
    pub(crate) fn at(observed_ms: i64, retention: Retention) -> Self {
        WindowState { retention, observed_ms, deleted_below_ms: i64::MIN }
    }

    /// The state of a store as it was opened: its time is that of its latest row.
    pub fn open(store: &dyn ByteStore, retention: Retention, duplicates: bool) -> Result<Self, StateError> {
        if duplicates {
            let last = store.prefix(&[BY_TIME], Order::Descending).next().transpose()?;
            let time = last.and_then(|(key, _)| Some(u64::from_be_bytes(*key.get(1..)?.first_chunk::<8>()?)));
            let observed_ms = time.map_or(-1, |time| (time ^ (1 << 63)) as i64);
            return Ok(WindowState { retention, observed_ms, deleted_below_ms: i64::MIN });
        }
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

    /// Moves the time of a store with duplicates, as [`Self::advance`] does.
    pub(crate) fn advance_duplicates(
        &mut self,
        store: &mut dyn ByteStore,
        start_ms: i64,
    ) -> Result<bool, StateError> {
        let live_ms = self.live_from(start_ms);
        if live_ms > self.deleted_below_ms {
            let mut end = vec![BY_TIME];
            end.extend(sortable(live_ms).to_be_bytes());
            let expired = store.range(Bound::Unbounded, Bound::Excluded(&end[..]), Order::Ascending);
            let expired: Vec<Bytes> = expired.map(|entry| Ok(entry?.0)).collect::<Result<_, StateError>>()?;
            for index in expired {
                let Some((start, rest)) = index.get(1..).and_then(|bytes| bytes.split_first_chunk::<8>())
                else {
                    continue;
                };
                let Some((sequence, key)) = rest.split_first_chunk::<4>() else { continue };
                let start_ms = (u64::from_be_bytes(*start) ^ (1 << 63)) as i64;
                let row = WindowKey { key, start_ms, sequence: u32::from_be_bytes(*sequence) };
                row.to_duplicate().iter().try_for_each(|key| store.put(key, None))?;
            }
            self.deleted_below_ms = live_ms;
        }
        Ok(start_ms >= live_ms)
    }

    /// The visible rows of one key in a store with duplicates that start in `from_ms..=to_ms`, oldest first.
    pub(crate) fn duplicates<'s>(
        &self,
        store: &'s dyn ByteStore,
        key: &[u8],
        from_ms: i64,
        to_ms: i64,
    ) -> Scan<'s> {
        let mut from = duplicate_prefix(key);
        let mut to = from.clone();
        from.put_u64(sortable(from_ms.max(self.visible_from_ms())));
        to.put_u64(sortable(to_ms));
        to.put_u32(u32::MAX);
        store.range(Bound::Included(&from[..]), Bound::Included(&to[..]), Order::Ascending)
    }

    /// All visible rows of a store with duplicates, by key, then time.
    pub(crate) fn all_duplicates<'s>(&self, store: &'s dyn ByteStore) -> Scan<'s> {
        let visible_ms = self.visible_from_ms();
        Box::new(store.prefix(&[BY_KEY], Order::Ascending).filter(move |entry| match entry {
            Ok((row, _)) => WindowKey::from_duplicate(row).is_some_and(|row| row.start_ms >= visible_ms),
            Err(_) => true,
        }))
    }

    /// Whether rows below `live_ms` are to be deleted now; says so once per time.
    pub(super) fn deletes_below(&mut self, live_ms: i64) -> bool {
        let more = live_ms > self.deleted_below_ms;
        self.deleted_below_ms = self.deleted_below_ms.max(live_ms);
        more
    }

    pub(super) fn live_from(&mut self, start_ms: i64) -> i64 {
        self.observed_ms = self.observed_ms.max(start_ms);
        let segment_ms = self.retention.segment_ms;
        if segment_ms <= 1 {
            return self.visible_from_ms();
        }
        let oldest = self.observed_ms.saturating_sub(self.retention.retention_ms);
        oldest.div_euclid(segment_ms).saturating_mul(segment_ms)
    }

    /// Moves the store's time and deletes what has expired; false if a row that starts at `start_ms` has expired
    /// itself and must be refused.
    pub fn advance(&mut self, store: &mut dyn ByteStore, start_ms: i64) -> Result<bool, StateError> {
        let live_ms = self.live_from(start_ms);
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

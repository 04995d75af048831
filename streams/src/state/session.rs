//! Rows of sessions in a byte store.
//!
//! A row lies under its key, then the session's end and start, so that the sessions of one key near a time are one
//! scan; an index by end tells what has closed and what has expired.

use std::ops::Bound;

use bytes::{BufMut, Bytes, BytesMut};

use super::window::{WindowState, sortable, unsortable};
use super::{ByteStore, Order, StateError};

/// The key of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionKey<'a> {
    /// The record's key.
    pub key: &'a [u8],
    /// First instant.
    pub start_ms: i64,
    /// Last instant.
    pub end_ms: i64,
}

const BY_TIME: u8 = 0;
const BY_KEY: u8 = 1;

fn prefix(key: &[u8]) -> BytesMut {
    let mut prefix = BytesMut::with_capacity(21 + key.len());
    prefix.put_u8(BY_KEY);
    prefix.put_u32(u32::try_from(key.len()).unwrap_or(u32::MAX));
    prefix.put_slice(key);
    prefix
}

impl<'a> SessionKey<'a> {
    /// The session's key in the store.
    pub fn row(self) -> Bytes {
        let mut row = prefix(self.key);
        row.put_u64(sortable(self.end_ms));
        row.put_u64(sortable(self.start_ms));
        row.freeze()
    }

    fn index(self) -> Bytes {
        let mut index = BytesMut::with_capacity(17 + self.key.len());
        index.put_u8(BY_TIME);
        index.put_u64(sortable(self.end_ms));
        index.put_u64(sortable(self.start_ms));
        index.put_slice(self.key);
        index.freeze()
    }

    /// Both writes of a session.
    pub fn writes(self) -> [Bytes; 2] {
        [self.row(), self.index()]
    }

    /// Reads a session's key.
    pub fn from_row(row: &'a [u8]) -> Option<Self> {
        let (tag, rest) = row.split_first()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        if *tag != BY_KEY || rest.len() != length.checked_add(16)? {
            return None;
        }
        let (key, times) = rest.split_at(length);
        let (end, start) = times.split_at(8);
        let time = |bytes: &[u8]| Some(unsortable(u64::from_be_bytes(bytes.try_into().ok()?)));
        Some(SessionKey { key, start_ms: time(start)?, end_ms: time(end)? })
    }

    fn from_index(index: &'a [u8]) -> Option<Self> {
        let (end, rest) = index.get(1..)?.split_first_chunk::<8>()?;
        let (start, key) = rest.split_first_chunk::<8>()?;
        let (start_ms, end_ms) =
            (unsortable(u64::from_be_bytes(*start)), unsortable(u64::from_be_bytes(*end)));
        Some(SessionKey { key, start_ms, end_ms })
    }

    /// The key in the changelog: the plain key, end, start.
    pub fn changelog_key(self) -> Bytes {
        let mut bytes = BytesMut::with_capacity(16 + self.key.len());
        bytes.put_slice(self.key);
        bytes.put_i64(self.end_ms);
        bytes.put_i64(self.start_ms);
        bytes.freeze()
    }

    /// Reads a key of the changelog.
    pub fn from_changelog(bytes: &'a [u8]) -> Option<Self> {
        let (rest, start) = bytes.split_last_chunk::<8>()?;
        let (key, end) = rest.split_last_chunk::<8>()?;
        Some(SessionKey { key, start_ms: i64::from_be_bytes(*start), end_ms: i64::from_be_bytes(*end) })
    }
}

impl WindowState {
    /// The time of a session store as it was opened.
    pub(crate) fn observed_sessions(store: &dyn ByteStore) -> Result<i64, StateError> {
        let last = store.prefix(&[BY_TIME], Order::Descending).next().transpose()?;
        Ok(last.and_then(|(index, _)| Some(SessionKey::from_index(&index)?.end_ms)).unwrap_or(-1))
    }

    /// Moves the time of a session store and deletes what has expired, as [`Self::advance`] does for windows.
    pub(crate) fn advance_sessions(
        &mut self,
        store: &mut dyn ByteStore,
        end_ms: i64,
    ) -> Result<bool, StateError> {
        let live_ms = self.live_from(end_ms);
        if self.deletes_below(live_ms) {
            let mut end = vec![BY_TIME];
            end.extend(sortable(live_ms).to_be_bytes());
            let expired = store.range(Bound::Unbounded, Bound::Excluded(&end[..]), Order::Ascending);
            let expired: Vec<Bytes> = expired.map(|entry| Ok(entry?.0)).collect::<Result<_, StateError>>()?;
            for index in expired {
                let Some(session) = SessionKey::from_index(&index) else { continue };
                session.writes().iter().try_for_each(|key| store.put(key, None))?;
            }
        }
        Ok(end_ms >= live_ms)
    }

    /// The rows of one key whose sessions end at `from_ms` or later, by end, then start; with `hidden` only those that
    /// the retention still shows.
    pub(crate) fn sessions(
        &self,
        store: &dyn ByteStore,
        key: &[u8],
        from_ms: i64,
        hidden: bool,
    ) -> Result<Vec<(Bytes, Bytes)>, StateError> {
        let mut from = prefix(key);
        let mut to = from.clone();
        let visible_ms = if hidden { self.visible_from_ms() } else { i64::MIN };
        from.put_u64(sortable(from_ms.max(visible_ms)));
        to.put_slice(&[u8::MAX; 16]);
        store.range(Bound::Included(&from[..]), Bound::Included(&to[..]), Order::Ascending).collect()
    }

    /// Sessions that end in `from_ms..=to_ms`, by end, then start, then key. Those that are older than what is visible
    /// by at most `lenience_ms` are given too.
    pub(crate) fn closed_sessions(
        &self,
        store: &dyn ByteStore,
        from_ms: i64,
        to_ms: i64,
        lenience_ms: i64,
    ) -> Result<Vec<Bytes>, StateError> {
        let visible_ms = self.visible_from_ms().saturating_sub(lenience_ms);
        let bound =
            |time_ms: i64, last: &[u8]| [&[BY_TIME][..], &sortable(time_ms).to_be_bytes(), last].concat();
        let from = bound(from_ms.max(visible_ms), &[]);
        let to = match to_ms.checked_add(1) {
            Some(end) => bound(end, &[]),
            None => vec![BY_KEY],
        };
        if from >= to {
            return Ok(Vec::new());
        }
        let found = store.range(Bound::Included(&from[..]), Bound::Excluded(&to[..]), Order::Ascending);
        found
            .map(|entry| Ok(SessionKey::from_index(&entry?.0).map_or(Bytes::new(), SessionKey::row)))
            .collect()
    }
}

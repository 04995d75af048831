//! Changelog records in Kafka Streams' byte formats, and back.
//!
//! A key-value store's record holds the plain key and value, and a timestamped store's update time is the record's
//! timestamp. A window store's key is the plain key, the window's start (8 bytes) and a sequence number (4 bytes); a
//! session store's is the plain key, end and start.

use bytes::{BufMut, Bytes, BytesMut};

use super::session::SessionKey;
use super::spec::{StoreKind, StoreSpec};
use super::window::WindowKey;
use super::{StateError, Write};

/// The changelog key of a window row.
pub fn changelog_key(row: &WindowKey<'_>) -> Bytes {
    let mut key = BytesMut::with_capacity(row.key.len() + 12);
    key.put_slice(row.key);
    key.put_i64(row.start_ms);
    key.put_u32(row.sequence);
    key.freeze()
}

/// The writes that a changelog record stands for, in the store's own layout.
pub fn restore_entry(
    store: &StoreSpec,
    key: &Bytes,
    value: Option<&Bytes>,
    timestamp: i64,
) -> Result<Vec<Write>, StateError> {
    let timestamped = |value: &Bytes| stamp(timestamp, value);
    match store.kind {
        StoreKind::TimestampedKeyValue => Ok(vec![(key.clone(), value.map(timestamped))]),
        StoreKind::Window { timestamped: with_time, duplicates, .. } => {
            let Some((rest, tail)) = key.len().checked_sub(12).map(|at| key.split_at(at)) else {
                return Err(StateError::Damaged {
                    store: store.name.clone(),
                    message: format!(
                        "a window key in the changelog has {} bytes, at least 12 are due",
                        key.len()
                    ),
                });
            };
            let (start, sequence) = tail.split_at(8);
            let row = WindowKey {
                key: rest,
                start_ms: i64::from_be_bytes(start.try_into().unwrap_or_default()),
                sequence: u32::from_be_bytes(sequence.try_into().unwrap_or_default()),
            };
            let value = value.map(|value| if with_time { timestamped(value) } else { value.clone() });
            if duplicates {
                let [row, index] = row.to_duplicate();
                let entry = value.as_ref().map(|_| Bytes::new());
                return Ok(vec![(row, value), (index, entry)]);
            }
            Ok(vec![(row.to_bytes(), value)])
        }
        StoreKind::Session { .. } => {
            let Some(session) = SessionKey::from_changelog(key) else {
                return Err(StateError::Damaged {
                    store: store.name.clone(),
                    message: format!(
                        "a session's key in the changelog has {} bytes, at least 16 are due",
                        key.len()
                    ),
                });
            };
            let [row, index] = session.writes();
            Ok(vec![(row, value.cloned()), (index, value.map(|_| Bytes::new()))])
        }
        _ => Ok(vec![(key.clone(), value.cloned())]),
    }
}

/// A value with its update time in front, as timestamped stores hold it.
pub(crate) fn stamp(timestamp: i64, value: &[u8]) -> Bytes {
    let mut stamped = BytesMut::with_capacity(8 + value.len());
    stamped.put_i64(timestamp);
    stamped.put_slice(value);
    stamped.freeze()
}

/// The parts of a stamped value.
pub(crate) fn unstamp(stamped: &Bytes) -> Option<(i64, Bytes)> {
    let time = stamped.first_chunk::<8>()?;
    Some((i64::from_be_bytes(*time), stamped.slice(8..)))
}

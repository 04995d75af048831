//! The transaction index: which transactions of a segment were aborted.
//!
//! Kafka's format: 34 bytes an entry, big-endian: version 0, producer id, first offset, last offset (that of the marker)
//! and the last stable offset once the marker was written. An entry stands in the index of the segment that holds the
//! marker; a segment without aborted transactions has no file.

use std::path::Path;
use std::sync::Arc;

use super::names::{TXN_INDEX, offset_file};
use crate::storage::{File, OpenMode, Storage, StorageResult, read_all};

const VERSION: i16 = 0;
const ENTRY_BYTES: usize = 2 + 4 * 8;

/// A transaction whose records must not be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbortedTransaction {
    /// Whose it was.
    pub producer_id: i64,
    /// Offset of its first record in this log.
    pub first_offset: i64,
    /// Offset of its marker.
    pub last_offset: i64,
    /// The last stable offset when the marker was written: no transaction that ends later starts before it.
    pub last_stable_offset: i64,
}

impl AbortedTransaction {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first_chunk::<2>()?;
        let long = |at: usize| Some(i64::from_be_bytes(*rest.get(at..)?.first_chunk()?));
        (i16::from_be_bytes(*version) == VERSION).then_some(())?;
        Some(AbortedTransaction {
            producer_id: long(0)?,
            first_offset: long(8)?,
            last_offset: long(16)?,
            last_stable_offset: long(24)?,
        })
    }
}

/// The bytes of an index.
pub(super) fn encode(entries: &[AbortedTransaction]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * ENTRY_BYTES);
    for entry in entries {
        out.extend_from_slice(&VERSION.to_be_bytes());
        for field in [entry.producer_id, entry.first_offset, entry.last_offset, entry.last_stable_offset] {
            out.extend_from_slice(&field.to_be_bytes());
        }
    }
    out
}

/// The entries of an index; `None` when they are in no order that an index may have.
pub(super) fn decode(bytes: &[u8]) -> Option<Vec<AbortedTransaction>> {
    if !bytes.len().is_multiple_of(ENTRY_BYTES) {
        return None;
    }
    let entries: Vec<AbortedTransaction> =
        bytes.chunks_exact(ENTRY_BYTES).map(AbortedTransaction::read).collect::<Option<_>>()?;
    let sound =
        entries.iter().all(|entry| entry.first_offset >= 0 && entry.first_offset <= entry.last_offset);
    let rising = entries.windows(2).all(|pair| pair[0].last_offset < pair[1].last_offset);
    (sound && rising).then_some(entries)
}

/// The index of the segment at `base_offset`; nothing where there is none.
pub(super) fn load(
    storage: &dyn Storage,
    dir: &Path,
    base_offset: i64,
) -> StorageResult<Option<Vec<AbortedTransaction>>> {
    match read_all(storage, &dir.join(offset_file(base_offset, TXN_INDEX))) {
        Ok(bytes) => Ok(decode(&bytes)),
        Err(error) if error.is_not_found() => Ok(Some(Vec::new())),
        Err(error) => Err(error),
    }
}

/// Writes the index of a segment, or removes it where nothing was aborted; the caller syncs it.
pub(super) fn store(
    storage: &dyn Storage,
    dir: &Path,
    base_offset: i64,
    entries: &[AbortedTransaction],
) -> StorageResult<Option<Arc<dyn File>>> {
    let path = dir.join(offset_file(base_offset, TXN_INDEX));
    if entries.is_empty() {
        if storage.exists(&path)? {
            storage.remove(&path)?;
        }
        return Ok(None);
    }
    let file = storage.open(&path, OpenMode::Replace)?;
    file.write_at(&encode(entries), 0)?;
    Ok(Some(file))
}

/// Adds the entries that overlap the offsets `from` up to, not including, `to`. Whether no later entry can.
pub(super) fn select(
    entries: &[AbortedTransaction],
    from: i64,
    to: i64,
    found: &mut Vec<AbortedTransaction>,
) -> bool {
    let first = entries.partition_point(|entry| entry.last_offset < from);
    for entry in &entries[first..] {
        if entry.first_offset < to {
            found.push(*entry);
        }
        if entry.last_stable_offset >= to {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(
        producer_id: i64,
        first_offset: i64,
        last_offset: i64,
        last_stable_offset: i64,
    ) -> AbortedTransaction {
        AbortedTransaction { producer_id, first_offset, last_offset, last_stable_offset }
    }

    #[test]
    fn entries_are_kafkas_34_bytes() {
        let bytes = encode(&[entry(0x0102, 5, 9, 10)]);
        let mut expected = vec![0, 0];
        for field in [0x0102_i64, 5, 9, 10] {
            expected.extend_from_slice(&field.to_be_bytes());
        }
        assert_eq!(bytes, expected);
        assert_eq!(decode(&bytes), Some(vec![entry(0x0102, 5, 9, 10)]));
    }

    #[test]
    fn what_is_no_index_is_not_believed() {
        let bytes = encode(&[entry(1, 5, 9, 10), entry(2, 3, 20, 21)]);
        assert!(decode(&bytes).is_some());
        assert_eq!(decode(&bytes[..35]), None, "cut");
        assert_eq!(decode(&encode(&[entry(1, 5, 9, 10), entry(2, 3, 9, 21)])), None, "disorder");
        assert_eq!(decode(&encode(&[entry(1, 10, 9, 10)])), None, "ends before it starts");
        assert_eq!(decode(&[0; 68]), None, "padding");
    }

    #[test]
    fn what_overlaps_is_found_and_the_search_ends() {
        let entries = [entry(1, 0, 10, 5), entry(2, 5, 20, 21), entry(3, 30, 40, 41)];
        let check = |from, to| {
            let mut found = Vec::new();
            let done = select(&entries, from, to, &mut found);
            (found.iter().map(|entry| entry.producer_id).collect::<Vec<_>>(), done)
        };
        assert_eq!(check(0, 5), (vec![1], true));
        assert_eq!(check(0, 6), (vec![1, 2], true));
        assert_eq!(check(11, 30), (vec![2], true));
        assert_eq!(check(21, 50), (vec![3], false));
        assert_eq!(check(41, 50), (vec![], false));
    }
}

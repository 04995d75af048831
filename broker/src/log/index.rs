//! Offset and time indexes: which batch of a segment to start at.
//!
//! An offset entry is 8 bytes, a time entry 12, both big-endian, offsets relative to the segment's base. Entries are
//! sparse; none carries a checksum, so whoever uses one looks at the log itself before believing it.

use crate::storage::{File, StorageResult};

use super::files::LogFile;

/// A record with an offset of at most `offset` lies at or after byte `position`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OffsetEntry {
    /// Last offset of the batch at `position`, less the segment's base offset.
    pub(super) relative: u32,
    pub(super) position: u32,
}

/// No record up to and including this offset has a later timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeEntry {
    pub(super) timestamp: i64,
    pub(super) relative: u32,
}

/// An entry of an index file.
pub(super) trait Entry: Copy {
    const BYTES: usize;
    fn read(bytes: &[u8]) -> Option<Self>;
    fn write(self, out: &mut Vec<u8>);
    /// Whether this may directly follow `before`.
    fn follows(self, before: Self) -> bool;
}

impl Entry for OffsetEntry {
    const BYTES: usize = 8;

    fn read(bytes: &[u8]) -> Option<Self> {
        let (relative, position) = bytes.split_first_chunk::<4>()?;
        Some(OffsetEntry {
            relative: u32::from_be_bytes(*relative),
            position: u32::from_be_bytes(*position.first_chunk::<4>()?),
        })
    }

    fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.relative.to_be_bytes());
        out.extend_from_slice(&self.position.to_be_bytes());
    }

    fn follows(self, before: Self) -> bool {
        self.relative > before.relative && self.position > before.position
    }
}

impl Entry for TimeEntry {
    const BYTES: usize = 12;

    fn read(bytes: &[u8]) -> Option<Self> {
        let (timestamp, relative) = bytes.split_first_chunk::<8>()?;
        Some(TimeEntry {
            timestamp: i64::from_be_bytes(*timestamp),
            relative: u32::from_be_bytes(*relative.first_chunk::<4>()?),
        })
    }

    fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.timestamp.to_be_bytes());
        out.extend_from_slice(&self.relative.to_be_bytes());
    }

    fn follows(self, before: Self) -> bool {
        self.timestamp > before.timestamp && self.relative >= before.relative
    }
}

/// The bytes of an index file.
pub(super) fn encode<E: Entry>(entries: &[E]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * E::BYTES);
    for entry in entries {
        entry.write(&mut out);
    }
    out
}

/// All entries of an index file; `None` when they are in no order that an index may have.
pub(super) fn decode<E: Entry>(bytes: &[u8]) -> Option<Vec<E>> {
    if !bytes.len().is_multiple_of(E::BYTES) {
        return None;
    }
    let entries: Vec<E> = bytes.chunks_exact(E::BYTES).map(E::read).collect::<Option<_>>()?;
    entries.windows(2).all(|pair| pair[1].follows(pair[0])).then_some(entries)
}

/// The last entry that `before` accepts, where `before` accepts a first part of all entries.
pub(super) fn last_in<E: Entry>(entries: &[E], before: impl Fn(E) -> bool) -> Option<E> {
    let count = entries.partition_point(|entry| before(*entry));
    count.checked_sub(1).map(|at| entries[at])
}

/// [`last_in`] over an index file: a search by small reads, then one read of a page.
pub(super) fn last_on_disk<E: Entry>(file: &LogFile, before: impl Fn(E) -> bool) -> StorageResult<Option<E>> {
    const PAGE: u64 = 256;
    let file = file.get()?;
    let size = E::BYTES as u64;
    let (mut low, mut high) = (0, file.len()? / size);
    let mut one = [0; 12];
    let mut found = None;
    while high - low > PAGE {
        let middle = low.midpoint(high);
        let read = file.read_at(&mut one[..E::BYTES], middle * size)?;
        match E::read(&one[..read]) {
            Some(entry) if before(entry) => {
                found = Some(entry);
                low = middle + 1;
            }
            _ => high = middle,
        }
    }
    let mut page = vec![0; ((high - low) * size) as usize];
    let read = file.read_at(&mut page, low * size)?;
    let entries: Vec<E> = page[..read].chunks_exact(E::BYTES).filter_map(E::read).collect();
    Ok(last_in(&entries, before).or(found))
}

/// The last entry of an index file.
pub(super) fn last<E: Entry>(file: &dyn File) -> StorageResult<Option<E>> {
    let count = file.len()? / E::BYTES as u64;
    let mut one = [0; 12];
    let Some(at) = count.checked_sub(1) else { return Ok(None) };
    let read = file.read_at(&mut one[..E::BYTES], at * E::BYTES as u64)?;
    Ok(E::read(&one[..read]))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;
    use crate::log::files::OpenFiles;
    use crate::storage::MemoryStorage;

    #[test]
    fn searching_a_file_equals_searching_memory() {
        for count in [0u32, 1, 2, 255, 256, 257, 1_000, 5_000] {
            let entries: Vec<OffsetEntry> =
                (0..count).map(|n| OffsetEntry { relative: 3 * n + 2, position: 100 * n }).collect();
            let files = OpenFiles::new(Arc::new(MemoryStorage::new()), 4);
            let file = files.file(PathBuf::from("i"));
            file.create().unwrap().write_at(&encode(&entries), 0).unwrap();
            for offset in (0..3 * count + 5).step_by(1 + count as usize / 50) {
                let before = |entry: OffsetEntry| entry.relative <= offset;
                assert_eq!(
                    last_on_disk(&file, before).unwrap(),
                    last_in(&entries, before),
                    "{count} {offset}"
                );
            }
            assert_eq!(last::<OffsetEntry>(&*file.get().unwrap()).unwrap(), entries.last().copied());
            assert_eq!(decode(&encode(&entries)), Some(entries));
        }
    }

    #[test]
    fn disorder_and_padding_are_found() {
        let entry = |relative, position| OffsetEntry { relative, position };
        assert_eq!(decode::<OffsetEntry>(&encode(&[entry(2, 0), entry(2, 9)])), None);
        assert_eq!(decode::<OffsetEntry>(&encode(&[entry(5, 10), entry(0, 0)])), None);
        assert_eq!(decode::<OffsetEntry>(&[0; 7]), None);
    }
}

//! Which old segments may go: decided purely, carried out by the log.

use std::path::Path;
use std::sync::Arc;

use super::error::LogError;
use super::names::{DELETED, SNAPSHOT, TXN_INDEX, offset_file, parse_offset_file};
use super::partition::{Inner, PartitionLog, Position, State};
use super::segment::Sealed;
use crate::storage::{Storage, StorageError};

/// What the decision needs to know of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentFacts {
    /// Its first offset.
    pub base_offset: i64,
    /// The next segment's first offset, or the log end offset.
    pub next_offset: i64,
    /// Bytes of its log file.
    pub size: u64,
    /// Its greatest timestamp; when it last grew, if no record has one.
    pub newest_ms: i64,
}

/// The limits in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Whether age and size count at all (`cleanup.policy` contains `delete`).
    pub delete: bool,
    /// `retention.ms`; negative: any age.
    pub ms: i64,
    /// `retention.bytes`; negative: any size.
    pub bytes: i64,
    /// Records before this are deleted already.
    pub log_start_offset: i64,
    /// Nothing at or above this may go.
    pub high_watermark: i64,
}

impl Retention {
    /// How many of the `segments`, oldest first and the active one last, may go at `now_ms`. When all may, the active
    /// one must be closed first.
    pub fn expired(&self, segments: &[SegmentFacts], now_ms: i64) -> usize {
        let mut surplus = match u64::try_from(self.bytes) {
            Ok(bytes) if self.delete => {
                segments.iter().map(|segment| segment.size).sum::<u64>().saturating_sub(bytes)
            }
            _ => 0,
        };
        let mut count = 0;
        for (at, segment) in segments.iter().enumerate() {
            let active = at + 1 == segments.len();
            if segment.next_offset > self.high_watermark || (active && segment.size == 0) {
                break;
            }
            let started = !active && segment.next_offset <= self.log_start_offset;
            let aged = self.delete && self.ms >= 0 && now_ms.saturating_sub(segment.newest_ms) > self.ms;
            // The active segment alone is never too large: there would be nothing left.
            let large = !active && segment.size > 0 && surplus >= segment.size;
            if !(started || aged || large) {
                break;
            }
            surplus = surplus.saturating_sub(segment.size);
            count += 1;
        }
        count
    }
}

impl PartitionLog {
    /// Deletes the segments that retention lets go at `now_ms`; returns how many.
    pub fn apply_retention(&self, now_ms: i64) -> Result<usize, LogError> {
        let mut inner = self.lock();
        if !matches!(inner.state, State::Open) {
            return Err(LogError::Unusable(self.id.clone()));
        }
        let mut expired = inner.retention().expired(&inner.facts(), now_ms);
        if expired > inner.sealed.len() {
            match inner.roll(&self.files, now_ms) {
                // Nothing can be made on a full disk, but the closed segments can go and make room.
                Err(error) if error.is_full() => expired = inner.sealed.len(),
                rolled => rolled?,
            }
        }
        if expired == 0 {
            return Ok(0);
        }
        let start = inner.sealed.keys().nth(expired).copied().unwrap_or(inner.active.base_offset);
        inner.move_start(start);
        let dropped = inner.detach_before_start();
        drop(inner);
        // The snapshot that remembers the producers of these records must last before they go.
        if !dropped.is_empty() && self.flush().is_err() {
            return Err(LogError::Unusable(self.id.clone()));
        }
        self.remove_files(&dropped)?;
        Ok(dropped.len())
    }

    /// Moves the log start offset up to `offset` (DeleteRecords); -1 means the high watermark. Returns the log start
    /// offset, which a checkpoint of the data folder makes last. What is written but not flushed is flushed first; an
    /// offset above the log end is refused.
    pub fn delete_records(&self, offset: i64) -> Result<i64, super::ReadError> {
        let mut inner = self.lock();
        if !matches!(inner.state, State::Open) {
            return Err(super::ReadError::Closed(self.id.clone()));
        }
        let mut high_watermark = inner.visible.offset;
        if high_watermark < inner.end.offset && (offset == -1 || offset > high_watermark) {
            // Records written without waiting for the disk may be deleted as soon as they are answered.
            drop(inner);
            self.flush().map_err(|_| super::ReadError::Closed(self.id.clone()))?;
            inner = self.lock();
            high_watermark = inner.visible.offset;
        }
        let offset = if offset == -1 { high_watermark } else { offset };
        if !(0..=high_watermark).contains(&offset) {
            return Err(super::ReadError::OutOfRange { offset, start: inner.log_start, end: high_watermark });
        }
        inner.move_start(offset);
        let log_start = inner.log_start;
        let dropped = inner.detach_before_start();
        drop(inner);
        if !dropped.is_empty() && self.flush().is_err() {
            return Err(super::ReadError::Closed(self.id.clone()));
        }
        self.remove_files(&dropped)?;
        Ok(log_start)
    }

    /// Removes the files of segments that no reader can find any more. Readers that hold them open read on.
    fn remove_files(&self, segments: &[Arc<Sealed>]) -> Result<(), StorageError> {
        let storage = self.files.storage();
        for segment in segments {
            let files = &segment.files;
            let beside = |kind| files.log.path().with_file_name(offset_file(segment.base_offset, kind));
            // The log goes first: an index without its log is swept up, a log without its index is read through.
            let log = files.log.path();
            for path in
                [log, files.index.path(), files.time_index.path(), &beside(TXN_INDEX), &beside(SNAPSHOT)]
            {
                let mut doomed = path.as_os_str().to_owned();
                doomed.push(DELETED);
                let doomed = Path::new(&doomed);
                match storage.rename(path, doomed).and_then(|()| storage.remove(doomed)) {
                    Err(error) if !error.is_not_found() => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

impl Inner {
    fn retention(&self) -> Retention {
        Retention {
            delete: self.config.delete,
            ms: self.config.retention_ms,
            bytes: self.config.retention_bytes,
            log_start_offset: self.log_start,
            high_watermark: self.visible.offset,
        }
    }

    fn facts(&self) -> Vec<SegmentFacts> {
        let nexts = self.sealed.keys().skip(1).copied().chain([self.active.base_offset]);
        let sealed = self.sealed.values().zip(nexts).map(|(segment, next_offset)| SegmentFacts {
            base_offset: segment.base_offset,
            next_offset,
            size: segment.size,
            newest_ms: segment.newest_ms(),
        });
        let active = SegmentFacts {
            base_offset: self.active.base_offset,
            next_offset: self.end.offset,
            size: self.active.size,
            newest_ms: self.active.max_time.map_or(self.active.changed_ms, |max| max.timestamp),
        };
        sealed.chain([active]).collect()
    }

    /// Raises the log start offset.
    pub(super) fn move_start(&mut self, offset: i64) {
        self.log_start = self.log_start.max(offset);
        self.epochs.truncate_start(self.log_start);
    }

    /// Takes sealed segments that lie wholly before the log start offset out of the log.
    fn detach_before_start(&mut self) -> Vec<Arc<Sealed>> {
        let mut detached = Vec::new();
        while let Some(first) = self.sealed.keys().next().copied() {
            let next = self.sealed.keys().nth(1).copied().unwrap_or(self.active.base_offset);
            if next > self.log_start {
                break;
            }
            // A position in a segment that is gone moves to the start of the next one.
            for position in [&mut self.flushed, &mut self.visible] {
                if position.segment == first {
                    *position = Position { offset: position.offset.max(next), segment: next, bytes: 0 };
                }
            }
            detached.extend(self.sealed.remove(&first));
        }
        detached
    }
}

/// Removes producer snapshots that belong to no segment, but for the newest one.
pub(super) fn drop_stray_snapshots(
    storage: &dyn Storage,
    dir: &Path,
    is_base: impl Fn(i64) -> bool,
) -> Result<(), StorageError> {
    let offsets: Vec<i64> = storage
        .list(dir)?
        .iter()
        .filter_map(|entry| parse_offset_file(&entry.name).filter(|(_, kind)| *kind == SNAPSHOT))
        .map(|(offset, _)| offset)
        .collect();
    let newest = offsets.iter().max().copied();
    for offset in offsets.into_iter().filter(|offset| Some(*offset) != newest && !is_base(*offset)) {
        storage.remove(&dir.join(offset_file(offset, SNAPSHOT)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(retention: Retention, segments: &[(i64, u64, i64)], now_ms: i64) -> usize {
        let mut facts: Vec<SegmentFacts> = Vec::new();
        for (n, (base_offset, size, newest_ms)) in segments.iter().copied().enumerate() {
            let next_offset = segments.get(n + 1).map_or(base_offset + 10, |next| next.0);
            facts.push(SegmentFacts { base_offset, next_offset, size, newest_ms });
        }
        retention.expired(&facts, now_ms)
    }

    const KEEP: Retention =
        Retention { delete: true, ms: -1, bytes: -1, log_start_offset: 0, high_watermark: i64::MAX };
    const THREE: [(i64, u64, i64); 3] = [(0, 100, 1_000), (10, 100, 3_000), (20, 100, 2_000)];

    #[test]
    fn by_time() {
        let after = |ms| Retention { ms, ..KEEP };
        assert_eq!(check(KEEP, &THREE, i64::MAX), 0);
        assert_eq!(check(after(500), &THREE, 1_500), 0, "exactly as old is not older");
        assert_eq!(check(after(500), &THREE, 1_501), 1);
        assert_eq!(check(after(500), &THREE, 2_600), 1, "the third is old, but the second is not");
        assert_eq!(check(after(500), &THREE, 9_000), 3);
        assert_eq!(check(Retention { delete: false, ..after(500) }, &THREE, 9_000), 0, "compacted");
        assert_eq!(check(Retention { high_watermark: 15, ..after(500) }, &THREE, 9_000), 1);
        assert_eq!(check(after(0), &[(0, 0, 0)], 9_000), 0, "an empty log stays");
    }

    #[test]
    fn by_size() {
        let within = |bytes| Retention { bytes, ..KEEP };
        assert_eq!(check(within(300), &THREE, 0), 0);
        assert_eq!(check(within(201), &THREE, 0), 0, "not below the limit");
        assert_eq!(check(within(200), &THREE, 0), 1);
        assert_eq!(check(within(0), &THREE, 0), 2, "the active segment stays");
    }

    #[test]
    fn by_log_start() {
        let from = |log_start_offset| Retention { log_start_offset, delete: false, ..KEEP };
        assert_eq!(check(from(9), &THREE, 0), 0);
        assert_eq!(check(from(10), &THREE, 0), 1);
        assert_eq!(check(from(30), &THREE, 0), 2);
    }
}

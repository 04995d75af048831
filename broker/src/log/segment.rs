//! A segment: one file of batches, named by its first offset, and its indexes.

use std::path::Path;
use std::sync::Arc;

use super::files::{LogFile, OpenFiles};
use super::index::{self, OffsetEntry, TimeEntry};
use super::names::{INDEX, LOG, TIME_INDEX, offset_file};
use crate::storage::StorageResult;

/// The files of a segment, opened when needed.
#[derive(Clone, Debug)]
pub(super) struct SegmentFiles {
    pub(super) log: LogFile,
    pub(super) index: LogFile,
    pub(super) time_index: LogFile,
}

impl SegmentFiles {
    pub(super) fn new(files: &Arc<OpenFiles>, dir: &Path, base_offset: i64) -> Self {
        let file = |kind| files.file(dir.join(offset_file(base_offset, kind)));
        SegmentFiles { log: file(LOG), index: file(INDEX), time_index: file(TIME_INDEX) }
    }
}

/// The greatest timestamp of a segment, and the last offset of the first batch that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MaxTime {
    pub(super) timestamp: i64,
    pub(super) offset: i64,
}

/// A segment that takes no more batches. Its indexes are read from their files.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) base_offset: i64,
    pub(super) files: SegmentFiles,
    pub(super) size: u64,
    /// `None` when no record has a timestamp.
    pub(super) max_time: Option<MaxTime>,
    /// When it last grew: its age where no record has a timestamp.
    pub(super) changed_ms: i64,
    /// Whether the abort of a transaction stands in it, so that it has a transaction index.
    pub(super) has_aborted: bool,
}

impl Sealed {
    /// Its greatest timestamp, or when it last grew.
    pub(super) fn newest_ms(&self) -> i64 {
        self.max_time.map_or(self.changed_ms, |max| max.timestamp)
    }

    /// Byte of a batch from which a search for `offset` may start.
    pub(super) fn position_before(&self, offset: i64) -> StorageResult<u64> {
        let relative = relative(self.base_offset, offset);
        let entry = index::last_on_disk(&self.files.index, |entry: OffsetEntry| entry.relative <= relative)?;
        Ok(entry.map_or(0, |entry| entry.position.into()))
    }

    /// Byte of a batch from which a search for the first record not older than `timestamp` may start.
    pub(super) fn position_before_time(&self, timestamp: i64) -> StorageResult<u64> {
        let entry =
            index::last_on_disk(&self.files.time_index, |entry: TimeEntry| entry.timestamp < timestamp)?;
        entry.map_or(Ok(0), |entry| self.position_before(self.base_offset + i64::from(entry.relative)))
    }
}

/// `offset` less `base_offset`, as indexes hold it: what lies beyond its range is as good as its end.
pub(super) fn relative(base_offset: i64, offset: i64) -> u32 {
    u32::try_from(offset.saturating_sub(base_offset).max(0)).unwrap_or(u32::MAX)
}

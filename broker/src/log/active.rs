//! The segment that takes appends. Its indexes live in memory until it is closed.

use std::path::Path;
use std::sync::Arc;

use riverrun_core::record::BatchHeader;

use super::aborted::{self, AbortedTransaction};
use super::config::LogConfig;
use super::files::OpenFiles;
use super::index::{self, Entry, OffsetEntry, TimeEntry};
use super::segment::{MaxTime, Sealed, SegmentFiles, relative};
use crate::storage::{File, OpenMode, Storage, StorageResult};

/// The last segment of a log.
#[derive(Debug)]
pub(super) struct Active {
    pub(super) base_offset: i64,
    pub(super) files: SegmentFiles,
    pub(super) size: u64,
    pub(super) offsets: Vec<OffsetEntry>,
    pub(super) times: Vec<TimeEntry>,
    pub(super) max_time: Option<MaxTime>,
    /// Transactions whose abort stands in this segment, in the order of their markers.
    pub(super) aborted: Vec<AbortedTransaction>,
    /// Greatest timestamp of the first batch: the segment's age is measured from it.
    first_timestamp: Option<i64>,
    created_ms: i64,
    /// When it last grew.
    pub(super) changed_ms: i64,
    /// What its age is compared with comes earlier by this much of `segment.jitter.ms`, in 2^-32.
    jitter: u32,
    /// Bytes since the last index entry.
    unindexed: u64,
}

impl Active {
    /// A segment without batches; makes or empties its file.
    pub(super) fn create(
        files: &Arc<OpenFiles>,
        dir: &Path,
        base_offset: i64,
        now_ms: i64,
    ) -> StorageResult<Active> {
        let active = Self::unscanned(files, dir, base_offset, now_ms);
        let file = active.files.log.create()?;
        if !file.is_empty()? {
            file.truncate(0)?;
        }
        Ok(active)
    }

    /// A segment whose file is there and whose batches are yet to be [noted](Self::note).
    pub(super) fn unscanned(files: &Arc<OpenFiles>, dir: &Path, base_offset: i64, now_ms: i64) -> Active {
        Active {
            base_offset,
            files: SegmentFiles::new(files, dir, base_offset),
            size: 0,
            offsets: Vec::new(),
            times: Vec::new(),
            max_time: None,
            aborted: Vec::new(),
            first_timestamp: None,
            created_ms: now_ms,
            changed_ms: now_ms,
            jitter: jitter(dir, base_offset),
            unindexed: 0,
        }
    }

    /// Takes note of the batch that stands at the end of the file, under its final offsets.
    pub(super) fn note(&mut self, batch: &BatchHeader, index_interval_bytes: u32) {
        if self.size == 0 {
            self.first_timestamp = Some(batch.max_timestamp).filter(|timestamp| *timestamp >= 0);
        }
        self.note_time(batch);
        if self.unindexed > index_interval_bytes.into() {
            // A position fits: segment.bytes does.
            if let Ok(position) = u32::try_from(self.size) {
                let relative = relative(self.base_offset, batch.last_offset());
                let entry = OffsetEntry { relative, position };
                if self.offsets.last().is_none_or(|last| entry.follows(*last)) {
                    self.offsets.push(entry);
                }
                self.push_time();
            }
            self.unindexed = 0;
        }
        self.size += batch.size() as u64;
        self.unindexed += batch.size() as u64;
    }

    fn note_time(&mut self, batch: &BatchHeader) {
        if batch.max_timestamp >= 0 && self.max_time.is_none_or(|max| batch.max_timestamp > max.timestamp) {
            self.max_time = Some(MaxTime { timestamp: batch.max_timestamp, offset: batch.last_offset() });
        }
    }

    fn push_time(&mut self) {
        let Some(max) = self.max_time else { return };
        let entry = TimeEntry { timestamp: max.timestamp, relative: relative(self.base_offset, max.offset) };
        if self.times.last().is_none_or(|last| entry.follows(*last)) {
            self.times.push(entry);
        }
    }

    /// Takes indexes over from their files and what follows them from the batches at and after byte `from`.
    pub(super) fn adopt(
        &mut self,
        offsets: Vec<OffsetEntry>,
        times: Vec<TimeEntry>,
        from: u64,
        first: Option<i64>,
    ) {
        self.max_time = times.last().map(|last| MaxTime {
            timestamp: last.timestamp,
            offset: self.base_offset + i64::from(last.relative),
        });
        self.offsets = offsets;
        self.times = times;
        self.size = from;
        self.first_timestamp = first;
        self.unindexed = 0;
    }

    /// Whether a batch of `bytes` whose greatest timestamp is `timestamp` must go to a new segment.
    pub(super) fn is_full(
        &self,
        batch: &BatchHeader,
        next_offset: i64,
        config: &LogConfig,
        now_ms: i64,
    ) -> bool {
        if self.size == 0 {
            return false;
        }
        let last = next_offset.saturating_add(batch.last_offset_delta.into());
        let entries = |bytes: usize| config.segment_index_bytes as usize / bytes;
        self.size + batch.size() as u64 > config.segment_bytes.into()
            || self.is_aged(Some(batch.max_timestamp).filter(|timestamp| *timestamp >= 0), config, now_ms)
            || self.offsets.len() >= entries(OffsetEntry::BYTES).max(1)
            || self.times.len() >= entries(TimeEntry::BYTES).max(1)
            || i32::try_from(last - self.base_offset).is_err()
    }

    /// Whether the segment is older than `segment.ms`, by the records' time where they have one.
    fn is_aged(&self, timestamp: Option<i64>, config: &LogConfig, now_ms: i64) -> bool {
        let age = match (self.first_timestamp, timestamp) {
            (Some(first), Some(timestamp)) => timestamp.saturating_sub(first),
            _ => now_ms.saturating_sub(self.created_ms),
        };
        let limit_ms = config.segment_age_max_ms();
        let spread_ms = config.segment_jitter_ms.clamp(0, limit_ms.max(0));
        let jitter_ms = (i128::from(spread_ms) * i128::from(self.jitter)) >> 32;
        age > limit_ms - jitter_ms as i64
    }

    /// Whether the first record has waited for compaction as long as it may.
    pub(super) fn lags(&self, config: &LogConfig, now_ms: i64) -> bool {
        let since_ms = self.first_timestamp.unwrap_or(self.created_ms);
        self.size > 0 && now_ms.saturating_sub(since_ms) > config.max_compaction_lag_ms
    }

    /// Byte of a batch from which a search for `offset` may start.
    pub(super) fn position_before(&self, offset: i64) -> u64 {
        let relative = relative(self.base_offset, offset);
        index::last_in(&self.offsets, |entry| entry.relative <= relative)
            .map_or(0, |entry| entry.position.into())
    }

    /// Byte of a batch from which a search for the first record not older than `timestamp` may start.
    pub(super) fn position_before_time(&self, timestamp: i64) -> u64 {
        index::last_in(&self.times, |entry| entry.timestamp < timestamp)
            .map_or(0, |entry| self.position_before(self.base_offset + i64::from(entry.relative)))
    }

    /// Writes the indexes to their files, which the caller syncs. A last time entry is added as Kafka does on closing.
    pub(super) fn write_indexes(&mut self, storage: &dyn Storage) -> StorageResult<Vec<Arc<dyn File>>> {
        self.push_time();
        let write = |path: &Path, bytes: Vec<u8>| {
            let file = storage.open(path, OpenMode::Replace)?;
            file.write_at(&bytes, 0)?;
            Ok(file)
        };
        let mut files = vec![
            write(self.files.index.path(), index::encode(&self.offsets))?,
            write(self.files.time_index.path(), index::encode(&self.times))?,
        ];
        let dir = self.files.log.path().parent().unwrap_or(Path::new(""));
        files.extend(aborted::store(storage, dir, self.base_offset, &self.aborted)?);
        Ok(files)
    }

    /// The bytes of both indexes as they are when the segment is closed.
    pub(super) fn encode_indexes(&mut self) -> (Vec<u8>, Vec<u8>) {
        self.push_time();
        (index::encode(&self.offsets), index::encode(&self.times))
    }

    /// The segment without its place for more. Its indexes were written.
    pub(super) fn seal(&self) -> Sealed {
        Sealed {
            base_offset: self.base_offset,
            files: self.files.clone(),
            size: self.size,
            max_time: self.max_time,
            changed_ms: self.changed_ms,
            has_aborted: !self.aborted.is_empty(),
        }
    }
}

/// Something between 0 and 2^32 for each segment, the same at each start.
fn jitter(dir: &Path, base_offset: i64) -> u32 {
    let name = format!("{} {base_offset}", dir.display());
    riverrun_core::record::crc32c(name.as_bytes())
}

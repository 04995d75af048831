//! Cutting records off the end: what a follower does that ran ahead of its leader.

use std::path::Path;
use std::sync::{Arc, PoisonError};

use riverrun_core::record::BatchHeader;

use super::error::{LogError, ReadError};
use super::names::{INDEX, LOG, SNAPSHOT, TIME_INDEX, TXN_INDEX, offset_file, parse_offset_file};
use super::opening::{self, Opening};
use super::partition::{PartitionLog, State};
use super::read::ReadBound;
use super::scan::{Scanned, Scanner};
use crate::storage::StorageResult;

impl PartitionLog {
    /// From now on no checkpoint says that anything is flushed from the batch that holds `offset` on.
    pub(super) fn limit_checkpoint(&self, offset: i64) -> Result<(), ReadError> {
        let slice = self.read(offset, 0, ReadBound::LogEnd, true)?;
        let holder = BatchHeader::parse(&slice.into_bytes()).map_or(offset, |header| header.base_offset);
        self.lock().checkpoint_limit = holder.min(offset);
        Ok(())
    }

    /// Removes every batch that holds an offset at or above `offset` and reads the rest of the last segment anew.
    /// Returns the log end offset. The limit of checkpoints is lifted.
    pub(super) fn truncate(&self, offset: i64, now_ms: i64) -> Result<i64, LogError> {
        let mut inner = self.lock();
        while inner.flushing {
            inner = self.flush_ended.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        if !matches!(inner.state, State::Open) {
            return Err(LogError::Unusable(self.id.clone()));
        }
        self.tail.clear();
        if offset < inner.end.offset {
            let bases = inner.sealed.keys().copied().chain([inner.active.base_offset]);
            let bases: Vec<i64> = bases.collect();
            // When the batch at the cut begins before the log start, nothing is left: the log goes on empty from there.
            let keep = inner.checkpoint_limit >= inner.log_start;
            if let Err(error) = self.cut_files(&inner.dir, &bases, offset, keep) {
                let shown = error.duplicate();
                let _ = inner.fail(&self.id, error);
                return Err(shown.into());
            }
            let last_base = bases.iter().copied().take_while(|base| *base <= offset).last().unwrap_or(0);
            let opening = Opening {
                id: self.id.clone(),
                dir: inner.dir.clone(),
                topic_id: None,
                config: (*inner.config).clone(),
                files: Arc::clone(&self.files),
                cache: Arc::clone(&self.cache),
                clean: false,
                recovery_point: keep.then(|| last_base.min(inner.flushed.offset)),
                log_start: Some(inner.log_start),
                compacted_to: if inner.config.compact { i64::MAX } else { 0 },
                now_ms,
            };
            let dirty = std::mem::take(&mut inner.dirty);
            let generation = inner.generation;
            *inner = opening::reload(&opening, dirty)?;
            inner.generation = generation + 1;
        }
        inner.checkpoint_limit = i64::MAX;
        Ok(inner.end.offset)
    }

    fn cut_files(&self, dir: &Path, bases: &[i64], offset: i64, keep_some: bool) -> StorageResult<()> {
        let storage = self.files.storage();
        let keep = if keep_some { bases.partition_point(|base| *base < offset).max(1) } else { 0 };
        for base in bases[keep..].iter().rev() {
            for kind in [LOG, INDEX, TIME_INDEX, TXN_INDEX] {
                match storage.remove(&dir.join(offset_file(*base, kind))) {
                    Err(error) if !error.is_not_found() => return Err(error),
                    _ => {}
                }
            }
        }
        // A snapshot of what is cut off must not be taken for the producers' state of what comes in its place.
        for entry in storage.list(dir)? {
            if let Some((at, SNAPSHOT)) = parse_offset_file(&entry.name)
                && (at > offset || !keep_some)
            {
                storage.remove(&dir.join(&entry.name))?;
            }
        }
        let Some(last) = bases[..keep].last() else { return storage.sync_dir(dir) };
        let file = self.files.file(dir.join(offset_file(*last, LOG))).get()?;
        let mut scanner = Scanner::new(Arc::clone(&file), 0, u64::MAX)?;
        while let Scanned::Batch(header, at) = scanner.next()? {
            if header.last_offset() >= offset {
                file.truncate(at)?;
                break;
            }
        }
        file.sync_data()?;
        storage.sync_dir(dir)
    }
}

//! The segment that a compaction writes, beside the log until it is whole.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use riverrun_core::record::BatchHeader;

use super::round::CompactError;
use crate::log::aborted::{self, AbortedTransaction};
use crate::log::active::Active;
use crate::log::files::OpenFiles;
use crate::log::names::{CLEANED, INDEX, LOG, TIME_INDEX, TXN_INDEX, offset_file};
use crate::log::segment::Sealed;
use crate::storage::{File, OpenMode, Storage, StorageResult};

/// Bytes written at a time.
const CHUNK_BYTES: usize = 1 << 20;
/// Positions in Kafka's files are 31 bits.
const MAX_BYTES: u64 = i32::MAX as u64;

/// A segment that is being written.
pub(super) struct Output {
    storage: Arc<dyn Storage>,
    dir: PathBuf,
    log: Arc<dyn File>,
    written: u64,
    buffer: Vec<u8>,
    segment: Active,
    changed: bool,
}

/// A segment that is whole and flushed, under its `.cleaned` names.
pub(super) struct Written {
    pub(super) sealed: Sealed,
    pub(super) dir: PathBuf,
    storage: Arc<dyn Storage>,
}

/// The name of a file of a segment that is being compacted.
pub(super) fn cleaned(dir: &Path, base_offset: i64, kind: &str) -> PathBuf {
    dir.join(format!("{}{CLEANED}", offset_file(base_offset, kind)))
}

impl Output {
    pub(super) fn begin(
        files: &Arc<OpenFiles>,
        dir: &Path,
        base_offset: i64,
        changed_ms: i64,
    ) -> StorageResult<Output> {
        let storage = Arc::clone(files.storage());
        let log = storage.open(&cleaned(dir, base_offset, LOG), OpenMode::Replace)?;
        Ok(Output {
            storage,
            dir: dir.to_owned(),
            log,
            written: 0,
            buffer: Vec::new(),
            segment: Active::unscanned(files, dir, base_offset, changed_ms),
            changed: false,
        })
    }

    /// Whether it differs from what was read.
    pub(super) fn is_changed(&self) -> bool {
        self.changed
    }

    /// A batch of the old segment is left out.
    pub(super) fn leave_out(&mut self) -> u64 {
        self.changed = true;
        0
    }

    /// Adds a batch in the place of another; returns its bytes.
    pub(super) fn change(
        &mut self,
        header: &BatchHeader,
        bytes: &[u8],
        index_interval_bytes: u32,
    ) -> Result<u64, CompactError> {
        self.changed = true;
        self.push(header, bytes, index_interval_bytes)
    }

    /// Adds a batch; returns its bytes.
    pub(super) fn push(
        &mut self,
        header: &BatchHeader,
        bytes: &[u8],
        index_interval_bytes: u32,
    ) -> Result<u64, CompactError> {
        if self.segment.size + bytes.len() as u64 > MAX_BYTES {
            return Err(CompactError::TooLarge);
        }
        self.segment.note(header, index_interval_bytes);
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK_BYTES {
            self.write_out()?;
        }
        Ok(bytes.len() as u64)
    }

    fn write_out(&mut self) -> StorageResult<()> {
        self.log.write_at(&self.buffer, self.written)?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Writes what is left and the indexes, and flushes all of it. After an error nothing of it is left.
    pub(super) fn finish(mut self, aborted: Vec<AbortedTransaction>) -> Result<Written, CompactError> {
        match self.finish_files(&aborted) {
            Ok(()) => {}
            Err(error) => {
                self.discard();
                return Err(error.into());
            }
        }
        self.segment.aborted = aborted;
        Ok(Written { sealed: self.segment.seal(), dir: self.dir, storage: self.storage })
    }

    fn finish_files(&mut self, aborted: &[AbortedTransaction]) -> StorageResult<()> {
        self.write_out()?;
        self.log.sync_data()?;
        let (offsets, times) = self.segment.encode_indexes();
        // Empty where nothing was aborted: it takes the place of one that says otherwise.
        for (kind, bytes) in [(INDEX, offsets), (TIME_INDEX, times), (TXN_INDEX, aborted::encode(aborted))] {
            let file =
                self.storage.open(&cleaned(&self.dir, self.segment.base_offset, kind), OpenMode::Replace)?;
            file.write_at(&bytes, 0)?;
            file.sync_data()?;
        }
        Ok(())
    }

    /// Removes what was written. What cannot be removed goes when the log is opened next.
    pub(super) fn discard(self) {
        remove(&*self.storage, &self.dir, self.segment.base_offset);
    }
}

impl Written {
    pub(super) fn size(&self) -> u64 {
        self.sealed.size
    }

    /// Removes it again. What cannot be removed goes when the log is opened next.
    pub(super) fn discard(&self) {
        remove(&*self.storage, &self.dir, self.sealed.base_offset);
    }
}

fn remove(storage: &dyn Storage, dir: &Path, base_offset: i64) {
    for kind in [LOG, INDEX, TIME_INDEX, TXN_INDEX] {
        let path = cleaned(dir, base_offset, kind);
        if let Err(error) = storage.remove(&path)
            && !error.is_not_found()
        {
            tracing::warn!(file = %path.display(), error = &error as &dyn std::error::Error, "a leftover of a compaction stays");
        }
    }
}

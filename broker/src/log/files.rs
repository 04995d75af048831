//! Open files, not too many at once.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::buffers::Buffers;
use crate::storage::{File, OpenMode, Storage, StorageResult};

/// Bytes of buffers for reads that are kept while nobody reads.
const BUFFERS_BYTES: usize = 8 << 20;

/// Opens files on demand and closes those that were not used lately.
#[derive(Debug)]
pub(super) struct OpenFiles {
    storage: Arc<dyn Storage>,
    /// What is read out of the files.
    pub(super) buffers: Arc<Buffers>,
    max: usize,
    /// In the order of a clock hand: the front is looked at next.
    open: Mutex<VecDeque<Weak<Slot>>>,
}

#[derive(Debug, Default)]
struct Slot {
    file: Mutex<Option<Arc<dyn File>>>,
    used: AtomicBool,
}

/// A file that is opened when it is first used, and again after it was closed for want of room.
#[derive(Clone, Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    slot: Arc<Slot>,
    files: Arc<OpenFiles>,
}

impl OpenFiles {
    /// At most about `max` files at a time; those in use at the moment do not count.
    pub(super) fn new(storage: Arc<dyn Storage>, max: usize) -> Arc<Self> {
        let buffers = Buffers::new(BUFFERS_BYTES);
        Arc::new(OpenFiles { storage, buffers, max: max.max(1), open: Mutex::default() })
    }

    pub(super) fn storage(&self) -> &Arc<dyn Storage> {
        &self.storage
    }

    /// The file at `path`; it is not opened yet.
    pub(super) fn file(self: &Arc<Self>, path: PathBuf) -> LogFile {
        LogFile { path, slot: Arc::default(), files: Arc::clone(self) }
    }

    fn admit(&self, slot: &Arc<Slot>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.push_back(Arc::downgrade(slot));
        // Each slot is looked at twice at most: once to take its mark, once to close it.
        let mut looks = 2 * open.len();
        while open.len() > self.max && looks > 0 {
            looks -= 1;
            let Some(oldest) = open.pop_front() else { break };
            let Some(slot) = oldest.upgrade() else { continue };
            if slot.used.swap(false, Ordering::Relaxed) {
                open.push_back(oldest);
            } else {
                *slot.file.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
        }
    }
}

impl LogFile {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The open file.
    pub(super) fn get(&self) -> StorageResult<Arc<dyn File>> {
        self.open(OpenMode::Write)
    }

    /// The open file, made if it is not there.
    pub(super) fn create(&self) -> StorageResult<Arc<dyn File>> {
        self.open(OpenMode::Create)
    }

    fn open(&self, mode: OpenMode) -> StorageResult<Arc<dyn File>> {
        let opened = {
            let mut slot = self.slot.file.lock().unwrap_or_else(PoisonError::into_inner);
            self.slot.used.store(true, Ordering::Relaxed);
            if let Some(file) = &*slot {
                return Ok(Arc::clone(file));
            }
            let file = self.files.storage.open(&self.path, mode)?;
            *slot = Some(Arc::clone(&file));
            file
        };
        self.files.admit(&self.slot);
        Ok(opened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::MemoryStorage;

    #[test]
    fn the_least_used_file_is_closed_and_opens_again() {
        let storage = Arc::new(MemoryStorage::new());
        let files = OpenFiles::new(storage, 2);
        let named = |name: &str| files.file(PathBuf::from(name));
        let (a, b, c) = (named("a"), named("b"), named("c"));
        for file in [&a, &b, &c] {
            file.create().unwrap().write_at(b"x", 0).unwrap();
        }
        let open = [&a, &b, &c].map(|file| file.slot.file.lock().unwrap().is_some());
        assert_eq!(open.iter().filter(|open| **open).count(), 2, "{open:?}");
        for file in [&a, &b, &c] {
            assert_eq!(file.get().unwrap().len().unwrap(), 1);
        }
    }
}

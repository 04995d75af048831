//! The only door to files that the broker has.
//!
//! A [`Storage`] is a tree of folders and files; a [`File`] is read and written at positions. Everything is
//! synchronous: callers decide which thread waits. Knows nothing of what the files hold.
//!
//! - [`DiskStorage`] is the machine's file system.
//! - [`MemoryStorage`] lives in memory and can lose power: what was not synced is dropped or torn, data and folder
//!   entries each on their own.
//! - [`FaultyStorage`] wraps either and fails as told: torn, short and lost writes, errors, a full disk, bit rot.

mod disk;
mod error;
mod faulty;
mod memory;

#[cfg(test)]
mod tests;

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use disk::DiskStorage;
pub use error::{StorageError, StorageOp};
pub use faulty::{Fault, FaultKind, FaultyStorage};
pub use memory::MemoryStorage;

/// A result of this room.
pub type StorageResult<T> = Result<T, StorageError>;

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenMode {
    /// It must be there; it is only read.
    Read,
    /// It must be there; it is read and written.
    Write,
    /// Read and written; made empty if it is not there, left as it is if it is.
    Create,
    /// Read and written; made empty whether it was there or not.
    Replace,
}

/// What a folder holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The last part of its path.
    pub name: String,
    /// Whether it is a folder.
    pub is_dir: bool,
}

/// Keeps a lock file locked until it is dropped.
pub trait Lock: Send + Sync + Debug {}

/// A tree of folders and files.
pub trait Storage: Send + Sync + Debug {
    /// Opens a file.
    fn open(&self, path: &Path, mode: OpenMode) -> StorageResult<Arc<dyn File>>;

    /// Gives a file or folder another name in place of whatever file has it. Lasts only when the folders are synced.
    fn rename(&self, from: &Path, to: &Path) -> StorageResult<()>;

    /// Removes a file. Open handles of it stay usable.
    fn remove(&self, path: &Path) -> StorageResult<()>;

    /// Removes a folder and all that is in it.
    fn remove_dir(&self, path: &Path) -> StorageResult<()>;

    /// Makes a folder and those above it, where they are not there yet.
    fn create_dir(&self, path: &Path) -> StorageResult<()>;

    /// What a folder holds, ordered by name.
    fn list(&self, dir: &Path) -> StorageResult<Vec<Entry>>;

    /// Whether a file or folder of that path is there.
    fn exists(&self, path: &Path) -> StorageResult<bool>;

    /// Makes the names in a folder last: files made, renamed and removed in it.
    fn sync_dir(&self, dir: &Path) -> StorageResult<()>;

    /// Locks a file, which is made if it is not there; `None` if somebody else holds it.
    fn lock(&self, path: &Path) -> StorageResult<Option<Box<dyn Lock>>>;
}

/// An open file. All methods may be called from several threads.
pub trait File: Send + Sync + Debug {
    /// Where it is, for messages.
    fn path(&self) -> &Path;

    /// Fills `buf` from `at` on and returns how many bytes there were: less than asked for only at the end.
    fn read_at(&self, buf: &mut [u8], at: u64) -> StorageResult<usize>;

    /// Writes all of `buf` at `at`. After an error any part of it may have been written.
    fn write_at(&self, buf: &[u8], at: u64) -> StorageResult<()>;

    /// Bytes in the file.
    fn len(&self) -> StorageResult<u64>;

    /// Whether the file has no bytes.
    fn is_empty(&self) -> StorageResult<bool> {
        Ok(self.len()? == 0)
    }

    /// When its bytes last changed, in milliseconds since 1970; `None` where nobody keeps that.
    fn modified_ms(&self) -> StorageResult<Option<i64>>;

    /// Cuts or, with zeros, extends the file.
    fn truncate(&self, len: u64) -> StorageResult<()>;

    /// Makes the bytes last. After an error nothing is known of what lasted, and a second call may lie: give the file
    /// up.
    fn sync_data(&self) -> StorageResult<()>;
}

/// All bytes of a small file.
pub fn read_all(storage: &dyn Storage, path: &Path) -> StorageResult<Vec<u8>> {
    let file = storage.open(path, OpenMode::Read)?;
    let len = file.len()?;
    let mut bytes = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
    let read = file.read_at(&mut bytes, 0)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// Puts `bytes` into the file at `path` such that, whatever happens meanwhile, the old or the new contents are there
/// whole: written beside it, synced, renamed, folder synced.
pub fn replace_all(storage: &dyn Storage, path: &Path, bytes: &[u8]) -> StorageResult<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".tmp");
    let beside = PathBuf::from(beside);
    let file = storage.open(&beside, OpenMode::Replace)?;
    file.write_at(bytes, 0)?;
    file.sync_data()?;
    storage.rename(&beside, path)?;
    storage.sync_dir(path.parent().unwrap_or(Path::new(".")))
}

//! The machine's file system.

use std::fs;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Entry, File, Lock, OpenMode, Storage, StorageError, StorageOp, StorageResult};

/// Files of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskStorage;

fn context<T>(op: StorageOp, path: &Path, result: io::Result<T>) -> StorageResult<T> {
    result.map_err(|source| StorageError::new(op, path, source))
}

impl Storage for DiskStorage {
    fn open(&self, path: &Path, mode: OpenMode) -> StorageResult<Arc<dyn File>> {
        let mut options = fs::OpenOptions::new();
        options.read(true);
        match mode {
            OpenMode::Read => &mut options,
            OpenMode::Write => options.write(true),
            OpenMode::Create => options.write(true).create(true),
            OpenMode::Replace => options.write(true).create(true).truncate(true),
        };
        let file = context(StorageOp::Open, path, options.open(path))?;
        Ok(Arc::new(DiskFile { file, path: path.to_owned() }))
    }

    fn rename(&self, from: &Path, to: &Path) -> StorageResult<()> {
        context(StorageOp::Rename, from, fs::rename(from, to))
    }

    fn remove(&self, path: &Path) -> StorageResult<()> {
        context(StorageOp::Remove, path, fs::remove_file(path))
    }

    fn remove_dir(&self, path: &Path) -> StorageResult<()> {
        context(StorageOp::Remove, path, fs::remove_dir_all(path))
    }

    fn create_dir(&self, path: &Path) -> StorageResult<()> {
        context(StorageOp::CreateDir, path, fs::create_dir_all(path))
    }

    fn list(&self, dir: &Path) -> StorageResult<Vec<Entry>> {
        let list = || {
            let mut entries = Vec::new();
            for entry in fs::read_dir(dir)? {
                let entry = entry?;
                // No file of ours has a name that is not UTF-8.
                if let Ok(name) = entry.file_name().into_string() {
                    entries.push(Entry { name, is_dir: entry.file_type()?.is_dir() });
                }
            }
            entries.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(entries)
        };
        context(StorageOp::List, dir, list())
    }

    fn exists(&self, path: &Path) -> StorageResult<bool> {
        context(StorageOp::List, path, fs::exists(path))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the room that opens files")]
    fn sync_dir(&self, dir: &Path) -> StorageResult<()> {
        context(StorageOp::SyncDir, dir, fs::File::open(dir).and_then(|dir| dir.sync_all()))
    }

    fn lock(&self, path: &Path) -> StorageResult<Option<Box<dyn Lock>>> {
        let open = fs::OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = context(StorageOp::Lock, path, open)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Box::new(DiskLock { _file: file }))),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(source)) => Err(StorageError::new(StorageOp::Lock, path, source)),
        }
    }
}

/// The operating system drops the lock with the file.
#[derive(Debug)]
struct DiskLock {
    _file: fs::File,
}

impl Lock for DiskLock {}

#[derive(Debug)]
struct DiskFile {
    file: fs::File,
    path: PathBuf,
}

impl File for DiskFile {
    fn path(&self) -> &Path {
        &self.path
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> StorageResult<usize> {
        let mut filled = 0;
        while filled < buf.len() {
            match self.file.read_at(&mut buf[filled..], at + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(StorageError::new(StorageOp::Read, &self.path, error)),
            }
        }
        Ok(filled)
    }

    fn write_at(&self, buf: &[u8], at: u64) -> StorageResult<()> {
        context(StorageOp::Write, &self.path, self.file.write_all_at(buf, at))
    }

    fn len(&self) -> StorageResult<u64> {
        context(StorageOp::List, &self.path, self.file.metadata().map(|metadata| metadata.len()))
    }

    fn modified_ms(&self) -> StorageResult<Option<i64>> {
        let metadata = context(StorageOp::List, &self.path, self.file.metadata())?;
        Ok(Some(metadata.mtime() * 1_000 + metadata.mtime_nsec() / 1_000_000))
    }

    fn truncate(&self, len: u64) -> StorageResult<()> {
        context(StorageOp::Truncate, &self.path, self.file.set_len(len))
    }

    fn sync_data(&self) -> StorageResult<()> {
        context(StorageOp::Sync, &self.path, self.file.sync_data())
    }
}

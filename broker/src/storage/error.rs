//! What can go wrong with a file.

use std::io;
use std::path::{Path, PathBuf};

use riverrun_core::{Error, ErrorKind};

/// What was being done to a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StorageOp {
    /// Opening or making a file.
    Open,
    /// Reading.
    Read,
    /// Writing.
    Write,
    /// Making bytes last.
    Sync,
    /// Making folder entries last.
    SyncDir,
    /// Cutting or extending.
    Truncate,
    /// Renaming.
    Rename,
    /// Removing a file or folder.
    Remove,
    /// Making a folder.
    CreateDir,
    /// Listing a folder or looking at an entry.
    List,
    /// Locking.
    Lock,
}

impl StorageOp {
    fn verb(self) -> &'static str {
        match self {
            StorageOp::Open => "open",
            StorageOp::Read => "read",
            StorageOp::Write => "write",
            StorageOp::Sync => "flush",
            StorageOp::SyncDir => "flush folder",
            StorageOp::Truncate => "truncate",
            StorageOp::Rename => "rename",
            StorageOp::Remove => "remove",
            StorageOp::CreateDir => "make folder",
            StorageOp::List => "list",
            StorageOp::Lock => "lock",
        }
    }
}

/// An operation on a file or folder failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {} {}", op.verb(), path.display())]
pub struct StorageError {
    /// What was being done.
    pub op: StorageOp,
    /// To which file or folder.
    pub path: PathBuf,
    /// What the operating system said.
    pub source: io::Error,
}

impl StorageError {
    /// `source` met while doing `op` to `path`.
    pub fn new(op: StorageOp, path: &Path, source: io::Error) -> Self {
        StorageError { op, path: path.to_owned(), source }
    }

    /// The same error again: the operating system's error is rebuilt from its number or its text.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        let source = match self.source.raw_os_error() {
            Some(number) => io::Error::from_raw_os_error(number),
            None => io::Error::new(self.source.kind(), self.source.to_string()),
        };
        StorageError { op: self.op, path: self.path.clone(), source }
    }

    /// Whether the file or folder is not there.
    pub fn is_not_found(&self) -> bool {
        self.source.kind() == io::ErrorKind::NotFound
    }

    /// Whether there is no room left: the one failure of a write that may pass.
    pub fn is_full(&self) -> bool {
        matches!(self.source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        let kind = match error.source.kind() {
            io::ErrorKind::NotFound => ErrorKind::NotFound,
            io::ErrorKind::PermissionDenied => ErrorKind::Unauthorized,
            _ if error.is_full() => ErrorKind::Retriable,
            _ => ErrorKind::Internal,
        };
        Error::new(kind, error.to_string()).with_source(error.source)
    }
}

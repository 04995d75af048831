//! The one place of the file connector that opens, creates, renames and flushes files.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use riverrun_core::{Error, ErrorKind};

use crate::api::ConnectorError;

/// Which file it is, whatever its name: the device and the number of its inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) device: u64,
    pub(super) inode: u64,
}

/// What the file system says of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stat {
    pub(super) identity: Identity,
    pub(super) bytes: u64,
    pub(super) modified: Option<SystemTime>,
}

impl From<&fs::Metadata> for Stat {
    fn from(metadata: &fs::Metadata) -> Self {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt;
            Identity { device: metadata.dev(), inode: metadata.ino() }
        };
        #[cfg(not(unix))]
        let identity = Identity { device: 0, inode: 0 };
        Stat { identity, bytes: metadata.len(), modified: metadata.modified().ok() }
    }
}

pub(super) fn stat(path: &Path) -> io::Result<Stat> {
    fs::metadata(path).map(|metadata| Stat::from(&metadata))
}

#[expect(clippy::disallowed_methods, reason = "the file connector's one place to open files")]
pub(super) fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Opens a file to read and write, creating it if need be and keeping what is in it.
pub(super) fn open_write(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// Makes the names in a folder durable: without it a rename may be lost with the power.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    open(folder)?.sync_all()
}

/// The folder that a file lies in.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Writes a whole small file so that a crash leaves the old one or the new one: temporary file, flush, rename,
/// flush of the folder.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    use std::io::Write;
    let mut name = path.as_os_str().to_owned();
    name.push(".tmp");
    let temporary = PathBuf::from(name);
    let mut file = open_write(&temporary)?;
    file.set_len(0)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    sync_folder(&folder_of(path))
}

/// An error of the operating system on `path`, with what was being done.
pub(super) fn failed(doing: &str, path: &Path, error: io::Error) -> ConnectorError {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied => ErrorKind::Unauthorized,
        io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            ErrorKind::Retriable
        }
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
            ErrorKind::Corrupt
        }
        _ => ErrorKind::Internal,
    };
    Error::new(kind, format!("{}: {doing} failed", path.display())).with_source(error).into()
}

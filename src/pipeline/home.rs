//! The folder where a pipeline keeps its broker's data and its state, for one process at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use riverrun_core::{Error, ErrorKind, Result};

/// What says that a folder belongs to a pipeline: its name stands inside.
const MARK: &str = "pipeline.name";
const LOCK: &str = "lock";

/// The folder of a pipeline, held as long as this lives.
#[derive(Debug)]
pub struct Home {
    folder: PathBuf,
    /// Whether it was there before.
    is_known: bool,
    _lock: File,
}

impl Home {
    /// Takes the folder of pipeline `name` below `root`, and makes it if it is not there. With `fresh` everything in
    /// it is removed first.
    ///
    /// # Errors
    /// `Fenced` if another process runs the pipeline; `Invalid` if the folder is something else's.
    pub fn take(root: &Path, name: &str, fresh: bool) -> Result<Home> {
        let folder = root.join(name);
        let shown = folder.display().to_string();
        let is_known = Self::is_ours(&folder, name)?;
        fs::create_dir_all(&folder).map_err(|error| failed("making the folder", &folder, error))?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK));
        let lock = lock.map_err(|error| failed("opening the lock in", &folder, error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let message = format!(
                    "{shown}: another process runs this pipeline; stop it first, or run this one in another folder \
                     with --data-dir"
                );
                return Err(Error::new(ErrorKind::Fenced, message));
            }
            Err(TryLockError::Error(error)) => return Err(failed("locking", &folder, error)),
        }
        if fresh {
            empty(&folder)?;
        }
        let mark = folder.join(MARK);
        if fresh || !is_known {
            fs::write(&mark, name).map_err(|error| failed("writing", &mark, error))?;
        }
        Ok(Home { folder, is_known: is_known && !fresh, _lock: lock })
    }

    /// Whether the folder is a pipeline's of this name. One that is not there or empty is no one's.
    fn is_ours(folder: &Path, name: &str) -> Result<bool> {
        let mut entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(failed("looking at", folder, error)),
        };
        match fs::read_to_string(folder.join(MARK)) {
            Ok(owner) if owner == name => return Ok(true),
            // A crash right after the first start may leave the lock alone, or the mark empty.
            Ok(owner) if owner.is_empty() => return Ok(false),
            _ => {}
        }
        if entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == LOCK)) {
            return Ok(false);
        }
        let message = format!(
            "{}: the folder is occupied by something that is no data of pipeline '{name}'; move it away, rename the \
             pipeline, or choose another folder with --data-dir",
            folder.display()
        );
        Err(Error::new(ErrorKind::Invalid, message))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether an earlier run left something to go on from.
    pub fn is_known(&self) -> bool {
        self.is_known
    }
}

/// Removes all but the lock, which is held.
fn empty(folder: &Path) -> Result<()> {
    let removed = (|| {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name() == LOCK {
                continue;
            }
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    })();
    removed.map_err(|error| failed("emptying", folder, error))
}

fn failed(doing: &str, path: &Path, error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied => ErrorKind::Unauthorized,
        _ => ErrorKind::Internal,
    };
    Error::new(kind, format!("{doing} {} failed", path.display())).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_at_a_time_and_only_its_own_folder() {
        let root = tempfile::tempdir().unwrap();
        let home = Home::take(root.path(), "p", false).unwrap();
        assert!(!home.is_known());
        fs::write(home.folder().join("data"), "x").unwrap();
        let error = Home::take(root.path(), "p", true).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Fenced);
        drop(home);
        assert!(Home::take(root.path(), "p", false).unwrap().is_known());
        assert!(root.path().join("p/data").exists());
        assert!(!Home::take(root.path(), "p", true).unwrap().is_known());
        assert!(!root.path().join("p/data").exists());

        fs::create_dir(root.path().join("q")).unwrap();
        fs::write(root.path().join("q/thesis.tex"), "x").unwrap();
        for fresh in [false, true] {
            let error = Home::take(root.path(), "q", fresh).unwrap_err();
            assert!(error.message().contains("is occupied"), "{error}");
        }
        assert!(root.path().join("q/thesis.tex").exists());
    }
}

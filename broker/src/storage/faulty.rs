//! A storage that fails as told.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use riverrun_core::random::{Random, SeededRandom};

use super::{Entry, File, Lock, OpenMode, Storage, StorageError, StorageOp, StorageResult};

/// How an operation goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// An I/O error; nothing was done.
    Eio,
    /// No room left; nothing was written.
    Full,
    /// A write that leaves only its first bytes behind, and an I/O error.
    Torn {
        /// Bytes written.
        bytes: usize,
    },
    /// A write that leaves only its first bytes behind, then says that there is no room.
    TornFull {
        /// Bytes written.
        bytes: usize,
    },
    /// Says that it succeeded, but did nothing.
    Lost,
    /// A read whose bytes come back with one bit flipped.
    Rot {
        /// Which bit of the bytes read.
        bit: usize,
    },
}

/// A fault to come: the `skip`-plus-first operation `op` on a path that contains `path` goes wrong, once.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Which operation.
    pub op: StorageOp,
    /// A part of the path; empty matches all.
    pub path: String,
    /// Matching operations that still succeed before.
    pub skip: u64,
    /// What happens.
    pub kind: FaultKind,
}

/// Wraps a storage and lets chosen operations fail. Clones share their faults.
#[derive(Clone, Debug)]
pub struct FaultyStorage {
    inner: Arc<dyn Storage>,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Debug, Default)]
struct Plan {
    scripted: Vec<Fault>,
    random: Option<(SeededRandom, u64)>,
    met: u64,
}

impl FaultyStorage {
    /// Over `inner`, without faults yet.
    pub fn new(inner: Arc<dyn Storage>) -> Self {
        FaultyStorage { inner, plan: Arc::default() }
    }

    /// Adds a fault to come.
    pub fn inject(&self, fault: Fault) {
        self.plan().scripted.push(fault);
    }

    /// Lets about one in `odds` reads, writes and flushes fail from now on, the same ones for the same seed; 0 ends it.
    pub fn at_random(&self, seed: u64, odds: u64) {
        self.plan().random = (odds > 0).then(|| (SeededRandom::new(seed), odds));
    }

    /// Faults that happened so far.
    pub fn met(&self) -> u64 {
        self.plan().met
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Plan {
    fn next(&mut self, op: StorageOp, path: &Path) -> Option<FaultKind> {
        let fault = self.scripted_fault(op, path).or_else(|| self.random_fault(op));
        self.met += u64::from(fault.is_some());
        fault
    }

    fn scripted_fault(&mut self, op: StorageOp, path: &Path) -> Option<FaultKind> {
        let text = path.to_string_lossy();
        let matches = |fault: &Fault| fault.op == op && text.contains(&fault.path);
        let hit = self.scripted.iter().position(|fault| matches(fault) && fault.skip == 0);
        for fault in self.scripted.iter_mut().filter(|fault| matches(fault)) {
            fault.skip = fault.skip.saturating_sub(1);
        }
        hit.map(|at| self.scripted.remove(at).kind)
    }

    fn random_fault(&mut self, op: StorageOp) -> Option<FaultKind> {
        let (random, odds) = self.random.as_mut()?;
        if random.below(*odds) != 0 {
            return None;
        }
        match op {
            StorageOp::Write => Some(match random.below(4) {
                0 => FaultKind::Eio,
                1 => FaultKind::Full,
                2 => FaultKind::TornFull { bytes: random.below(200) as usize },
                _ => FaultKind::Torn { bytes: random.below(200) as usize },
            }),
            StorageOp::Sync | StorageOp::Read => Some(FaultKind::Eio),
            _ => None,
        }
    }
}

fn error(op: StorageOp, path: &Path, kind: FaultKind) -> StorageError {
    let source = match kind {
        FaultKind::Full | FaultKind::TornFull { .. } => io::Error::from(io::ErrorKind::StorageFull),
        _ => io::Error::other("input/output error (injected)"),
    };
    StorageError::new(op, path, source)
}

impl FaultyStorage {
    /// `Ok(true)`: do it; `Ok(false)`: say that it was done.
    fn gate(&self, op: StorageOp, path: &Path) -> StorageResult<bool> {
        match self.plan().next(op, path) {
            None | Some(FaultKind::Rot { .. }) => Ok(true),
            Some(FaultKind::Lost) => Ok(false),
            Some(kind) => Err(error(op, path, kind)),
        }
    }
}

impl Storage for FaultyStorage {
    fn open(&self, path: &Path, mode: OpenMode) -> StorageResult<Arc<dyn File>> {
        self.gate(StorageOp::Open, path)?;
        let inner = self.inner.open(path, mode)?;
        Ok(Arc::new(FaultyFile { inner, storage: self.clone(), path: path.to_owned() }))
    }

    fn rename(&self, from: &Path, to: &Path) -> StorageResult<()> {
        if self.gate(StorageOp::Rename, from)? { self.inner.rename(from, to) } else { Ok(()) }
    }

    fn remove(&self, path: &Path) -> StorageResult<()> {
        if self.gate(StorageOp::Remove, path)? { self.inner.remove(path) } else { Ok(()) }
    }

    fn remove_dir(&self, path: &Path) -> StorageResult<()> {
        if self.gate(StorageOp::Remove, path)? { self.inner.remove_dir(path) } else { Ok(()) }
    }

    fn create_dir(&self, path: &Path) -> StorageResult<()> {
        if self.gate(StorageOp::CreateDir, path)? { self.inner.create_dir(path) } else { Ok(()) }
    }

    fn list(&self, dir: &Path) -> StorageResult<Vec<Entry>> {
        self.gate(StorageOp::List, dir)?;
        self.inner.list(dir)
    }

    fn exists(&self, path: &Path) -> StorageResult<bool> {
        self.inner.exists(path)
    }

    fn sync_dir(&self, dir: &Path) -> StorageResult<()> {
        if self.gate(StorageOp::SyncDir, dir)? { self.inner.sync_dir(dir) } else { Ok(()) }
    }

    fn lock(&self, path: &Path) -> StorageResult<Option<Box<dyn Lock>>> {
        self.gate(StorageOp::Lock, path)?;
        self.inner.lock(path)
    }
}

#[derive(Debug)]
struct FaultyFile {
    inner: Arc<dyn File>,
    storage: FaultyStorage,
    path: PathBuf,
}

impl File for FaultyFile {
    fn path(&self) -> &Path {
        &self.path
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> StorageResult<usize> {
        let fault = self.storage.plan().next(StorageOp::Read, &self.path);
        match fault {
            None => self.inner.read_at(buf, at),
            Some(FaultKind::Rot { bit }) => {
                let read = self.inner.read_at(buf, at)?;
                if read > 0 {
                    buf[bit / 8 % read] ^= 1 << (bit % 8);
                }
                Ok(read)
            }
            Some(kind) => Err(error(StorageOp::Read, &self.path, kind)),
        }
    }

    fn write_at(&self, buf: &[u8], at: u64) -> StorageResult<()> {
        let fault = self.storage.plan().next(StorageOp::Write, &self.path);
        match fault {
            None | Some(FaultKind::Rot { .. }) => self.inner.write_at(buf, at),
            Some(FaultKind::Lost) => Ok(()),
            Some(kind @ (FaultKind::Torn { bytes } | FaultKind::TornFull { bytes })) => {
                self.inner.write_at(&buf[..bytes.min(buf.len())], at)?;
                Err(error(StorageOp::Write, &self.path, kind))
            }
            Some(kind) => Err(error(StorageOp::Write, &self.path, kind)),
        }
    }

    fn len(&self) -> StorageResult<u64> {
        self.inner.len()
    }

    fn modified_ms(&self) -> StorageResult<Option<i64>> {
        self.inner.modified_ms()
    }

    fn truncate(&self, len: u64) -> StorageResult<()> {
        if self.storage.gate(StorageOp::Truncate, &self.path)? { self.inner.truncate(len) } else { Ok(()) }
    }

    fn sync_data(&self) -> StorageResult<()> {
        if self.storage.gate(StorageOp::Sync, &self.path)? { self.inner.sync_data() } else { Ok(()) }
    }
}

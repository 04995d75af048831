//! Files in memory that can lose power.
//!
//! Every file keeps what was synced and, apart, each change since. So does every folder with its names. When the power
//! goes, each change that was not synced may have reached the disk, or part of it, or nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use riverrun_core::random::Random;

use super::{Entry, File, Lock, OpenMode, Storage, StorageError, StorageOp, StorageResult};

/// A tree of folders and files in memory. Clones share it.
#[derive(Clone, Default)]
pub struct MemoryStorage {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    inodes: Vec<Inode>,
    /// All names as they are now: path to inode.
    live: BTreeMap<PathBuf, Node>,
    /// All names as they would be after a crash that loses every change.
    durable: BTreeMap<PathBuf, Node>,
    /// Changes of names that are not synced, oldest first, with the folder whose sync makes each last.
    pending: Vec<(PathBuf, NameChange)>,
    locked: BTreeMap<PathBuf, u64>,
    /// Raised by each crash: handles of an earlier life are dead.
    life: u64,
    /// Changes that still succeed before the power goes.
    changes_left: Option<u64>,
    changes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Dir,
    File(usize),
}

#[derive(Clone, Debug)]
enum NameChange {
    Link(PathBuf, Node),
    Unlink(PathBuf),
    Rename(PathBuf, PathBuf),
}

#[derive(Debug, Default)]
struct Inode {
    live: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
}

impl Change {
    fn apply(&self, data: &mut Vec<u8>) {
        match self {
            Change::Write { at, bytes } => {
                if data.len() < at + bytes.len() {
                    data.resize(at + bytes.len(), 0);
                }
                data[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Change::Truncate(len) => data.resize(*len, 0),
        }
    }
}

fn apply(names: &mut BTreeMap<PathBuf, Node>, change: &NameChange) {
    match change {
        NameChange::Link(path, node) => {
            names.insert(path.clone(), *node);
        }
        NameChange::Unlink(path) => names.retain(|name, _| !name.starts_with(path)),
        NameChange::Rename(from, to) => {
            let moved: Vec<_> = names.extract_if(.., |name, _| name.starts_with(from)).collect();
            for (name, node) in moved {
                let tail = name.strip_prefix(from).unwrap_or(Path::new(""));
                let name = if tail.as_os_str().is_empty() { to.clone() } else { to.join(tail) };
                names.insert(name, node);
            }
        }
    }
}

impl fmt::Debug for MemoryStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStorage").finish_non_exhaustive()
    }
}

impl MemoryStorage {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes (writes, truncations, syncs, names made, renamed or removed) so far.
    pub fn changes(&self) -> u64 {
        self.state().changes
    }

    /// Lets `changes` more changes succeed; then the power goes: that change and every later operation fails until
    /// [`crash`](Self::crash).
    pub fn lose_power_after(&self, changes: u64) {
        self.state().changes_left = Some(changes);
    }

    /// The power goes and comes back: handles and locks die, what was synced is there, and of each other change `random`
    /// says what reached the disk.
    pub fn crash(&self, random: &mut dyn Random) {
        let mut state = self.state();
        state.life += 1;
        state.changes_left = None;
        state.locked.clear();
        for inode in &mut state.inodes {
            let mut data = std::mem::take(&mut inode.durable);
            // Some crashes lose everything, some nothing: extremes find more than mixtures.
            let mood = random.below(4);
            for change in inode.pending.drain(..) {
                match mood {
                    0 => {}
                    1 => change.apply(&mut data),
                    _ => tear(change, &mut data, random),
                }
            }
            inode.live.clone_from(&data);
            inode.durable = data;
        }
        // Names of one folder last in order: a prefix of them survives. Folders differ.
        let mut kept: BTreeMap<PathBuf, u64> = BTreeMap::new();
        let pending = std::mem::take(&mut state.pending);
        let mut names = std::mem::take(&mut state.durable);
        for (dir, change) in &pending {
            let total = pending.iter().filter(|(other, _)| other == dir).count() as u64;
            let left = kept.entry(dir.clone()).or_insert_with(|| random.below(total + 1));
            if *left > 0 {
                *left -= 1;
                apply(&mut names, change);
            }
        }
        let orphans = |names: &BTreeMap<PathBuf, Node>| -> Vec<PathBuf> {
            let has_parent = |path: &Path| match path.parent() {
                None => true,
                Some(dir) if dir.as_os_str().is_empty() || dir == Path::new("/") => true,
                Some(dir) => names.contains_key(dir),
            };
            names.keys().filter(|path| !has_parent(path)).cloned().collect()
        };
        loop {
            let lost = orphans(&names);
            if lost.is_empty() {
                break;
            }
            for path in lost {
                names.remove(&path);
            }
        }
        state.live.clone_from(&names);
        state.durable = names;
    }

    /// Flips one bit of a file, as rotting media do; false if the file has no such byte.
    pub fn flip_bit(&self, path: &Path, at: usize, bit: u8) -> bool {
        let mut state = self.state();
        let Some(Node::File(inode)) = state.live.get(path).copied() else { return false };
        let inode = &mut state.inodes[inode];
        let mut hit = false;
        for data in [&mut inode.live, &mut inode.durable] {
            if let Some(byte) = data.get_mut(at) {
                *byte ^= 1 << (bit % 8);
                hit = true;
            }
        }
        hit
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Applies a part of a change: of a write any range of its bytes, with zeros where a longer file was promised.
fn tear(change: Change, data: &mut Vec<u8>, random: &mut dyn Random) {
    match (change, random.below(3)) {
        (_, 0) => {}
        (change, 1) => change.apply(data),
        (Change::Write { at, bytes }, _) => {
            let from = random.below(bytes.len() as u64 + 1) as usize;
            let to = from + random.below((bytes.len() - from) as u64 + 1) as usize;
            // Half of the tears keep a prefix, as an append that was cut does.
            let from = if random.below(2) == 0 { 0 } else { from };
            Change::Write { at: at + from, bytes: bytes[from..to].to_vec() }.apply(data);
        }
        (change @ Change::Truncate(_), _) => change.apply(data),
    }
}

impl State {
    fn change(&mut self, op: StorageOp, path: &Path) -> StorageResult<()> {
        self.powered(op, path)?;
        self.changes += 1;
        if let Some(left) = &mut self.changes_left {
            *left -= 1;
        }
        Ok(())
    }

    fn powered(&self, op: StorageOp, path: &Path) -> StorageResult<()> {
        if self.changes_left == Some(0) { Err(power_lost(op, path)) } else { Ok(()) }
    }

    fn rename_now(&mut self, dir: &Path, change: NameChange) {
        apply(&mut self.live, &change);
        self.pending.push((dir.to_owned(), change));
    }

    fn need_dir(&self, op: StorageOp, path: &Path) -> StorageResult<()> {
        let dir = parent(path);
        if dir.as_os_str().is_empty() || dir == Path::new("/") || self.live.get(dir) == Some(&Node::Dir) {
            return Ok(());
        }
        Err(not_found(op, path))
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

fn power_lost(op: StorageOp, path: &Path) -> StorageError {
    StorageError::new(op, path, io::Error::other("the power is off"))
}

fn not_found(op: StorageOp, path: &Path) -> StorageError {
    StorageError::new(op, path, io::ErrorKind::NotFound.into())
}

impl Storage for MemoryStorage {
    fn open(&self, path: &Path, mode: OpenMode) -> StorageResult<Arc<dyn File>> {
        let mut state = self.state();
        state.powered(StorageOp::Open, path)?;
        let inode = match (state.live.get(path).copied(), mode) {
            (Some(Node::Dir), _) => {
                return Err(StorageError::new(StorageOp::Open, path, io::ErrorKind::IsADirectory.into()));
            }
            (Some(Node::File(inode)), OpenMode::Replace) => {
                state.change(StorageOp::Open, path)?;
                let file = &mut state.inodes[inode];
                file.live.clear();
                file.pending.push(Change::Truncate(0));
                inode
            }
            (Some(Node::File(inode)), _) => inode,
            (None, OpenMode::Read | OpenMode::Write) => return Err(not_found(StorageOp::Open, path)),
            (None, OpenMode::Create | OpenMode::Replace) => {
                state.need_dir(StorageOp::Open, path)?;
                state.change(StorageOp::Open, path)?;
                state.inodes.push(Inode::default());
                let inode = state.inodes.len() - 1;
                state.rename_now(parent(path), NameChange::Link(path.to_owned(), Node::File(inode)));
                inode
            }
        };
        let life = state.life;
        Ok(Arc::new(MemoryFile { state: Arc::clone(&self.state), path: path.to_owned(), inode, life }))
    }

    fn rename(&self, from: &Path, to: &Path) -> StorageResult<()> {
        let mut state = self.state();
        state.change(StorageOp::Rename, from)?;
        if !state.live.contains_key(from) {
            return Err(not_found(StorageOp::Rename, from));
        }
        state.need_dir(StorageOp::Rename, to)?;
        state.rename_now(parent(to), NameChange::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> StorageResult<()> {
        let mut state = self.state();
        state.change(StorageOp::Remove, path)?;
        if !matches!(state.live.get(path), Some(Node::File(_))) {
            return Err(not_found(StorageOp::Remove, path));
        }
        state.rename_now(parent(path), NameChange::Unlink(path.to_owned()));
        Ok(())
    }

    fn remove_dir(&self, path: &Path) -> StorageResult<()> {
        let mut state = self.state();
        state.change(StorageOp::Remove, path)?;
        if state.live.get(path) != Some(&Node::Dir) {
            return Err(not_found(StorageOp::Remove, path));
        }
        state.rename_now(parent(path), NameChange::Unlink(path.to_owned()));
        Ok(())
    }

    fn create_dir(&self, path: &Path) -> StorageResult<()> {
        let mut state = self.state();
        let mut missing: Vec<&Path> =
            path.ancestors().take_while(|dir| !state.live.contains_key(*dir)).collect();
        missing.retain(|dir| !dir.as_os_str().is_empty() && *dir != Path::new("/"));
        for dir in missing.into_iter().rev() {
            state.change(StorageOp::CreateDir, path)?;
            state.rename_now(parent(dir), NameChange::Link(dir.to_owned(), Node::Dir));
        }
        Ok(())
    }

    fn list(&self, dir: &Path) -> StorageResult<Vec<Entry>> {
        let state = self.state();
        state.powered(StorageOp::List, dir)?;
        if state.live.get(dir) != Some(&Node::Dir) {
            return Err(not_found(StorageOp::List, dir));
        }
        let entry = |(path, node): (&PathBuf, &Node)| {
            let name = (path.parent() == Some(dir)).then(|| path.file_name()?.to_str()).flatten()?;
            Some(Entry { name: name.to_owned(), is_dir: *node == Node::Dir })
        };
        Ok(state.live.iter().filter_map(entry).collect())
    }

    fn exists(&self, path: &Path) -> StorageResult<bool> {
        let state = self.state();
        state.powered(StorageOp::List, path)?;
        Ok(state.live.contains_key(path))
    }

    fn sync_dir(&self, dir: &Path) -> StorageResult<()> {
        let mut state = self.state();
        state.change(StorageOp::SyncDir, dir)?;
        let State { pending, durable, .. } = &mut *state;
        pending.retain(|(of, change)| {
            let here = of == dir;
            if here {
                apply(durable, change);
            }
            !here
        });
        Ok(())
    }

    fn lock(&self, path: &Path) -> StorageResult<Option<Box<dyn Lock>>> {
        self.open(path, OpenMode::Create)?;
        let mut state = self.state();
        let life = state.life;
        if state.locked.get(path) == Some(&life) {
            return Ok(None);
        }
        state.locked.insert(path.to_owned(), life);
        Ok(Some(Box::new(MemoryLock { state: Arc::clone(&self.state), path: path.to_owned(), life })))
    }
}

struct MemoryLock {
    state: Arc<Mutex<State>>,
    path: PathBuf,
    life: u64,
}

impl fmt::Debug for MemoryLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MemoryLock").field(&self.path).finish()
    }
}

impl Lock for MemoryLock {}

impl Drop for MemoryLock {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.locked.get(&self.path) == Some(&self.life) {
            state.locked.remove(&self.path);
        }
    }
}

struct MemoryFile {
    state: Arc<Mutex<State>>,
    path: PathBuf,
    inode: usize,
    life: u64,
}

impl fmt::Debug for MemoryFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MemoryFile").field(&self.path).finish()
    }
}

impl MemoryFile {
    fn state(&self, op: StorageOp) -> StorageResult<MutexGuard<'_, State>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.powered(op, &self.path)?;
        if state.life != self.life {
            return Err(power_lost(op, &self.path));
        }
        Ok(state)
    }

    fn change(&self, op: StorageOp, change: Change) -> StorageResult<()> {
        let mut state = self.state(op)?;
        state.change(op, &self.path)?;
        let inode = &mut state.inodes[self.inode];
        change.apply(&mut inode.live);
        inode.pending.push(change);
        Ok(())
    }
}

impl File for MemoryFile {
    fn path(&self) -> &Path {
        &self.path
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> StorageResult<usize> {
        let state = self.state(StorageOp::Read)?;
        let data = &state.inodes[self.inode].live;
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(data.len());
        let len = buf.len().min(data.len() - at);
        buf[..len].copy_from_slice(&data[at..at + len]);
        Ok(len)
    }

    fn write_at(&self, buf: &[u8], at: u64) -> StorageResult<()> {
        let at = usize::try_from(at).map_err(|error| {
            StorageError::new(
                StorageOp::Write,
                &self.path,
                io::Error::new(io::ErrorKind::FileTooLarge, error),
            )
        })?;
        self.change(StorageOp::Write, Change::Write { at, bytes: buf.to_vec() })
    }

    fn len(&self) -> StorageResult<u64> {
        let state = self.state(StorageOp::List)?;
        Ok(state.inodes[self.inode].live.len() as u64)
    }

    fn modified_ms(&self) -> StorageResult<Option<i64>> {
        Ok(None)
    }

    fn truncate(&self, len: u64) -> StorageResult<()> {
        let len = usize::try_from(len).map_err(|error| {
            StorageError::new(
                StorageOp::Truncate,
                &self.path,
                io::Error::new(io::ErrorKind::FileTooLarge, error),
            )
        })?;
        self.change(StorageOp::Truncate, Change::Truncate(len))
    }

    fn sync_data(&self) -> StorageResult<()> {
        let mut state = self.state(StorageOp::Sync)?;
        state.change(StorageOp::Sync, &self.path)?;
        let inode = &mut state.inodes[self.inode];
        for change in std::mem::take(&mut inode.pending) {
            change.apply(&mut inode.durable);
        }
        Ok(())
    }
}

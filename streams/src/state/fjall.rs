//! Stores on disk, in fjall: a log-structured tree with atomic batches over all stores of the application.

use std::fs;
use std::io;
use std::ops::Bound;
use std::path::Path;

use bytes::Bytes;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use super::overlay::{Committed, Overlay};
use super::{Backend, ByteStore, Entry, MemoryStore, Order, Scan, StateError, Write};

/// The state folder of a process: one database for all its tasks. Cheap to clone.
#[derive(Clone)]
pub struct FjallBackend {
    database: Database,
    task: String,
    meta: Keyspace,
}

impl std::fmt::Debug for FjallBackend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FjallBackend").field("task", &self.task).finish_non_exhaustive()
    }
}

fn engine(store: &str) -> impl Fn(fjall::Error) -> StateError + '_ {
    move |error| StateError::Engine { store: store.to_owned(), message: error.to_string() }
}

impl FjallBackend {
    /// Opens the database in `folder`, and creates it if it is not there. The folder belongs to one process.
    pub fn open(folder: &Path) -> Result<Self, StateError> {
        let name = folder.display().to_string();
        clear_half_made(folder).map_err(|error| StateError::Engine {
            store: name.clone(),
            message: format!("its creation was cut short, and what is there cannot be removed: {error}"),
        })?;
        let database = Database::builder(folder).worker_threads(1).open().map_err(engine(&name))?;
        let meta = database.keyspace("meta", KeyspaceCreateOptions::default).map_err(engine(&name))?;
        Ok(FjallBackend { database, task: String::new(), meta })
    }

    /// The backend of one task, in the same database. `task` is its id, `<sub-topology>_<partition>`.
    pub fn task(&self, task: &str) -> Self {
        FjallBackend { task: task.to_owned(), ..self.clone() }
    }

    fn keyspace(&self, store: &str) -> Result<Keyspace, StateError> {
        let name = format!("{}/{store}", self.task);
        self.database.keyspace(&name, KeyspaceCreateOptions::default).map_err(engine(store))
    }

    fn meta_key(&self, key: &[u8]) -> Vec<u8> {
        [self.task.as_bytes(), &[0], key].concat()
    }
}

/// Removes what is left of a database whose creation was cut short: fjall opens a folder that has its version file,
/// creates one that has none, and refuses one where a creation had begun. Nothing was ever stored in such a folder.
fn clear_half_made(folder: &Path) -> io::Result<()> {
    let version = folder.join("version");
    let created = fs::metadata(&version).is_ok_and(|file| file.len() > 0);
    if created || !fs::exists(folder.join("0.jnl"))? {
        return Ok(());
    }
    // Whoever holds the lock is creating it now.
    match fs::OpenOptions::new().write(true).open(folder.join("lock")) {
        Ok(lock) if lock.try_lock().is_err() => return Ok(()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    for file in [folder.join("0.jnl"), version] {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// A keyspace as the committed side of an overlay.
struct Rows {
    name: String,
    keyspace: Keyspace,
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Committed for Rows {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StateError> {
        let value = self.keyspace.get(key).map_err(engine(&self.name))?;
        Ok(value.map(|value| Bytes::copy_from_slice(&value)))
    }

    fn range(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, order: Order) -> Scan<'_> {
        let rows = self.keyspace.range::<&[u8], _>((from, to));
        let entry = |guard: fjall::Guard| {
            let (key, value) = guard.into_inner().map_err(engine(&self.name))?;
            Ok((Bytes::copy_from_slice(&key), Bytes::copy_from_slice(&value)))
        };
        match order {
            Order::Ascending => Box::new(rows.map(entry)),
            Order::Descending => Box::new(rows.rev().map(entry)),
        }
    }
}

impl Backend for FjallBackend {
    fn open(&mut self, store: &str, persistent: bool) -> Result<Box<dyn ByteStore>, StateError> {
        if !persistent {
            return Ok(Box::<MemoryStore>::default());
        }
        let keyspace = self.keyspace(store)?;
        Ok(Box::new(Overlay::new(Rows { name: store.to_owned(), keyspace })))
    }

    fn commit(&mut self, writes: Vec<(String, Vec<Write>)>, meta: Vec<Write>) -> Result<(), StateError> {
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncData));
        for (store, writes) in writes {
            if writes.is_empty() {
                continue;
            }
            let keyspace = self.keyspace(&store)?;
            for (key, value) in writes {
                match value {
                    Some(value) => batch.insert(&keyspace, &key[..], &value[..]),
                    None => batch.remove(&keyspace, &key[..]),
                }
            }
        }
        for (key, value) in meta {
            let key = self.meta_key(&key);
            match value {
                Some(value) => batch.insert(&self.meta, key, &value[..]),
                None => batch.remove(&self.meta, key),
            }
        }
        batch.commit().map_err(engine(&self.task))
    }

    fn meta(&self, key: &[u8]) -> Result<Option<Bytes>, StateError> {
        let value = self.meta.get(self.meta_key(key)).map_err(engine("meta"))?;
        Ok(value.map(|value| Bytes::copy_from_slice(&value)))
    }

    fn meta_prefix(&self, prefix: &[u8]) -> Result<Vec<Entry>, StateError> {
        let skip = self.task.len() + 1;
        let entries = self.meta.prefix(self.meta_key(prefix)).map(|guard| {
            let (key, value) = guard.into_inner().map_err(engine("meta"))?;
            Ok((Bytes::copy_from_slice(&key[skip..]), Bytes::copy_from_slice(&value)))
        });
        entries.collect()
    }

    fn wipe(&mut self) -> Result<(), StateError> {
        let prefix = format!("{}/", self.task);
        for name in self.database.list_keyspace_names() {
            if name.starts_with(&prefix) {
                let open = self.database.keyspace(&name, KeyspaceCreateOptions::default);
                open.and_then(|keyspace| keyspace.clear()).map_err(engine(&name))?;
            }
        }
        for (key, _) in self.meta_prefix(b"")? {
            self.meta.remove(self.meta_key(&key)).map_err(engine("meta"))?;
        }
        Ok(())
    }
}

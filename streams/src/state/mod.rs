//! State stores: bytes in order, changed together or not at all.
//!
//! Knows bytes, stores and one atomic batch per commit. Must never know operators, topics' transport or threads.
//!
//! A task owns one [`Backend`] (its folder, or memory) and opens its stores there as [`ByteStore`]s. Writes between
//! two commits are visible to the task alone; [`Backend::commit`] makes those of *all* stores durable together with
//! the task's positions (the `meta` entries), so a crash finds either the whole epoch or nothing of it.

mod cached;
mod changelog;
#[cfg(feature = "fjall")]
mod fjall;
mod memory;
mod overlay;
mod session;
mod spec;
mod window;

use std::fmt;
use std::ops::Bound;

use bytes::Bytes;

pub(crate) use cached::{Cache, Dirty, Origin};
pub use changelog::{changelog_key, restore_entry};
pub(crate) use changelog::{stamp, unstamp};
#[cfg(feature = "fjall")]
pub use fjall::FjallBackend;
pub use memory::{MemoryBackend, MemoryStore};
pub use overlay::Overlay;
pub use session::SessionKey;
pub use spec::{Changelog, Retention, StoreKind, StoreSpec};
pub use window::{WindowKey, WindowState};

/// What a state store can fail with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The storage engine failed; the task must stop and may be opened again from its last commit.
    #[error("state store '{store}' failed: {message}")]
    Engine {
        /// The store, or the folder.
        store: String,
        /// What the engine says.
        message: String,
    },
    /// Stored bytes are not what this store writes.
    #[error("state store '{store}' holds a damaged entry: {message}")]
    Damaged {
        /// The store.
        store: String,
        /// What is wrong with the entry.
        message: String,
    },
}

/// The direction of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Lowest key first.
    Ascending,
    /// Highest key first.
    Descending,
}

/// One entry of a scan.
pub type Entry = (Bytes, Bytes);

/// A scan over a store. It borrows the store, so the store cannot change under it.
pub type Scan<'a> = Box<dyn Iterator<Item = Result<Entry, StateError>> + 'a>;

/// A change of one key; `None` deletes it.
pub type Write = (Bytes, Option<Bytes>);

/// An ordered map from bytes to bytes. Keys compare as unsigned bytes.
pub trait ByteStore: Send + fmt::Debug {
    /// The value of `key`.
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StateError>;

    /// Sets the value of `key`, or deletes it with `None`. The store copies what it keeps.
    fn put(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StateError>;

    /// The entries between two bounds.
    fn range(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, order: Order) -> Scan<'_>;

    /// Deletes every key below `end`. Windows and other data in order of time use it to expire.
    fn delete_below(&mut self, end: &[u8]) -> Result<(), StateError> {
        let mut keys = Vec::new();
        for entry in self.range(Bound::Unbounded, Bound::Excluded(end), Order::Ascending) {
            keys.push(entry?.0);
        }
        keys.into_iter().try_for_each(|key| self.put(&key, None))
    }

    /// The entries whose keys start with `prefix`.
    fn prefix(&self, prefix: &[u8], order: Order) -> Scan<'_> {
        match prefix_end(prefix) {
            Some(end) => self.range(Bound::Included(prefix), Bound::Excluded(&end), order),
            None => self.range(Bound::Included(prefix), Bound::Unbounded, order),
        }
    }

    /// All entries.
    fn all(&self, order: Order) -> Scan<'_> {
        self.range(Bound::Unbounded, Bound::Unbounded, order)
    }

    /// What was written since the last call, in order of keys: what a commit must make durable. Stores without a
    /// durable side return nothing.
    fn take_pending(&mut self) -> Vec<Write>;
}

/// The lowest key above every key that starts with `prefix`; `None` if there is none.
pub fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

/// Where the stores of one task live.
pub trait Backend: Send + fmt::Debug {
    /// Opens the named store, and creates it if it is not there. `persistent` false asks for memory.
    fn open(&mut self, store: &str, persistent: bool) -> Result<Box<dyn ByteStore>, StateError>;

    /// Makes the pending writes of several stores and of the task's own `meta` entries durable in one atomic step.
    /// When it returns, a crash of process or machine keeps them.
    fn commit(&mut self, writes: Vec<(String, Vec<Write>)>, meta: Vec<Write>) -> Result<(), StateError>;

    /// One of the task's own entries, as of the last commit: positions, producer ids.
    fn meta(&self, key: &[u8]) -> Result<Option<Bytes>, StateError>;

    /// The task's own entries whose keys start with `prefix`, in order.
    fn meta_prefix(&self, prefix: &[u8]) -> Result<Vec<Entry>, StateError>;

    /// Forgets everything of this task: stores and meta entries.
    fn wipe(&mut self) -> Result<(), StateError>;
}

#[cfg(test)]
mod tests;

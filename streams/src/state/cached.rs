//! Updates that wait in front of a store until the commit, so that only the last one per key goes on.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::record::Headers;

/// The record that made an update.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) topic: Arc<str>,
    pub(crate) offset: i64,
    pub(crate) headers: Headers,
}

/// A waiting update.
#[derive(Clone, Debug)]
pub(crate) struct Dirty {
    /// The value to be written.
    pub(crate) value: Option<Bytes>,
    /// The time of the update.
    pub(crate) timestamp: i64,
    pub(crate) origin: Origin,
    place: u64,
}

/// The waiting updates of one store. They leave in the order of their last change.
#[derive(Debug)]
pub(crate) struct Cache {
    dirty: BTreeMap<Bytes, Dirty>,
    order: BTreeMap<u64, Bytes>,
    changes: u64,
    bytes: usize,
    max_bytes: usize,
}

impl Cache {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Cache { dirty: BTreeMap::new(), order: BTreeMap::new(), changes: 0, bytes: 0, max_bytes }
    }

    /// The waiting value of a key, if one waits.
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Dirty> {
        self.dirty.get(key)
    }

    pub(crate) fn put(&mut self, key: &[u8], value: Option<&[u8]>, timestamp: i64, origin: Origin) {
        self.remove(key);
        let key = Bytes::copy_from_slice(key);
        let place = self.changes;
        self.changes += 1;
        self.bytes += key.len() + value.map_or(0, <[u8]>::len);
        self.order.insert(place, key.clone());
        self.dirty.insert(key, Dirty { value: value.map(Bytes::copy_from_slice), timestamp, origin, place });
    }

    fn remove(&mut self, key: &[u8]) {
        if let Some((key, known)) = self.dirty.remove_entry(key) {
            self.order.remove(&known.place);
            self.bytes -= key.len() + known.value.map_or(0, |value| value.len());
        }
    }

    /// Whether more waits than may.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes > self.max_bytes
    }

    /// The update that leaves next.
    pub(crate) fn pop(&mut self) -> Option<(Bytes, Dirty)> {
        let (_, key) = self.order.pop_first()?;
        let dirty = self.dirty.remove(&key)?;
        self.bytes -= key.len() + dirty.value.as_ref().map_or(0, Bytes::len);
        Some((key, dirty))
    }

    /// The waiting updates in order of keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Bytes, &Dirty)> {
        self.dirty.iter()
    }
}

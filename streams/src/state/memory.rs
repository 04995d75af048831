//! Stores in memory: for tests, for the test driver, and for stores that are restored from their changelog.

use std::collections::BTreeMap;
use std::ops::Bound;

use bytes::Bytes;

use super::{Backend, ByteStore, Entry, Order, Scan, StateError, Write};

/// An ordered map in memory. Its writes take effect at once; nothing survives the process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    entries: BTreeMap<Bytes, Bytes>,
}

impl ByteStore for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StateError> {
        Ok(self.entries.get(key).cloned())
    }

    fn put(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StateError> {
        match value.map(Bytes::copy_from_slice) {
            None => {
                self.entries.remove(key);
            }
            Some(value) => match self.entries.get_mut(key) {
                Some(known) => *known = value,
                None => {
                    self.entries.insert(Bytes::copy_from_slice(key), value);
                }
            },
        }
        Ok(())
    }

    fn range(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, order: Order) -> Scan<'_> {
        if is_empty_range(from, to) {
            return Box::new(std::iter::empty());
        }
        let range = self.entries.range::<[u8], _>((from, to));
        let copy = |(key, value): (&Bytes, &Bytes)| Ok((key.clone(), value.clone()));
        match order {
            Order::Ascending => Box::new(range.map(copy)),
            Order::Descending => Box::new(range.rev().map(copy)),
        }
    }

    fn delete_below(&mut self, end: &[u8]) -> Result<(), StateError> {
        if self.entries.first_key_value().is_some_and(|(key, _)| key[..] < *end) {
            self.entries = self.entries.split_off(end);
        }
        Ok(())
    }

    fn take_pending(&mut self) -> Vec<Write> {
        Vec::new()
    }
}

/// Whether no key can lie between the bounds; `BTreeMap::range` panics on some of those.
pub(crate) fn is_empty_range(from: Bound<&[u8]>, to: Bound<&[u8]>) -> bool {
    match (from, to) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        (Bound::Included(from), Bound::Included(to)) => from > to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Excluded(to))
        | (Bound::Excluded(from), Bound::Included(to)) => from >= to,
    }
}

/// A backend in memory.
#[derive(Debug, Default)]
pub struct MemoryBackend {
    meta: BTreeMap<Bytes, Bytes>,
}

impl Backend for MemoryBackend {
    fn open(&mut self, _store: &str, _persistent: bool) -> Result<Box<dyn ByteStore>, StateError> {
        Ok(Box::<MemoryStore>::default())
    }

    fn commit(&mut self, _writes: Vec<(String, Vec<Write>)>, meta: Vec<Write>) -> Result<(), StateError> {
        for (key, value) in meta {
            match value {
                Some(value) => self.meta.insert(key, value),
                None => self.meta.remove(&key),
            };
        }
        Ok(())
    }

    fn meta(&self, key: &[u8]) -> Result<Option<Bytes>, StateError> {
        Ok(self.meta.get(key).cloned())
    }

    fn meta_prefix(&self, prefix: &[u8]) -> Result<Vec<Entry>, StateError> {
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let entries = self.meta.range::<[u8], _>(from).take_while(|(key, _)| key.starts_with(prefix));
        Ok(entries.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn wipe(&mut self) -> Result<(), StateError> {
        self.meta.clear();
        Ok(())
    }
}

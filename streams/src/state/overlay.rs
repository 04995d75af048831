//! Uncommitted writes in memory over a durable store.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Peekable;
use std::ops::Bound;

use bytes::Bytes;

use super::memory::is_empty_range;
use super::{ByteStore, Entry, Order, Scan, StateError, Write};

/// The committed side of an [`Overlay`]: read only from here, written by the backend's commit.
pub trait Committed: Send + fmt::Debug {
    /// The committed value of `key`.
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StateError>;

    /// The committed entries between two bounds, which do not cross.
    fn range(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, order: Order) -> Scan<'_>;
}

/// A store whose writes wait in memory until its backend commits them: a crash before that leaves none of them.
#[derive(Debug)]
pub struct Overlay<C> {
    pending: BTreeMap<Bytes, Option<Bytes>>,
    committed: C,
}

impl<C: Committed> Overlay<C> {
    /// An overlay without pending writes.
    pub fn new(committed: C) -> Self {
        Overlay { pending: BTreeMap::new(), committed }
    }
}

impl<C: Committed> ByteStore for Overlay<C> {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StateError> {
        match self.pending.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.committed.get(key),
        }
    }

    fn put(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StateError> {
        let value = value.map(Bytes::copy_from_slice);
        match self.pending.get_mut(key) {
            Some(known) => *known = value,
            None => {
                self.pending.insert(Bytes::copy_from_slice(key), value);
            }
        }
        Ok(())
    }

    fn range(&self, from: Bound<&[u8]>, to: Bound<&[u8]>, order: Order) -> Scan<'_> {
        if is_empty_range(from, to) {
            return Box::new(std::iter::empty());
        }
        let committed = self.committed.range(from, to, order);
        let pending = self.pending.range::<[u8], _>((from, to));
        let copy = |(key, value): (&Bytes, &Option<Bytes>)| (key.clone(), value.clone());
        let pending: Box<dyn Iterator<Item = Write>> = match order {
            Order::Ascending => Box::new(pending.map(copy)),
            Order::Descending => Box::new(pending.rev().map(copy)),
        };
        Box::new(Merged { committed: committed.peekable(), pending: pending.peekable(), order })
    }

    fn take_pending(&mut self) -> Vec<Write> {
        std::mem::take(&mut self.pending).into_iter().collect()
    }
}

/// Both sides in one order; a pending write hides the committed entry of its key.
struct Merged<'a> {
    committed: Peekable<Scan<'a>>,
    pending: Peekable<Box<dyn Iterator<Item = Write> + 'a>>,
    order: Order,
}

impl Iterator for Merged<'_> {
    type Item = Result<Entry, StateError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some((pending, _)) = self.pending.peek() else { return self.committed.next() };
            match self.committed.peek() {
                Some(Err(_)) => return self.committed.next(),
                Some(Ok((committed, _))) => {
                    let first = match self.order {
                        Order::Ascending => committed < pending,
                        Order::Descending => committed > pending,
                    };
                    if first {
                        return self.committed.next();
                    }
                    if committed == pending {
                        self.committed.next();
                    }
                }
                None => {}
            }
            if let Some((key, Some(value))) = self.pending.next() {
                return Some(Ok((key, value)));
            }
        }
    }
}

//! Putting a compacted segment in the place of those it was made from.
//!
//! The names change in this order, which the disk keeps within a folder, so that a crash leaves the old segments, or a
//! `.log.swap` from which a recovery finishes:
//!
//! 1. `.txnindex.cleaned` → `.txnindex.swap`, then `.log.cleaned` → `.log.swap`: from here on the new segment counts.
//! 2. The files of the old segments → `.deleted`; of the first one all but its transaction index.
//! 3. The new indexes take their names, `.txnindex.swap` last of them.
//! 4. `.log.swap` → `.log`: the end.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::output::{Written, cleaned};
use super::round::CompactError;
use crate::log::names::{DELETED, INDEX, LOG, SNAPSHOT, SWAP, TIME_INDEX, TXN_INDEX, offset_file};
use crate::log::partition::{Inner, PartitionLog, Position, State};
use crate::log::segment::Sealed;
use crate::storage::{Storage, StorageError, StorageResult};

impl PartitionLog {
    /// Replaces the segments `old`, which are neighbours, if they still are the log's.
    pub(super) fn swap_in(&self, old: &[Arc<Sealed>], new: Written) -> Result<(), CompactError> {
        let storage = Arc::clone(self.files.storage());
        let dir = new.dir.clone();
        let doomed = {
            let mut inner = self.lock();
            if !matches!(inner.state, State::Open) {
                new.discard();
                return Err(CompactError::Unusable);
            }
            let same = |segment: &Arc<Sealed>| {
                inner.sealed.get(&segment.base_offset).is_some_and(|now| Arc::ptr_eq(now, segment))
            };
            if !old.iter().all(same) {
                new.discard();
                return Err(CompactError::Changed);
            }
            let base = new.sealed.base_offset;
            if let Err(error) = begin(&*storage, &dir, base) {
                new.discard();
                return Err(error.into());
            }
            match finish(&*storage, &dir, base, old) {
                Ok(mut doomed) => {
                    if !new.sealed.has_aborted {
                        doomed.push(dir.join(offset_file(base, TXN_INDEX)));
                    }
                    inner.replace(old, new.sealed);
                    self.tail.forget_before(inner.next_base(base));
                    doomed
                }
                // The folder is between two states; the next start finishes it.
                Err(error) => return Err(self.fail_with(inner, error)),
            }
        };
        // Readers that hold the old files open read on.
        let cleared = doomed.iter().try_for_each(|path| storage.remove(path));
        cleared.and_then(|()| storage.sync_dir(&dir)).map_err(|error| self.fail_with(self.lock(), error))
    }

    fn fail_with(&self, mut inner: std::sync::MutexGuard<'_, Inner>, error: StorageError) -> CompactError {
        let shown = error.duplicate();
        let _ = inner.fail(&self.id, error);
        drop(inner);
        self.tell_failed();
        shown.into()
    }
}

/// Step 1. After an error nothing has changed.
fn begin(storage: &dyn Storage, dir: &Path, base: i64) -> StorageResult<()> {
    let swap = |kind| dir.join(format!("{}{SWAP}", offset_file(base, kind)));
    storage.rename(&cleaned(dir, base, TXN_INDEX), &swap(TXN_INDEX))?;
    let begun = storage.rename(&cleaned(dir, base, LOG), &swap(LOG));
    if begun.is_err() {
        // Without its log a recovery removes it.
        let _ = storage.remove(&swap(TXN_INDEX));
    }
    begun
}

/// Steps 2 to 4. Returns the files that are to be removed.
fn finish(storage: &dyn Storage, dir: &Path, base: i64, old: &[Arc<Sealed>]) -> StorageResult<Vec<PathBuf>> {
    let mut doomed = Vec::new();
    for segment in old {
        let first = segment.base_offset == base;
        let kinds: &[&str] =
            if first { &[LOG, INDEX, TIME_INDEX] } else { &[LOG, INDEX, TIME_INDEX, TXN_INDEX, SNAPSHOT] };
        for kind in kinds {
            let path = dir.join(offset_file(segment.base_offset, kind));
            let away = dir.join(format!("{}{DELETED}", offset_file(segment.base_offset, kind)));
            match storage.rename(&path, &away) {
                Err(error) if error.is_not_found() => {}
                renamed => {
                    renamed?;
                    doomed.push(away);
                }
            }
        }
    }
    let named = |kind| dir.join(offset_file(base, kind));
    for kind in [INDEX, TIME_INDEX] {
        storage.rename(&cleaned(dir, base, kind), &named(kind))?;
    }
    for kind in [TXN_INDEX, LOG] {
        storage.rename(&dir.join(format!("{}{SWAP}", offset_file(base, kind))), &named(kind))?;
    }
    Ok(doomed)
}

impl Inner {
    fn next_base(&self, base: i64) -> i64 {
        self.sealed.range(base + 1..).next().map_or(self.active.base_offset, |(next, _)| *next)
    }

    fn replace(&mut self, old: &[Arc<Sealed>], new: Sealed) {
        for segment in old {
            self.sealed.remove(&segment.base_offset);
        }
        let base = new.base_offset;
        self.sealed.insert(base, Arc::new(new));
        self.generation += 1;
        let next = self.next_base(base);
        // Everything in the old segments is flushed and readable: a position at their end is one at the next's start.
        for position in [&mut self.flushed, &mut self.visible] {
            if (base..next).contains(&position.segment) {
                *position = Position { offset: position.offset, segment: next, bytes: 0 };
            }
        }
    }
}

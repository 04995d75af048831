//! Finishing or undoing what was going on in a log's folder when its broker ended.

use std::path::Path;

use super::error::LogError;
use super::names::{
    CLEANED, DELETED, INDEX, LOG, SWAP, TEMPORARY, TIME_INDEX, TXN_INDEX, offset_file, parse_offset_file,
};
use super::scan::{Scanned, Scanner};
use crate::storage::{OpenMode, Storage};

/// Finishes or undoes what was going on in the folder; returns the segments' base offsets.
pub(super) fn sweep(storage: &dyn Storage, dir: &Path) -> Result<Vec<i64>, LogError> {
    let mut logs = Vec::new();
    let mut swaps = Vec::new();
    let mut txn_swaps = Vec::new();
    let mut beside = Vec::new();
    for entry in storage.list(dir)? {
        let path = dir.join(&entry.name);
        if [DELETED, CLEANED, TEMPORARY].iter().any(|end| entry.name.ends_with(end)) {
            storage.remove(&path)?;
            continue;
        }
        match parse_offset_file(&entry.name) {
            Some((base, LOG)) => logs.push(base),
            Some((base, "log.swap")) => swaps.push(base),
            Some((base, "txnindex.swap")) => txn_swaps.push(base),
            // Other parts of a swap are rebuilt from its log.
            Some((_, kind)) if kind.ends_with(SWAP) => storage.remove(&path)?,
            Some((base, INDEX | TIME_INDEX | TXN_INDEX)) => beside.push((base, path)),
            _ => {}
        }
    }
    for base in txn_swaps.iter().filter(|base| !swaps.contains(base)) {
        storage.remove(&dir.join(offset_file(*base, "txnindex.swap")))?;
    }
    for base in swaps {
        let has_txn_index = txn_swaps.contains(&base);
        finish_swap(storage, dir, base, has_txn_index, &mut logs)?;
    }
    for (base, path) in beside {
        if !logs.contains(&base) {
            match storage.remove(&path) {
                // A swap that was finished has taken it along.
                Err(error) if !error.is_not_found() => return Err(error.into()),
                _ => {}
            }
        }
    }
    logs.sort_unstable();
    logs.dedup();
    Ok(logs)
}

/// A compaction had written a new segment and was about to put it in the place of those it was made from.
fn finish_swap(
    storage: &dyn Storage,
    dir: &Path,
    base: i64,
    has_txn_index: bool,
    logs: &mut Vec<i64>,
) -> Result<(), LogError> {
    let swap = dir.join(offset_file(base, "log.swap"));
    let mut end = base;
    let mut scanner = Scanner::new(storage.open(&swap, OpenMode::Read)?, 0, u64::MAX)?;
    while let Scanned::Batch(header, _) = scanner.next_verified()? {
        end = header.next_offset();
    }
    for old in logs.extract_if(.., |old| *old == base || (base..end).contains(old)) {
        // The transaction index of the first one is the new one already, or is about to be replaced by it.
        let kinds: &[&str] =
            if old == base { &[LOG, INDEX, TIME_INDEX] } else { &[LOG, INDEX, TIME_INDEX, TXN_INDEX] };
        for kind in kinds {
            match storage.remove(&dir.join(offset_file(old, kind))) {
                Err(error) if !error.is_not_found() => return Err(error.into()),
                _ => {}
            }
        }
    }
    if has_txn_index {
        storage
            .rename(&dir.join(offset_file(base, "txnindex.swap")), &dir.join(offset_file(base, TXN_INDEX)))?;
    }
    storage.rename(&swap, &dir.join(offset_file(base, LOG)))?;
    storage.sync_dir(dir)?;
    logs.push(base);
    Ok(())
}

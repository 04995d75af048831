//! Reading a log's segments back, whatever state a crash left them in.
//!
//! After a clean shutdown files are believed. Otherwise every batch from the recovery point's segment on is read and
//! checked; the first that is bad, and all after it, are cut off. That loses nothing that was flushed: what is bad below
//! the recovery point was, and is an error instead.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use riverrun_core::record::{BatchHeader, RecordError};

use super::aborted::{self, AbortedTransaction};
use super::active::Active;
use super::epochs::LeaderEpochs;
use super::error::LogError;
use super::index::{self, OffsetEntry, TimeEntry};
use super::marker::marker_of;
use super::names::{
    INDEX, LEADER_EPOCHS, LOG, SNAPSHOT, TIME_INDEX, TXN_INDEX, offset_file, parse_offset_file,
};
use super::opening::{Opening, assemble};
use super::partition::{Dirty, Inner, write_file};
use super::producers::Producers;
use super::scan::{Scanned, Scanner};
use super::segment::{Sealed, SegmentFiles};
use super::snapshot;
use crate::storage::{OpenMode, Storage, StorageResult, read_all};

/// Base offset of the first segment that must be read and checked.
fn first_checked(opening: &Opening, bases: &[i64]) -> i64 {
    if opening.clean {
        return i64::MAX;
    }
    let point = opening.recovery_point.unwrap_or(0);
    // A segment that starts just there was made after the last flush: the indexes of the one before it, written when it
    // was closed, may not have lasted.
    let at = bases.partition_point(|base| *base < point).saturating_sub(1);
    bases.get(at).copied().unwrap_or(0)
}

type Indexes = (Vec<OffsetEntry>, Vec<TimeEntry>);

/// Where reading a segment stopped for good.
struct Stop {
    at: u64,
    offset: i64,
    source: Option<RecordError>,
}

/// A log on its way from files to memory.
pub(super) struct Recovery<'a> {
    opening: &'a Opening,
    storage: &'a dyn Storage,
    bases: Vec<i64>,
    sealed: BTreeMap<i64, Arc<Sealed>>,
    /// Offset that the next batch must have at least.
    next_offset: i64,
    producers: Producers,
    /// Batches below this are in the producers' state already.
    producers_at: i64,
    /// The producers' state at the first segment that is checked, where `producers` is of a later one: a transaction's
    /// abort says nothing of where it began.
    earlier: Option<(i64, Producers)>,
    epochs: LeaderEpochs,
    /// Whether the epochs must be read from the batches, as their file is gone or damaged.
    epochs_lost: bool,
    /// Base offset of the first segment that must be read and checked.
    first_checked: i64,
    changed: bool,
}

impl<'a> Recovery<'a> {
    pub(super) fn new(
        opening: &'a Opening,
        storage: &'a dyn Storage,
        bases: Vec<i64>,
    ) -> Result<Self, LogError> {
        let path = opening.dir.join(LEADER_EPOCHS);
        let epochs = match read_all(storage, &path) {
            Ok(bytes) => LeaderEpochs::decode(&path, &bytes).ok(),
            Err(error) if error.is_not_found() => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Recovery {
            opening,
            storage,
            first_checked: first_checked(opening, &bases),
            next_offset: bases.first().copied().unwrap_or(0),
            bases,
            sealed: BTreeMap::new(),
            producers: Producers::default(),
            producers_at: 0,
            earlier: None,
            epochs_lost: epochs.is_none(),
            epochs: epochs.unwrap_or_default(),
            changed: false,
        })
    }

    pub(super) fn run(mut self, mut dirty: Dirty) -> Result<Inner, LogError> {
        let opening = self.opening;
        // Below the recovery point the log is what it was when a snapshot was taken.
        self.load_snapshot(self.first_checked.max(self.opening.recovery_point.unwrap_or(0)))?;
        if !opening.clean && self.producers_at > self.first_checked {
            self.earlier = Some(self.snapshot_before(self.first_checked)?);
        }
        if !opening.clean {
            self.epochs.truncate_end(self.first_checked);
        }
        let active = self.read_segments()?;
        let flushed = opening.recovery_point.unwrap_or(0);
        if !opening.clean && self.next_offset < flushed {
            return Err(LogError::FlushedLost {
                file: active.files.log.path().to_owned(),
                at: active.size,
                flushed,
                source: None,
            });
        }
        // What was appended but not flushed before a crash of the process is believed only once it is flushed.
        if !opening.clean && self.next_offset > flushed {
            active.files.log.get()?.sync_data()?;
            self.changed = true;
        }
        if self.changed {
            self.storage.sync_dir(&opening.dir)?;
        } else if !opening.clean && !dirty.dirs.contains(&opening.dir) {
            // Files that were made just before the crash may have names that do not last yet.
            dirty.dirs.push(opening.dir.clone());
        }
        let first = self.sealed.keys().next().copied().unwrap_or(active.base_offset);
        let log_start = opening.log_start.unwrap_or(first).clamp(first, self.next_offset);
        self.epochs.truncate_end(self.next_offset);
        self.epochs.truncate_start(log_start);
        dirty.active = false;
        let mut inner = assemble(
            opening,
            self.sealed,
            active,
            log_start,
            self.next_offset,
            self.producers,
            self.epochs,
            dirty,
        );
        if self.epochs_lost {
            inner.write_epochs(self.storage)?;
        }
        Ok(inner)
    }

    /// Reads all segments up to the first damage; returns the one that takes the next batch, the others are sealed.
    fn read_segments(&mut self) -> Result<Active, LogError> {
        let bases = self.bases.clone();
        // The segment before, which the log goes on with if the next one does not fit behind it.
        let mut before: Option<(Active, bool)> = None;
        for (at, base) in bases.iter().copied().enumerate() {
            let check = base >= self.first_checked;
            let gap = check && at > 0 && self.next_offset < base && self.is_gap_suspect();
            if gap || base < self.next_offset {
                let stop = Stop { at: 0, offset: self.next_offset, source: None };
                return self.cut(at, &bases, stop, before.map(|before| before.0));
            }
            if let Some((segment, checked)) = before.take() {
                self.seal(segment, checked)?;
            }
            self.next_offset = base;
            let last = at + 1 == bases.len();
            let (segment, stop) =
                if check { self.check_segment(base)? } else { self.trust_segment(base, last)? };
            if let Some(stop) = stop {
                return self.cut(at + 1, &bases, stop, Some(segment));
            }
            before = Some((segment, check));
        }
        match before {
            Some((segment, _)) => Ok(segment),
            None => {
                let Opening { files, dir, now_ms, .. } = self.opening;
                Ok(Active::create(files, dir, self.next_offset, *now_ms)?)
            }
        }
    }

    /// A gap between segments is what Kafka's compaction leaves (ours keeps the last batch of every segment); elsewhere
    /// above the recovery point it means that the end of the segment before was lost.
    fn is_gap_suspect(&self) -> bool {
        self.next_offset >= self.opening.compacted_to
            && self.opening.recovery_point.is_some_and(|point| self.next_offset >= point)
    }

    /// Takes the newest snapshot at or below `limit`.
    fn load_snapshot(&mut self, limit: i64) -> Result<(), LogError> {
        let mut offsets: Vec<i64> = self
            .storage
            .list(&self.opening.dir)?
            .iter()
            .filter_map(|entry| parse_offset_file(&entry.name).filter(|(_, kind)| *kind == SNAPSHOT))
            .map(|(offset, _)| offset)
            .collect();
        offsets.sort_unstable();
        for offset in offsets.into_iter().rev() {
            let path = self.opening.dir.join(offset_file(offset, SNAPSHOT));
            if offset > limit {
                self.storage.remove(&path)?;
                continue;
            }
            match snapshot::decode(&path, &read_all(self.storage, &path)?) {
                Ok(producers) => {
                    // It may tell of records that are deleted: then nothing else does.
                    // What lies below the recovery point was flushed with the records around it.
                    let flushed = self.opening.recovery_point.is_some_and(|point| offset < point);
                    if !self.opening.clean && !flushed {
                        self.storage.open(&path, OpenMode::Write)?.sync_data()?;
                        self.changed = true;
                    }
                    self.producers = producers;
                    self.producers_at = offset;
                    return Ok(());
                }
                Err(reason) => {
                    tracing::warn!(log = %self.opening.id, reason, "a producer snapshot is rebuilt from the log");
                    self.storage.remove(&path)?;
                }
            }
        }
        Ok(())
    }

    /// The newest state at or below `limit` that can be read, and its offset.
    fn snapshot_before(&self, limit: i64) -> Result<(i64, Producers), LogError> {
        let mut newest = None;
        for entry in self.storage.list(&self.opening.dir)? {
            if let Some((offset, SNAPSHOT)) = parse_offset_file(&entry.name)
                && offset <= limit
                && newest.as_ref().is_none_or(|(known, _)| *known < offset)
            {
                let path = self.opening.dir.join(&entry.name);
                if let Ok(producers) = snapshot::decode(&path, &read_all(self.storage, &path)?) {
                    newest = Some((offset, producers));
                }
            }
        }
        Ok(newest.unwrap_or_default())
    }

    /// Takes a batch into the producers' state and the epochs; the transaction that it aborted.
    fn replay(
        &mut self,
        header: &BatchHeader,
        position: u64,
        scanner: &mut Scanner,
    ) -> StorageResult<Option<AbortedTransaction>> {
        if self.epochs_lost || header.base_offset >= self.first_checked {
            self.epochs.note(header.leader_epoch, header.base_offset);
        }
        if !header.has_producer_id() || (header.base_offset < self.producers_at && self.earlier.is_none()) {
            return Ok(None);
        }
        let mut marker = None;
        if header.attributes.is_control()
            && let Ok(batch) = scanner.view(header, position)?
        {
            marker = marker_of(header, batch.bytes()).ok().flatten();
        }
        let mut found = None;
        if let Some((from, earlier)) = &mut self.earlier
            && header.base_offset >= *from
        {
            let ended = earlier.update(header, marker);
            found = ended.and_then(|ended| earlier.aborted(&ended));
        }
        if header.base_offset >= self.producers_at {
            let ended = self.producers.update(header, marker);
            found = found.or_else(|| ended.and_then(|ended| self.producers.aborted(&ended)));
        }
        Ok(found)
    }

    /// Reads and checks every batch of a segment and builds its indexes anew.
    fn check_segment(&mut self, base: i64) -> Result<(Active, Option<Stop>), LogError> {
        let opening = self.opening;
        let mut segment = Active::unscanned(&opening.files, &opening.dir, base, opening.now_ms);
        let mut scanner = Scanner::new(segment.files.log.get()?, 0, u64::MAX)?;
        loop {
            let (header, position) = match scanner.next_verified()? {
                Scanned::Batch(header, position) => (header, position),
                Scanned::End => return Ok((segment, None)),
                Scanned::Bad(error) => {
                    let stop = Stop { at: scanner.position(), offset: self.next_offset, source: Some(error) };
                    return Ok((segment, Some(stop)));
                }
            };
            if let Some(source) = self.misplaced(&header, base) {
                let stop = Stop { at: position, offset: self.next_offset, source: Some(source) };
                return Ok((segment, Some(stop)));
            }
            let aborted = self.replay(&header, position, &mut scanner)?;
            segment.aborted.extend(aborted);
            segment.note(&header, opening.config.index_interval_bytes);
            self.next_offset = header.next_offset();
        }
    }

    /// Why a batch that is whole in itself cannot stand here.
    fn misplaced(&self, header: &BatchHeader, segment_base: i64) -> Option<RecordError> {
        let field = |what, expected, found| Some(RecordError::Field { what, at: 0, expected, found });
        if header.base_offset < self.next_offset {
            return field("base offset", "above the batch before", header.base_offset);
        }
        if header.last_offset_delta < 0 {
            return field("last offset delta", "at least 0", header.last_offset_delta.into());
        }
        if i32::try_from(header.last_offset() - segment_base).is_err() {
            return field("last offset", "within 2^31 of its segment's base", header.last_offset());
        }
        None
    }

    /// Believes a segment, and reads of it only what is not known otherwise.
    fn trust_segment(&mut self, base: i64, active: bool) -> Result<(Active, Option<Stop>), LogError> {
        let opening = self.opening;
        let mut segment = Active::unscanned(&opening.files, &opening.dir, base, opening.now_ms);
        let next_base = self.bases.iter().copied().find(|other| *other > base).unwrap_or(i64::MAX);
        let indexes = self.read_indexes(&segment.files, active)?;
        segment.aborted = self.read_aborted(base, next_base)?;
        let file = segment.files.log.get()?;
        let len = file.len()?;
        // The producers' snapshot must cover all that is not walked over.
        let walked_from = |offsets: &[OffsetEntry]| match offsets.last() {
            Some(entry) if active => base + i64::from(entry.relative),
            _ => next_base,
        };
        let covered = |indexes: &Indexes| !self.epochs_lost && self.producers_at >= walked_from(&indexes.0);
        let Some((offsets, times)) = indexes.filter(covered) else {
            return self.walk_segment(segment, 0, !active);
        };
        if !active {
            segment.adopt(Vec::new(), times, len, None);
            self.next_offset = next_base;
            return Ok((segment, None));
        }
        let from = offsets.last().map_or(0, |entry| entry.position.into());
        let first = match Scanner::new(file, 0, len)?.with_window(0).next()? {
            Scanned::Batch(header, _) => Some(header.max_timestamp).filter(|timestamp| *timestamp >= 0),
            _ => None,
        };
        segment.adopt(offsets, times, from, first);
        self.walk_segment(segment, from, false)
    }

    /// Notes all batches from byte `from` on without checking their checksums.
    fn walk_segment(
        &mut self,
        mut segment: Active,
        from: u64,
        rebuilt: bool,
    ) -> Result<(Active, Option<Stop>), LogError> {
        let mut scanner = Scanner::new(segment.files.log.get()?, from, u64::MAX)?;
        let base = segment.base_offset;
        loop {
            let (at, source) = match scanner.next()? {
                Scanned::Batch(header, position) => match self.misplaced(&header, base) {
                    Some(source) => (position, source),
                    None => {
                        let aborted = self.replay(&header, position, &mut scanner)?;
                        // What the index has already is not added again.
                        let known = segment.aborted.last().map_or(-1, |last| last.last_offset);
                        segment.aborted.extend(aborted.filter(|aborted| aborted.last_offset > known));
                        segment.note(&header, self.opening.config.index_interval_bytes);
                        self.next_offset = header.next_offset();
                        continue;
                    }
                },
                Scanned::End => {
                    if rebuilt {
                        self.write_indexes(&mut segment)?;
                    }
                    return Ok((segment, None));
                }
                Scanned::Bad(source) => (scanner.position(), source),
            };
            // A folder that says it was closed cleanly, or a part below the recovery point, has no such thing.
            return Err(LogError::FlushedLost {
                file: segment.files.log.path().to_owned(),
                at,
                flushed: self.opening.recovery_point.unwrap_or(self.next_offset),
                source: Some(source),
            });
        }
    }

    /// The indexes of a segment, if they are there and in order; of one that is not active only the last time.
    fn read_indexes(&self, files: &SegmentFiles, active: bool) -> Result<Option<Indexes>, LogError> {
        let log_bytes = files.log.get()?.len()?;
        let there = |path: &Path| self.storage.exists(path);
        if !there(files.index.path())? || !there(files.time_index.path())? {
            return Ok(None);
        }
        let fits = |entry: &OffsetEntry| u64::from(entry.position) < log_bytes;
        if active {
            let offsets = index::decode(&read_all(self.storage, files.index.path())?);
            let times = index::decode(&read_all(self.storage, files.time_index.path())?);
            return Ok(offsets.zip(times).filter(|(offsets, _)| offsets.last().is_none_or(fits)));
        }
        let offset: Option<OffsetEntry> = index::last(&*files.index.get()?)?;
        let time: Option<TimeEntry> = index::last(&*files.time_index.get()?)?;
        // An entry of zeros at the end is padding that a crash left.
        let padded = offset.is_some_and(|entry| entry.position == 0 || !fits(&entry))
            || time.is_some_and(|entry| entry.timestamp == 0 && entry.relative == 0)
            || (time.is_none() && log_bytes > 0);
        Ok((!padded).then(|| (Vec::new(), time.into_iter().collect())))
    }

    /// The transaction index of a segment, as far as it can be believed.
    fn read_aborted(&self, base: i64, next_base: i64) -> Result<Vec<AbortedTransaction>, LogError> {
        let entries = aborted::load(self.storage, &self.opening.dir, base)?;
        let inside = |entry: &AbortedTransaction| (base..next_base).contains(&entry.last_offset);
        Ok(entries.filter(|entries| entries.iter().all(inside)).unwrap_or_default())
    }

    fn write_indexes(&mut self, segment: &mut Active) -> Result<(), LogError> {
        for file in segment.write_indexes(self.storage)? {
            file.sync_data()?;
        }
        self.changed = true;
        Ok(())
    }

    /// Closes a segment that is not the last.
    fn seal(&mut self, mut segment: Active, checked: bool) -> Result<(), LogError> {
        if checked {
            segment.files.log.get()?.sync_data()?;
            self.write_indexes(&mut segment)?;
            // Without it the next start would have to read every segment for its producers, and deleted ones are gone.
            let path = self.opening.dir.join(offset_file(self.next_offset, SNAPSHOT));
            if self.producers_at <= self.next_offset {
                write_file(self.storage, &path, &snapshot::encode(&self.producers))?.sync_data()?;
            }
        }
        if segment.max_time.is_none()
            && let Some(modified_ms) = segment.files.log.get()?.modified_ms()?
        {
            segment.changed_ms = modified_ms;
        }
        let sealed: Sealed = segment.seal();
        self.sealed.insert(sealed.base_offset, Arc::new(sealed));
        Ok(())
    }

    /// Cuts the log off at `stop`, which lies in `segment`, and drops the segments from `bases[from]` on.
    fn cut(
        &mut self,
        from: usize,
        bases: &[i64],
        stop: Stop,
        segment: Option<Active>,
    ) -> Result<Active, LogError> {
        let opening = self.opening;
        let file_of = |base: i64| opening.dir.join(offset_file(base, LOG));
        let stopped_in =
            segment.as_ref().map_or_else(|| bases.get(from).copied().unwrap_or(0), |s| s.base_offset);
        let flushed = opening.recovery_point.unwrap_or(0);
        if stop.offset < flushed {
            return Err(LogError::FlushedLost {
                file: file_of(stopped_in),
                at: stop.at,
                flushed,
                source: stop.source,
            });
        }
        let reason =
            stop.source.map_or_else(|| "a part of the log is missing".to_owned(), |error| error.to_string());
        tracing::warn!(log = %opening.id, offset = stop.offset, byte = stop.at, reason, "cut off an unflushed tail");
        self.changed = true;
        for base in &bases[from..] {
            for kind in [LOG, INDEX, TIME_INDEX, TXN_INDEX] {
                match self.storage.remove(&opening.dir.join(offset_file(*base, kind))) {
                    Err(error) if !error.is_not_found() => return Err(error.into()),
                    _ => {}
                }
            }
        }
        self.next_offset = stop.offset;
        match segment {
            Some(segment) => {
                // Were the cut itself lost, its leftovers would hide what is flushed to later segments.
                let file = segment.files.log.get()?;
                file.truncate(segment.size)?;
                file.sync_data()?;
                Ok(segment)
            }
            None => Ok(Active::create(&opening.files, &opening.dir, stop.offset, opening.now_ms)?),
        }
    }
}

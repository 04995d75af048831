//! One compaction of one log.

use std::collections::BTreeMap;
use std::sync::Arc;

use riverrun_core::record::RecordError;

use super::candidate::{self, Candidate, SegmentAge};
use super::fates::Fates;
use super::filter::{Filter, LastBatch, Rest, says};
use super::latest::LatestOffsets;
use super::output::Output;
use crate::log::config::LogConfig;
use crate::log::error::ReadError;
use crate::log::partition::{Inner, PartitionLog, State};
use crate::log::scan::{Scanned, Scanner};
use crate::log::segment::Sealed;
use crate::storage::StorageError;

/// Holds a compaction back. It is told of every piece of work, and may wait before it answers.
pub trait Pace {
    /// So many bytes were read or written; false ends the compaction, which leaves the log as it is.
    fn spent(&mut self, bytes: u64) -> bool;
}

/// What a compaction came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Everything before this offset is compacted: the next one starts there.
    pub clean_to: i64,
    /// Bytes of the segments that were written anew.
    pub bytes_before: u64,
    /// Bytes of what took their place.
    pub bytes_after: u64,
    /// Records that have no key and went for that.
    pub keyless: u64,
}

/// Why a log was not compacted. It is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompactError {
    /// It was told to stop.
    #[error("the compaction was stopped")]
    Stopped,
    /// Segments went away meanwhile, by retention or truncation: try again.
    #[error("the log's segments changed under the compaction")]
    Changed,
    /// The log failed or is closed.
    #[error("the log failed or is closed")]
    Unusable,
    /// A batch holds more keys than there is memory for.
    #[error("one batch has more keys than log.cleaner.dedupe.buffer.size has room for")]
    NoRoom,
    /// The segment would grow beyond what positions can tell.
    #[error("a compacted segment would be larger than 2 GiB")]
    TooLarge,
    /// A file operation failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Stored bytes are damaged.
    #[error(transparent)]
    Damaged(#[from] ReadError),
}

/// What a round needs to know of the log, taken at its start.
struct View {
    config: Arc<LogConfig>,
    /// Segments that may be written anew, with where the next one starts.
    segments: Vec<(Arc<Sealed>, i64)>,
    producers: BTreeMap<i64, LastBatch>,
}

impl PartitionLog {
    /// What of the log a compaction would take now; `checkpoint` is where the last one ended. A segment whose records
    /// must not wait longer is closed for it.
    ///
    /// # Errors
    /// When the time of a segment's first batch could not be read.
    pub fn compaction_candidate(&self, checkpoint: Option<i64>, now_ms: i64) -> Result<Candidate, ReadError> {
        self.close_overdue_segment(now_ms);
        let (segments, ends, limit, config) = {
            let inner = self.lock();
            let ends = (inner.log_start, inner.end.offset);
            (inner.closed_segments(), ends, inner.compaction_limit(), Arc::clone(&inner.config))
        };
        let from = checkpoint.unwrap_or(ends.0);
        let lag = config.max_compaction_lag_ms < i64::MAX;
        let mut ages = Vec::with_capacity(segments.len());
        for (segment, next_offset) in &segments {
            let first_ms = match lag && *next_offset > from {
                true => first_time(segment)?,
                false => None,
            };
            ages.push(SegmentAge {
                base_offset: segment.base_offset,
                next_offset: *next_offset,
                size: segment.size,
                newest_ms: segment.newest_ms(),
                first_ms,
            });
        }
        Ok(candidate::decide(&ages, checkpoint, ends, limit, &config, now_ms))
    }

    /// Closes the segment that takes appends if its first record has waited for `max.compaction.lag.ms`.
    fn close_overdue_segment(&self, now_ms: i64) {
        let rolled = {
            let mut inner = self.lock();
            let overdue = inner.active.lags(&inner.config, now_ms) && inner.config.compact;
            overdue && matches!(inner.state, State::Open) && inner.roll(&self.files, now_ms).is_ok()
        };
        if rolled && let Err(error) = self.flush() {
            tracing::warn!(log = %self.id, error = &error as &dyn std::error::Error, "a closed segment is not flushed yet");
        }
    }

    /// Compacts what `candidate` says, as far as `latest`, which must be new, has room for its keys.
    ///
    /// # Errors
    /// See [`CompactError`]; what was put in place before it stays.
    pub fn compact(
        &self,
        candidate: &Candidate,
        latest: &mut LatestOffsets,
        pace: &mut dyn Pace,
        now_ms: i64,
    ) -> Result<Compacted, CompactError> {
        let view = self.view(candidate)?;
        self.note_keys(&view, candidate.first_dirty, latest, pace)?;
        let end = latest.latest() + 1;
        let segments: Vec<_> =
            view.segments.iter().filter(|(segment, _)| segment.base_offset < end).cloned().collect();
        let fates = self.fates(&segments)?;
        let mut filter = Filter {
            latest,
            fates,
            producers: view.producers,
            now_ms,
            delete_retention_ms: view.config.delete_retention_ms,
            end_offset: 0,
            aborted: Vec::new(),
            keyless: 0,
        };
        let mut compacted = Compacted { clean_to: end, ..Compacted::default() };
        for group in groups(&segments, &view.config) {
            self.compact_group(group, &view.config, &mut filter, &mut compacted, pace)?;
        }
        compacted.keyless = filter.keyless;
        Ok(compacted)
    }

    fn view(&self, candidate: &Candidate) -> Result<View, CompactError> {
        let inner = self.lock();
        if !matches!(inner.state, State::Open) {
            return Err(CompactError::Unusable);
        }
        let last = |state: &crate::log::ProducerState| LastBatch {
            last_offset: state.last_offset(),
            epoch: state.epoch,
        };
        let mut segments = inner.closed_segments();
        segments.retain(|(_, next_offset)| *next_offset <= candidate.first_uncleanable);
        Ok(View {
            config: Arc::clone(&inner.config),
            segments,
            producers: inner.producers.iter().map(|(id, state)| (id, last(state))).collect(),
        })
    }

    fn fates(&self, segments: &[(Arc<Sealed>, i64)]) -> Result<Fates, CompactError> {
        let (Some((first, _)), Some((_, end))) = (segments.first(), segments.last()) else {
            return Ok(Fates::default());
        };
        Ok(Fates::new(self.aborted_transactions(first.base_offset, *end)?))
    }

    /// Notes the last offset of every key from `first_dirty` on.
    fn note_keys(
        &self,
        view: &View,
        first_dirty: i64,
        latest: &mut LatestOffsets,
        pace: &mut dyn Pace,
    ) -> Result<(), CompactError> {
        let dirty: Vec<_> =
            view.segments.iter().filter(|(_, next_offset)| *next_offset > first_dirty).cloned().collect();
        let mut fates = self.fates(&dirty)?;
        for (segment, next_offset) in &dirty {
            let mut scanner = Scanner::new(segment.files.log.get()?, 0, segment.size)?;
            while let Some((batch, at)) = next_batch(&mut scanner, segment)? {
                if !pace.spent(batch.size() as u64) {
                    return Err(CompactError::Stopped);
                }
                if batch.attributes.is_control() {
                    let damaged = |source| damaged(segment, at, source);
                    let says = says(&batch).map_err(damaged)?;
                    fates.marker(&batch, says);
                } else if !fates.is_aborted(&batch) && batch.last_offset() >= first_dirty {
                    let damaged = |source| damaged(segment, at, source);
                    let mut records = batch.records().map_err(damaged)?;
                    while let Some(record) = records.next_ref() {
                        let record = record.map_err(damaged)?;
                        let Some(key) = record.key.filter(|_| record.offset >= first_dirty) else { continue };
                        if !latest.put(key, record.offset) {
                            // What was noted of this batch is only known to be newer: its records stay all the same.
                            return if latest.latest() < 0 { Err(CompactError::NoRoom) } else { Ok(()) };
                        }
                    }
                }
                if batch.last_offset() >= first_dirty {
                    latest.set_latest(batch.last_offset());
                }
            }
            latest.set_latest(next_offset - 1);
        }
        Ok(())
    }

    /// Writes the segments of a group anew as one and puts it in their place.
    fn compact_group(
        &self,
        group: &[(Arc<Sealed>, i64)],
        config: &LogConfig,
        filter: &mut Filter<'_>,
        compacted: &mut Compacted,
        pace: &mut dyn Pace,
    ) -> Result<(), CompactError> {
        let [(first, _), ..] = group else { return Ok(()) };
        let old: Vec<Arc<Sealed>> = group.iter().map(|(segment, _)| Arc::clone(segment)).collect();
        filter.end_offset = group.last().map_or(0, |(_, end)| *end);
        filter.aborted.clear();
        let dir = self.folder();
        let changed_ms = old.iter().map(|segment| segment.changed_ms).max().unwrap_or(filter.now_ms);
        let mut output = Output::begin(&self.files, &dir, first.base_offset, changed_ms)?;
        if let Err(error) = copy(&old, config, filter, &mut output, pace) {
            output.discard();
            return Err(error);
        }
        if old.len() == 1 && !output.is_changed() {
            // Nothing of it goes.
            output.discard();
            return Ok(());
        }
        let written = output.finish(std::mem::take(&mut filter.aborted))?;
        compacted.bytes_before += old.iter().map(|segment| segment.size).sum::<u64>();
        compacted.bytes_after += written.size();
        self.swap_in(&old, written)
    }
}

fn copy(
    old: &[Arc<Sealed>],
    config: &LogConfig,
    filter: &mut Filter<'_>,
    output: &mut Output,
    pace: &mut dyn Pace,
) -> Result<(), CompactError> {
    for segment in old {
        let mut scanner = Scanner::new(segment.files.log.get()?, 0, segment.size)?;
        while let Some((batch, at)) = next_batch(&mut scanner, segment)? {
            let rest = filter.rest_of(&batch).map_err(|source| damaged(segment, at, source))?;
            let read = batch.size() as u64;
            let written = match rest {
                Rest::Same => output.push(batch.header(), batch.bytes(), config.index_interval_bytes)?,
                Rest::Nothing => output.leave_out(),
                Rest::Changed(bytes) => {
                    let header = riverrun_core::record::BatchHeader::parse(&bytes)
                        .map_err(|source| damaged(segment, at, source))?;
                    output.change(&header, &bytes, config.index_interval_bytes)?
                }
            };
            if !pace.spent(read + written) {
                return Err(CompactError::Stopped);
            }
        }
    }
    Ok(())
}

/// The next batch, whole and sound: what is damaged must not be given a new checksum.
fn next_batch(
    scanner: &mut Scanner,
    segment: &Sealed,
) -> Result<Option<(riverrun_core::record::BatchView, u64)>, CompactError> {
    match scanner.next_verified()? {
        Scanned::Batch(header, at) => {
            let batch = scanner.view(&header, at)?.map_err(|source| damaged(segment, at, source))?;
            Ok(Some((batch, at)))
        }
        Scanned::End => Ok(None),
        Scanned::Bad(source) => Err(damaged(segment, scanner.position(), source)),
    }
}

fn damaged(segment: &Sealed, at: u64, source: RecordError) -> CompactError {
    ReadError::Damaged { file: segment.files.log.path().to_owned(), at, source }.into()
}

/// Greatest timestamp of a segment's first batch.
fn first_time(segment: &Sealed) -> Result<Option<i64>, ReadError> {
    let mut scanner = Scanner::new(segment.files.log.get()?, 0, segment.size)?.with_window(0);
    Ok(match scanner.next()? {
        Scanned::Batch(header, _) => Some(header.max_timestamp).filter(|timestamp| *timestamp >= 0),
        Scanned::End | Scanned::Bad(_) => None,
    })
}

/// Neighbours that fit into one segment together.
fn groups<'a>(
    mut segments: &'a [(Arc<Sealed>, i64)],
    config: &LogConfig,
) -> impl Iterator<Item = &'a [(Arc<Sealed>, i64)]> {
    // An entry of the time index for so many bytes at most; a batch takes 61 at least.
    let interval = u64::from(config.index_interval_bytes).max(61);
    let bytes = u64::from(config.segment_bytes);
    let index_bytes = u64::from(config.segment_index_bytes);
    std::iter::from_fn(move || {
        let (first, _) = segments.first()?;
        let mut size = 0;
        let fits = |(segment, end): &&(Arc<Sealed>, i64)| {
            size += segment.size;
            let near = i32::try_from(end - 1 - first.base_offset).is_ok();
            near && size <= bytes && size / interval * 12 <= index_bytes
        };
        let count = segments.iter().take_while(fits).count().max(1);
        let (group, rest) = segments.split_at(count);
        segments = rest;
        Some(group)
    })
}

impl Inner {
    /// The closed segments, each with where the next one starts.
    fn closed_segments(&self) -> Vec<(Arc<Sealed>, i64)> {
        let nexts = self.sealed.keys().skip(1).copied().chain([self.active.base_offset]);
        self.sealed.values().cloned().zip(nexts).collect()
    }

    /// No record at or above this may go: it is not flushed, or its transaction has not ended.
    fn compaction_limit(&self) -> i64 {
        self.last_stable().min(self.flushed.offset).min(self.active.base_offset)
    }
}

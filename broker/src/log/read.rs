//! Reading from an offset.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use riverrun_core::record::{BATCH_HEADER_BYTES, BatchHeader, RecordError};

use super::aborted::{self, AbortedTransaction};
use super::buffers::Buffers;
use super::error::ReadError;
use super::files::LogFile;
use super::partition::{PartitionLog, Position, State};
use super::scan::{Scanned, Scanner};
use super::segment::Sealed;

/// How far a reader may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadBound {
    /// Up to the high watermark: `read_uncommitted`.
    HighWatermark,
    /// Up to the last stable offset: `read_committed`.
    LastStable,
    /// All that was appended, flushed or not: for replicas and for loading coordinators.
    LogEnd,
}

/// Whole batches read from a log, and where the log stood then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogSlice {
    /// The batches in order; a chunk holds one or more. Nothing when there is nothing to read yet.
    pub chunks: Vec<Bytes>,
    /// Bytes of all chunks.
    pub bytes: usize,
    /// The log start offset.
    pub log_start_offset: i64,
    /// The high watermark.
    pub high_watermark: i64,
    /// The last stable offset.
    pub last_stable_offset: i64,
    /// Up to the last stable offset: the aborted transactions that have records among these batches.
    pub aborted: Vec<AbortedTransaction>,
}

impl LogSlice {
    /// All batches in one piece; copies them if there is more than one chunk.
    pub fn into_bytes(mut self) -> Bytes {
        if self.chunks.len() <= 1 {
            return self.chunks.pop().unwrap_or_default();
        }
        let mut joined = BytesMut::with_capacity(self.bytes);
        for chunk in &self.chunks {
            joined.extend_from_slice(chunk);
        }
        joined.freeze()
    }
}

/// Which part of which segment to read.
enum Place {
    Active { log: LogFile, from: u64, to: u64 },
    Sealed { segment: Arc<Sealed>, to: u64 },
}

struct Look {
    slice: LogSlice,
    bound: Position,
    generation: u64,
    /// Whether the reader is told which transactions were aborted.
    committed: bool,
}

impl PartitionLog {
    /// Reads whole batches from the one that holds `offset` on, of at most `max_bytes` together; with `at_least_one`
    /// the first comes even if it is larger. Nothing is returned for an offset at or above the bound. May read files.
    pub fn read(
        &self,
        offset: i64,
        max_bytes: usize,
        bound: ReadBound,
        at_least_one: bool,
    ) -> Result<LogSlice, ReadError> {
        let mut offset = offset;
        loop {
            let look = self.look(offset, bound)?;
            let generation = look.generation;
            let committed = look.committed;
            if let Some(slice) = self.tail_slice(&look, offset, max_bytes, at_least_one, true)? {
                // A compaction takes what it removes out of the transaction index too: both must be of one moment.
                if committed && self.lock().generation != generation {
                    continue;
                }
                return Ok(slice);
            }
            let read = self.file_slice(look, offset, max_bytes, at_least_one).and_then(|mut read| {
                if committed && read.0.bytes > 0 {
                    read.0.aborted = self.aborted_transactions(offset, read.1)?;
                }
                Ok(read)
            });
            match read {
                // Its files may have been others' halfway: look again.
                _ if self.lock().generation != generation => {}
                // A segment may end before the next one starts, where compaction removed its last records.
                Ok((slice, _, Some(next))) if slice.bytes == 0 => offset = next,
                Ok((slice, ..)) => return Ok(slice),
                // The segment was deleted meanwhile: look again, and say that the offset is gone.
                Err(ReadError::Storage(error))
                    if error.is_not_found() && offset < self.log_start_offset() => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// [`read`](Self::read) from memory alone; `None` if that needs a file.
    pub fn read_cached(
        &self,
        offset: i64,
        max_bytes: usize,
        bound: ReadBound,
        at_least_one: bool,
    ) -> Result<Option<LogSlice>, ReadError> {
        let look = self.look(offset, bound)?;
        let generation = look.generation;
        let slice = self.tail_slice(&look, offset, max_bytes, at_least_one, false)?;
        Ok(slice.filter(|_| !look.committed || self.lock().generation == generation))
    }

    /// The aborted transactions that have records at the offsets `from` up to, not including, `to`, in the order of
    /// their ends. May read files.
    pub fn aborted_transactions(&self, from: i64, to: i64) -> Result<Vec<AbortedTransaction>, ReadError> {
        Ok(self.aborted_between(from, to, true)?.unwrap_or_default())
    }

    /// [`aborted_transactions`](Self::aborted_transactions); `None` if that needs a file, and none may be read.
    fn aborted_between(
        &self,
        from: i64,
        to: i64,
        may_read: bool,
    ) -> Result<Option<Vec<AbortedTransaction>>, ReadError> {
        let mut in_active = Vec::new();
        let (dir, sealed) = {
            let inner = self.lock();
            let first = inner.sealed.range(..=from).next_back().map_or(from, |(base, _)| *base);
            let sealed: Vec<i64> = inner
                .sealed
                .range(first..)
                .filter(|(_, segment)| segment.has_aborted)
                .map(|(base, _)| *base)
                .collect();
            aborted::select(&inner.active.aborted, from, to, &mut in_active);
            (inner.dir.clone(), sealed)
        };
        if sealed.is_empty() {
            return Ok(Some(in_active));
        }
        if !may_read {
            return Ok(None);
        }
        let mut found = Vec::new();
        for base in sealed {
            // Of a segment that was deleted meanwhile nothing is there, and nobody reads it any more.
            let Some(entries) = aborted::load(&**self.files.storage(), &dir, base)? else {
                let file = dir.join(super::names::offset_file(base, super::names::TXN_INDEX));
                let (what, expected) = ("transaction index", "entries in the order of their markers");
                let source = RecordError::Field { what, at: 0, expected, found: base };
                return Err(ReadError::Damaged { file, at: 0, source });
            };
            if aborted::select(&entries, from, to, &mut found) {
                return Ok(Some(found));
            }
        }
        found.extend(in_active);
        Ok(Some(found))
    }

    fn look(&self, offset: i64, bound: ReadBound) -> Result<Look, ReadError> {
        let inner = self.lock();
        if matches!(inner.state, State::Closed) {
            return Err(ReadError::Closed(self.id.clone()));
        }
        if offset < inner.log_start || offset > inner.end.offset {
            return Err(ReadError::OutOfRange { offset, start: inner.log_start, end: inner.end.offset });
        }
        let slice = LogSlice {
            log_start_offset: inner.log_start,
            high_watermark: inner.visible.offset,
            last_stable_offset: inner.last_stable(),
            ..LogSlice::default()
        };
        let committed = bound == ReadBound::LastStable;
        let bound = match bound {
            ReadBound::HighWatermark => inner.visible,
            ReadBound::LogEnd => inner.end,
            // Its place in the file is not known; whole batches below the offset are cut off after reading.
            ReadBound::LastStable => Position { offset: slice.last_stable_offset, ..inner.visible },
        };
        let generation = inner.generation;
        Ok(Look { slice, bound, generation, committed })
    }

    fn tail_slice(
        &self,
        look: &Look,
        offset: i64,
        max_bytes: usize,
        at_least_one: bool,
        may_read: bool,
    ) -> Result<Option<LogSlice>, ReadError> {
        if offset >= look.bound.offset {
            return Ok(Some(look.slice.clone()));
        }
        let read = self.tail.read(offset, look.bound.offset, max_bytes, at_least_one);
        let Some((chunks, bytes)) = read else { return Ok(None) };
        let mut aborted = Vec::new();
        if look.committed
            && let Some(last) = chunks.last()
        {
            let end = BatchHeader::parse(last).map_or(look.bound.offset, |header| header.next_offset());
            match self.aborted_between(offset, end, may_read)? {
                Some(found) => aborted = found,
                None => return Ok(None),
            }
        }
        Ok(Some(LogSlice { chunks, bytes, aborted, ..look.slice.clone() }))
    }

    /// The slice, the offset behind it, and where the next segment starts if there is one that may be read.
    fn file_slice(
        &self,
        look: Look,
        offset: i64,
        max_bytes: usize,
        at_least_one: bool,
    ) -> Result<(LogSlice, i64, Option<i64>), ReadError> {
        let Look { mut slice, bound, .. } = look;
        let (place, next) = {
            let inner = self.lock();
            let sealed = inner.sealed.range(..=offset).next_back().map(|(_, segment)| Arc::clone(segment));
            let limit = |segment: i64, size: u64| if segment == bound.segment { bound.bytes } else { size };
            match sealed {
                Some(segment) if offset < inner.active.base_offset => {
                    let next = inner
                        .sealed
                        .range(segment.base_offset + 1..)
                        .next()
                        .map_or(inner.active.base_offset, |(base, _)| *base);
                    let to = limit(segment.base_offset, segment.size);
                    (Place::Sealed { segment, to }, Some(next).filter(|next| *next < bound.offset))
                }
                _ if offset < inner.active.base_offset => {
                    return Err(ReadError::OutOfRange {
                        offset,
                        start: inner.log_start,
                        end: inner.end.offset,
                    });
                }
                _ => {
                    let active = &inner.active;
                    let to = limit(active.base_offset, active.size);
                    let from = active.position_before(offset);
                    (Place::Active { log: active.files.log.clone(), from, to }, None)
                }
            }
        };
        let (log, from, to) = match place {
            Place::Active { log, from, to } => (log, from, to),
            Place::Sealed { segment, to } => {
                (segment.files.log.clone(), segment.position_before(offset)?, to)
            }
        };
        let (batches, end) =
            read_batches(&self.files.buffers, &log, from, to, offset, bound.offset, max_bytes, at_least_one)?;
        slice.bytes = batches.len();
        if !batches.is_empty() {
            slice.chunks.push(batches);
        }
        Ok((slice, end, next))
    }
}

/// Reads whole batches with offsets from `offset` to below `bound` out of the bytes `from` to `to` of a segment; the
/// second value is the offset behind the last of them.
#[expect(clippy::too_many_arguments, reason = "one read, all its limits")]
fn read_batches(
    buffers: &Arc<Buffers>,
    log: &LogFile,
    from: u64,
    to: u64,
    offset: i64,
    bound: i64,
    max_bytes: usize,
    at_least_one: bool,
) -> Result<(Bytes, i64), ReadError> {
    /// An index entry leaves about this much to walk over.
    const WALK: usize = 8 << 10;
    let damaged = |at, source| ReadError::Damaged { file: log.path().to_owned(), at, source };
    let file = log.get()?;
    let mut scanner = Scanner::new(Arc::clone(&file), from, to)?.with_window(WALK);
    let mut astray = from > 0;
    let (first, start) = loop {
        match scanner.next()? {
            // An index carries no checksum. One that leads past the offset or the end, or into the middle of a batch, is
            // not believed: the segment is walked from its start.
            Scanned::Bad(_) | Scanned::End if astray => {
                scanner = Scanner::new(Arc::clone(&file), 0, to)?;
                astray = false;
            }
            Scanned::Batch(header, _) if astray && header.base_offset > offset => {
                scanner = Scanner::new(Arc::clone(&file), 0, to)?;
                astray = false;
            }
            Scanned::Batch(header, at) if header.last_offset() >= offset => break (header, at),
            Scanned::Batch(..) => astray = false,
            Scanned::End => return Ok((Bytes::new(), offset)),
            Scanned::Bad(error) => return Err(damaged(scanner.position(), error)),
        }
    };
    if first.base_offset >= bound || (first.size() > max_bytes && !at_least_one) {
        return Ok((Bytes::new(), offset));
    }
    let left = usize::try_from(to - start).unwrap_or(usize::MAX);
    let mut buffer = buffers.take(max_bytes.max(first.size()).min(left));
    let read = file.read_at(buffer.bytes_mut(), start)?;
    let filled = &buffer.as_ref()[..read];
    let (mut whole, mut next) = (0, first.base_offset);
    while let Some(rest) = filled.get(whole..).filter(|rest| rest.len() >= BATCH_HEADER_BYTES) {
        let header = BatchHeader::parse(rest).map_err(|error| damaged(start + whole as u64, error))?;
        if header.size() > rest.len() || header.base_offset >= bound {
            break;
        }
        // No checksum covers the base offset: that it rises, and ends below the bound, is what can be told of it.
        let ends = header.next_offset();
        if header.base_offset < next || ends <= header.base_offset || ends > bound {
            let what = "first or last offset of batch";
            let expected = "behind the batch before and below the log's end";
            let error = RecordError::Field { what, at: 0, expected, found: header.base_offset };
            return Err(damaged(start + whole as u64, error));
        }
        next = ends;
        whole += header.size();
    }
    if whole == 0 {
        let error = RecordError::Truncated { what: "batch", at: 0, expected: first.size(), found: read };
        return Err(damaged(start, error));
    }
    Ok((buffer.freeze(whole), next))
}

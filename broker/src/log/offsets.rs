//! Offsets by position in the log and by time (ListOffsets).

use std::sync::Arc;

use riverrun_core::record::{BatchHeader, TimestampType};

use super::error::ReadError;
use super::partition::{Inner, PartitionLog};
use super::read::ReadBound;
use super::scan::{Scanned, Scanner};
use super::segment::{MaxTime, SegmentFiles};

/// Which offset is asked for; the numbers in brackets are ListOffsets' timestamps for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetSpec {
    /// The log start offset (-2), also the earliest local one (-4).
    Earliest,
    /// The bound of what may be read (-1): the high watermark, or the last stable offset.
    Latest,
    /// The first record with the greatest timestamp (-3).
    MaxTimestamp,
    /// The first record that is not older than this.
    Since(i64),
}

/// An offset that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundOffset {
    /// The offset.
    pub offset: i64,
    /// The record's timestamp; -1 for an end of the log.
    pub timestamp: i64,
    /// The leader epoch that wrote there, or -1.
    pub leader_epoch: i32,
}

/// A part of a segment that may be searched.
struct Part {
    files: SegmentFiles,
    from: Start,
    to: u64,
}

enum Start {
    At(u64),
    Sealed(Arc<super::segment::Sealed>),
}

impl PartitionLog {
    /// The offset that `spec` names among the records below the high watermark; `None` if no record fits. May read files
    /// and decode records.
    pub fn offset_for(&self, spec: OffsetSpec) -> Result<Option<FoundOffset>, ReadError> {
        self.offset_within(spec, ReadBound::HighWatermark)
    }

    /// [`offset_for`](Self::offset_for) among the records below another bound: the last stable offset for those who read
    /// committed records alone.
    pub fn offset_within(
        &self,
        spec: OffsetSpec,
        bound: ReadBound,
    ) -> Result<Option<FoundOffset>, ReadError> {
        match spec {
            OffsetSpec::Earliest => {
                let inner = self.lock();
                Ok(Some(inner.found(inner.log_start, -1)))
            }
            OffsetSpec::Latest => {
                let inner = self.lock();
                let leader_epoch = inner.epochs.latest().unwrap_or(-1);
                Ok(Some(FoundOffset { offset: inner.bound(bound), timestamp: -1, leader_epoch }))
            }
            OffsetSpec::Since(timestamp) => self.first_since(timestamp, bound),
            OffsetSpec::MaxTimestamp => match self.max_timestamp(bound)? {
                Some(timestamp) => self.first_since(timestamp, bound),
                None => Ok(None),
            },
        }
    }

    fn first_since(&self, timestamp: i64, bound: ReadBound) -> Result<Option<FoundOffset>, ReadError> {
        loop {
            let generation = self.lock().generation;
            let found = self.search_since(timestamp, bound);
            // What was found may be of files that a compaction has replaced meanwhile.
            if self.lock().generation == generation {
                return found;
            }
        }
    }

    fn search_since(&self, timestamp: i64, bound: ReadBound) -> Result<Option<FoundOffset>, ReadError> {
        let (parts, log_start, bound) = {
            let inner = self.lock();
            let late = |max: Option<MaxTime>| max.is_some_and(|max| max.timestamp >= timestamp);
            let mut parts: Vec<Part> = Vec::new();
            for segment in inner.sealed.values().filter(|segment| late(segment.max_time)) {
                parts.push(Part {
                    files: segment.files.clone(),
                    from: Start::Sealed(Arc::clone(segment)),
                    to: inner.readable_bytes(segment.base_offset, segment.size),
                });
            }
            if late(inner.active.max_time) {
                parts.push(Part {
                    files: inner.active.files.clone(),
                    from: Start::At(inner.active.position_before_time(timestamp)),
                    to: inner.readable_bytes(inner.active.base_offset, inner.active.size),
                });
            }
            (parts, inner.log_start, inner.bound(bound))
        };
        for part in parts {
            let from = match &part.from {
                Start::At(at) => *at,
                Start::Sealed(segment) => segment.position_before_time(timestamp)?,
            };
            let found = match search(&part, from, timestamp, log_start) {
                // An index that leads into the middle of a batch is not believed.
                Err(ReadError::Damaged { .. }) if from > 0 => search(&part, 0, timestamp, log_start)?,
                found => found?,
            };
            if let Some((offset, timestamp)) = found
                && offset < bound
            {
                return Ok(Some(self.lock().found(offset, timestamp)));
            }
        }
        Ok(None)
    }

    /// The greatest timestamp of all records that may be read.
    fn max_timestamp(&self, bound: ReadBound) -> Result<Option<i64>, ReadError> {
        let (mut known, unsure, bound) = {
            let inner = self.lock();
            let bound = inner.bound(bound);
            let readable = |max: &MaxTime| max.offset < bound;
            let all = || {
                let sealed = inner.sealed.values().map(|segment| {
                    (segment.files.clone(), segment.base_offset, segment.size, segment.max_time)
                });
                let active = &inner.active;
                sealed.chain([(active.files.clone(), active.base_offset, active.size, active.max_time)])
            };
            let known = all().filter_map(|part| part.3).filter(readable).map(|max| max.timestamp).max();
            // The greatest time of these is among records that may not be read yet: look at those that may.
            let unsure: Vec<Part> = all()
                .filter(|part| part.3.is_some_and(|max| !readable(&max)))
                .map(|(files, base, size, _)| Part {
                    files,
                    from: Start::At(0),
                    to: inner.readable_bytes(base, size),
                })
                .collect();
            (known, unsure, bound)
        };
        for part in unsure {
            let mut scanner = Scanner::new(part.files.log.get()?, 0, part.to)?;
            while let Some((batch, _)) =
                next(&mut scanner, &part)?.filter(|(batch, _)| batch.base_offset < bound)
            {
                known = known.max(Some(batch.max_timestamp).filter(|timestamp| *timestamp >= 0));
            }
        }
        Ok(known)
    }
}

impl Inner {
    fn found(&self, offset: i64, timestamp: i64) -> FoundOffset {
        FoundOffset { offset, timestamp, leader_epoch: self.epochs.of(offset).unwrap_or(-1) }
    }

    /// The offset before which a reader sees records.
    fn bound(&self, bound: ReadBound) -> i64 {
        match bound {
            ReadBound::HighWatermark => self.visible.offset,
            ReadBound::LastStable => self.last_stable(),
            ReadBound::LogEnd => self.end.offset,
        }
    }

    /// Bytes of a segment before the high watermark.
    fn readable_bytes(&self, base_offset: i64, size: u64) -> u64 {
        match base_offset.cmp(&self.visible.segment) {
            std::cmp::Ordering::Less => size,
            std::cmp::Ordering::Equal => self.visible.bytes,
            std::cmp::Ordering::Greater => 0,
        }
    }
}

/// Offset and time of the first record at or after `log_start` that is not older than `timestamp`.
fn search(part: &Part, from: u64, timestamp: i64, log_start: i64) -> Result<Option<(i64, i64)>, ReadError> {
    let mut scanner = Scanner::new(part.files.log.get()?, from, part.to)?;
    while let Some((header, at)) = next(&mut scanner, part)? {
        if header.max_timestamp < timestamp || header.last_offset() < log_start {
            continue;
        }
        if header.timestamp_type() == TimestampType::LogAppendTime && header.base_offset >= log_start {
            return Ok(Some((header.base_offset, header.max_timestamp)));
        }
        let damaged = |source| ReadError::Damaged { file: part.files.log.path().to_owned(), at, source };
        let batch = scanner.view(&header, at)?.map_err(damaged)?;
        let mut records = batch.records().map_err(damaged)?;
        while let Some(record) = records.next_ref() {
            let record = record.map_err(damaged)?;
            if record.timestamp >= timestamp && record.offset >= log_start {
                return Ok(Some((record.offset, record.timestamp)));
            }
        }
    }
    Ok(None)
}

fn next(scanner: &mut Scanner, part: &Part) -> Result<Option<(BatchHeader, u64)>, ReadError> {
    match scanner.next()? {
        Scanned::Batch(header, at) => Ok(Some((header, at))),
        Scanned::End => Ok(None),
        Scanned::Bad(source) => {
            Err(ReadError::Damaged { file: part.files.log.path().to_owned(), at: scanner.position(), source })
        }
    }
}

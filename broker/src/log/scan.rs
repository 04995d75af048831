//! Walks the batches of a segment file from front to back.

use std::sync::Arc;

use riverrun_core::record::{BATCH_HEADER_BYTES, BatchHeader, BatchView, RecordError, crc32c};

use crate::storage::{File, StorageResult};

/// Where the part of a batch that its checksum covers starts.
const CRC_FROM: usize = 21;
/// Bytes read ahead.
const WINDOW: usize = 256 << 10;

/// What stands at the scanner's place.
#[derive(Debug)]
pub(super) enum Scanned {
    /// A batch, whole inside the file, at this byte.
    Batch(BatchHeader, u64),
    /// The end, on a batch's boundary.
    End,
    /// Something that is no batch, or only a part of one.
    Bad(RecordError),
}

/// Reads a file in windows.
#[derive(Debug)]
pub(super) struct Scanner {
    file: Arc<dyn File>,
    at: u64,
    end: u64,
    window: Vec<u8>,
    window_at: u64,
    window_bytes: usize,
}

impl Scanner {
    /// From byte `at` to byte `end`, or to the file's end if that is less.
    pub(super) fn new(file: Arc<dyn File>, at: u64, end: u64) -> StorageResult<Scanner> {
        let end = end.min(file.len()?);
        let window_bytes = WINDOW.min(usize::try_from(end.saturating_sub(at)).unwrap_or(WINDOW));
        Ok(Scanner { file, at, end, window: Vec::new(), window_at: 0, window_bytes })
    }

    /// A scanner that expects to look at little: its window is `bytes`.
    pub(super) fn with_window(mut self, bytes: usize) -> Self {
        self.window_bytes = self.window_bytes.min(bytes.max(BATCH_HEADER_BYTES));
        self
    }

    /// Where the next batch starts.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// The next batch, its header parsed and its length checked against the file's.
    pub(super) fn next(&mut self) -> StorageResult<Scanned> {
        if self.at >= self.end {
            return Ok(Scanned::End);
        }
        let left = self.end - self.at;
        let header = match BatchHeader::parse(self.bytes(BATCH_HEADER_BYTES)?) {
            Ok(header) => header,
            Err(error) => return Ok(Scanned::Bad(error)),
        };
        let size = header.size();
        if size as u64 > left {
            let found = usize::try_from(left).unwrap_or(usize::MAX);
            return Ok(Scanned::Bad(RecordError::Truncated { what: "batch", at: 0, expected: size, found }));
        }
        let position = self.at;
        self.at += size as u64;
        Ok(Scanned::Batch(header, position))
    }

    /// [`next`](Self::next), and its checksum checked too.
    pub(super) fn next_verified(&mut self) -> StorageResult<Scanned> {
        let scanned = self.next()?;
        if let Scanned::Batch(header, position) = scanned {
            // In place: a recovery looks at gigabytes.
            let after = std::mem::replace(&mut self.at, position);
            let found = crc32c(self.bytes(header.size())?.get(CRC_FROM..).unwrap_or_default());
            if found != header.crc {
                return Ok(Scanned::Bad(RecordError::Crc { at: 0, expected: header.crc, found }));
            }
            self.at = after;
        }
        Ok(scanned)
    }

    /// The whole batch that was found at `position`.
    pub(super) fn view(
        &mut self,
        header: &BatchHeader,
        position: u64,
    ) -> StorageResult<Result<BatchView, RecordError>> {
        let after = std::mem::replace(&mut self.at, position);
        let bytes = self.bytes(header.size()).map(bytes::Bytes::copy_from_slice);
        self.at = after;
        Ok(BatchView::parse(&bytes?))
    }

    /// Up to `want` bytes from the current place on; less at the end alone.
    fn bytes(&mut self, want: usize) -> StorageResult<&[u8]> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let want = want.min(left);
        let inside = self.at.checked_sub(self.window_at).and_then(|skip| usize::try_from(skip).ok());
        let skip = match inside {
            Some(skip) if skip.saturating_add(want) <= self.window.len() => skip,
            _ => {
                let fill = self.window_bytes.max(want).min(left);
                self.window.clear();
                self.window.resize(fill, 0);
                self.window_at = self.at;
                let read = self.file.read_at(&mut self.window, self.at)?;
                self.window.truncate(read);
                0
            }
        };
        let end = (skip + want).min(self.window.len());
        Ok(&self.window[skip..end])
    }
}

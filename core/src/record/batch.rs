//! Batches over shared bytes, without copying.

use std::ops::Deref;

use bytes::Bytes;

use super::patch::CRC_FROM;
use super::{
    BATCH_HEADER_BYTES, BatchHeader, Compression, MAX_DECOMPRESSED_BYTES, RecordError, Records, decompress,
};

/// One whole batch: its parsed header and its bytes.
///
/// Its lengths are checked; its checksum is checked only by [`verify_crc`](Self::verify_crc).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchView {
    header: BatchHeader,
    bytes: Bytes,
}

impl Deref for BatchView {
    type Target = BatchHeader;

    fn deref(&self) -> &BatchHeader {
        &self.header
    }
}

impl BatchView {
    /// The batch that starts `bytes`; what follows it is left alone.
    pub fn parse(bytes: &Bytes) -> Result<BatchView, RecordError> {
        Self::parse_at(bytes, 0)
    }

    fn parse_at(bytes: &Bytes, at: usize) -> Result<BatchView, RecordError> {
        let header = BatchHeader::parse_at(&bytes[at..], at)?;
        let left = bytes.len() - at;
        if header.size() > left {
            return Err(RecordError::Truncated { what: "batch", at, expected: header.size(), found: left });
        }
        Ok(BatchView { header, bytes: bytes.slice(at..at + header.size()) })
    }

    /// The header's fields.
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// All bytes of the batch.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Compares the checksum with the bytes.
    pub fn verify_crc(&self) -> Result<(), RecordError> {
        verify_crc(&self.header, &self.bytes)
    }

    /// The records, decompressed to at most [`MAX_DECOMPRESSED_BYTES`]. Uncompressed records are slices of the batch.
    pub fn records(&self) -> Result<Records, RecordError> {
        self.records_within(MAX_DECOMPRESSED_BYTES)
    }

    /// The records, decompressed to at most `max_bytes`.
    pub fn records_within(&self, max_bytes: usize) -> Result<Records, RecordError> {
        let (data, at) = match self.header.attributes.compression()? {
            Compression::None => (self.bytes.clone(), BATCH_HEADER_BYTES),
            compression => {
                let packed = &self.bytes[BATCH_HEADER_BYTES..];
                // A compacted batch without records carries no compressed stream either.
                if self.header.record_count == 0 && packed.is_empty() {
                    (Bytes::new(), 0)
                } else {
                    (Bytes::from(decompress(compression, packed, max_bytes)?), 0)
                }
            }
        };
        Records::new(&self.header, data, at)
    }
}

pub(super) fn verify_crc(header: &BatchHeader, batch: &[u8]) -> Result<(), RecordError> {
    let found = super::crc32c(&batch[CRC_FROM..]);
    if found == header.crc { Ok(()) } else { Err(RecordError::Crc { at: 0, expected: header.crc, found }) }
}

/// Iterates over the batches of a buffer. After an error it ends.
#[derive(Clone, Debug)]
pub struct Batches {
    bytes: Bytes,
    at: usize,
    partial_tail: bool,
}

impl Batches {
    /// Every byte must belong to a whole batch.
    pub fn new(bytes: Bytes) -> Self {
        Batches { bytes, at: 0, partial_tail: false }
    }

    /// As a fetch answer may be cut inside its last batch, a cut tail ends the iteration without an error.
    pub fn fetched(bytes: Bytes) -> Self {
        Batches { bytes, at: 0, partial_tail: true }
    }

    /// Bytes read so far: where the next batch starts.
    pub fn position(&self) -> usize {
        self.at
    }
}

impl Iterator for Batches {
    type Item = Result<BatchView, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at == self.bytes.len() {
            return None;
        }
        match BatchView::parse_at(&self.bytes, self.at) {
            Ok(batch) => {
                self.at += batch.bytes.len();
                Some(Ok(batch))
            }
            Err(error) => {
                let cut = self.partial_tail && matches!(error, RecordError::Truncated { .. });
                self.bytes.truncate(self.at);
                if cut { None } else { Some(Err(error)) }
            }
        }
    }
}

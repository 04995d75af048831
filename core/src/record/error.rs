//! What can be wrong with the bytes of a batch.

use crate::{Error, ErrorKind};

/// Why bytes are no batch, or no batch that may be used.
///
/// `at` counts bytes from the start of the buffer that was given; inside the records of a compressed batch it counts
/// decompressed bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The buffer ends before the thing that was being read.
    #[error("{what} at byte {at} needs {expected} bytes, but {found} are left")]
    Truncated {
        /// What was being read.
        what: &'static str,
        /// Where it starts.
        at: usize,
        /// Bytes needed.
        expected: usize,
        /// Bytes left.
        found: usize,
    },
    /// Bytes follow where nothing may follow.
    #[error("{found} unexpected bytes after {what} at byte {at}")]
    Trailing {
        /// What should have been the last thing.
        what: &'static str,
        /// Where the surplus starts.
        at: usize,
        /// Surplus bytes.
        found: usize,
    },
    /// The magic byte is not 2.
    #[error(
        "batch at byte {at} has magic {found}, expected 2: message formats 0 and 1 ended with Kafka 4, use a client of \
         Kafka 0.11 or newer"
    )]
    Magic {
        /// Where the batch starts.
        at: usize,
        /// The magic byte found.
        found: i8,
    },
    /// The batch's length field is smaller than the smallest batch.
    #[error("batch at byte {at} says it is {found} bytes long, the least possible is 49")]
    Length {
        /// Where the batch starts.
        at: usize,
        /// The length field.
        found: i32,
    },
    /// The checksum does not fit the bytes: they were changed.
    #[error("batch at byte {at} has checksum {found:#010x}, its header says {expected:#010x}")]
    Crc {
        /// Where the batch starts.
        at: usize,
        /// The checksum stored in the header.
        expected: u32,
        /// The checksum of the bytes.
        found: u32,
    },
    /// A field has a value that it may not have.
    #[error("{what} at byte {at} is {found}, expected {expected}")]
    Field {
        /// Which field.
        what: &'static str,
        /// Where the field, or the batch that holds it, starts.
        at: usize,
        /// What it may be.
        expected: &'static str,
        /// What it is.
        found: i64,
    },
    /// The compressed bytes cannot be decompressed.
    #[error("{codec} data is damaged: {reason}")]
    Decompress {
        /// Name of the compression.
        codec: &'static str,
        /// What the decompressor says.
        reason: String,
    },
    /// The compressor failed.
    #[error("{codec} compression failed: {reason}")]
    Compress {
        /// Name of the compression.
        codec: &'static str,
        /// What the compressor says.
        reason: String,
    },
    /// The data would grow beyond the caller's bound.
    #[error("{codec} data decompresses to more than {limit} bytes; raise the limit if it is trusted")]
    TooLarge {
        /// Name of the compression.
        codec: &'static str,
        /// The bound.
        limit: usize,
    },
    /// A batch cannot hold this record: an offset or length leaves its field's range.
    #[error("{what} does not fit a record batch: at most {limit}")]
    Overflow {
        /// What is too large.
        what: &'static str,
        /// The most it may be.
        limit: i64,
    },
    /// A batch without records was to be built.
    #[error("a batch needs at least one record")]
    Empty,
}

impl From<RecordError> for Error {
    fn from(error: RecordError) -> Self {
        let kind = match error {
            RecordError::Magic { .. } => ErrorKind::Unsupported,
            RecordError::Overflow { .. } | RecordError::Empty => ErrorKind::Invalid,
            RecordError::Compress { .. } => ErrorKind::Internal,
            _ => ErrorKind::Corrupt,
        };
        Error::new(kind, error.to_string())
    }
}

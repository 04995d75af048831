//! Why bytes could not be read as a message, or a message not be written as bytes.

/// Bytes that are not the message they should be.
///
/// Says where: message, version, field, and the offset in the frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} version {version}: {}at offset {offset}: {kind}", of(field))]
pub struct DecodeError {
    /// The message that was being read, under its Kafka name.
    pub message: &'static str,
    /// Its version.
    pub version: i16,
    /// `Struct.field`, or empty for the message as a whole.
    pub field: &'static str,
    /// Where in the frame, in bytes from its start.
    pub offset: usize,
    /// What was expected there and what was found.
    pub kind: DecodeErrorKind,
}

/// What was expected and what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The frame ends inside the field.
    #[error("expected {expected} bytes, found {found} before the end")]
    Truncated {
        /// Bytes that the field needs.
        expected: usize,
        /// Bytes that are left.
        found: usize,
    },
    /// A length or count below zero (below -1 where null is allowed).
    #[error("expected a length, found {found}")]
    NegativeLength {
        /// The length that stands there.
        found: i64,
    },
    /// Null where this version allows none.
    #[error("expected a value, found null")]
    Null,
    /// An array that cannot fit in the bytes that are left.
    #[error("expected at most {expected} elements in the bytes left, found a count of {found}")]
    Count {
        /// The most elements that the bytes left could hold.
        expected: usize,
        /// The count that stands there.
        found: u64,
    },
    /// A string longer than the format allows, whichever form its length has.
    #[error("expected a string of at most {max} bytes, found a length of {found}")]
    TooLong {
        /// The greatest length.
        max: usize,
        /// The length that stands there.
        found: usize,
    },
    /// An array that would take more memory than the arrays of a message of this length may.
    #[error(
        "expected at most {expected} elements in the memory left for a message of this length, found {found}"
    )]
    Memory {
        /// The most elements that the memory left could hold.
        expected: usize,
        /// The count that stands there.
        found: usize,
    },
    /// A variable-length integer that does not end after its longest form.
    #[error("expected a variable-length integer of at most 32 bits, found a longer one")]
    Varint,
    /// A string that is not UTF-8.
    #[error("expected UTF-8, found another byte {valid_up_to} bytes into the string")]
    Utf8 {
        /// How many bytes of the string are sound.
        valid_up_to: usize,
    },
    /// A version that this codec does not know.
    #[error("expected version {min} to {max}")]
    Version {
        /// The lowest version known.
        min: i16,
        /// The highest version known.
        max: i16,
    },
    /// An API key that this codec does not know.
    #[error("expected the key of an API, found {found}")]
    ApiKey {
        /// The key that stands there.
        found: i16,
    },
    /// A coordinator record of a type that this codec does not know.
    #[error("expected the type of a coordinator record, found {found}")]
    RecordType {
        /// The type that stands there.
        found: i16,
    },
    /// Bytes after the end of the message, or of a tagged field.
    #[error("expected the end, found {found} bytes more")]
    Trailing {
        /// How many bytes are left.
        found: usize,
    },
}

/// A message that cannot be written at the version asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} version {version}: {}{kind}", of(field))]
pub struct EncodeError {
    /// The message that was being written, under its Kafka name.
    pub message: &'static str,
    /// The version asked for.
    pub version: i16,
    /// `Struct.field`, or empty for the message as a whole.
    pub field: &'static str,
    /// What is wrong with it.
    pub kind: EncodeErrorKind,
}

/// Why a field cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// The field is set, this version does not have it, and dropping it would change the meaning.
    #[error("set, but this version does not have it")]
    NotInVersion,
    /// The field is null, and this version allows no null.
    #[error("null, but this version needs a value")]
    Null,
    /// The field is longer than the wire format can say.
    #[error("{found} long, but the format ends at {max}")]
    TooLong {
        /// The field's length.
        found: usize,
        /// The greatest length.
        max: usize,
    },
    /// A version that this codec does not know.
    #[error("expected version {min} to {max}")]
    Version {
        /// The lowest version known.
        min: i16,
        /// The highest version known.
        max: i16,
    },
}

/// Names the field, where there is one.
fn of(field: &str) -> String {
    if field.is_empty() { String::new() } else { format!("field {field}: ") }
}

impl From<DecodeError> for crate::Error {
    fn from(error: DecodeError) -> Self {
        crate::Error::new(crate::ErrorKind::Corrupt, error.to_string())
    }
}

impl From<EncodeError> for crate::Error {
    fn from(error: EncodeError) -> Self {
        let kind = match error.kind {
            EncodeErrorKind::NotInVersion | EncodeErrorKind::Version { .. } => crate::ErrorKind::Unsupported,
            EncodeErrorKind::Null | EncodeErrorKind::TooLong { .. } => crate::ErrorKind::Invalid,
        };
        crate::Error::new(kind, error.to_string())
    }
}

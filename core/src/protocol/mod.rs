//! The Kafka wire format: frames, primitives, every message and coordinator record of Kafka 4.3, error codes.
//!
//! Decoding works on [`Bytes`](bytes::Bytes) and slices strings and byte fields out of the frame without copying;
//! it is bounded by the bytes that are there and ends in a typed [`DecodeError`]. Encoding is one pass and can leave
//! record batches where they are ([`Writer::gathering`]).
//!
//! This room knows bytes only: no socket, no clock, no connection state, and not what any message is for.
//! [`messages`], [`records`], [`ApiKey`] and [`ErrorCode`] are generated from `core/protocol/*.json` by
//! `core/tests/codegen`; change the generator, not its output.

mod error;
pub mod frame;
mod message;
mod reader;
mod str;
mod tagged;
mod uuid;
mod writer;

#[rustfmt::skip]
mod api_key;
#[rustfmt::skip]
#[expect(clippy::too_many_lines, reason = "generated tables")]
mod error_code;
#[rustfmt::skip]
pub mod messages;
#[rustfmt::skip]
pub mod records;

pub use api_key::ApiKey;
pub use error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
pub use error_code::ErrorCode;
pub use message::{CoordinatorKey, CoordinatorValue, Message, Request};
pub use reader::Reader;
pub use str::Str;
pub use tagged::{TaggedField, TaggedFields};
pub use uuid::{ParseUuidError, Uuid};
pub use writer::{Encoded, Writer};

/// What the generated code needs.
mod wire {
    pub(super) use std::ops::RangeInclusive;

    pub(super) use bytes::Bytes;

    pub(super) use super::{Message, Reader, Str, TaggedFields, Uuid, Writer};
}

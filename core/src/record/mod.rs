//! Kafka's record batches, version 2: built, checked, read and patched as bytes.
//!
//! Knows the byte layout of a batch (KIP-98), its checksum, its five compressions, and the records inside it. Does no
//! I/O, reads no clock, and must never know a topic, a file or a request. Versions 0 and 1 are recognised by their
//! magic byte and refused.
//!
//! - [`BatchBuilder`] writes records straight into the bytes of a batch.
//! - [`Batches`] walks the batches of a fetched or stored buffer without copying; a [`BatchView`] is one of them and
//!   [`BatchView::records`] decodes it.
//! - [`BatchHeader`] is the fixed part alone, for code that reads nothing else.
//! - [`validate_produce`] is the broker's check of what a client sends; it decodes no record.
//! - [`Kept`], [`empty_batch`] and [`recompress`] write a batch anew with fewer records or another compression.
//! - [`patch_base_offset`], [`patch_leader_epoch`], [`patch_append_time`] and [`patch_producer`] change a batch in
//!   place.

mod batch;
mod builder;
mod compression;
mod control;
mod decode;
mod error;
mod header;
mod patch;
mod rewrite;
mod validate;
mod varint;

#[cfg(test)]
mod tests;

pub use batch::{BatchView, Batches};
pub use builder::BatchBuilder;
pub use compression::{Compression, compress, decompress};
pub use control::ControlRecord;
pub use decode::{Header, HeadersRef, Record, RecordRef, Records};
pub use error::RecordError;
pub use header::{Attributes, BatchHeader, TimestampType};
pub use patch::{patch_append_time, patch_base_offset, patch_leader_epoch, patch_producer};
pub use rewrite::{Kept, empty_batch, recompress};
pub use validate::validate_produce;

/// Bytes of a batch before its records.
pub const BATCH_HEADER_BYTES: usize = 61;
/// Bytes before the part that the batch's length field counts: base offset and the length itself.
pub const LOG_OVERHEAD_BYTES: usize = 12;
/// The one batch version served here.
pub const MAGIC: i8 = 2;
/// What "no producer id" is written as.
pub const NO_PRODUCER_ID: i64 = -1;
/// What "no producer epoch" is written as.
pub const NO_PRODUCER_EPOCH: i16 = -1;
/// What "no sequence" is written as.
pub const NO_SEQUENCE: i32 = -1;
/// What "no timestamp" is written as.
pub const NO_TIMESTAMP: i64 = -1;
/// What "no leader epoch" is written as.
pub const NO_LEADER_EPOCH: i32 = -1;
/// How many bytes one batch may decompress to unless the caller sets another bound: 128 MiB.
pub const MAX_DECOMPRESSED_BYTES: usize = 128 << 20;

/// The sequence number that comes `by` records after `sequence`; it wraps from `i32::MAX` to 0, as KIP-98 has it.
pub fn next_sequence(sequence: i32, by: i32) -> i32 {
    let sum = i64::from(sequence) + i64::from(by);
    (sum % (i64::from(i32::MAX) + 1)) as i32
}

/// The checksum of batches and of Kafka's producer snapshots: CRC-32C (Castagnoli).
pub fn crc32c(bytes: &[u8]) -> u32 {
    crc_fast::crc32_iscsi(bytes)
}

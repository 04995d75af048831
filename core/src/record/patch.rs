//! Changes to a finished batch in place.

use super::header::Attributes;
use super::{BATCH_HEADER_BYTES, RecordError, TimestampType};

/// Where the part that the checksum covers starts.
pub(super) const CRC_FROM: usize = 21;

/// Gives the batch that starts `batch` a new base offset. It lies outside the checksum.
pub fn patch_base_offset(batch: &mut [u8], base_offset: i64) -> Result<(), RecordError> {
    check_len(batch)?;
    batch[0..8].copy_from_slice(&base_offset.to_be_bytes());
    Ok(())
}

/// Gives the batch that starts `batch` a new leader epoch. It lies outside the checksum.
pub fn patch_leader_epoch(batch: &mut [u8], leader_epoch: i32) -> Result<(), RecordError> {
    check_len(batch)?;
    batch[12..16].copy_from_slice(&leader_epoch.to_be_bytes());
    Ok(())
}

/// Turns one whole batch to LogAppendTime at `now_ms` and writes the new checksum.
pub fn patch_append_time(batch: &mut [u8], now_ms: i64) -> Result<(), RecordError> {
    check_len(batch)?;
    let attributes = Attributes(i16::from_be_bytes([batch[21], batch[22]]));
    let attributes = attributes.with_timestamp_type(TimestampType::LogAppendTime);
    batch[21..23].copy_from_slice(&attributes.0.to_be_bytes());
    batch[35..43].copy_from_slice(&now_ms.to_be_bytes());
    patch_crc(batch);
    Ok(())
}

/// Gives one whole batch another producer id, epoch and base sequence, and writes the new checksum: what a producer
/// does with a waiting batch after its epoch was raised.
pub fn patch_producer(
    batch: &mut [u8],
    producer_id: i64,
    producer_epoch: i16,
    base_sequence: i32,
) -> Result<(), RecordError> {
    check_len(batch)?;
    batch[43..51].copy_from_slice(&producer_id.to_be_bytes());
    batch[51..53].copy_from_slice(&producer_epoch.to_be_bytes());
    batch[53..57].copy_from_slice(&base_sequence.to_be_bytes());
    patch_crc(batch);
    Ok(())
}

pub(super) fn patch_crc(batch: &mut [u8]) {
    let crc = super::crc32c(&batch[CRC_FROM..]);
    batch[17..21].copy_from_slice(&crc.to_be_bytes());
}

fn check_len(batch: &[u8]) -> Result<(), RecordError> {
    if batch.len() < BATCH_HEADER_BYTES {
        return Err(RecordError::Truncated {
            what: "batch header",
            at: 0,
            expected: BATCH_HEADER_BYTES,
            found: batch.len(),
        });
    }
    Ok(())
}

//! The broker's check of a produced batch.

use super::batch::verify_crc;
use super::{BatchHeader, RecordError};

/// Checks what a client sent for one partition and returns the header of its one batch.
///
/// Holds when this returns: `records` is exactly one whole batch of version 2, its checksum is right, its codec known,
/// it has at least one record and as many as its offsets span, it is no control batch, and sequence and transaction
/// fields fit its producer id. No record is decoded.
pub fn validate_produce(records: &[u8]) -> Result<BatchHeader, RecordError> {
    let header = BatchHeader::parse(records)?;
    let size = header.size();
    if records.len() < size {
        return Err(RecordError::Truncated { what: "batch", at: 0, expected: size, found: records.len() });
    }
    if records.len() > size {
        return Err(RecordError::Trailing {
            what: "the one batch that a partition of a produce request may hold",
            at: size,
            found: records.len() - size,
        });
    }
    verify_crc(&header, records)?;
    header.attributes.compression()?;
    let field = |what, expected, found: i64| Err(RecordError::Field { what, at: 0, expected, found });
    if header.record_count < 1 {
        return field("record count of batch", "at least 1", header.record_count.into());
    }
    if header.last_offset_delta != header.record_count - 1 {
        return field(
            "last offset delta of batch",
            "the record count less 1",
            header.last_offset_delta.into(),
        );
    }
    if header.attributes.is_control() {
        return field("control flag of batch", "0: clients may not write control records", 1);
    }
    if header.has_producer_id() && header.base_sequence < 0 {
        return field("base sequence of batch with a producer id", "at least 0", header.base_sequence.into());
    }
    if header.has_producer_id() && header.producer_epoch < 0 {
        return field(
            "producer epoch of batch with a producer id",
            "at least 0",
            header.producer_epoch.into(),
        );
    }
    if header.attributes.is_transactional() && !header.has_producer_id() {
        return field("producer id of transactional batch", "at least 0", header.producer_id);
    }
    Ok(header)
}

//! AllocateProducerIdsResponse: a response of API 67, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AllocateProducerIdsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AllocateProducerIdsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub producer_id_start: i64,
    /// All versions.
    pub producer_id_len: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AllocateProducerIdsResponse {
    const NAME: &'static str = "AllocateProducerIdsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("AllocateProducerIdsResponse.throttle_time_ms"),
            error_code: reader.int16("AllocateProducerIdsResponse.error_code"),
            producer_id_start: reader.int64("AllocateProducerIdsResponse.producer_id_start"),
            producer_id_len: reader.int32("AllocateProducerIdsResponse.producer_id_len"),
            unknown_tagged_fields: reader.tags(true, "AllocateProducerIdsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.int64(self.producer_id_start);
        writer.int32(self.producer_id_len);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

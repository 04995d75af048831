//! AddOffsetsToTxnResponse: a response of API 25, versions 0 to 4, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AddOffsetsToTxnResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddOffsetsToTxnResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AddOffsetsToTxnResponse {
    const NAME: &'static str = "AddOffsetsToTxnResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            throttle_time_ms: reader.int32("AddOffsetsToTxnResponse.throttle_time_ms"),
            error_code: reader.int16("AddOffsetsToTxnResponse.error_code"),
            unknown_tagged_fields: reader.tags(flexible, "AddOffsetsToTxnResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

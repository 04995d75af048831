//! EndTxnResponse: a response of API 26, versions 0 to 5, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `EndTxnResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct EndTxnResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// Version 5, default -1, dropped where the version lacks it.
    pub producer_id: i64,
    /// Version 5, default -1, dropped where the version lacks it.
    pub producer_epoch: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for EndTxnResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            producer_id: -1,
            producer_epoch: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for EndTxnResponse {
    const NAME: &'static str = "EndTxnResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            throttle_time_ms: reader.int32("EndTxnResponse.throttle_time_ms"),
            error_code: reader.int16("EndTxnResponse.error_code"),
            producer_id: if version == 5 { reader.int64("EndTxnResponse.producer_id") } else { -1 },
            producer_epoch: if version == 5 { reader.int16("EndTxnResponse.producer_epoch") } else { -1 },
            unknown_tagged_fields: reader.tags(flexible, "EndTxnResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        if version == 5 {
            writer.int64(self.producer_id);
        }
        if version == 5 {
            writer.int16(self.producer_epoch);
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

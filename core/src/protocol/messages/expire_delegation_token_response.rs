//! ExpireDelegationTokenResponse: a response of API 40, versions 1 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ExpireDelegationTokenResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpireDelegationTokenResponse {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub expiry_timestamp_ms: i64,
    /// All versions.
    pub throttle_time_ms: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ExpireDelegationTokenResponse {
    const NAME: &'static str = "ExpireDelegationTokenResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            error_code: reader.int16("ExpireDelegationTokenResponse.error_code"),
            expiry_timestamp_ms: reader.int64("ExpireDelegationTokenResponse.expiry_timestamp_ms"),
            throttle_time_ms: reader.int32("ExpireDelegationTokenResponse.throttle_time_ms"),
            unknown_tagged_fields: reader.tags(flexible, "ExpireDelegationTokenResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int16(self.error_code);
        writer.int64(self.expiry_timestamp_ms);
        writer.int32(self.throttle_time_ms);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

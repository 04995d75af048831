//! ExpireDelegationTokenRequest: a request of API 40, versions 1 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ExpireDelegationTokenRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpireDelegationTokenRequest {
    /// All versions.
    pub hmac: Bytes,
    /// All versions.
    pub expiry_time_period_ms: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ExpireDelegationTokenRequest {
    const NAME: &'static str = "ExpireDelegationTokenRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            hmac: reader.bytes(flexible, "ExpireDelegationTokenRequest.hmac"),
            expiry_time_period_ms: reader.int64("ExpireDelegationTokenRequest.expiry_time_period_ms"),
            unknown_tagged_fields: reader.tags(flexible, "ExpireDelegationTokenRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.bytes(flexible, &self.hmac, "ExpireDelegationTokenRequest.hmac");
        writer.int64(self.expiry_time_period_ms);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

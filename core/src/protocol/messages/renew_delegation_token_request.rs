//! RenewDelegationTokenRequest: a request of API 39, versions 1 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `RenewDelegationTokenRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RenewDelegationTokenRequest {
    /// All versions.
    pub hmac: Bytes,
    /// All versions.
    pub renew_period_ms: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for RenewDelegationTokenRequest {
    const NAME: &'static str = "RenewDelegationTokenRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            hmac: reader.bytes(flexible, "RenewDelegationTokenRequest.hmac"),
            renew_period_ms: reader.int64("RenewDelegationTokenRequest.renew_period_ms"),
            unknown_tagged_fields: reader.tags(flexible, "RenewDelegationTokenRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.bytes(flexible, &self.hmac, "RenewDelegationTokenRequest.hmac");
        writer.int64(self.renew_period_ms);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! BrokerRegistrationResponse: a response of API 62, versions 0 to 4, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `BrokerRegistrationResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerRegistrationResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, default -1.
    pub broker_epoch: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for BrokerRegistrationResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            broker_epoch: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for BrokerRegistrationResponse {
    const NAME: &'static str = "BrokerRegistrationResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("BrokerRegistrationResponse.throttle_time_ms"),
            error_code: reader.int16("BrokerRegistrationResponse.error_code"),
            broker_epoch: reader.int64("BrokerRegistrationResponse.broker_epoch"),
            unknown_tagged_fields: reader.tags(true, "BrokerRegistrationResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.int64(self.broker_epoch);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

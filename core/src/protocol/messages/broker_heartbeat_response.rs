//! BrokerHeartbeatResponse: a response of API 63, versions 0 to 2, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `BrokerHeartbeatResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerHeartbeatResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, default false.
    pub is_caught_up: bool,
    /// All versions, default true.
    pub is_fenced: bool,
    /// All versions.
    pub should_shut_down: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for BrokerHeartbeatResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            is_caught_up: false,
            is_fenced: true,
            should_shut_down: false,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for BrokerHeartbeatResponse {
    const NAME: &'static str = "BrokerHeartbeatResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("BrokerHeartbeatResponse.throttle_time_ms"),
            error_code: reader.int16("BrokerHeartbeatResponse.error_code"),
            is_caught_up: reader.bool("BrokerHeartbeatResponse.is_caught_up"),
            is_fenced: reader.bool("BrokerHeartbeatResponse.is_fenced"),
            should_shut_down: reader.bool("BrokerHeartbeatResponse.should_shut_down"),
            unknown_tagged_fields: reader.tags(true, "BrokerHeartbeatResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.bool(self.is_caught_up);
        writer.bool(self.is_fenced);
        writer.bool(self.should_shut_down);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

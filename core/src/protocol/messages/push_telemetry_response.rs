//! PushTelemetryResponse: a response of API 72, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `PushTelemetryResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PushTelemetryResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for PushTelemetryResponse {
    const NAME: &'static str = "PushTelemetryResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("PushTelemetryResponse.throttle_time_ms"),
            error_code: reader.int16("PushTelemetryResponse.error_code"),
            unknown_tagged_fields: reader.tags(true, "PushTelemetryResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

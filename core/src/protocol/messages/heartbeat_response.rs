//! HeartbeatResponse: a response of API 12, versions 0 to 4, flexible from 4.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `HeartbeatResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeartbeatResponse {
    /// Versions 1+, dropped where the version lacks it.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for HeartbeatResponse {
    const NAME: &'static str = "HeartbeatResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            throttle_time_ms: if version >= 1 { reader.int32("HeartbeatResponse.throttle_time_ms") } else { 0 },
            error_code: reader.int16("HeartbeatResponse.error_code"),
            unknown_tagged_fields: reader.tags(flexible, "HeartbeatResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        writer.int16(self.error_code);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! SyncGroupResponse: a response of API 14, versions 0 to 5, flexible from 4.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `SyncGroupResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncGroupResponse {
    /// Versions 1+, dropped where the version lacks it.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// Version 5, nullable, default null, dropped where the version lacks it.
    pub protocol_type: Option<Str>,
    /// Version 5, nullable, default null, dropped where the version lacks it.
    pub protocol_name: Option<Str>,
    /// All versions.
    pub assignment: Bytes,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for SyncGroupResponse {
    const NAME: &'static str = "SyncGroupResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 4;
        Self {
            throttle_time_ms: if version >= 1 { reader.int32("SyncGroupResponse.throttle_time_ms") } else { 0 },
            error_code: reader.int16("SyncGroupResponse.error_code"),
            protocol_type: if version == 5 { reader.opt_string(flexible, true, "SyncGroupResponse.protocol_type") } else { None },
            protocol_name: if version == 5 { reader.opt_string(flexible, true, "SyncGroupResponse.protocol_name") } else { None },
            assignment: reader.bytes(flexible, "SyncGroupResponse.assignment"),
            unknown_tagged_fields: reader.tags(flexible, "SyncGroupResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        writer.int16(self.error_code);
        if version == 5 {
            writer.opt_string(flexible, true, &self.protocol_type, "SyncGroupResponse.protocol_type");
        }
        if version == 5 {
            writer.opt_string(flexible, true, &self.protocol_name, "SyncGroupResponse.protocol_name");
        }
        writer.bytes(flexible, &self.assignment, "SyncGroupResponse.assignment");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

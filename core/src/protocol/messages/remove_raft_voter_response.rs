//! RemoveRaftVoterResponse: a response of API 81, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `RemoveRaftVoterResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoveRaftVoterResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for RemoveRaftVoterResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for RemoveRaftVoterResponse {
    const NAME: &'static str = "RemoveRaftVoterResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("RemoveRaftVoterResponse.throttle_time_ms"),
            error_code: reader.int16("RemoveRaftVoterResponse.error_code"),
            error_message: reader.opt_string(true, true, "RemoveRaftVoterResponse.error_message"),
            unknown_tagged_fields: reader.tags(true, "RemoveRaftVoterResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "RemoveRaftVoterResponse.error_message");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

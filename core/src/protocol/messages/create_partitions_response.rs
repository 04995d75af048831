//! CreatePartitionsResponse: a response of API 37, versions 0 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `CreatePartitionsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatePartitionsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub results: Vec<CreatePartitionsTopicResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for CreatePartitionsResponse {
    const NAME: &'static str = "CreatePartitionsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            throttle_time_ms: reader.int32("CreatePartitionsResponse.throttle_time_ms"),
            results: reader.structs(flexible, version, match version { 0..=1 => 6, _ => 5 }, "CreatePartitionsResponse.results", CreatePartitionsTopicResult::read),
            unknown_tagged_fields: reader.tags(flexible, "CreatePartitionsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.results, "CreatePartitionsResponse.results", CreatePartitionsTopicResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`CreatePartitionsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatePartitionsTopicResult {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl CreatePartitionsTopicResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            name: reader.string(flexible, "CreatePartitionsTopicResult.name"),
            error_code: reader.int16("CreatePartitionsTopicResult.error_code"),
            error_message: reader.opt_string(flexible, true, "CreatePartitionsTopicResult.error_message"),
            unknown_tagged_fields: reader.tags(flexible, "CreatePartitionsTopicResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(flexible, &self.name, "CreatePartitionsTopicResult.name");
        writer.int16(self.error_code);
        writer.opt_string(flexible, true, &self.error_message, "CreatePartitionsTopicResult.error_message");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

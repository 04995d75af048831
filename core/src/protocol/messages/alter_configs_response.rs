//! AlterConfigsResponse: a response of API 33, versions 0 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterConfigsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterConfigsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub responses: Vec<AlterConfigsResourceResponse>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterConfigsResponse {
    const NAME: &'static str = "AlterConfigsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            throttle_time_ms: reader.int32("AlterConfigsResponse.throttle_time_ms"),
            responses: reader.structs(flexible, version, match version { 0..=1 => 7, _ => 6 }, "AlterConfigsResponse.responses", AlterConfigsResourceResponse::read),
            unknown_tagged_fields: reader.tags(flexible, "AlterConfigsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.responses, "AlterConfigsResponse.responses", AlterConfigsResourceResponse::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterConfigsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct AlterConfigsResourceResponse {
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// All versions.
    pub resource_type: i8,
    /// All versions.
    pub resource_name: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AlterConfigsResourceResponse {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(Str::EMPTY),
            resource_type: 0,
            resource_name: Str::EMPTY,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl AlterConfigsResourceResponse {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            error_code: reader.int16("AlterConfigsResourceResponse.error_code"),
            error_message: reader.opt_string(flexible, true, "AlterConfigsResourceResponse.error_message"),
            resource_type: reader.int8("AlterConfigsResourceResponse.resource_type"),
            resource_name: reader.string(flexible, "AlterConfigsResourceResponse.resource_name"),
            unknown_tagged_fields: reader.tags(flexible, "AlterConfigsResourceResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int16(self.error_code);
        writer.opt_string(flexible, true, &self.error_message, "AlterConfigsResourceResponse.error_message");
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name, "AlterConfigsResourceResponse.resource_name");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

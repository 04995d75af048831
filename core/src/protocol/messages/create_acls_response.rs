//! CreateAclsResponse: a response of API 30, versions 1 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `CreateAclsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateAclsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub results: Vec<AclCreationResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for CreateAclsResponse {
    const NAME: &'static str = "CreateAclsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            throttle_time_ms: reader.int32("CreateAclsResponse.throttle_time_ms"),
            results: reader.structs(flexible, version, 4, "CreateAclsResponse.results", AclCreationResult::read),
            unknown_tagged_fields: reader.tags(flexible, "CreateAclsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.results, "CreateAclsResponse.results", AclCreationResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`CreateAclsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct AclCreationResult {
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AclCreationResult {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl AclCreationResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            error_code: reader.int16("AclCreationResult.error_code"),
            error_message: reader.opt_string(flexible, true, "AclCreationResult.error_message"),
            unknown_tagged_fields: reader.tags(flexible, "AclCreationResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.opt_string(flexible, true, &self.error_message, "AclCreationResult.error_message");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! DeleteAclsResponse: a response of API 31, versions 1 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DeleteAclsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteAclsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub filter_results: Vec<DeleteAclsFilterResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteAclsResponse {
    const NAME: &'static str = "DeleteAclsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            throttle_time_ms: reader.int32("DeleteAclsResponse.throttle_time_ms"),
            filter_results: reader.structs(flexible, version, match version { 1 => 8, _ => 5 }, "DeleteAclsResponse.filter_results", DeleteAclsFilterResult::read),
            unknown_tagged_fields: reader.tags(flexible, "DeleteAclsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.filter_results, "DeleteAclsResponse.filter_results", DeleteAclsFilterResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteAclsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteAclsFilterResult {
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// All versions.
    pub matching_acls: Vec<DeleteAclsMatchingAcl>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DeleteAclsFilterResult {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(Str::EMPTY),
            matching_acls: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DeleteAclsFilterResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            error_code: reader.int16("DeleteAclsFilterResult.error_code"),
            error_message: reader.opt_string(flexible, true, "DeleteAclsFilterResult.error_message"),
            matching_acls: reader.structs(flexible, version, match version { 1 => 14, _ => 11 }, "DeleteAclsFilterResult.matching_acls", DeleteAclsMatchingAcl::read),
            unknown_tagged_fields: reader.tags(flexible, "DeleteAclsFilterResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.opt_string(flexible, true, &self.error_message, "DeleteAclsFilterResult.error_message");
        writer.structs(flexible, version, &self.matching_acls, "DeleteAclsFilterResult.matching_acls", DeleteAclsMatchingAcl::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteAclsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteAclsMatchingAcl {
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// All versions.
    pub resource_type: i8,
    /// All versions.
    pub resource_name: Str,
    /// All versions, default 3.
    pub pattern_type: i8,
    /// All versions.
    pub principal: Str,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub operation: i8,
    /// All versions.
    pub permission_type: i8,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DeleteAclsMatchingAcl {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(Str::EMPTY),
            resource_type: 0,
            resource_name: Str::EMPTY,
            pattern_type: 3,
            principal: Str::EMPTY,
            host: Str::EMPTY,
            operation: 0,
            permission_type: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DeleteAclsMatchingAcl {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            error_code: reader.int16("DeleteAclsMatchingAcl.error_code"),
            error_message: reader.opt_string(flexible, true, "DeleteAclsMatchingAcl.error_message"),
            resource_type: reader.int8("DeleteAclsMatchingAcl.resource_type"),
            resource_name: reader.string(flexible, "DeleteAclsMatchingAcl.resource_name"),
            pattern_type: reader.int8("DeleteAclsMatchingAcl.pattern_type"),
            principal: reader.string(flexible, "DeleteAclsMatchingAcl.principal"),
            host: reader.string(flexible, "DeleteAclsMatchingAcl.host"),
            operation: reader.int8("DeleteAclsMatchingAcl.operation"),
            permission_type: reader.int8("DeleteAclsMatchingAcl.permission_type"),
            unknown_tagged_fields: reader.tags(flexible, "DeleteAclsMatchingAcl"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.opt_string(flexible, true, &self.error_message, "DeleteAclsMatchingAcl.error_message");
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name, "DeleteAclsMatchingAcl.resource_name");
        writer.int8(self.pattern_type);
        writer.string(flexible, &self.principal, "DeleteAclsMatchingAcl.principal");
        writer.string(flexible, &self.host, "DeleteAclsMatchingAcl.host");
        writer.int8(self.operation);
        writer.int8(self.permission_type);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

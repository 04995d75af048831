//! DescribeAclsResponse: a response of API 29, versions 1 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeAclsResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeAclsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// All versions.
    pub resources: Vec<DescribeAclsResource>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeAclsResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            resources: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for DescribeAclsResponse {
    const NAME: &'static str = "DescribeAclsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            throttle_time_ms: reader.int32("DescribeAclsResponse.throttle_time_ms"),
            error_code: reader.int16("DescribeAclsResponse.error_code"),
            error_message: reader.opt_string(flexible, true, "DescribeAclsResponse.error_message"),
            resources: reader.structs(flexible, version, match version { 1 => 8, _ => 5 }, "DescribeAclsResponse.resources", DescribeAclsResource::read),
            unknown_tagged_fields: reader.tags(flexible, "DescribeAclsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(flexible, true, &self.error_message, "DescribeAclsResponse.error_message");
        writer.structs(flexible, version, &self.resources, "DescribeAclsResponse.resources", DescribeAclsResource::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeAclsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeAclsResource {
    /// All versions.
    pub resource_type: i8,
    /// All versions.
    pub resource_name: Str,
    /// All versions, default 3.
    pub pattern_type: i8,
    /// All versions.
    pub acls: Vec<AclDescription>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeAclsResource {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: Str::EMPTY,
            pattern_type: 3,
            acls: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribeAclsResource {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            resource_type: reader.int8("DescribeAclsResource.resource_type"),
            resource_name: reader.string(flexible, "DescribeAclsResource.resource_name"),
            pattern_type: reader.int8("DescribeAclsResource.pattern_type"),
            acls: reader.structs(flexible, version, match version { 1 => 6, _ => 5 }, "DescribeAclsResource.acls", AclDescription::read),
            unknown_tagged_fields: reader.tags(flexible, "DescribeAclsResource"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name, "DescribeAclsResource.resource_name");
        writer.int8(self.pattern_type);
        writer.structs(flexible, version, &self.acls, "DescribeAclsResource.acls", AclDescription::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeAclsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AclDescription {
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

impl AclDescription {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            principal: reader.string(flexible, "AclDescription.principal"),
            host: reader.string(flexible, "AclDescription.host"),
            operation: reader.int8("AclDescription.operation"),
            permission_type: reader.int8("AclDescription.permission_type"),
            unknown_tagged_fields: reader.tags(flexible, "AclDescription"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(flexible, &self.principal, "AclDescription.principal");
        writer.string(flexible, &self.host, "AclDescription.host");
        writer.int8(self.operation);
        writer.int8(self.permission_type);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

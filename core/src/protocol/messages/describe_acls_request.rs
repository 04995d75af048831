//! DescribeAclsRequest: a request of API 29, versions 1 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeAclsRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeAclsRequest {
    /// All versions.
    pub resource_type_filter: i8,
    /// All versions, nullable.
    pub resource_name_filter: Option<Str>,
    /// All versions, default 3.
    pub pattern_type_filter: i8,
    /// All versions, nullable.
    pub principal_filter: Option<Str>,
    /// All versions, nullable.
    pub host_filter: Option<Str>,
    /// All versions.
    pub operation: i8,
    /// All versions.
    pub permission_type: i8,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeAclsRequest {
    fn default() -> Self {
        Self {
            resource_type_filter: 0,
            resource_name_filter: Some(Str::EMPTY),
            pattern_type_filter: 3,
            principal_filter: Some(Str::EMPTY),
            host_filter: Some(Str::EMPTY),
            operation: 0,
            permission_type: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for DescribeAclsRequest {
    const NAME: &'static str = "DescribeAclsRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            resource_type_filter: reader.int8("DescribeAclsRequest.resource_type_filter"),
            resource_name_filter: reader.opt_string(flexible, true, "DescribeAclsRequest.resource_name_filter"),
            pattern_type_filter: reader.int8("DescribeAclsRequest.pattern_type_filter"),
            principal_filter: reader.opt_string(flexible, true, "DescribeAclsRequest.principal_filter"),
            host_filter: reader.opt_string(flexible, true, "DescribeAclsRequest.host_filter"),
            operation: reader.int8("DescribeAclsRequest.operation"),
            permission_type: reader.int8("DescribeAclsRequest.permission_type"),
            unknown_tagged_fields: reader.tags(flexible, "DescribeAclsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int8(self.resource_type_filter);
        writer.opt_string(flexible, true, &self.resource_name_filter, "DescribeAclsRequest.resource_name_filter");
        writer.int8(self.pattern_type_filter);
        writer.opt_string(flexible, true, &self.principal_filter, "DescribeAclsRequest.principal_filter");
        writer.opt_string(flexible, true, &self.host_filter, "DescribeAclsRequest.host_filter");
        writer.int8(self.operation);
        writer.int8(self.permission_type);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

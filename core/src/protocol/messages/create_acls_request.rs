//! CreateAclsRequest: a request of API 30, versions 1 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `CreateAclsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateAclsRequest {
    /// All versions.
    pub creations: Vec<AclCreation>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for CreateAclsRequest {
    const NAME: &'static str = "CreateAclsRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            creations: reader.structs(flexible, version, match version { 1 => 10, _ => 8 }, "CreateAclsRequest.creations", AclCreation::read),
            unknown_tagged_fields: reader.tags(flexible, "CreateAclsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.structs(flexible, version, &self.creations, "CreateAclsRequest.creations", AclCreation::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`CreateAclsRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct AclCreation {
    /// All versions.
    pub resource_type: i8,
    /// All versions.
    pub resource_name: Str,
    /// All versions, default 3.
    pub resource_pattern_type: i8,
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

impl Default for AclCreation {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: Str::EMPTY,
            resource_pattern_type: 3,
            principal: Str::EMPTY,
            host: Str::EMPTY,
            operation: 0,
            permission_type: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl AclCreation {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            resource_type: reader.int8("AclCreation.resource_type"),
            resource_name: reader.string(flexible, "AclCreation.resource_name"),
            resource_pattern_type: reader.int8("AclCreation.resource_pattern_type"),
            principal: reader.string(flexible, "AclCreation.principal"),
            host: reader.string(flexible, "AclCreation.host"),
            operation: reader.int8("AclCreation.operation"),
            permission_type: reader.int8("AclCreation.permission_type"),
            unknown_tagged_fields: reader.tags(flexible, "AclCreation"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name, "AclCreation.resource_name");
        writer.int8(self.resource_pattern_type);
        writer.string(flexible, &self.principal, "AclCreation.principal");
        writer.string(flexible, &self.host, "AclCreation.host");
        writer.int8(self.operation);
        writer.int8(self.permission_type);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

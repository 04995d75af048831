//! DescribeConfigsRequest: a request of API 32, versions 1 to 4, flexible from 4.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeConfigsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeConfigsRequest {
    /// All versions.
    pub resources: Vec<DescribeConfigsResource>,
    /// All versions, default false.
    pub include_synonyms: bool,
    /// Versions 3+, default false.
    pub include_documentation: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeConfigsRequest {
    const NAME: &'static str = "DescribeConfigsRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            resources: reader.structs(flexible, version, match version { 1..=3 => 7, _ => 4 }, "DescribeConfigsRequest.resources", DescribeConfigsResource::read),
            include_synonyms: reader.bool("DescribeConfigsRequest.include_synonyms"),
            include_documentation: if version >= 3 { reader.bool("DescribeConfigsRequest.include_documentation") } else { false },
            unknown_tagged_fields: reader.tags(flexible, "DescribeConfigsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.structs(flexible, version, &self.resources, "DescribeConfigsRequest.resources", DescribeConfigsResource::write);
        writer.bool(self.include_synonyms);
        if version >= 3 {
            writer.bool(self.include_documentation);
        } else if self.include_documentation {
            writer.reject("DescribeConfigsRequest.include_documentation");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeConfigsRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsResource {
    /// All versions.
    pub resource_type: i8,
    /// All versions.
    pub resource_name: Str,
    /// All versions, nullable.
    pub configuration_keys: Option<Vec<Str>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeConfigsResource {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: Str::EMPTY,
            configuration_keys: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribeConfigsResource {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            resource_type: reader.int8("DescribeConfigsResource.resource_type"),
            resource_name: reader.string(flexible, "DescribeConfigsResource.resource_name"),
            configuration_keys: reader.opt_strings(flexible, true, "DescribeConfigsResource.configuration_keys"),
            unknown_tagged_fields: reader.tags(flexible, "DescribeConfigsResource"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name, "DescribeConfigsResource.resource_name");
        writer.opt_strings(flexible, true, &self.configuration_keys, "DescribeConfigsResource.configuration_keys");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

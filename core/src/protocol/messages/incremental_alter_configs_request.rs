//! IncrementalAlterConfigsRequest: a request of API 44, versions 0 to 1, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `IncrementalAlterConfigsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IncrementalAlterConfigsRequest {
    /// All versions.
    pub resources: Vec<AlterConfigsResource>,
    /// All versions.
    pub validate_only: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for IncrementalAlterConfigsRequest {
    const NAME: &'static str = "IncrementalAlterConfigsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            resources: reader.structs(flexible, version, match version { 0 => 7, _ => 4 }, "IncrementalAlterConfigsRequest.resources", AlterConfigsResource::read),
            validate_only: reader.bool("IncrementalAlterConfigsRequest.validate_only"),
            unknown_tagged_fields: reader.tags(flexible, "IncrementalAlterConfigsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.structs(flexible, version, &self.resources, "IncrementalAlterConfigsRequest.resources", AlterConfigsResource::write);
        writer.bool(self.validate_only);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`IncrementalAlterConfigsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterConfigsResource {
    /// All versions.
    pub resource_type: i8,
    /// All versions.
    pub resource_name: Str,
    /// All versions.
    pub configs: Vec<AlterableConfig>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AlterConfigsResource {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            resource_type: reader.int8("AlterConfigsResource.resource_type"),
            resource_name: reader.string(flexible, "AlterConfigsResource.resource_name"),
            configs: reader.structs(flexible, version, match version { 0 => 5, _ => 4 }, "AlterConfigsResource.configs", AlterableConfig::read),
            unknown_tagged_fields: reader.tags(flexible, "AlterConfigsResource"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name, "AlterConfigsResource.resource_name");
        writer.structs(flexible, version, &self.configs, "AlterConfigsResource.configs", AlterableConfig::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`IncrementalAlterConfigsRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct AlterableConfig {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub config_operation: i8,
    /// All versions, nullable.
    pub value: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AlterableConfig {
    fn default() -> Self {
        Self {
            name: Str::EMPTY,
            config_operation: 0,
            value: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl AlterableConfig {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            name: reader.string(flexible, "AlterableConfig.name"),
            config_operation: reader.int8("AlterableConfig.config_operation"),
            value: reader.opt_string(flexible, true, "AlterableConfig.value"),
            unknown_tagged_fields: reader.tags(flexible, "AlterableConfig"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.string(flexible, &self.name, "AlterableConfig.name");
        writer.int8(self.config_operation);
        writer.opt_string(flexible, true, &self.value, "AlterableConfig.value");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

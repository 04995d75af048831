//! ListConfigResourcesResponse: a response of API 74, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ListConfigResourcesResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListConfigResourcesResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub config_resources: Vec<ConfigResource>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListConfigResourcesResponse {
    const NAME: &'static str = "ListConfigResourcesResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("ListConfigResourcesResponse.throttle_time_ms"),
            error_code: reader.int16("ListConfigResourcesResponse.error_code"),
            config_resources: reader.structs(true, version, match version { 0 => 2, _ => 3 }, "ListConfigResourcesResponse.config_resources", ConfigResource::read),
            unknown_tagged_fields: reader.tags(true, "ListConfigResourcesResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.structs(true, version, &self.config_resources, "ListConfigResourcesResponse.config_resources", ConfigResource::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ListConfigResourcesResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigResource {
    /// All versions.
    pub resource_name: Str,
    /// Version 1, default 16, dropped where the version lacks it.
    pub resource_type: i8,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ConfigResource {
    fn default() -> Self {
        Self {
            resource_name: Str::EMPTY,
            resource_type: 16,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl ConfigResource {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            resource_name: reader.string(true, "ConfigResource.resource_name"),
            resource_type: if version == 1 { reader.int8("ConfigResource.resource_type") } else { 16 },
            unknown_tagged_fields: reader.tags(true, "ConfigResource"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.resource_name, "ConfigResource.resource_name");
        if version == 1 {
            writer.int8(self.resource_type);
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

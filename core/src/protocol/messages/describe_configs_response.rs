//! DescribeConfigsResponse: a response of API 32, versions 1 to 4, flexible from 4.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeConfigsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeConfigsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub results: Vec<DescribeConfigsResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeConfigsResponse {
    const NAME: &'static str = "DescribeConfigsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            throttle_time_ms: reader.int32("DescribeConfigsResponse.throttle_time_ms"),
            results: reader.structs(flexible, version, match version { 1..=3 => 11, _ => 7 }, "DescribeConfigsResponse.results", DescribeConfigsResult::read),
            unknown_tagged_fields: reader.tags(flexible, "DescribeConfigsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.results, "DescribeConfigsResponse.results", DescribeConfigsResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeConfigsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsResult {
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// All versions.
    pub resource_type: i8,
    /// All versions.
    pub resource_name: Str,
    /// All versions.
    pub configs: Vec<DescribeConfigsResourceResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeConfigsResult {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(Str::EMPTY),
            resource_type: 0,
            resource_name: Str::EMPTY,
            configs: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribeConfigsResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            error_code: reader.int16("DescribeConfigsResult.error_code"),
            error_message: reader.opt_string(flexible, true, "DescribeConfigsResult.error_message"),
            resource_type: reader.int8("DescribeConfigsResult.resource_type"),
            resource_name: reader.string(flexible, "DescribeConfigsResult.resource_name"),
            configs: reader.structs(flexible, version, match version { 1..=2 => 11, 3 => 14, _ => 9 }, "DescribeConfigsResult.configs", DescribeConfigsResourceResult::read),
            unknown_tagged_fields: reader.tags(flexible, "DescribeConfigsResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.int16(self.error_code);
        writer.opt_string(flexible, true, &self.error_message, "DescribeConfigsResult.error_message");
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name, "DescribeConfigsResult.resource_name");
        writer.structs(flexible, version, &self.configs, "DescribeConfigsResult.configs", DescribeConfigsResourceResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeConfigsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsResourceResult {
    /// All versions.
    pub name: Str,
    /// All versions, nullable.
    pub value: Option<Str>,
    /// All versions.
    pub read_only: bool,
    /// All versions, default -1.
    pub config_source: i8,
    /// All versions.
    pub is_sensitive: bool,
    /// All versions.
    pub synonyms: Vec<DescribeConfigsSynonym>,
    /// Versions 3+, default 0, dropped where the version lacks it.
    pub config_type: i8,
    /// Versions 3+, nullable at versions 3+, dropped where the version lacks it.
    pub documentation: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeConfigsResourceResult {
    fn default() -> Self {
        Self {
            name: Str::EMPTY,
            value: Some(Str::EMPTY),
            read_only: false,
            config_source: -1,
            is_sensitive: false,
            synonyms: Vec::new(),
            config_type: 0,
            documentation: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribeConfigsResourceResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            name: reader.string(flexible, "DescribeConfigsResourceResult.name"),
            value: reader.opt_string(flexible, true, "DescribeConfigsResourceResult.value"),
            read_only: reader.bool("DescribeConfigsResourceResult.read_only"),
            config_source: reader.int8("DescribeConfigsResourceResult.config_source"),
            is_sensitive: reader.bool("DescribeConfigsResourceResult.is_sensitive"),
            synonyms: reader.structs(flexible, version, match version { 1..=3 => 5, _ => 4 }, "DescribeConfigsResourceResult.synonyms", DescribeConfigsSynonym::read),
            config_type: if version >= 3 { reader.int8("DescribeConfigsResourceResult.config_type") } else { 0 },
            documentation: if version >= 3 { reader.opt_string(flexible, true, "DescribeConfigsResourceResult.documentation") } else { Some(Str::EMPTY) },
            unknown_tagged_fields: reader.tags(flexible, "DescribeConfigsResourceResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.string(flexible, &self.name, "DescribeConfigsResourceResult.name");
        writer.opt_string(flexible, true, &self.value, "DescribeConfigsResourceResult.value");
        writer.bool(self.read_only);
        writer.int8(self.config_source);
        writer.bool(self.is_sensitive);
        writer.structs(flexible, version, &self.synonyms, "DescribeConfigsResourceResult.synonyms", DescribeConfigsSynonym::write);
        if version >= 3 {
            writer.int8(self.config_type);
        }
        if version >= 3 {
            writer.opt_string(flexible, true, &self.documentation, "DescribeConfigsResourceResult.documentation");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeConfigsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsSynonym {
    /// All versions.
    pub name: Str,
    /// All versions, nullable.
    pub value: Option<Str>,
    /// All versions.
    pub source: i8,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeConfigsSynonym {
    fn default() -> Self {
        Self {
            name: Str::EMPTY,
            value: Some(Str::EMPTY),
            source: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribeConfigsSynonym {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            name: reader.string(flexible, "DescribeConfigsSynonym.name"),
            value: reader.opt_string(flexible, true, "DescribeConfigsSynonym.value"),
            source: reader.int8("DescribeConfigsSynonym.source"),
            unknown_tagged_fields: reader.tags(flexible, "DescribeConfigsSynonym"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.string(flexible, &self.name, "DescribeConfigsSynonym.name");
        writer.opt_string(flexible, true, &self.value, "DescribeConfigsSynonym.value");
        writer.int8(self.source);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

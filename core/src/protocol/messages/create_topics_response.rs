//! CreateTopicsResponse: a response of API 19, versions 2 to 7, flexible from 5.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `CreateTopicsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateTopicsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub topics: Vec<CreatableTopicResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for CreateTopicsResponse {
    const NAME: &'static str = "CreateTopicsResponse";
    const VERSIONS: RangeInclusive<i16> = 2..=7;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 5;
        Self {
            throttle_time_ms: reader.int32("CreateTopicsResponse.throttle_time_ms"),
            topics: reader.structs(flexible, version, match version { 2..=4 => 6, 5..=6 => 12, _ => 28 }, "CreateTopicsResponse.topics", CreatableTopicResult::read),
            unknown_tagged_fields: reader.tags(flexible, "CreateTopicsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.topics, "CreateTopicsResponse.topics", CreatableTopicResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`CreateTopicsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct CreatableTopicResult {
    /// All versions.
    pub name: Str,
    /// Version 7, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// Versions 5+, tag 0, dropped where the version lacks it.
    pub topic_config_error_code: i16,
    /// Versions 5+, default -1, dropped where the version lacks it.
    pub num_partitions: i32,
    /// Versions 5+, default -1, dropped where the version lacks it.
    pub replication_factor: i16,
    /// Versions 5+, nullable, dropped where the version lacks it.
    pub configs: Option<Vec<CreatableTopicConfigs>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CreatableTopicResult {
    fn default() -> Self {
        Self {
            name: Str::EMPTY,
            topic_id: Uuid::ZERO,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            topic_config_error_code: 0,
            num_partitions: -1,
            replication_factor: -1,
            configs: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl CreatableTopicResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 5;
        let mut message = Self {
            name: reader.string(flexible, "CreatableTopicResult.name"),
            topic_id: if version == 7 { reader.uuid("CreatableTopicResult.topic_id") } else { Uuid::ZERO },
            error_code: reader.int16("CreatableTopicResult.error_code"),
            error_message: reader.opt_string(flexible, true, "CreatableTopicResult.error_message"),
            topic_config_error_code: 0,
            num_partitions: if version >= 5 { reader.int32("CreatableTopicResult.num_partitions") } else { -1 },
            replication_factor: if version >= 5 { reader.int16("CreatableTopicResult.replication_factor") } else { -1 },
            configs: if version >= 5 { reader.opt_structs(flexible, true, version, 6, "CreatableTopicResult.configs", CreatableTopicConfigs::read) } else { Some(Vec::new()) },
            unknown_tagged_fields: TaggedFields::new(),
        };
        if flexible {
            let mut unknown = TaggedFields::new();
            reader.each_tag("CreatableTopicResult", &mut unknown, &mut |reader, tag| {
                match tag {
                    0 => message.topic_config_error_code = reader.int16("CreatableTopicResult.topic_config_error_code"),
                    _ => return false,
                }
                true
            });
            message.unknown_tagged_fields = unknown;
        }
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.string(flexible, &self.name, "CreatableTopicResult.name");
        if version == 7 {
            writer.uuid(self.topic_id);
        }
        writer.int16(self.error_code);
        writer.opt_string(flexible, true, &self.error_message, "CreatableTopicResult.error_message");
        if version >= 5 {
            writer.int32(self.num_partitions);
        }
        if version >= 5 {
            writer.int16(self.replication_factor);
        }
        if version >= 5 {
            writer.opt_structs(flexible, true, version, &self.configs, "CreatableTopicResult.configs", CreatableTopicConfigs::write);
        }
        if flexible {
            let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
            if self.topic_config_error_code != 0 {
                let mark = writer.begin_tag(&mut tags, 0);
                writer.int16(self.topic_config_error_code);
                writer.end_tag(mark);
            }
            writer.end_tags(tags);
        } else {
            writer.tags(false, &self.unknown_tagged_fields);
        }
    }
}

/// A struct of [`CreateTopicsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct CreatableTopicConfigs {
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
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CreatableTopicConfigs {
    fn default() -> Self {
        Self {
            name: Str::EMPTY,
            value: Some(Str::EMPTY),
            read_only: false,
            config_source: -1,
            is_sensitive: false,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl CreatableTopicConfigs {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "CreatableTopicConfigs.name"),
            value: reader.opt_string(true, true, "CreatableTopicConfigs.value"),
            read_only: reader.bool("CreatableTopicConfigs.read_only"),
            config_source: reader.int8("CreatableTopicConfigs.config_source"),
            is_sensitive: reader.bool("CreatableTopicConfigs.is_sensitive"),
            unknown_tagged_fields: reader.tags(true, "CreatableTopicConfigs"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "CreatableTopicConfigs.name");
        writer.opt_string(true, true, &self.value, "CreatableTopicConfigs.value");
        writer.bool(self.read_only);
        writer.int8(self.config_source);
        writer.bool(self.is_sensitive);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

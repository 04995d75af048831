//! CreateTopicsRequest: a request of API 19, versions 2 to 7, flexible from 5.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `CreateTopicsRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTopicsRequest {
    /// All versions.
    pub topics: Vec<CreatableTopic>,
    /// All versions, default 60000.
    pub timeout_ms: i32,
    /// All versions, default false.
    pub validate_only: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CreateTopicsRequest {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            timeout_ms: 60000,
            validate_only: false,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for CreateTopicsRequest {
    const NAME: &'static str = "CreateTopicsRequest";
    const VERSIONS: RangeInclusive<i16> = 2..=7;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 5;
        Self {
            topics: reader.structs(flexible, version, match version { 2..=4 => 16, _ => 10 }, "CreateTopicsRequest.topics", CreatableTopic::read),
            timeout_ms: reader.int32("CreateTopicsRequest.timeout_ms"),
            validate_only: reader.bool("CreateTopicsRequest.validate_only"),
            unknown_tagged_fields: reader.tags(flexible, "CreateTopicsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.structs(flexible, version, &self.topics, "CreateTopicsRequest.topics", CreatableTopic::write);
        writer.int32(self.timeout_ms);
        writer.bool(self.validate_only);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`CreateTopicsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatableTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub num_partitions: i32,
    /// All versions.
    pub replication_factor: i16,
    /// All versions.
    pub assignments: Vec<CreatableReplicaAssignment>,
    /// All versions.
    pub configs: Vec<CreatableTopicConfig>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl CreatableTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 5;
        Self {
            name: reader.string(flexible, "CreatableTopic.name"),
            num_partitions: reader.int32("CreatableTopic.num_partitions"),
            replication_factor: reader.int16("CreatableTopic.replication_factor"),
            assignments: reader.structs(flexible, version, match version { 2..=4 => 8, _ => 6 }, "CreatableTopic.assignments", CreatableReplicaAssignment::read),
            configs: reader.structs(flexible, version, match version { 2..=4 => 4, _ => 3 }, "CreatableTopic.configs", CreatableTopicConfig::read),
            unknown_tagged_fields: reader.tags(flexible, "CreatableTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.string(flexible, &self.name, "CreatableTopic.name");
        writer.int32(self.num_partitions);
        writer.int16(self.replication_factor);
        writer.structs(flexible, version, &self.assignments, "CreatableTopic.assignments", CreatableReplicaAssignment::write);
        writer.structs(flexible, version, &self.configs, "CreatableTopic.configs", CreatableTopicConfig::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`CreateTopicsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatableReplicaAssignment {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub broker_ids: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl CreatableReplicaAssignment {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 5;
        Self {
            partition_index: reader.int32("CreatableReplicaAssignment.partition_index"),
            broker_ids: reader.int32s(flexible, "CreatableReplicaAssignment.broker_ids"),
            unknown_tagged_fields: reader.tags(flexible, "CreatableReplicaAssignment"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.int32(self.partition_index);
        writer.int32s(flexible, &self.broker_ids, "CreatableReplicaAssignment.broker_ids");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`CreateTopicsRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct CreatableTopicConfig {
    /// All versions.
    pub name: Str,
    /// All versions, nullable.
    pub value: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CreatableTopicConfig {
    fn default() -> Self {
        Self {
            name: Str::EMPTY,
            value: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl CreatableTopicConfig {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 5;
        Self {
            name: reader.string(flexible, "CreatableTopicConfig.name"),
            value: reader.opt_string(flexible, true, "CreatableTopicConfig.value"),
            unknown_tagged_fields: reader.tags(flexible, "CreatableTopicConfig"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.string(flexible, &self.name, "CreatableTopicConfig.name");
        writer.opt_string(flexible, true, &self.value, "CreatableTopicConfig.value");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

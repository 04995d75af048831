//! OffsetFetchResponse: a response of API 9, versions 1 to 10, flexible from 6.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `OffsetFetchResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchResponse {
    /// Versions 3+, dropped where the version lacks it.
    pub throttle_time_ms: i32,
    /// Versions 1 to 7.
    pub topics: Vec<OffsetFetchResponseTopic>,
    /// Versions 2 to 7, default 0, dropped where the version lacks it.
    pub error_code: i16,
    /// Versions 8+.
    pub groups: Vec<OffsetFetchResponseGroup>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for OffsetFetchResponse {
    const NAME: &'static str = "OffsetFetchResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=10;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            throttle_time_ms: if version >= 3 { reader.int32("OffsetFetchResponse.throttle_time_ms") } else { 0 },
            topics: if version <= 7 { reader.structs(flexible, version, match version { 1..=5 => 6, _ => 3 }, "OffsetFetchResponse.topics", OffsetFetchResponseTopic::read) } else { Vec::new() },
            error_code: if (2..=7).contains(&version) { reader.int16("OffsetFetchResponse.error_code") } else { 0 },
            groups: if version >= 8 { reader.structs(flexible, version, 5, "OffsetFetchResponse.groups", OffsetFetchResponseGroup::read) } else { Vec::new() },
            unknown_tagged_fields: reader.tags(flexible, "OffsetFetchResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version >= 3 {
            writer.int32(self.throttle_time_ms);
        }
        if version <= 7 {
            writer.structs(flexible, version, &self.topics, "OffsetFetchResponse.topics", OffsetFetchResponseTopic::write);
        } else if !self.topics.is_empty() {
            writer.reject("OffsetFetchResponse.topics");
        }
        if (2..=7).contains(&version) {
            writer.int16(self.error_code);
        }
        if version >= 8 {
            writer.structs(flexible, version, &self.groups, "OffsetFetchResponse.groups", OffsetFetchResponseGroup::write);
        } else if !self.groups.is_empty() {
            writer.reject("OffsetFetchResponse.groups");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetFetchResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchResponseTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<OffsetFetchResponsePartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OffsetFetchResponseTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            name: reader.string(flexible, "OffsetFetchResponseTopic.name"),
            partitions: reader.structs(flexible, version, match version { 1..=4 => 16, _ => 20 }, "OffsetFetchResponseTopic.partitions", OffsetFetchResponsePartition::read),
            unknown_tagged_fields: reader.tags(flexible, "OffsetFetchResponseTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.string(flexible, &self.name, "OffsetFetchResponseTopic.name");
        writer.structs(flexible, version, &self.partitions, "OffsetFetchResponseTopic.partitions", OffsetFetchResponsePartition::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetFetchResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchResponsePartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub committed_offset: i64,
    /// Versions 5 to 7, default -1, dropped where the version lacks it.
    pub committed_leader_epoch: i32,
    /// All versions, nullable.
    pub metadata: Option<Str>,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetFetchResponsePartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(Str::EMPTY),
            error_code: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl OffsetFetchResponsePartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            partition_index: reader.int32("OffsetFetchResponsePartition.partition_index"),
            committed_offset: reader.int64("OffsetFetchResponsePartition.committed_offset"),
            committed_leader_epoch: if version >= 5 { reader.int32("OffsetFetchResponsePartition.committed_leader_epoch") } else { -1 },
            metadata: reader.opt_string(flexible, true, "OffsetFetchResponsePartition.metadata"),
            error_code: reader.int16("OffsetFetchResponsePartition.error_code"),
            unknown_tagged_fields: reader.tags(flexible, "OffsetFetchResponsePartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.int32(self.partition_index);
        writer.int64(self.committed_offset);
        if version >= 5 {
            writer.int32(self.committed_leader_epoch);
        }
        writer.opt_string(flexible, true, &self.metadata, "OffsetFetchResponsePartition.metadata");
        writer.int16(self.error_code);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetFetchResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchResponseGroup {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub topics: Vec<OffsetFetchResponseTopics>,
    /// All versions, default 0.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OffsetFetchResponseGroup {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(true, "OffsetFetchResponseGroup.group_id"),
            topics: reader.structs(true, version, match version { 8..=9 => 3, _ => 18 }, "OffsetFetchResponseGroup.topics", OffsetFetchResponseTopics::read),
            error_code: reader.int16("OffsetFetchResponseGroup.error_code"),
            unknown_tagged_fields: reader.tags(true, "OffsetFetchResponseGroup"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.group_id, "OffsetFetchResponseGroup.group_id");
        writer.structs(true, version, &self.topics, "OffsetFetchResponseGroup.topics", OffsetFetchResponseTopics::write);
        writer.int16(self.error_code);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetFetchResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchResponseTopics {
    /// Versions 8 to 9, dropped where the version lacks it.
    pub name: Str,
    /// Version 10, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<OffsetFetchResponsePartitions>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OffsetFetchResponseTopics {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: if version <= 9 { reader.string(true, "OffsetFetchResponseTopics.name") } else { Str::EMPTY },
            topic_id: if version == 10 { reader.uuid("OffsetFetchResponseTopics.topic_id") } else { Uuid::ZERO },
            partitions: reader.structs(true, version, 20, "OffsetFetchResponseTopics.partitions", OffsetFetchResponsePartitions::read),
            unknown_tagged_fields: reader.tags(true, "OffsetFetchResponseTopics"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        if version <= 9 {
            writer.string(true, &self.name, "OffsetFetchResponseTopics.name");
        }
        if version == 10 {
            writer.uuid(self.topic_id);
        }
        writer.structs(true, version, &self.partitions, "OffsetFetchResponseTopics.partitions", OffsetFetchResponsePartitions::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetFetchResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchResponsePartitions {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub committed_offset: i64,
    /// All versions, default -1.
    pub committed_leader_epoch: i32,
    /// All versions, nullable.
    pub metadata: Option<Str>,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetFetchResponsePartitions {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(Str::EMPTY),
            error_code: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl OffsetFetchResponsePartitions {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("OffsetFetchResponsePartitions.partition_index"),
            committed_offset: reader.int64("OffsetFetchResponsePartitions.committed_offset"),
            committed_leader_epoch: reader.int32("OffsetFetchResponsePartitions.committed_leader_epoch"),
            metadata: reader.opt_string(true, true, "OffsetFetchResponsePartitions.metadata"),
            error_code: reader.int16("OffsetFetchResponsePartitions.error_code"),
            unknown_tagged_fields: reader.tags(true, "OffsetFetchResponsePartitions"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
        writer.int64(self.committed_offset);
        writer.int32(self.committed_leader_epoch);
        writer.opt_string(true, true, &self.metadata, "OffsetFetchResponsePartitions.metadata");
        writer.int16(self.error_code);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

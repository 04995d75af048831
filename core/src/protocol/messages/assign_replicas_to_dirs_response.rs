//! AssignReplicasToDirsResponse: a response of API 73, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AssignReplicasToDirsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssignReplicasToDirsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub directories: Vec<DirectoryData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AssignReplicasToDirsResponse {
    const NAME: &'static str = "AssignReplicasToDirsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("AssignReplicasToDirsResponse.throttle_time_ms"),
            error_code: reader.int16("AssignReplicasToDirsResponse.error_code"),
            directories: reader.structs(true, version, 18, "AssignReplicasToDirsResponse.directories", DirectoryData::read),
            unknown_tagged_fields: reader.tags(true, "AssignReplicasToDirsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.structs(true, version, &self.directories, "AssignReplicasToDirsResponse.directories", DirectoryData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AssignReplicasToDirsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DirectoryData {
    /// All versions.
    pub id: Uuid,
    /// All versions.
    pub topics: Vec<TopicData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DirectoryData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            id: reader.uuid("DirectoryData.id"),
            topics: reader.structs(true, version, 18, "DirectoryData.topics", TopicData::read),
            unknown_tagged_fields: reader.tags(true, "DirectoryData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.id);
        writer.structs(true, version, &self.topics, "DirectoryData.topics", TopicData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AssignReplicasToDirsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicData {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("TopicData.topic_id"),
            partitions: reader.structs(true, version, 7, "TopicData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "TopicData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "TopicData.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AssignReplicasToDirsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            error_code: reader.int16("PartitionData.error_code"),
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

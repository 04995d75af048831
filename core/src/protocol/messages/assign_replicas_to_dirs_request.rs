//! AssignReplicasToDirsRequest: a request of API 73, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AssignReplicasToDirsRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct AssignReplicasToDirsRequest {
    /// All versions.
    pub broker_id: i32,
    /// All versions, default -1.
    pub broker_epoch: i64,
    /// All versions.
    pub directories: Vec<DirectoryData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AssignReplicasToDirsRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            directories: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for AssignReplicasToDirsRequest {
    const NAME: &'static str = "AssignReplicasToDirsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            broker_id: reader.int32("AssignReplicasToDirsRequest.broker_id"),
            broker_epoch: reader.int64("AssignReplicasToDirsRequest.broker_epoch"),
            directories: reader.structs(true, version, 18, "AssignReplicasToDirsRequest.directories", DirectoryData::read),
            unknown_tagged_fields: reader.tags(true, "AssignReplicasToDirsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.broker_id);
        writer.int64(self.broker_epoch);
        writer.structs(true, version, &self.directories, "AssignReplicasToDirsRequest.directories", DirectoryData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AssignReplicasToDirsRequest`].
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

/// A struct of [`AssignReplicasToDirsRequest`].
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
            partitions: reader.structs(true, version, 5, "TopicData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "TopicData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "TopicData.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AssignReplicasToDirsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition_index: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

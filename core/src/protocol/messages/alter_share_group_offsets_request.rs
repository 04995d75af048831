//! AlterShareGroupOffsetsRequest: a request of API 91, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterShareGroupOffsetsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterShareGroupOffsetsRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub topics: Vec<AlterShareGroupOffsetsRequestTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterShareGroupOffsetsRequest {
    const NAME: &'static str = "AlterShareGroupOffsetsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(true, "AlterShareGroupOffsetsRequest.group_id"),
            topics: reader.structs(true, version, 3, "AlterShareGroupOffsetsRequest.topics", AlterShareGroupOffsetsRequestTopic::read),
            unknown_tagged_fields: reader.tags(true, "AlterShareGroupOffsetsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.group_id, "AlterShareGroupOffsetsRequest.group_id");
        writer.structs(true, version, &self.topics, "AlterShareGroupOffsetsRequest.topics", AlterShareGroupOffsetsRequestTopic::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterShareGroupOffsetsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterShareGroupOffsetsRequestTopic {
    /// All versions.
    pub topic_name: Str,
    /// All versions.
    pub partitions: Vec<AlterShareGroupOffsetsRequestPartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AlterShareGroupOffsetsRequestTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_name: reader.string(true, "AlterShareGroupOffsetsRequestTopic.topic_name"),
            partitions: reader.structs(true, version, 13, "AlterShareGroupOffsetsRequestTopic.partitions", AlterShareGroupOffsetsRequestPartition::read),
            unknown_tagged_fields: reader.tags(true, "AlterShareGroupOffsetsRequestTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.topic_name, "AlterShareGroupOffsetsRequestTopic.topic_name");
        writer.structs(true, version, &self.partitions, "AlterShareGroupOffsetsRequestTopic.partitions", AlterShareGroupOffsetsRequestPartition::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterShareGroupOffsetsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterShareGroupOffsetsRequestPartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub start_offset: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AlterShareGroupOffsetsRequestPartition {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("AlterShareGroupOffsetsRequestPartition.partition_index"),
            start_offset: reader.int64("AlterShareGroupOffsetsRequestPartition.start_offset"),
            unknown_tagged_fields: reader.tags(true, "AlterShareGroupOffsetsRequestPartition"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
        writer.int64(self.start_offset);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

//! DescribeQuorumRequest: a request of API 55, versions 0 to 2, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeQuorumRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeQuorumRequest {
    /// All versions.
    pub topics: Vec<TopicData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeQuorumRequest {
    const NAME: &'static str = "DescribeQuorumRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topics: reader.structs(true, version, 3, "DescribeQuorumRequest.topics", TopicData::read),
            unknown_tagged_fields: reader.tags(true, "DescribeQuorumRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.topics, "DescribeQuorumRequest.topics", TopicData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeQuorumRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicData {
    /// All versions.
    pub topic_name: Str,
    /// All versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_name: reader.string(true, "TopicData.topic_name"),
            partitions: reader.structs(true, version, 5, "TopicData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "TopicData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.topic_name, "TopicData.topic_name");
        writer.structs(true, version, &self.partitions, "TopicData.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeQuorumRequest`].
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

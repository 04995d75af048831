//! ShareGroupStatePartitionMetadataValue: the value of a coordinator's record of type 15, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareGroupStatePartitionMetadataValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupStatePartitionMetadataValue {
    /// All versions.
    pub initializing_topics: Vec<TopicPartitionsInfo>,
    /// All versions.
    pub initialized_topics: Vec<TopicPartitionsInfo>,
    /// All versions.
    pub deleting_topics: Vec<TopicInfo>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupStatePartitionMetadataValue {
    const NAME: &'static str = "ShareGroupStatePartitionMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            initializing_topics: reader.structs(true, version, 19, "ShareGroupStatePartitionMetadataValue.initializing_topics", TopicPartitionsInfo::read),
            initialized_topics: reader.structs(true, version, 19, "ShareGroupStatePartitionMetadataValue.initialized_topics", TopicPartitionsInfo::read),
            deleting_topics: reader.structs(true, version, 18, "ShareGroupStatePartitionMetadataValue.deleting_topics", TopicInfo::read),
            unknown_tagged_fields: reader.tags(true, "ShareGroupStatePartitionMetadataValue"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.initializing_topics, "ShareGroupStatePartitionMetadataValue.initializing_topics", TopicPartitionsInfo::write);
        writer.structs(true, version, &self.initialized_topics, "ShareGroupStatePartitionMetadataValue.initialized_topics", TopicPartitionsInfo::write);
        writer.structs(true, version, &self.deleting_topics, "ShareGroupStatePartitionMetadataValue.deleting_topics", TopicInfo::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareGroupStatePartitionMetadataValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitionsInfo {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub topic_name: Str,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicPartitionsInfo {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic_id: reader.uuid("TopicPartitionsInfo.topic_id"),
            topic_name: reader.string(true, "TopicPartitionsInfo.topic_name"),
            partitions: reader.int32s(true, "TopicPartitionsInfo.partitions"),
            unknown_tagged_fields: reader.tags(true, "TopicPartitionsInfo"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.uuid(self.topic_id);
        writer.string(true, &self.topic_name, "TopicPartitionsInfo.topic_name");
        writer.int32s(true, &self.partitions, "TopicPartitionsInfo.partitions");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareGroupStatePartitionMetadataValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicInfo {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub topic_name: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicInfo {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic_id: reader.uuid("TopicInfo.topic_id"),
            topic_name: reader.string(true, "TopicInfo.topic_name"),
            unknown_tagged_fields: reader.tags(true, "TopicInfo"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.uuid(self.topic_id);
        writer.string(true, &self.topic_name, "TopicInfo.topic_name");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

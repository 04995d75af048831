//! ConsumerGroupPartitionMetadataValue: the value of a coordinator's record of type 4, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerGroupPartitionMetadataValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupPartitionMetadataValue {
    /// All versions.
    pub topics: Vec<TopicMetadata>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupPartitionMetadataValue {
    const NAME: &'static str = "ConsumerGroupPartitionMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topics: reader.structs(true, version, 23, "ConsumerGroupPartitionMetadataValue.topics", TopicMetadata::read),
            unknown_tagged_fields: reader.tags(true, "ConsumerGroupPartitionMetadataValue"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.topics, "ConsumerGroupPartitionMetadataValue.topics", TopicMetadata::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ConsumerGroupPartitionMetadataValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicMetadata {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub topic_name: Str,
    /// All versions.
    pub num_partitions: i32,
    /// All versions.
    pub partition_metadata: Vec<PartitionMetadata>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicMetadata {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("TopicMetadata.topic_id"),
            topic_name: reader.string(true, "TopicMetadata.topic_name"),
            num_partitions: reader.int32("TopicMetadata.num_partitions"),
            partition_metadata: reader.structs(true, version, 6, "TopicMetadata.partition_metadata", PartitionMetadata::read),
            unknown_tagged_fields: reader.tags(true, "TopicMetadata"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.string(true, &self.topic_name, "TopicMetadata.topic_name");
        writer.int32(self.num_partitions);
        writer.structs(true, version, &self.partition_metadata, "TopicMetadata.partition_metadata", PartitionMetadata::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ConsumerGroupPartitionMetadataValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionMetadata {
    /// All versions.
    pub partition: i32,
    /// All versions.
    pub racks: Vec<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionMetadata {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition: reader.int32("PartitionMetadata.partition"),
            racks: reader.strings(true, "PartitionMetadata.racks"),
            unknown_tagged_fields: reader.tags(true, "PartitionMetadata"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition);
        writer.strings(true, &self.racks, "PartitionMetadata.racks");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

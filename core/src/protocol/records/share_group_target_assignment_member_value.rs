//! ShareGroupTargetAssignmentMemberValue: the value of a coordinator's record of type 13, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareGroupTargetAssignmentMemberValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupTargetAssignmentMemberValue {
    /// All versions.
    pub topic_partitions: Vec<TopicPartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupTargetAssignmentMemberValue {
    const NAME: &'static str = "ShareGroupTargetAssignmentMemberValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_partitions: reader.structs(true, version, 18, "ShareGroupTargetAssignmentMemberValue.topic_partitions", TopicPartition::read),
            unknown_tagged_fields: reader.tags(true, "ShareGroupTargetAssignmentMemberValue"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.topic_partitions, "ShareGroupTargetAssignmentMemberValue.topic_partitions", TopicPartition::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareGroupTargetAssignmentMemberValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartition {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicPartition {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic_id: reader.uuid("TopicPartition.topic_id"),
            partitions: reader.int32s(true, "TopicPartition.partitions"),
            unknown_tagged_fields: reader.tags(true, "TopicPartition"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.uuid(self.topic_id);
        writer.int32s(true, &self.partitions, "TopicPartition.partitions");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

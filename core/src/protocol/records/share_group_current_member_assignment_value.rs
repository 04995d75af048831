//! ShareGroupCurrentMemberAssignmentValue: the value of a coordinator's record of type 14, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareGroupCurrentMemberAssignmentValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupCurrentMemberAssignmentValue {
    /// All versions.
    pub member_epoch: i32,
    /// All versions.
    pub previous_member_epoch: i32,
    /// All versions.
    pub state: i8,
    /// All versions.
    pub assigned_partitions: Vec<TopicPartitions>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "ShareGroupCurrentMemberAssignmentValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            member_epoch: reader.int32("ShareGroupCurrentMemberAssignmentValue.member_epoch"),
            previous_member_epoch: reader.int32("ShareGroupCurrentMemberAssignmentValue.previous_member_epoch"),
            state: reader.int8("ShareGroupCurrentMemberAssignmentValue.state"),
            assigned_partitions: reader.structs(true, version, 18, "ShareGroupCurrentMemberAssignmentValue.assigned_partitions", TopicPartitions::read),
            unknown_tagged_fields: reader.tags(true, "ShareGroupCurrentMemberAssignmentValue"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.member_epoch);
        writer.int32(self.previous_member_epoch);
        writer.int8(self.state);
        writer.structs(true, version, &self.assigned_partitions, "ShareGroupCurrentMemberAssignmentValue.assigned_partitions", TopicPartitions::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareGroupCurrentMemberAssignmentValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitions {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicPartitions {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic_id: reader.uuid("TopicPartitions.topic_id"),
            partitions: reader.int32s(true, "TopicPartitions.partitions"),
            unknown_tagged_fields: reader.tags(true, "TopicPartitions"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.uuid(self.topic_id);
        writer.int32s(true, &self.partitions, "TopicPartitions.partitions");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

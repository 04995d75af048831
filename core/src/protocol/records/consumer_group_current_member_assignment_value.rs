//! ConsumerGroupCurrentMemberAssignmentValue: the value of a coordinator's record of type 8, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerGroupCurrentMemberAssignmentValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupCurrentMemberAssignmentValue {
    /// All versions.
    pub member_epoch: i32,
    /// All versions.
    pub previous_member_epoch: i32,
    /// All versions.
    pub state: i8,
    /// All versions.
    pub assigned_partitions: Vec<TopicPartitions>,
    /// All versions.
    pub partitions_pending_revocation: Vec<TopicPartitions>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "ConsumerGroupCurrentMemberAssignmentValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            member_epoch: reader.int32("ConsumerGroupCurrentMemberAssignmentValue.member_epoch"),
            previous_member_epoch: reader.int32("ConsumerGroupCurrentMemberAssignmentValue.previous_member_epoch"),
            state: reader.int8("ConsumerGroupCurrentMemberAssignmentValue.state"),
            assigned_partitions: reader.structs(true, version, 18, "ConsumerGroupCurrentMemberAssignmentValue.assigned_partitions", TopicPartitions::read),
            partitions_pending_revocation: reader.structs(true, version, 18, "ConsumerGroupCurrentMemberAssignmentValue.partitions_pending_revocation", TopicPartitions::read),
            unknown_tagged_fields: reader.tags(true, "ConsumerGroupCurrentMemberAssignmentValue"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.member_epoch);
        writer.int32(self.previous_member_epoch);
        writer.int8(self.state);
        writer.structs(true, version, &self.assigned_partitions, "ConsumerGroupCurrentMemberAssignmentValue.assigned_partitions", TopicPartitions::write);
        writer.structs(true, version, &self.partitions_pending_revocation, "ConsumerGroupCurrentMemberAssignmentValue.partitions_pending_revocation", TopicPartitions::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ConsumerGroupCurrentMemberAssignmentValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitions {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<i32>,
    /// All versions, tag 0, nullable, default null.
    pub assignment_epochs: Option<Vec<i32>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicPartitions {
    fn read(reader: &mut Reader, _: i16) -> Self {
        let mut message = Self {
            topic_id: reader.uuid("TopicPartitions.topic_id"),
            partitions: reader.int32s(true, "TopicPartitions.partitions"),
            assignment_epochs: None,
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("TopicPartitions", &mut unknown, &mut |reader, tag| {
            match tag {
                0 => message.assignment_epochs = reader.opt_int32s(true, true, "TopicPartitions.assignment_epochs"),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.uuid(self.topic_id);
        writer.int32s(true, &self.partitions, "TopicPartitions.partitions");
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if self.assignment_epochs.is_some() {
            let mark = writer.begin_tag(&mut tags, 0);
            writer.opt_int32s(true, true, &self.assignment_epochs, "TopicPartitions.assignment_epochs");
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

//! StreamsGroupCurrentMemberAssignmentValue: the value of a coordinator's record of type 22, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `StreamsGroupCurrentMemberAssignmentValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupCurrentMemberAssignmentValue {
    /// All versions.
    pub member_epoch: i32,
    /// All versions.
    pub previous_member_epoch: i32,
    /// All versions.
    pub state: i8,
    /// All versions.
    pub active_tasks: Vec<TaskIds>,
    /// All versions.
    pub standby_tasks: Vec<TaskIds>,
    /// All versions.
    pub warmup_tasks: Vec<TaskIds>,
    /// All versions.
    pub active_tasks_pending_revocation: Vec<TaskIds>,
    /// All versions.
    pub standby_tasks_pending_revocation: Vec<TaskIds>,
    /// All versions.
    pub warmup_tasks_pending_revocation: Vec<TaskIds>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for StreamsGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "StreamsGroupCurrentMemberAssignmentValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            member_epoch: reader.int32("StreamsGroupCurrentMemberAssignmentValue.member_epoch"),
            previous_member_epoch: reader.int32("StreamsGroupCurrentMemberAssignmentValue.previous_member_epoch"),
            state: reader.int8("StreamsGroupCurrentMemberAssignmentValue.state"),
            active_tasks: reader.structs(true, version, 3, "StreamsGroupCurrentMemberAssignmentValue.active_tasks", TaskIds::read),
            standby_tasks: reader.structs(true, version, 3, "StreamsGroupCurrentMemberAssignmentValue.standby_tasks", TaskIds::read),
            warmup_tasks: reader.structs(true, version, 3, "StreamsGroupCurrentMemberAssignmentValue.warmup_tasks", TaskIds::read),
            active_tasks_pending_revocation: reader.structs(true, version, 3, "StreamsGroupCurrentMemberAssignmentValue.active_tasks_pending_revocation", TaskIds::read),
            standby_tasks_pending_revocation: reader.structs(true, version, 3, "StreamsGroupCurrentMemberAssignmentValue.standby_tasks_pending_revocation", TaskIds::read),
            warmup_tasks_pending_revocation: reader.structs(true, version, 3, "StreamsGroupCurrentMemberAssignmentValue.warmup_tasks_pending_revocation", TaskIds::read),
            unknown_tagged_fields: reader.tags(true, "StreamsGroupCurrentMemberAssignmentValue"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.member_epoch);
        writer.int32(self.previous_member_epoch);
        writer.int8(self.state);
        writer.structs(true, version, &self.active_tasks, "StreamsGroupCurrentMemberAssignmentValue.active_tasks", TaskIds::write);
        writer.structs(true, version, &self.standby_tasks, "StreamsGroupCurrentMemberAssignmentValue.standby_tasks", TaskIds::write);
        writer.structs(true, version, &self.warmup_tasks, "StreamsGroupCurrentMemberAssignmentValue.warmup_tasks", TaskIds::write);
        writer.structs(true, version, &self.active_tasks_pending_revocation, "StreamsGroupCurrentMemberAssignmentValue.active_tasks_pending_revocation", TaskIds::write);
        writer.structs(true, version, &self.standby_tasks_pending_revocation, "StreamsGroupCurrentMemberAssignmentValue.standby_tasks_pending_revocation", TaskIds::write);
        writer.structs(true, version, &self.warmup_tasks_pending_revocation, "StreamsGroupCurrentMemberAssignmentValue.warmup_tasks_pending_revocation", TaskIds::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupCurrentMemberAssignmentValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskIds {
    /// All versions.
    pub subtopology_id: Str,
    /// All versions.
    pub partitions: Vec<i32>,
    /// All versions, tag 0, nullable, default null.
    pub assignment_epochs: Option<Vec<i32>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TaskIds {
    fn read(reader: &mut Reader, _: i16) -> Self {
        let mut message = Self {
            subtopology_id: reader.string(true, "TaskIds.subtopology_id"),
            partitions: reader.int32s(true, "TaskIds.partitions"),
            assignment_epochs: None,
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("TaskIds", &mut unknown, &mut |reader, tag| {
            match tag {
                0 => message.assignment_epochs = reader.opt_int32s(true, true, "TaskIds.assignment_epochs"),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.subtopology_id, "TaskIds.subtopology_id");
        writer.int32s(true, &self.partitions, "TaskIds.partitions");
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if self.assignment_epochs.is_some() {
            let mark = writer.begin_tag(&mut tags, 0);
            writer.opt_int32s(true, true, &self.assignment_epochs, "TaskIds.assignment_epochs");
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

//! StreamsGroupTargetAssignmentMemberValue: the value of a coordinator's record of type 21, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `StreamsGroupTargetAssignmentMemberValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupTargetAssignmentMemberValue {
    /// All versions.
    pub active_tasks: Vec<TaskIds>,
    /// All versions.
    pub standby_tasks: Vec<TaskIds>,
    /// All versions.
    pub warmup_tasks: Vec<TaskIds>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for StreamsGroupTargetAssignmentMemberValue {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMemberValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            active_tasks: reader.structs(true, version, 3, "StreamsGroupTargetAssignmentMemberValue.active_tasks", TaskIds::read),
            standby_tasks: reader.structs(true, version, 3, "StreamsGroupTargetAssignmentMemberValue.standby_tasks", TaskIds::read),
            warmup_tasks: reader.structs(true, version, 3, "StreamsGroupTargetAssignmentMemberValue.warmup_tasks", TaskIds::read),
            unknown_tagged_fields: reader.tags(true, "StreamsGroupTargetAssignmentMemberValue"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.active_tasks, "StreamsGroupTargetAssignmentMemberValue.active_tasks", TaskIds::write);
        writer.structs(true, version, &self.standby_tasks, "StreamsGroupTargetAssignmentMemberValue.standby_tasks", TaskIds::write);
        writer.structs(true, version, &self.warmup_tasks, "StreamsGroupTargetAssignmentMemberValue.warmup_tasks", TaskIds::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupTargetAssignmentMemberValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskIds {
    /// All versions.
    pub subtopology_id: Str,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TaskIds {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            subtopology_id: reader.string(true, "TaskIds.subtopology_id"),
            partitions: reader.int32s(true, "TaskIds.partitions"),
            unknown_tagged_fields: reader.tags(true, "TaskIds"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.subtopology_id, "TaskIds.subtopology_id");
        writer.int32s(true, &self.partitions, "TaskIds.partitions");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

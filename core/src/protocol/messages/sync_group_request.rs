//! SyncGroupRequest: a request of API 14, versions 0 to 5, flexible from 4.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `SyncGroupRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncGroupRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub generation_id: i32,
    /// All versions.
    pub member_id: Str,
    /// Versions 3+, nullable, default null.
    pub group_instance_id: Option<Str>,
    /// Version 5, nullable, default null, dropped where the version lacks it.
    pub protocol_type: Option<Str>,
    /// Version 5, nullable, default null, dropped where the version lacks it.
    pub protocol_name: Option<Str>,
    /// All versions.
    pub assignments: Vec<SyncGroupRequestAssignment>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for SyncGroupRequest {
    const NAME: &'static str = "SyncGroupRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 4;
        Self {
            group_id: reader.string(flexible, "SyncGroupRequest.group_id"),
            generation_id: reader.int32("SyncGroupRequest.generation_id"),
            member_id: reader.string(flexible, "SyncGroupRequest.member_id"),
            group_instance_id: if version >= 3 { reader.opt_string(flexible, true, "SyncGroupRequest.group_instance_id") } else { None },
            protocol_type: if version == 5 { reader.opt_string(flexible, true, "SyncGroupRequest.protocol_type") } else { None },
            protocol_name: if version == 5 { reader.opt_string(flexible, true, "SyncGroupRequest.protocol_name") } else { None },
            assignments: reader.structs(flexible, version, match version { 0..=3 => 6, _ => 3 }, "SyncGroupRequest.assignments", SyncGroupRequestAssignment::read),
            unknown_tagged_fields: reader.tags(flexible, "SyncGroupRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.string(flexible, &self.group_id, "SyncGroupRequest.group_id");
        writer.int32(self.generation_id);
        writer.string(flexible, &self.member_id, "SyncGroupRequest.member_id");
        if version >= 3 {
            writer.opt_string(flexible, true, &self.group_instance_id, "SyncGroupRequest.group_instance_id");
        } else if self.group_instance_id.is_some() {
            writer.reject("SyncGroupRequest.group_instance_id");
        }
        if version == 5 {
            writer.opt_string(flexible, true, &self.protocol_type, "SyncGroupRequest.protocol_type");
        }
        if version == 5 {
            writer.opt_string(flexible, true, &self.protocol_name, "SyncGroupRequest.protocol_name");
        }
        writer.structs(flexible, version, &self.assignments, "SyncGroupRequest.assignments", SyncGroupRequestAssignment::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`SyncGroupRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncGroupRequestAssignment {
    /// All versions.
    pub member_id: Str,
    /// All versions.
    pub assignment: Bytes,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl SyncGroupRequestAssignment {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 4;
        Self {
            member_id: reader.string(flexible, "SyncGroupRequestAssignment.member_id"),
            assignment: reader.bytes(flexible, "SyncGroupRequestAssignment.assignment"),
            unknown_tagged_fields: reader.tags(flexible, "SyncGroupRequestAssignment"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.string(flexible, &self.member_id, "SyncGroupRequestAssignment.member_id");
        writer.bytes(flexible, &self.assignment, "SyncGroupRequestAssignment.assignment");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

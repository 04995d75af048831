//! LeaveGroupRequest: a request of API 13, versions 0 to 5, flexible from 4.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `LeaveGroupRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaveGroupRequest {
    /// All versions.
    pub group_id: Str,
    /// Versions 0 to 2.
    pub member_id: Str,
    /// Versions 3+.
    pub members: Vec<MemberIdentity>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for LeaveGroupRequest {
    const NAME: &'static str = "LeaveGroupRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 4;
        Self {
            group_id: reader.string(flexible, "LeaveGroupRequest.group_id"),
            member_id: if version <= 2 { reader.string(flexible, "LeaveGroupRequest.member_id") } else { Str::EMPTY },
            members: if version >= 3 { reader.structs(flexible, version, match version { 3 => 4, 4 => 3, _ => 4 }, "LeaveGroupRequest.members", MemberIdentity::read) } else { Vec::new() },
            unknown_tagged_fields: reader.tags(flexible, "LeaveGroupRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.string(flexible, &self.group_id, "LeaveGroupRequest.group_id");
        if version <= 2 {
            writer.string(flexible, &self.member_id, "LeaveGroupRequest.member_id");
        } else if !self.member_id.is_empty() {
            writer.reject("LeaveGroupRequest.member_id");
        }
        if version >= 3 {
            writer.structs(flexible, version, &self.members, "LeaveGroupRequest.members", MemberIdentity::write);
        } else if !self.members.is_empty() {
            writer.reject("LeaveGroupRequest.members");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`LeaveGroupRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberIdentity {
    /// All versions.
    pub member_id: Str,
    /// All versions, nullable, default null.
    pub group_instance_id: Option<Str>,
    /// Version 5, nullable, default null, dropped where the version lacks it.
    pub reason: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl MemberIdentity {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 4;
        Self {
            member_id: reader.string(flexible, "MemberIdentity.member_id"),
            group_instance_id: reader.opt_string(flexible, true, "MemberIdentity.group_instance_id"),
            reason: if version == 5 { reader.opt_string(flexible, true, "MemberIdentity.reason") } else { None },
            unknown_tagged_fields: reader.tags(flexible, "MemberIdentity"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.string(flexible, &self.member_id, "MemberIdentity.member_id");
        writer.opt_string(flexible, true, &self.group_instance_id, "MemberIdentity.group_instance_id");
        if version == 5 {
            writer.opt_string(flexible, true, &self.reason, "MemberIdentity.reason");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

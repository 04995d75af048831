//! LeaveGroupResponse: a response of API 13, versions 0 to 5, flexible from 4.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `LeaveGroupResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaveGroupResponse {
    /// Versions 1+, dropped where the version lacks it.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// Versions 3+.
    pub members: Vec<MemberResponse>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for LeaveGroupResponse {
    const NAME: &'static str = "LeaveGroupResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 4;
        Self {
            throttle_time_ms: if version >= 1 { reader.int32("LeaveGroupResponse.throttle_time_ms") } else { 0 },
            error_code: reader.int16("LeaveGroupResponse.error_code"),
            members: if version >= 3 { reader.structs(flexible, version, match version { 3 => 6, _ => 5 }, "LeaveGroupResponse.members", MemberResponse::read) } else { Vec::new() },
            unknown_tagged_fields: reader.tags(flexible, "LeaveGroupResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        writer.int16(self.error_code);
        if version >= 3 {
            writer.structs(flexible, version, &self.members, "LeaveGroupResponse.members", MemberResponse::write);
        } else if !self.members.is_empty() {
            writer.reject("LeaveGroupResponse.members");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`LeaveGroupResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct MemberResponse {
    /// All versions.
    pub member_id: Str,
    /// All versions, nullable.
    pub group_instance_id: Option<Str>,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MemberResponse {
    fn default() -> Self {
        Self {
            member_id: Str::EMPTY,
            group_instance_id: Some(Str::EMPTY),
            error_code: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl MemberResponse {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 4;
        Self {
            member_id: reader.string(flexible, "MemberResponse.member_id"),
            group_instance_id: reader.opt_string(flexible, true, "MemberResponse.group_instance_id"),
            error_code: reader.int16("MemberResponse.error_code"),
            unknown_tagged_fields: reader.tags(flexible, "MemberResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.string(flexible, &self.member_id, "MemberResponse.member_id");
        writer.opt_string(flexible, true, &self.group_instance_id, "MemberResponse.group_instance_id");
        writer.int16(self.error_code);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

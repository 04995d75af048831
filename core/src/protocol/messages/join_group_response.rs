//! JoinGroupResponse: a response of API 11, versions 0 to 9, flexible from 6.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `JoinGroupResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinGroupResponse {
    /// Versions 2+, dropped where the version lacks it.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, default -1.
    pub generation_id: i32,
    /// Versions 7+, nullable, default null, dropped where the version lacks it.
    pub protocol_type: Option<Str>,
    /// All versions, nullable at versions 7+.
    pub protocol_name: Option<Str>,
    /// All versions.
    pub leader: Str,
    /// Version 9, default false.
    pub skip_assignment: bool,
    /// All versions.
    pub member_id: Str,
    /// All versions.
    pub members: Vec<JoinGroupResponseMember>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for JoinGroupResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            generation_id: -1,
            protocol_type: None,
            protocol_name: Some(Str::EMPTY),
            leader: Str::EMPTY,
            skip_assignment: false,
            member_id: Str::EMPTY,
            members: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for JoinGroupResponse {
    const NAME: &'static str = "JoinGroupResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=9;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            throttle_time_ms: if version >= 2 { reader.int32("JoinGroupResponse.throttle_time_ms") } else { 0 },
            error_code: reader.int16("JoinGroupResponse.error_code"),
            generation_id: reader.int32("JoinGroupResponse.generation_id"),
            protocol_type: if version >= 7 { reader.opt_string(flexible, true, "JoinGroupResponse.protocol_type") } else { None },
            protocol_name: reader.opt_string(flexible, version >= 7, "JoinGroupResponse.protocol_name"),
            leader: reader.string(flexible, "JoinGroupResponse.leader"),
            skip_assignment: if version == 9 { reader.bool("JoinGroupResponse.skip_assignment") } else { false },
            member_id: reader.string(flexible, "JoinGroupResponse.member_id"),
            members: reader.structs(flexible, version, match version { 0..=4 => 6, 5 => 8, _ => 4 }, "JoinGroupResponse.members", JoinGroupResponseMember::read),
            unknown_tagged_fields: reader.tags(flexible, "JoinGroupResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version >= 2 {
            writer.int32(self.throttle_time_ms);
        }
        writer.int16(self.error_code);
        writer.int32(self.generation_id);
        if version >= 7 {
            writer.opt_string(flexible, true, &self.protocol_type, "JoinGroupResponse.protocol_type");
        }
        writer.opt_string(flexible, version >= 7, &self.protocol_name, "JoinGroupResponse.protocol_name");
        writer.string(flexible, &self.leader, "JoinGroupResponse.leader");
        if version == 9 {
            writer.bool(self.skip_assignment);
        } else if self.skip_assignment {
            writer.reject("JoinGroupResponse.skip_assignment");
        }
        writer.string(flexible, &self.member_id, "JoinGroupResponse.member_id");
        writer.structs(flexible, version, &self.members, "JoinGroupResponse.members", JoinGroupResponseMember::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`JoinGroupResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JoinGroupResponseMember {
    /// All versions.
    pub member_id: Str,
    /// Versions 5+, nullable, default null, dropped where the version lacks it.
    pub group_instance_id: Option<Str>,
    /// All versions.
    pub metadata: Bytes,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl JoinGroupResponseMember {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            member_id: reader.string(flexible, "JoinGroupResponseMember.member_id"),
            group_instance_id: if version >= 5 { reader.opt_string(flexible, true, "JoinGroupResponseMember.group_instance_id") } else { None },
            metadata: reader.bytes(flexible, "JoinGroupResponseMember.metadata"),
            unknown_tagged_fields: reader.tags(flexible, "JoinGroupResponseMember"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.string(flexible, &self.member_id, "JoinGroupResponseMember.member_id");
        if version >= 5 {
            writer.opt_string(flexible, true, &self.group_instance_id, "JoinGroupResponseMember.group_instance_id");
        }
        writer.bytes(flexible, &self.metadata, "JoinGroupResponseMember.metadata");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! DescribeGroupsResponse: a response of API 15, versions 0 to 6, flexible from 5.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeGroupsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeGroupsResponse {
    /// Versions 1+, dropped where the version lacks it.
    pub throttle_time_ms: i32,
    /// All versions.
    pub groups: Vec<DescribedGroup>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeGroupsResponse {
    const NAME: &'static str = "DescribeGroupsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=6;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 5;
        Self {
            throttle_time_ms: if version >= 1 { reader.int32("DescribeGroupsResponse.throttle_time_ms") } else { 0 },
            groups: reader.structs(flexible, version, match version { 0..=2 => 14, 3..=4 => 18, 5 => 12, _ => 13 }, "DescribeGroupsResponse.groups", DescribedGroup::read),
            unknown_tagged_fields: reader.tags(flexible, "DescribeGroupsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        writer.structs(flexible, version, &self.groups, "DescribeGroupsResponse.groups", DescribedGroup::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeGroupsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedGroup {
    /// All versions.
    pub error_code: i16,
    /// Version 6, nullable, default null.
    pub error_message: Option<Str>,
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub group_state: Str,
    /// All versions.
    pub protocol_type: Str,
    /// All versions.
    pub protocol_data: Str,
    /// All versions.
    pub members: Vec<DescribedGroupMember>,
    /// Versions 3+, default -2147483648.
    pub authorized_operations: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: None,
            group_id: Str::EMPTY,
            group_state: Str::EMPTY,
            protocol_type: Str::EMPTY,
            protocol_data: Str::EMPTY,
            members: Vec::new(),
            authorized_operations: i32::MIN,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribedGroup {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 5;
        Self {
            error_code: reader.int16("DescribedGroup.error_code"),
            error_message: if version == 6 { reader.opt_string(flexible, true, "DescribedGroup.error_message") } else { None },
            group_id: reader.string(flexible, "DescribedGroup.group_id"),
            group_state: reader.string(flexible, "DescribedGroup.group_state"),
            protocol_type: reader.string(flexible, "DescribedGroup.protocol_type"),
            protocol_data: reader.string(flexible, "DescribedGroup.protocol_data"),
            members: reader.structs(flexible, version, match version { 0..=3 => 14, 4 => 16, _ => 7 }, "DescribedGroup.members", DescribedGroupMember::read),
            authorized_operations: if version >= 3 { reader.int32("DescribedGroup.authorized_operations") } else { i32::MIN },
            unknown_tagged_fields: reader.tags(flexible, "DescribedGroup"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.int16(self.error_code);
        if version == 6 {
            writer.opt_string(flexible, true, &self.error_message, "DescribedGroup.error_message");
        } else if self.error_message.is_some() {
            writer.reject("DescribedGroup.error_message");
        }
        writer.string(flexible, &self.group_id, "DescribedGroup.group_id");
        writer.string(flexible, &self.group_state, "DescribedGroup.group_state");
        writer.string(flexible, &self.protocol_type, "DescribedGroup.protocol_type");
        writer.string(flexible, &self.protocol_data, "DescribedGroup.protocol_data");
        writer.structs(flexible, version, &self.members, "DescribedGroup.members", DescribedGroupMember::write);
        if version >= 3 {
            writer.int32(self.authorized_operations);
        } else if self.authorized_operations != i32::MIN {
            writer.reject("DescribedGroup.authorized_operations");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeGroupsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribedGroupMember {
    /// All versions.
    pub member_id: Str,
    /// Versions 4+, nullable, default null, dropped where the version lacks it.
    pub group_instance_id: Option<Str>,
    /// All versions.
    pub client_id: Str,
    /// All versions.
    pub client_host: Str,
    /// All versions.
    pub member_metadata: Bytes,
    /// All versions.
    pub member_assignment: Bytes,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DescribedGroupMember {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 5;
        Self {
            member_id: reader.string(flexible, "DescribedGroupMember.member_id"),
            group_instance_id: if version >= 4 { reader.opt_string(flexible, true, "DescribedGroupMember.group_instance_id") } else { None },
            client_id: reader.string(flexible, "DescribedGroupMember.client_id"),
            client_host: reader.string(flexible, "DescribedGroupMember.client_host"),
            member_metadata: reader.bytes(flexible, "DescribedGroupMember.member_metadata"),
            member_assignment: reader.bytes(flexible, "DescribedGroupMember.member_assignment"),
            unknown_tagged_fields: reader.tags(flexible, "DescribedGroupMember"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.string(flexible, &self.member_id, "DescribedGroupMember.member_id");
        if version >= 4 {
            writer.opt_string(flexible, true, &self.group_instance_id, "DescribedGroupMember.group_instance_id");
        }
        writer.string(flexible, &self.client_id, "DescribedGroupMember.client_id");
        writer.string(flexible, &self.client_host, "DescribedGroupMember.client_host");
        writer.bytes(flexible, &self.member_metadata, "DescribedGroupMember.member_metadata");
        writer.bytes(flexible, &self.member_assignment, "DescribedGroupMember.member_assignment");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

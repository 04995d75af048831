//! ListGroupsResponse: a response of API 16, versions 0 to 5, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ListGroupsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListGroupsResponse {
    /// Versions 1+, dropped where the version lacks it.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub groups: Vec<ListedGroup>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListGroupsResponse {
    const NAME: &'static str = "ListGroupsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            throttle_time_ms: if version >= 1 { reader.int32("ListGroupsResponse.throttle_time_ms") } else { 0 },
            error_code: reader.int16("ListGroupsResponse.error_code"),
            groups: reader.structs(flexible, version, match version { 0..=2 => 4, 3 => 3, 4 => 4, _ => 5 }, "ListGroupsResponse.groups", ListedGroup::read),
            unknown_tagged_fields: reader.tags(flexible, "ListGroupsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        writer.int16(self.error_code);
        writer.structs(flexible, version, &self.groups, "ListGroupsResponse.groups", ListedGroup::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ListGroupsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListedGroup {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub protocol_type: Str,
    /// Versions 4+, dropped where the version lacks it.
    pub group_state: Str,
    /// Version 5, dropped where the version lacks it.
    pub group_type: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ListedGroup {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            group_id: reader.string(flexible, "ListedGroup.group_id"),
            protocol_type: reader.string(flexible, "ListedGroup.protocol_type"),
            group_state: if version >= 4 { reader.string(flexible, "ListedGroup.group_state") } else { Str::EMPTY },
            group_type: if version == 5 { reader.string(flexible, "ListedGroup.group_type") } else { Str::EMPTY },
            unknown_tagged_fields: reader.tags(flexible, "ListedGroup"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(flexible, &self.group_id, "ListedGroup.group_id");
        writer.string(flexible, &self.protocol_type, "ListedGroup.protocol_type");
        if version >= 4 {
            writer.string(flexible, &self.group_state, "ListedGroup.group_state");
        }
        if version == 5 {
            writer.string(flexible, &self.group_type, "ListedGroup.group_type");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

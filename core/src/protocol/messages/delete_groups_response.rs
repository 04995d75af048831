//! DeleteGroupsResponse: a response of API 42, versions 0 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DeleteGroupsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteGroupsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub results: Vec<DeletableGroupResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteGroupsResponse {
    const NAME: &'static str = "DeleteGroupsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            throttle_time_ms: reader.int32("DeleteGroupsResponse.throttle_time_ms"),
            results: reader.structs(flexible, version, 4, "DeleteGroupsResponse.results", DeletableGroupResult::read),
            unknown_tagged_fields: reader.tags(flexible, "DeleteGroupsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.results, "DeleteGroupsResponse.results", DeletableGroupResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteGroupsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeletableGroupResult {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DeletableGroupResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            group_id: reader.string(flexible, "DeletableGroupResult.group_id"),
            error_code: reader.int16("DeletableGroupResult.error_code"),
            unknown_tagged_fields: reader.tags(flexible, "DeletableGroupResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.string(flexible, &self.group_id, "DeletableGroupResult.group_id");
        writer.int16(self.error_code);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

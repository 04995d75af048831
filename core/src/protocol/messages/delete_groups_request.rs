//! DeleteGroupsRequest: a request of API 42, versions 0 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DeleteGroupsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteGroupsRequest {
    /// All versions.
    pub groups_names: Vec<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteGroupsRequest {
    const NAME: &'static str = "DeleteGroupsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            groups_names: reader.strings(flexible, "DeleteGroupsRequest.groups_names"),
            unknown_tagged_fields: reader.tags(flexible, "DeleteGroupsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.strings(flexible, &self.groups_names, "DeleteGroupsRequest.groups_names");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

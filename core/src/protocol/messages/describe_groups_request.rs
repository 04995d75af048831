//! DescribeGroupsRequest: a request of API 15, versions 0 to 6, flexible from 5.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeGroupsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeGroupsRequest {
    /// All versions.
    pub groups: Vec<Str>,
    /// Versions 3+.
    pub include_authorized_operations: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeGroupsRequest {
    const NAME: &'static str = "DescribeGroupsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=6;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 5;
        Self {
            groups: reader.strings(flexible, "DescribeGroupsRequest.groups"),
            include_authorized_operations: if version >= 3 { reader.bool("DescribeGroupsRequest.include_authorized_operations") } else { false },
            unknown_tagged_fields: reader.tags(flexible, "DescribeGroupsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.strings(flexible, &self.groups, "DescribeGroupsRequest.groups");
        if version >= 3 {
            writer.bool(self.include_authorized_operations);
        } else if self.include_authorized_operations {
            writer.reject("DescribeGroupsRequest.include_authorized_operations");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! ShareGroupDescribeRequest: a request of API 77, versions 1 to 1, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareGroupDescribeRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupDescribeRequest {
    /// All versions.
    pub group_ids: Vec<Str>,
    /// All versions.
    pub include_authorized_operations: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupDescribeRequest {
    const NAME: &'static str = "ShareGroupDescribeRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=1;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group_ids: reader.strings(true, "ShareGroupDescribeRequest.group_ids"),
            include_authorized_operations: reader.bool("ShareGroupDescribeRequest.include_authorized_operations"),
            unknown_tagged_fields: reader.tags(true, "ShareGroupDescribeRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.strings(true, &self.group_ids, "ShareGroupDescribeRequest.group_ids");
        writer.bool(self.include_authorized_operations);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

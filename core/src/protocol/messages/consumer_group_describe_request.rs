//! ConsumerGroupDescribeRequest: a request of API 69, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerGroupDescribeRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupDescribeRequest {
    /// All versions.
    pub group_ids: Vec<Str>,
    /// All versions.
    pub include_authorized_operations: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupDescribeRequest {
    const NAME: &'static str = "ConsumerGroupDescribeRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group_ids: reader.strings(true, "ConsumerGroupDescribeRequest.group_ids"),
            include_authorized_operations: reader.bool("ConsumerGroupDescribeRequest.include_authorized_operations"),
            unknown_tagged_fields: reader.tags(true, "ConsumerGroupDescribeRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.strings(true, &self.group_ids, "ConsumerGroupDescribeRequest.group_ids");
        writer.bool(self.include_authorized_operations);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

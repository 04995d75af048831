//! DescribeTransactionsRequest: a request of API 65, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeTransactionsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeTransactionsRequest {
    /// All versions.
    pub transactional_ids: Vec<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeTransactionsRequest {
    const NAME: &'static str = "DescribeTransactionsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            transactional_ids: reader.strings(true, "DescribeTransactionsRequest.transactional_ids"),
            unknown_tagged_fields: reader.tags(true, "DescribeTransactionsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.strings(true, &self.transactional_ids, "DescribeTransactionsRequest.transactional_ids");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

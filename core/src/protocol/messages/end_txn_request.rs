//! EndTxnRequest: a request of API 26, versions 0 to 5, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `EndTxnRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndTxnRequest {
    /// All versions.
    pub transactional_id: Str,
    /// All versions.
    pub producer_id: i64,
    /// All versions.
    pub producer_epoch: i16,
    /// All versions.
    pub committed: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for EndTxnRequest {
    const NAME: &'static str = "EndTxnRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            transactional_id: reader.string(flexible, "EndTxnRequest.transactional_id"),
            producer_id: reader.int64("EndTxnRequest.producer_id"),
            producer_epoch: reader.int16("EndTxnRequest.producer_epoch"),
            committed: reader.bool("EndTxnRequest.committed"),
            unknown_tagged_fields: reader.tags(flexible, "EndTxnRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(flexible, &self.transactional_id, "EndTxnRequest.transactional_id");
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        writer.bool(self.committed);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

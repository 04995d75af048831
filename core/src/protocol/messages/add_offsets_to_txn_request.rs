//! AddOffsetsToTxnRequest: a request of API 25, versions 0 to 4, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AddOffsetsToTxnRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddOffsetsToTxnRequest {
    /// All versions.
    pub transactional_id: Str,
    /// All versions.
    pub producer_id: i64,
    /// All versions.
    pub producer_epoch: i16,
    /// All versions.
    pub group_id: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AddOffsetsToTxnRequest {
    const NAME: &'static str = "AddOffsetsToTxnRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            transactional_id: reader.string(flexible, "AddOffsetsToTxnRequest.transactional_id"),
            producer_id: reader.int64("AddOffsetsToTxnRequest.producer_id"),
            producer_epoch: reader.int16("AddOffsetsToTxnRequest.producer_epoch"),
            group_id: reader.string(flexible, "AddOffsetsToTxnRequest.group_id"),
            unknown_tagged_fields: reader.tags(flexible, "AddOffsetsToTxnRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(flexible, &self.transactional_id, "AddOffsetsToTxnRequest.transactional_id");
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        writer.string(flexible, &self.group_id, "AddOffsetsToTxnRequest.group_id");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

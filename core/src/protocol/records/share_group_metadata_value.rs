//! ShareGroupMetadataValue: the value of a coordinator's record of type 11, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareGroupMetadataValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupMetadataValue {
    /// All versions.
    pub epoch: i32,
    /// All versions.
    pub metadata_hash: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupMetadataValue {
    const NAME: &'static str = "ShareGroupMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            epoch: reader.int32("ShareGroupMetadataValue.epoch"),
            metadata_hash: reader.int64("ShareGroupMetadataValue.metadata_hash"),
            unknown_tagged_fields: reader.tags(true, "ShareGroupMetadataValue"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.epoch);
        writer.int64(self.metadata_hash);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

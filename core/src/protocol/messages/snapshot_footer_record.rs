//! SnapshotFooterRecord: data, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `SnapshotFooterRecord`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SnapshotFooterRecord {
    /// All versions.
    pub version: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for SnapshotFooterRecord {
    const NAME: &'static str = "SnapshotFooterRecord";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            version: reader.int16("SnapshotFooterRecord.version"),
            unknown_tagged_fields: reader.tags(true, "SnapshotFooterRecord"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int16(self.version);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

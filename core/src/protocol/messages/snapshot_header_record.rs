//! SnapshotHeaderRecord: data, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `SnapshotHeaderRecord`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SnapshotHeaderRecord {
    /// All versions.
    pub version: i16,
    /// All versions.
    pub last_contained_log_timestamp: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for SnapshotHeaderRecord {
    const NAME: &'static str = "SnapshotHeaderRecord";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            version: reader.int16("SnapshotHeaderRecord.version"),
            last_contained_log_timestamp: reader.int64("SnapshotHeaderRecord.last_contained_log_timestamp"),
            unknown_tagged_fields: reader.tags(true, "SnapshotHeaderRecord"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int16(self.version);
        writer.int64(self.last_contained_log_timestamp);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

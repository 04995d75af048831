//! LegacyOffsetCommitValue: the value of a coordinator's record of type 0, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `LegacyOffsetCommitValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LegacyOffsetCommitValue {
    /// All versions.
    pub offset: i64,
    /// All versions.
    pub metadata: Str,
    /// All versions.
    pub commit_timestamp: i64,
}

impl Message for LegacyOffsetCommitValue {
    const NAME: &'static str = "LegacyOffsetCommitValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            offset: reader.int64("LegacyOffsetCommitValue.offset"),
            metadata: reader.string(false, "LegacyOffsetCommitValue.metadata"),
            commit_timestamp: reader.int64("LegacyOffsetCommitValue.commit_timestamp"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int64(self.offset);
        writer.string(false, &self.metadata, "LegacyOffsetCommitValue.metadata");
        writer.int64(self.commit_timestamp);
    }
}

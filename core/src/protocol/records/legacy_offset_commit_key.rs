//! LegacyOffsetCommitKey: the key of a coordinator's record of type 0, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `LegacyOffsetCommitKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LegacyOffsetCommitKey {
    /// All versions.
    pub group: Str,
    /// All versions.
    pub topic: Str,
    /// All versions.
    pub partition: i32,
}

impl Message for LegacyOffsetCommitKey {
    const NAME: &'static str = "LegacyOffsetCommitKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group: reader.string(false, "LegacyOffsetCommitKey.group"),
            topic: reader.string(false, "LegacyOffsetCommitKey.topic"),
            partition: reader.int32("LegacyOffsetCommitKey.partition"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.group, "LegacyOffsetCommitKey.group");
        writer.string(false, &self.topic, "LegacyOffsetCommitKey.topic");
        writer.int32(self.partition);
    }
}

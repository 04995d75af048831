//! OffsetCommitKey: the key of a coordinator's record of type 1, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `OffsetCommitKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetCommitKey {
    /// All versions.
    pub group: Str,
    /// All versions.
    pub topic: Str,
    /// All versions.
    pub partition: i32,
}

impl Message for OffsetCommitKey {
    const NAME: &'static str = "OffsetCommitKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group: reader.string(false, "OffsetCommitKey.group"),
            topic: reader.string(false, "OffsetCommitKey.topic"),
            partition: reader.int32("OffsetCommitKey.partition"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.group, "OffsetCommitKey.group");
        writer.string(false, &self.topic, "OffsetCommitKey.topic");
        writer.int32(self.partition);
    }
}

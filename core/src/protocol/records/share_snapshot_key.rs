//! ShareSnapshotKey: the key of a coordinator's record of type 0, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareSnapshotKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareSnapshotKey {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partition: i32,
}

impl Message for ShareSnapshotKey {
    const NAME: &'static str = "ShareSnapshotKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group_id: reader.string(false, "ShareSnapshotKey.group_id"),
            topic_id: reader.uuid("ShareSnapshotKey.topic_id"),
            partition: reader.int32("ShareSnapshotKey.partition"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.group_id, "ShareSnapshotKey.group_id");
        writer.uuid(self.topic_id);
        writer.int32(self.partition);
    }
}

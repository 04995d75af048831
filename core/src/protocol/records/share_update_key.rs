//! ShareUpdateKey: the key of a coordinator's record of type 1, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareUpdateKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareUpdateKey {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partition: i32,
}

impl Message for ShareUpdateKey {
    const NAME: &'static str = "ShareUpdateKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group_id: reader.string(false, "ShareUpdateKey.group_id"),
            topic_id: reader.uuid("ShareUpdateKey.topic_id"),
            partition: reader.int32("ShareUpdateKey.partition"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.group_id, "ShareUpdateKey.group_id");
        writer.uuid(self.topic_id);
        writer.int32(self.partition);
    }
}

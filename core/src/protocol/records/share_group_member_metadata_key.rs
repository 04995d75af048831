//! ShareGroupMemberMetadataKey: the key of a coordinator's record of type 10, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareGroupMemberMetadataKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupMemberMetadataKey {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub member_id: Str,
}

impl Message for ShareGroupMemberMetadataKey {
    const NAME: &'static str = "ShareGroupMemberMetadataKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group_id: reader.string(false, "ShareGroupMemberMetadataKey.group_id"),
            member_id: reader.string(false, "ShareGroupMemberMetadataKey.member_id"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.group_id, "ShareGroupMemberMetadataKey.group_id");
        writer.string(false, &self.member_id, "ShareGroupMemberMetadataKey.member_id");
    }
}

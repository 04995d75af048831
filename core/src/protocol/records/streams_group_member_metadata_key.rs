//! StreamsGroupMemberMetadataKey: the key of a coordinator's record of type 19, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `StreamsGroupMemberMetadataKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupMemberMetadataKey {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub member_id: Str,
}

impl Message for StreamsGroupMemberMetadataKey {
    const NAME: &'static str = "StreamsGroupMemberMetadataKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group_id: reader.string(false, "StreamsGroupMemberMetadataKey.group_id"),
            member_id: reader.string(false, "StreamsGroupMemberMetadataKey.member_id"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.group_id, "StreamsGroupMemberMetadataKey.group_id");
        writer.string(false, &self.member_id, "StreamsGroupMemberMetadataKey.member_id");
    }
}

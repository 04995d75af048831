//! StreamsGroupCurrentMemberAssignmentKey: the key of a coordinator's record of type 22, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `StreamsGroupCurrentMemberAssignmentKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupCurrentMemberAssignmentKey {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub member_id: Str,
}

impl Message for StreamsGroupCurrentMemberAssignmentKey {
    const NAME: &'static str = "StreamsGroupCurrentMemberAssignmentKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group_id: reader.string(false, "StreamsGroupCurrentMemberAssignmentKey.group_id"),
            member_id: reader.string(false, "StreamsGroupCurrentMemberAssignmentKey.member_id"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.group_id, "StreamsGroupCurrentMemberAssignmentKey.group_id");
        writer.string(false, &self.member_id, "StreamsGroupCurrentMemberAssignmentKey.member_id");
    }
}

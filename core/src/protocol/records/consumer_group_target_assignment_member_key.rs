//! ConsumerGroupTargetAssignmentMemberKey: the key of a coordinator's record of type 7, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerGroupTargetAssignmentMemberKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupTargetAssignmentMemberKey {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub member_id: Str,
}

impl Message for ConsumerGroupTargetAssignmentMemberKey {
    const NAME: &'static str = "ConsumerGroupTargetAssignmentMemberKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group_id: reader.string(false, "ConsumerGroupTargetAssignmentMemberKey.group_id"),
            member_id: reader.string(false, "ConsumerGroupTargetAssignmentMemberKey.member_id"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.group_id, "ConsumerGroupTargetAssignmentMemberKey.group_id");
        writer.string(false, &self.member_id, "ConsumerGroupTargetAssignmentMemberKey.member_id");
    }
}

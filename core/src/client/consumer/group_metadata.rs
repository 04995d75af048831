//! Who commits offsets for a group within a producer's transaction. Pure.

use std::sync::Arc;

use super::calls::Committer;

/// A member of a group at one moment, as a transaction's offsets name it (KIP-447).
///
/// Got anew before each commit: when the group has moved on since, the commit is refused.
#[derive(Clone, Debug)]
pub struct GroupMetadata(Committer);

impl GroupMetadata {
    /// Nobody in particular: for who assigns partitions by hand. Only the transactional id then keeps others out.
    pub fn unmanaged(group_id: &str) -> Self {
        GroupMetadata(Committer { group_id: Arc::from(group_id), instance_id: None, member: None })
    }

    pub(super) fn of(committer: Committer) -> Self {
        GroupMetadata(committer)
    }

    /// The group.
    pub fn group_id(&self) -> &str {
        &self.0.group_id
    }

    /// The member's id; empty for nobody in particular.
    pub fn member_id(&self) -> &str {
        self.0.member.as_ref().map_or("", |(id, _)| id)
    }

    /// The group's generation; -1 for nobody in particular.
    pub fn generation(&self) -> i32 {
        self.0.member.as_ref().map_or(-1, |(_, generation)| *generation)
    }

    /// The member's `group.instance.id`, if it is static.
    pub fn instance_id(&self) -> Option<&str> {
        self.0.instance_id.as_deref().filter(|_| self.0.member.is_some())
    }
}

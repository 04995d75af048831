//! A group of either protocol, under one name.

use std::collections::BTreeSet;

use super::classic::{ClassicGroup, Phase};
use super::consumer::ConsumerGroup;
use super::expiry;
use super::record::{CommittedOffset, GroupRecord};
use super::request::{GroupError, GroupLimits, Name};

/// A group of either protocol.
#[derive(Clone, Debug)]
pub(crate) enum Group {
    Classic(ClassicGroup),
    Consumer(ConsumerGroup),
}

impl Group {
    /// The type's name as ListGroups carries it.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Group::Classic(_) => "classic",
            Group::Consumer(_) => "consumer",
        }
    }

    /// The state's name as ListGroups carries it.
    pub(crate) fn state_name(&self) -> &'static str {
        match self {
            Group::Classic(group) => group.phase.name(),
            Group::Consumer(group) => group.state_name(),
        }
    }

    /// The protocol type as ListGroups carries it.
    pub(crate) fn protocol_type(&self) -> Name {
        match self {
            Group::Classic(group) => group.protocol_type.clone().unwrap_or_else(|| "".into()),
            Group::Consumer(_) => "consumer".into(),
        }
    }

    /// Whether nobody is in it.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Group::Classic(group) => group.phase == Phase::Empty,
            Group::Consumer(group) => group.members.is_empty(),
        }
    }

    /// Who reads what, so that offsets of other topics may go; an error if that cannot be told.
    pub(super) fn readers(&self) -> Result<Readers<'_>, GroupError> {
        match self {
            Group::Classic(group) if group.phase == Phase::Empty => Ok(Readers::None),
            Group::Classic(group) => {
                expiry::subscribed_topics(group).map(Readers::Topics).ok_or(GroupError::NotEmpty)
            }
            Group::Consumer(group) => Ok(Readers::Of(group)),
        }
    }

    /// Tells of a committed offset of a topic whether it has had its time.
    pub(super) fn expiry<'a>(
        &'a self,
        now_ms: i64,
        limits: &'a GroupLimits,
    ) -> impl Fn(&str, &CommittedOffset) -> bool + 'a {
        let readers = self.readers();
        move |topic, offset| {
            // Where nobody can tell who reads what, everything is read.
            let is_read = readers.as_ref().is_ok_and(|readers| readers.read(topic)) || readers.is_err();
            match self {
                Group::Classic(group) => expiry::is_expired(Some(group), now_ms, limits, offset, is_read),
                Group::Consumer(_) => !is_read && expiry::is_expired(None, now_ms, limits, offset, false),
            }
        }
    }

    /// The records that end a group in which nobody is; none if somebody is, or is about to come.
    pub(super) fn end(&self) -> Vec<GroupRecord> {
        match self {
            Group::Classic(group) => expiry::group_tombstone(group).into_iter().collect(),
            Group::Consumer(group) if !group.members.is_empty() => Vec::new(),
            Group::Consumer(group) => {
                let record = |record| GroupRecord::Consumer { group: group.id.clone(), record };
                group.tombstones().into_iter().map(record).collect()
            }
        }
    }
}

/// The topics that somebody reads.
pub(super) enum Readers<'a> {
    None,
    Topics(BTreeSet<Name>),
    Of(&'a ConsumerGroup),
}

impl Readers<'_> {
    /// Whether somebody reads `topic`.
    pub(super) fn read(&self, topic: &str) -> bool {
        match self {
            Readers::None => false,
            Readers::Topics(topics) => topics.contains(topic),
            Readers::Of(group) => group.reads(topic),
        }
    }
}

//! What a request leads to, as data: records to log, the group's next soft state, replies and deadlines.

use super::classic::ClassicGroup;
use super::record::GroupRecord;
use super::request::{Name, Reply, Token};

/// What a deadline is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TimerKind {
    /// The member must be heard of before.
    Session(Name),
    /// The owner of an id given by MEMBER_ID_REQUIRED must join before.
    Pending(Name),
    /// The join phase ends.
    Join,
    /// Members that have not asked for their assignment are removed.
    Sync,
    /// In a consumer group: the member must have confirmed what it gives up.
    Revocation(Name),
    /// In a consumer group: the classic member must have joined again.
    Rejoin(Name),
    /// In a consumer group: the classic member must have asked for its assignment.
    Resync(Name),
}

/// The name of one deadline; setting it again moves it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TimerKey {
    pub(crate) group: Name,
    pub(crate) kind: TimerKind,
}

/// A deadline to set or to forget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TimerChange {
    Set(TimerKey, i64),
    /// A deadline that is set already stays.
    SetIfAbsent(TimerKey, i64),
    Clear(TimerKey),
}

/// The state of one group that is not logged but follows from the decision; applied after the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GroupChange {
    Put(Box<ClassicGroup>),
    Remove(Name),
    /// A consumer group has been brought up to a version of the cluster.
    Seen {
        group: Name,
        version: u64,
    },
}

/// The outcome of one `decide`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Decision {
    /// To be logged, then replayed, in this order.
    pub(crate) records: Vec<GroupRecord>,
    /// To be replayed after the records.
    pub(crate) change: Option<GroupChange>,
    /// To be sent when the records are durable.
    pub(crate) replies: Vec<(Token, Reply)>,
    /// To be applied in this order.
    pub(crate) timers: Vec<TimerChange>,
}

impl Decision {
    /// Only an answer.
    pub(crate) fn reply(token: Token, reply: Reply) -> Self {
        Decision { replies: vec![(token, reply)], ..Decision::default() }
    }
}

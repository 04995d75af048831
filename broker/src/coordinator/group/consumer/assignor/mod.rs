//! Server-side assignors: partitions to members, under Kafka's names.
//!
//! Pure functions of a [`Spec`]; they know no group, no epoch and no record.

mod mixed;
mod range;
mod uniform;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use riverrun_core::protocol::Uuid;

use super::assignment::Partitions;
use crate::coordinator::group::request::Name;

/// An assignor that the broker has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Assignor {
    /// Every member about as many partitions as any other, moving as few as it can.
    Uniform,
    /// Neighbouring partitions of each topic to each member, the same numbers in all topics.
    Range,
}

/// A member as an assignor sees it.
#[derive(Clone, Debug)]
pub(super) struct MemberSpec {
    pub(super) instance_id: Option<Name>,
    /// What it reads; only topics that are there.
    pub(super) topics: Arc<BTreeSet<Uuid>>,
    /// What the last target gave it; only partitions that are there.
    pub(super) before: Partitions,
}

/// What there is to assign, and to whom.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    /// Partition counts of the topics that members read.
    pub(super) topics: BTreeMap<Uuid, i32>,
    pub(super) members: BTreeMap<Name, MemberSpec>,
}

impl Assignor {
    /// Its name in configs and requests.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Assignor::Uniform => "uniform",
            Assignor::Range => "range",
        }
    }

    /// The assignor of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Assignor::Uniform, Assignor::Range].into_iter().find(|assignor| assignor.name() == name)
    }

    /// Gives every partition of a topic that somebody reads to one of its readers.
    pub(super) fn assign(self, spec: &Spec) -> BTreeMap<Name, Partitions> {
        match self {
            Assignor::Range => range::assign(spec),
            Assignor::Uniform if spec.is_homogeneous() => uniform::assign(spec),
            Assignor::Uniform => mixed::assign(spec),
        }
    }
}

impl Spec {
    /// Whether all members read the same topics.
    fn is_homogeneous(&self) -> bool {
        let mut all = self.members.values().map(|member| &member.topics);
        all.next().is_none_or(|first| all.all(|other| Arc::ptr_eq(first, other) || first == other))
    }
}

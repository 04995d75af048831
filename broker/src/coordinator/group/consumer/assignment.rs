//! Sets of partitions by topic id.

use std::collections::{BTreeMap, BTreeSet};

use riverrun_core::protocol::Uuid;

/// Partitions by topic.
pub(crate) type Partitions = BTreeMap<Uuid, BTreeSet<i32>>;

/// Partitions by topic, each with the epoch at which its owner got it.
pub(crate) type Owned = BTreeMap<Uuid, BTreeMap<i32, i32>>;

/// The partitions, without their epochs.
pub(crate) fn partitions_of(owned: &Owned) -> Partitions {
    owned.iter().map(|(topic, partitions)| (*topic, partitions.keys().copied().collect())).collect()
}

/// The partitions, all got at `epoch`.
pub(super) fn owned_since(partitions: &Partitions, epoch: i32) -> Owned {
    partitions
        .iter()
        .map(|(topic, partitions)| (*topic, partitions.iter().map(|partition| (*partition, epoch)).collect()))
        .collect()
}

/// Whether every partition of `part` is in `whole`.
pub(super) fn is_subset(part: &Partitions, whole: &Owned) -> bool {
    part.iter().all(|(topic, partitions)| {
        partitions.is_empty()
            || whole.get(topic).is_some_and(|owned| partitions.iter().all(|index| owned.contains_key(index)))
    })
}

/// The epoch at which a partition was got, if it is owned.
pub(super) fn epoch_of(owned: &Owned, topic: &Uuid, partition: i32) -> Option<i32> {
    owned.get(topic)?.get(&partition).copied()
}

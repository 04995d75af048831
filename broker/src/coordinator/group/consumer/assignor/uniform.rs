//! `uniform`, where all members read the same: each gets its quota, and keeps what it had within it.

use std::collections::BTreeMap;

use super::Spec;
use crate::coordinator::group::consumer::assignment::Partitions;
use crate::coordinator::group::request::Name;

pub(super) fn assign(spec: &Spec) -> BTreeMap<Name, Partitions> {
    let Some(subscribed) = spec.members.values().next().map(|member| member.topics.clone()) else {
        return BTreeMap::new();
    };
    // A partition may stand in two targets after a static member was replaced; the first one keeps it.
    let mut owned = Partitions::new();
    let mut kept: Vec<(&Name, Partitions, usize)> = Vec::with_capacity(spec.members.len());
    for (id, member) in &spec.members {
        let mut before = member.before.clone();
        before.retain(|topic, partitions| {
            let taken = owned.entry(*topic).or_default();
            partitions.retain(|partition| subscribed.contains(topic) && taken.insert(*partition));
            !partitions.is_empty()
        });
        let count = before.values().map(std::collections::BTreeSet::len).sum();
        kept.push((id, before, count));
    }
    let total: usize = subscribed.iter().map(|topic| partition_count(spec, topic)).sum();
    let least = total / spec.members.len();
    // Whoever has most keeps the one more that not everybody can have.
    kept.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(b.0)));
    let with_one_more = total % spec.members.len();
    let mut free: Vec<_> = subscribed
        .iter()
        .flat_map(|topic| {
            (0..spec.topics.get(topic).copied().unwrap_or(0)).map(|partition| (*topic, partition))
        })
        .filter(|(topic, partition)| !owned.get(topic).is_some_and(|taken| taken.contains(partition)))
        .collect();
    let mut targets: Vec<(&Name, Partitions, usize)> = Vec::with_capacity(kept.len());
    for (place, (id, mut target, count)) in kept.into_iter().enumerate() {
        let quota = least + usize::from(place < with_one_more);
        for _ in quota..count {
            free.extend(take_last(&mut target));
        }
        targets.push((id, target, quota.saturating_sub(count)));
    }
    free.sort_unstable();
    let mut free = free.into_iter();
    for (_, target, room) in &mut targets {
        for (topic, partition) in free.by_ref().take(*room) {
            target.entry(topic).or_default().insert(partition);
        }
    }
    targets.into_iter().map(|(id, target, _)| (id.clone(), target)).collect()
}

fn partition_count(spec: &Spec, topic: &riverrun_core::protocol::Uuid) -> usize {
    spec.topics.get(topic).map_or(0, |count| usize::try_from(*count).unwrap_or(0))
}

/// Takes the last partition of the last topic out.
fn take_last(target: &mut Partitions) -> Option<(riverrun_core::protocol::Uuid, i32)> {
    let mut entry = target.last_entry()?;
    let topic = *entry.key();
    let partition = entry.get_mut().pop_last();
    if entry.get().is_empty() {
        entry.remove();
    }
    partition.map(|partition| (topic, partition))
}

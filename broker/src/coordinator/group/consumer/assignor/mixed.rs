//! `uniform`, where members read different topics: keep what is held, give the rest to who has least, then move
//! partitions from those with most to those with least, topic by topic, until nothing gets better.

use std::collections::{BTreeMap, BTreeSet};

use riverrun_core::protocol::Uuid;

use super::Spec;
use crate::coordinator::group::consumer::assignment::Partitions;
use crate::coordinator::group::request::Name;

/// Rounds over all topics after which the balance is taken as it is.
const ROUNDS_MAX: usize = 16;

struct Balance<'a> {
    spec: &'a Spec,
    /// Members by number, in the order of their ids.
    ids: Vec<&'a Name>,
    targets: Vec<Partitions>,
    sizes: Vec<usize>,
    /// Who reads a topic.
    readers: BTreeMap<Uuid, Vec<usize>>,
}

pub(super) fn assign(spec: &Spec) -> BTreeMap<Name, Partitions> {
    let mut balance = Balance::new(spec);
    let order = balance.topics_by_need();
    balance.give_free(&order);
    for _ in 0..ROUNDS_MAX {
        let moved = order.iter().map(|topic| balance.even_out(topic)).sum::<usize>();
        if moved == 0 {
            break;
        }
    }
    let Balance { ids, targets, .. } = balance;
    ids.into_iter().cloned().zip(targets).collect()
}

impl<'a> Balance<'a> {
    /// Everybody holds what it had and still reads.
    fn new(spec: &'a Spec) -> Self {
        let ids: Vec<&Name> = spec.members.keys().collect();
        let mut readers: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
        let mut taken: BTreeSet<(Uuid, i32)> = BTreeSet::new();
        let mut targets = Vec::with_capacity(ids.len());
        for (number, member) in spec.members.values().enumerate() {
            for topic in member.topics.iter() {
                readers.entry(*topic).or_default().push(number);
            }
            let mut target = member.before.clone();
            target.retain(|topic, partitions| {
                partitions.retain(|index| member.topics.contains(topic) && taken.insert((*topic, *index)));
                !partitions.is_empty()
            });
            targets.push(target);
        }
        let sizes = targets.iter().map(|target| target.values().map(BTreeSet::len).sum()).collect();
        Balance { spec, ids, targets, sizes, readers }
    }

    /// Most partitions per reader first, then fewest readers: what has least choice is placed first.
    fn topics_by_need(&self) -> Vec<Uuid> {
        let mut order: Vec<Uuid> = self.readers.keys().copied().collect();
        let count =
            |topic: &Uuid| u64::try_from(self.spec.topics.get(topic).copied().unwrap_or(0)).unwrap_or(0);
        let readers = |topic: &Uuid| self.readers[topic].len() as u64;
        order.sort_by(|a, b| {
            // count(b)/readers(b) against count(a)/readers(a), without rounding.
            let by_load = (count(b) * readers(a)).cmp(&(count(a) * readers(b)));
            by_load.then_with(|| readers(a).cmp(&readers(b))).then_with(|| a.cmp(b))
        });
        order
    }

    /// Gives the partitions that nobody holds to those readers of their topic who have least.
    fn give_free(&mut self, order: &[Uuid]) {
        for topic in order {
            let mut held: BTreeSet<i32> = BTreeSet::new();
            for reader in &self.readers[topic] {
                held.extend(self.targets[*reader].get(topic).into_iter().flatten());
            }
            let mut by_size = self.by_size(topic);
            for partition in 0..self.spec.topics.get(topic).copied().unwrap_or(0) {
                if held.contains(&partition) {
                    continue;
                }
                let Some((size, reader)) = by_size.pop_first() else { break };
                self.targets[reader].entry(*topic).or_default().insert(partition);
                self.sizes[reader] = size + 1;
                by_size.insert((size + 1, reader));
            }
        }
    }

    /// The readers of a topic, with what they hold of all topics.
    fn by_size(&self, topic: &Uuid) -> BTreeSet<(usize, usize)> {
        self.readers[topic].iter().map(|reader| (self.sizes[*reader], *reader)).collect()
    }

    /// Moves partitions of one topic from its fullest readers to its emptiest. Returns how many.
    fn even_out(&mut self, topic: &Uuid) -> usize {
        let mut by_size = self.by_size(topic);
        let mut moved = 0;
        loop {
            // Only who holds a partition of this topic can give one.
            let giver =
                by_size.iter().rev().find(|(_, reader)| self.targets[*reader].contains_key(topic)).copied();
            let (Some((most, giver)), Some((least, taker))) = (giver, by_size.first().copied()) else {
                break;
            };
            if most <= least + 1 {
                break;
            }
            let Some(partition) = self.give_up(giver, topic) else { break };
            self.targets[taker].entry(*topic).or_default().insert(partition);
            for (reader, before, after) in [(giver, most, most - 1), (taker, least, least + 1)] {
                by_size.remove(&(before, reader));
                by_size.insert((after, reader));
                self.sizes[reader] = after;
            }
            moved += 1;
        }
        moved
    }

    fn give_up(&mut self, reader: usize, topic: &Uuid) -> Option<i32> {
        let held = self.targets[reader].get_mut(topic)?;
        let partition = held.pop_last();
        if held.is_empty() {
            self.targets[reader].remove(topic);
        }
        partition
    }
}

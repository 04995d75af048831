//! `range`: each topic's partitions are cut into neighbouring ranges, in the order of members, so that topics of equal
//! size are cut alike and can be joined by partition.

use std::collections::BTreeMap;

use riverrun_core::protocol::Uuid;

use super::Spec;
use crate::coordinator::group::consumer::assignment::Partitions;
use crate::coordinator::group::request::Name;

/// One topic that is being cut.
struct Cut {
    partitions: i32,
    readers: i32,
    next_partition: i32,
    next_reader: i32,
}

impl Cut {
    /// The next reader's range: the first readers get one more where it does not come out even.
    fn next(&mut self) -> std::ops::Range<i32> {
        let extra = i32::from(self.next_reader < self.partitions % self.readers);
        let start = self.next_partition;
        self.next_reader += 1;
        self.next_partition += self.partitions / self.readers + extra;
        start..self.next_partition
    }
}

/// Static members come first, by instance id, so that a restart under a new member id moves nothing.
pub(super) fn assign(spec: &Spec) -> BTreeMap<Name, Partitions> {
    let mut order: Vec<_> = spec.members.iter().collect();
    order.sort_by_key(|(id, member)| {
        (member.instance_id.is_none(), member.instance_id.clone(), (*id).clone())
    });
    let mut cuts: BTreeMap<Uuid, Cut> = BTreeMap::new();
    for topic in order.iter().flat_map(|(_, member)| member.topics.iter()) {
        let partitions = spec.topics.get(topic).copied().unwrap_or(0);
        let cut = Cut { partitions, readers: 0, next_partition: 0, next_reader: 0 };
        cuts.entry(*topic).or_insert(cut).readers += 1;
    }
    let mut targets = BTreeMap::new();
    for (id, member) in order {
        let mut target = Partitions::new();
        for topic in member.topics.iter() {
            let range = cuts.get_mut(topic).map(Cut::next).unwrap_or_default();
            if !range.is_empty() {
                target.insert(*topic, range.collect());
            }
        }
        targets.insert(id.clone(), target);
    }
    targets
}

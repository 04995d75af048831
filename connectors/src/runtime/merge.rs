//! One reproducible order over several partitions whose ends are known: by timestamp, then by partition.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use crate::api::{SinkRecord, TopicPartition};

/// How many records of one partition wait at most while another is behind.
const WAITING_RECORDS: usize = 10_000;

/// Merges partitions. It holds a record back until every other partition has shown its next one or is at its end, so
/// the order does not depend on which arrived first. Within a partition the order stays.
#[derive(Debug)]
pub(super) struct Merge {
    lanes: Vec<Lane>,
    heads: BinaryHeap<Reverse<(i64, usize)>>,
    /// Lanes that have shown no next record and are not at their end.
    silent: usize,
}

#[derive(Debug)]
struct Lane {
    partition: TopicPartition,
    end: i64,
    position: i64,
    waiting: VecDeque<SinkRecord>,
    silent: bool,
}

impl Merge {
    /// Merges from `from` to `ends`; a partition without an entry in `from` begins at 0.
    pub(super) fn new(from: &BTreeMap<TopicPartition, i64>, ends: &BTreeMap<TopicPartition, i64>) -> Merge {
        let lane = |(partition, &end): (&TopicPartition, &i64)| {
            let position = from.get(partition).copied().unwrap_or(0);
            let silent = position < end;
            Lane { partition: partition.clone(), end, position, waiting: VecDeque::new(), silent }
        };
        let lanes: Vec<Lane> = ends.iter().map(lane).collect();
        let silent = lanes.iter().filter(|lane| lane.silent).count();
        Merge { lanes, heads: BinaryHeap::new(), silent }
    }

    /// Takes what was read of a partition, which now goes on at `position`.
    pub(super) fn push(&mut self, partition: &TopicPartition, records: Vec<SinkRecord>, position: i64) {
        let Some(at) = self.lanes.iter().position(|lane| &lane.partition == partition) else { return };
        let lane = &mut self.lanes[at];
        lane.position = position;
        let end = lane.end;
        lane.waiting.extend(records.into_iter().filter(|record| record.offset < end));
        if lane.silent {
            self.unsilence(at);
        }
    }

    fn unsilence(&mut self, at: usize) {
        let lane = &mut self.lanes[at];
        match lane.waiting.front() {
            Some(head) => self.heads.push(Reverse((head.timestamp, at))),
            None if lane.position < lane.end => return,
            None => {}
        }
        lane.silent = false;
        self.silent -= 1;
    }

    /// The next record in order, if it is known yet.
    pub(super) fn next(&mut self) -> Option<SinkRecord> {
        if self.silent > 0 {
            return None;
        }
        let Reverse((_, at)) = self.heads.pop()?;
        let record = self.lanes[at].waiting.pop_front()?;
        self.lanes[at].silent = true;
        self.silent += 1;
        self.unsilence(at);
        Some(record)
    }

    /// Whether everything was read and handed out.
    pub(super) fn is_done(&self) -> bool {
        self.silent == 0 && self.heads.is_empty()
    }

    /// Which partitions are not to be read for now: they are at their end, or far ahead of another.
    pub(super) fn paused(&self) -> impl Iterator<Item = (&TopicPartition, bool)> {
        self.lanes
            .iter()
            .map(|lane| (&lane.partition, lane.position >= lane.end || lane.waiting.len() >= WAITING_RECORDS))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(partition: i32, offset: i64, timestamp: i64) -> SinkRecord {
        SinkRecord {
            partition: TopicPartition::new("t", partition),
            offset,
            key: None,
            value: None,
            headers: Vec::new(),
            timestamp,
        }
    }

    proptest! {
        /// Whatever the arrival, the order is the same, and nothing is missing.
        #[test]
        fn arrival_does_not_matter(
            lanes in proptest::collection::vec(proptest::collection::vec(0_i64..20, 0..8), 1..4),
            arrival in proptest::collection::vec((0_usize..4, 1_usize..4), 0..40),
        ) {
            let ends: BTreeMap<TopicPartition, i64> = (0..).zip(&lanes)
                .map(|(partition, lane)| (TopicPartition::new("t", partition), lane.len() as i64))
                .collect();
            let run = |arrival: &[(usize, usize)]| {
                let mut merge = Merge::new(&BTreeMap::new(), &ends);
                let mut read = vec![0; lanes.len()];
                let mut order = Vec::new();
                let mut feed = |lane: usize, count: usize, merge: &mut Merge| {
                    let from = read[lane];
                    let to = (from + count).min(lanes[lane].len());
                    read[lane] = to;
                    let records = (from..to)
                        .map(|at| record(lane as i32, at as i64, lanes[lane][at]))
                        .collect();
                    merge.push(&TopicPartition::new("t", lane as i32), records, to as i64);
                    while let Some(record) = merge.next() {
                        order.push((record.timestamp, record.partition.partition, record.offset));
                    }
                };
                for (lane, count) in arrival {
                    feed(lane % lanes.len(), *count, &mut merge);
                }
                for lane in 0..lanes.len() {
                    feed(lane, usize::MAX / 2, &mut merge);
                }
                assert!(merge.is_done());
                order
            };
            let expected = run(&[]);
            prop_assert_eq!(expected.len(), lanes.iter().map(Vec::len).sum::<usize>());
            prop_assert_eq!(run(&arrival), expected);
        }
    }
}

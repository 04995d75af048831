//! Where a consumer stands in each of its partitions, and what was fetched ahead. Pure.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::super::TopicPartition;
use super::super::cluster::ClusterView;
use super::fetched::Fetched;
use super::records::{ConsumerRecords, PartitionRecords};
use crate::record::RecordError;

/// What a partition needs before it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seeking {
    /// Nothing: the position is known.
    Known,
    /// The group's committed offset, or where that is missing what `auto.offset.reset` says.
    Committed,
    /// The offset of a timestamp: -2 is the oldest record, -1 the end.
    Timestamp(i64),
}

#[derive(Debug)]
struct Partition {
    position: i64,
    seeking: Seeking,
    /// Where the next fetch starts; ahead of the position while records wait.
    fetch_offset: i64,
    paused: bool,
    fetched: VecDeque<Fetched>,
    /// Grows whenever answers on the way lose their meaning.
    epoch: u64,
    /// A question about this partition is on the way.
    asking: bool,
    retry_at_ms: i64,
    high_watermark: Option<i64>,
    last_stable: Option<i64>,
    /// When the last answer came.
    heard_ms: i64,
}

/// A partition to fetch from, and the epoch that the answer must name.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) partition: TopicPartition,
    pub(crate) offset: i64,
    pub(crate) leader_epoch: i32,
    pub(crate) epoch: u64,
}

/// A partition whose position must be asked for.
#[derive(Clone, Debug)]
pub(crate) struct Unplaced {
    pub(crate) partition: TopicPartition,
    pub(crate) seeking: Seeking,
    pub(crate) epoch: u64,
}

/// All partitions of a consumer.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    partitions: BTreeMap<TopicPartition, Partition>,
    next_epoch: u64,
    /// The partition that was polled last: the next poll starts behind it.
    turn: Option<TopicPartition>,
    buffered_bytes: usize,
}

impl Positions {
    /// Reads exactly these partitions from now on. Those that stay keep their positions; the others begin with what
    /// `seeking` says.
    pub(crate) fn assign(&mut self, partitions: &[TopicPartition], seeking: Seeking) {
        let mut before = std::mem::take(&mut self.partitions);
        for name in partitions {
            let state = before.remove(name).unwrap_or_else(|| {
                self.next_epoch += 1;
                Partition {
                    position: -1,
                    seeking,
                    fetch_offset: -1,
                    paused: false,
                    fetched: VecDeque::new(),
                    epoch: self.next_epoch,
                    asking: false,
                    retry_at_ms: 0,
                    high_watermark: None,
                    last_stable: None,
                    heard_ms: 0,
                }
            });
            self.partitions.insert(name.clone(), state);
        }
        self.recount();
    }

    /// The partitions that are read.
    pub(crate) fn names(&self) -> impl Iterator<Item = &TopicPartition> {
        self.partitions.keys()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.partitions.is_empty()
    }

    pub(crate) fn contains(&self, partition: &TopicPartition) -> bool {
        self.partitions.contains_key(partition)
    }

    /// The offset of the next record that polling will return, if it is known.
    pub(crate) fn position(&self, partition: &TopicPartition) -> Option<i64> {
        let state = self.partitions.get(partition)?;
        (state.seeking == Seeking::Known).then_some(state.position)
    }

    /// All positions that are known.
    pub(crate) fn known(&self) -> BTreeMap<TopicPartition, i64> {
        let known = self.partitions.iter().filter(|(_, state)| state.seeking == Seeking::Known);
        known.map(|(name, state)| (name.clone(), state.position)).collect()
    }

    /// The high watermark, and the last stable offset, that the last answer named.
    pub(crate) fn ends(&self, partition: &TopicPartition) -> (Option<i64>, Option<i64>) {
        self.partitions.get(partition).map_or((None, None), |state| (state.high_watermark, state.last_stable))
    }

    /// When a broker last said that nothing lies behind the position, not even what is not to be seen yet.
    pub(crate) fn caught_up_ms(&self, partition: &TopicPartition) -> Option<i64> {
        let state = self.partitions.get(partition).filter(|state| state.seeking == Seeking::Known)?;
        (state.position >= state.high_watermark?).then_some(state.heard_ms)
    }

    /// Goes on from `offset`. Says whether the partition is one of ours.
    pub(crate) fn seek(&mut self, partition: &TopicPartition, offset: i64) -> bool {
        self.restart(partition, |state| {
            state.position = offset;
            state.fetch_offset = offset;
            state.seeking = Seeking::Known;
        })
    }

    /// Goes on from where `seeking` leads. Says whether the partition is one of ours.
    pub(crate) fn seek_to(&mut self, partition: &TopicPartition, seeking: Seeking) -> bool {
        self.restart(partition, |state| state.seeking = seeking)
    }

    /// Stops or resumes returning records of a partition. Says whether it is one of ours.
    pub(crate) fn pause(&mut self, partition: &TopicPartition, paused: bool) -> bool {
        match self.partitions.get_mut(partition) {
            Some(state) => {
                state.paused = paused;
                true
            }
            None => false,
        }
    }

    /// Whether a partition is paused.
    pub(crate) fn is_paused(&self, partition: &TopicPartition) -> bool {
        self.partitions.get(partition).is_some_and(|state| state.paused)
    }

    /// The partitions whose position must be asked for now. They count as asked from here on.
    pub(crate) fn take_unplaced(&mut self, now_ms: i64) -> Vec<Unplaced> {
        let due = |state: &Partition| {
            state.seeking != Seeking::Known && !state.asking && state.retry_at_ms <= now_ms
        };
        let unplaced = self.partitions.iter_mut().filter(|(_, state)| due(state));
        unplaced
            .map(|(name, state)| {
                state.asking = true;
                Unplaced { partition: name.clone(), seeking: state.seeking, epoch: state.epoch }
            })
            .collect()
    }

    /// The answer to where a partition begins. Old answers are passed over.
    pub(crate) fn place(&mut self, partition: &TopicPartition, epoch: u64, offset: i64) {
        if let Some(state) = self.current(partition, epoch) {
            state.asking = false;
            state.position = offset;
            state.fetch_offset = offset;
            state.seeking = Seeking::Known;
        }
    }

    /// There is no committed offset, or it is out of range: look elsewhere.
    pub(crate) fn replace(&mut self, partition: &TopicPartition, epoch: u64, seeking: Seeking) {
        if let Some(state) = self.current(partition, epoch) {
            state.asking = false;
            state.seeking = seeking;
            state.fetched.clear();
        }
        self.recount();
    }

    /// The question, or the fetch, failed: ask again at `retry_at_ms`.
    pub(crate) fn retry(&mut self, partition: &TopicPartition, epoch: u64, retry_at_ms: i64) {
        if let Some(state) = self.current(partition, epoch) {
            state.asking = false;
            state.retry_at_ms = retry_at_ms;
        }
    }

    /// What to fetch of a broker's partitions now. At most half of `max_bytes` waits already where more is fetched.
    /// They count as asked from here on.
    pub(crate) fn take_wanted(
        &mut self,
        view: &ClusterView,
        (max_bytes, partition_bytes): (usize, usize),
        now_ms: i64,
        may_ask: impl Fn(i32) -> bool,
    ) -> BTreeMap<i32, Vec<Wanted>> {
        let mut wanted: BTreeMap<i32, Vec<Wanted>> = BTreeMap::new();
        if self.buffered_bytes > max_bytes / 2 {
            return wanted;
        }
        // The partition that was polled last comes last, as an answer serves those first that it names first.
        let mut order: Vec<&TopicPartition> = self.partitions.keys().collect();
        if let Some(turn) = &self.turn {
            let first = order.partition_point(|name| *name <= turn);
            order.rotate_left(first);
        }
        let order: Vec<TopicPartition> = order.into_iter().cloned().collect();
        for name in order {
            let Some(state) = self.partitions.get_mut(&name) else { continue };
            let ready = state.seeking == Seeking::Known
                && !state.asking
                && !state.paused
                && state.retry_at_ms <= now_ms;
            let waiting: usize = state.fetched.iter().map(Fetched::bytes).sum();
            if !ready || waiting > partition_bytes / 2 {
                continue;
            }
            let Some(led) = view.partition(&name.topic, name.partition) else { continue };
            let Some(leader) = led.leader.filter(|leader| may_ask(*leader)) else { continue };
            state.asking = true;
            wanted.entry(leader).or_default().push(Wanted {
                partition: name,
                offset: state.fetch_offset,
                leader_epoch: led.leader_epoch,
                epoch: state.epoch,
            });
        }
        wanted
    }

    /// Whether some partition cannot be fetched because nobody knows its leader.
    pub(crate) fn lacks_leader(&self, view: &ClusterView) -> bool {
        self.partitions.keys().any(|name| view.leader(&name.topic, name.partition).is_none())
    }

    /// Takes in what was fetched of a partition. Old answers are passed over.
    pub(crate) fn fetched(
        &mut self,
        wanted: &Wanted,
        fetched: Option<Fetched>,
        high_watermark: i64,
        last_stable: i64,
        now_ms: i64,
    ) {
        let Some(state) = self.current(&wanted.partition, wanted.epoch) else { return };
        state.asking = false;
        state.heard_ms = now_ms;
        state.high_watermark = (high_watermark >= 0).then_some(high_watermark);
        state.last_stable = (last_stable >= 0).then_some(last_stable);
        let mut bytes = 0;
        if let Some(fetched) = fetched {
            state.fetch_offset = fetched.next_offset();
            bytes = fetched.bytes();
            state.fetched.push_back(fetched);
        }
        self.buffered_bytes += bytes;
    }

    /// At most `max` of the records that wait, from one partition after the other.
    ///
    /// # Errors
    /// When a partition's bytes are damaged: the partition and why. It is left behind what was returned before.
    pub(crate) fn poll(&mut self, max: usize) -> Result<ConsumerRecords, (TopicPartition, i64, RecordError)> {
        let mut polled = Vec::new();
        let mut left = max;
        let names: Vec<TopicPartition> = match &self.turn {
            Some(turn) => {
                let behind = self.partitions.range(turn.clone()..).filter(|(name, _)| *name != turn);
                behind.chain(self.partitions.range(..=turn.clone())).map(|(name, _)| name.clone()).collect()
            }
            None => self.partitions.keys().cloned().collect(),
        };
        for name in names {
            if left == 0 {
                break;
            }
            let Some(state) = self.partitions.get_mut(&name) else { continue };
            if state.paused || state.fetched.is_empty() {
                continue;
            }
            let mut records = Vec::new();
            while left > records.len()
                && let Some(front) = state.fetched.front_mut()
            {
                match front.take(&mut state.position, left - records.len(), &mut records) {
                    Ok(true) => {}
                    Ok(false) => {
                        let bytes = front.bytes();
                        state.fetched.pop_front();
                        self.buffered_bytes = self.buffered_bytes.saturating_sub(bytes);
                    }
                    // First hand out what is sound; the error comes at the next poll.
                    Err(_) if !records.is_empty() => break,
                    Err(error) => return Err((name, state.position, error)),
                }
            }
            if !records.is_empty() {
                left -= records.len();
                polled.push(PartitionRecords {
                    topic: Arc::clone(&name.topic),
                    partition: name.partition,
                    next_offset: state.position,
                    records,
                });
                self.turn = Some(name);
            }
        }
        Ok(ConsumerRecords { partitions: polled })
    }

    fn current(&mut self, partition: &TopicPartition, epoch: u64) -> Option<&mut Partition> {
        self.partitions.get_mut(partition).filter(|state| state.epoch == epoch)
    }

    fn restart(&mut self, partition: &TopicPartition, change: impl FnOnce(&mut Partition)) -> bool {
        self.next_epoch += 1;
        let Some(state) = self.partitions.get_mut(partition) else { return false };
        state.epoch = self.next_epoch;
        state.asking = false;
        state.retry_at_ms = 0;
        state.fetched.clear();
        change(state);
        self.recount();
        true
    }

    fn recount(&mut self) {
        let all = self.partitions.values().flat_map(|state| &state.fetched);
        self.buffered_bytes = all.map(Fetched::bytes).sum();
    }
}

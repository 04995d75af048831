//! Drives the group shards: one per partition of `__consumer_offsets`, loaded when first asked for.
//!
//! A decision's records are appended and replayed under the shard's short lock, in the order of decisions; a reply
//! leaves only when everything that its decision saw is durable. A shard whose append fails is dropped and loaded
//! again from what its log holds.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use futures::future::BoxFuture;
use riverrun_core::clock::Clock;
use tokio::sync::oneshot;

use super::cluster_view::{ClusterSnapshot, ClusterView};
use super::partition::{Logged, Partition, PartitionError, TransactionalProducer};
use super::timers::Timers;
use crate::coordinator::group::{
    Decision, GroupLimits, GroupShard, Reply, TimerKey, Token, decode_record, encode_record,
};
use crate::log::{AppendError, Marker};

/// The topic that holds what groups are and how far they have read.
pub(crate) const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// Why a coordinator cannot answer; clients look it up again and retry.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GroupsError {
    #[error("the coordinator's partition failed")]
    Partition(#[from] PartitionError),
    #[error("the coordinator's partition could not be read: {0}")]
    Load(String),
    #[error("the coordinator was reloaded after a failed write")]
    Reloaded,
}

/// A reply and the end of the log that must be durable before it may leave.
type Parked = oneshot::Sender<(Reply, i64)>;

#[derive(Debug)]
struct Loaded {
    shard: GroupShard,
    parked: HashMap<Token, Parked>,
    /// The end of the shard's log after its last decision.
    end_offset: i64,
}

/// One shard with its partition.
#[derive(Debug)]
pub(crate) struct ShardDriver {
    index: usize,
    partition: Arc<Partition>,
    limits: GroupLimits,
    view: ClusterView,
    loaded: Mutex<Option<Loaded>>,
    loading: Mutex<()>,
    next_token: AtomicU64,
    timers: Arc<Timers>,
    clock: Arc<dyn Clock>,
}

impl ShardDriver {
    fn lock(&self) -> MutexGuard<'_, Option<Loaded>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether requests can be decided without a wait.
    pub(crate) fn is_loaded(&self) -> bool {
        self.lock().is_some()
    }

    /// Where the shard's records are.
    pub(crate) fn partition(&self) -> &Arc<Partition> {
        &self.partition
    }

    /// The partition's number in the topic.
    pub(crate) fn index(&self) -> usize {
        self.index
    }

    /// Reads the partition from its start, if that has not been done.
    pub(crate) async fn load(self: &Arc<Self>) -> Result<(), GroupsError> {
        if self.is_loaded() {
            return Ok(());
        }
        let driver = self.clone();
        let loaded = tokio::task::spawn_blocking(move || driver.load_blocking());
        loaded.await.map_err(|error| GroupsError::Load(error.to_string()))?
    }

    /// Does what [`load`](ShardDriver::load) does, on this thread. A second caller waits for the first.
    pub(super) fn load_blocking(&self) -> Result<(), GroupsError> {
        let _one_at_a_time = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_loaded() {
            return Ok(());
        }
        self.partition.open()?;
        let mut shard = GroupShard::new(self.limits);
        let mut unreadable = 0_usize;
        self.partition.scan(|logged| match logged {
            Logged::Record { producer_id, key, value } => match decode_record(key, value) {
                Ok(Some(record)) => match producer_id {
                    Some(producer_id) => shard.replay_pending(producer_id, &record),
                    None => shard.replay(&record),
                },
                Ok(None) => {}
                Err(error) => {
                    unreadable += 1;
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "a group record was passed over"
                    );
                }
            },
            Logged::End { producer_id, commit } => shard.complete_transaction(producer_id, commit),
        })?;
        if unreadable > 0 {
            tracing::warn!(
                unreadable,
                partition = self.index,
                "records of __consumer_offsets were passed over"
            );
        }
        self.timers.clear_shard(self.index);
        self.timers.apply(self.index, shard.decide_loaded(self.clock.now_ms(), &self.view.now()));
        let end_offset = self.partition.offsets().log_end;
        *self.lock() = Some(Loaded { shard, parked: HashMap::new(), end_offset });
        Ok(())
    }

    /// Decides a request; the future gives its reply when that may leave.
    pub(crate) fn submit(
        self: &Arc<Self>,
        decide: impl FnOnce(&GroupShard, i64, Token) -> Decision,
    ) -> BoxFuture<'static, Result<Reply, GroupsError>> {
        self.submit_as(None, decide)
    }

    /// [`submit`](ShardDriver::submit) for a request whose records become part of a producer's transaction.
    pub(crate) fn submit_as(
        self: &Arc<Self>,
        producer: Option<TransactionalProducer>,
        decide: impl FnOnce(&GroupShard, i64, Token) -> Decision,
    ) -> BoxFuture<'static, Result<Reply, GroupsError>> {
        let token = Token(self.next_token.fetch_add(1, Ordering::Relaxed));
        let (sender, receiver) = oneshot::channel();
        let mut guard = self.lock();
        if let Some(loaded) = guard.as_mut() {
            loaded.parked.insert(token, sender);
            let now_ms = self.clock.now_ms();
            let decision = decide(&loaded.shard, now_ms, token);
            match self.carry_out(loaded, decision, producer, now_ms) {
                Ok(()) => {}
                // The log is as it was: it refused what is no part of an ongoing transaction.
                Err(error @ PartitionError::Append(AppendError::Sequence(_))) => {
                    loaded.parked.remove(&token);
                    return Box::pin(std::future::ready(Err(error.into())));
                }
                Err(error) => self.give_up(&mut guard, &error),
            }
        }
        drop(guard);
        let partition = self.partition.clone();
        Box::pin(async move {
            let (reply, end_offset) = receiver.await.map_err(|_| GroupsError::Reloaded)?;
            partition.durable(end_offset).await?;
            Ok(reply)
        })
    }

    /// Reads the shard; the future is ready when everything read is durable.
    pub(crate) fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&GroupShard) -> T,
    ) -> BoxFuture<'static, Result<T, GroupsError>> {
        let seen = self.lock().as_ref().map(|loaded| (read(&loaded.shard), loaded.end_offset));
        let partition = self.partition.clone();
        Box::pin(async move {
            let (value, end_offset) = seen.ok_or(GroupsError::Reloaded)?;
            partition.durable(end_offset).await?;
            Ok(value)
        })
    }

    /// Reads the shard as it is, durable or not; `None` if it is not loaded.
    pub(crate) fn peek<T>(&self, read: impl FnOnce(&GroupShard) -> T) -> Option<T> {
        self.lock().as_ref().map(|loaded| read(&loaded.shard))
    }

    /// Carries out a decision that no request waits for.
    pub(crate) fn run(&self, decide: impl FnOnce(&GroupShard, i64) -> Decision) {
        let mut guard = self.lock();
        let Some(loaded) = guard.as_mut() else { return };
        let now_ms = self.clock.now_ms();
        let decision = decide(&loaded.shard, now_ms);
        if let Err(error) = self.carry_out(loaded, decision, None, now_ms) {
            self.give_up(&mut guard, &error);
        }
    }

    /// A deadline has passed.
    pub(crate) fn deadline(&self, key: &TimerKey) {
        let cluster = self.view.now();
        self.run(|shard, now_ms| shard.decide_deadline(now_ms, &cluster, key));
    }

    /// Ends a producer's transaction: its offsets count from now on, or never. Returns the log's end behind the marker.
    pub(super) fn end_transaction(&self, marker: &Marker) -> Result<i64, PartitionError> {
        let mut guard = self.lock();
        let loaded = guard.as_mut().ok_or(PartitionError::Gone)?;
        let end_offset = self.partition.append_marker(marker, self.clock.now_ms())?;
        loaded.shard.complete_transaction(marker.producer_id, marker.commit);
        loaded.end_offset = loaded.end_offset.max(end_offset);
        Ok(end_offset)
    }

    fn carry_out(
        &self,
        loaded: &mut Loaded,
        decision: Decision,
        producer: Option<TransactionalProducer>,
        now_ms: i64,
    ) -> Result<(), PartitionError> {
        if !decision.records.is_empty() {
            let mut encoded = Vec::with_capacity(decision.records.len());
            for record in &decision.records {
                encoded.push(encode_record(record).map_err(PartitionError::internal)?);
            }
            loaded.end_offset = self.partition.append_of(&encoded, producer, now_ms)?;
            for record in &decision.records {
                match producer {
                    Some(producer) => loaded.shard.replay_pending(producer.producer_id, record),
                    None => loaded.shard.replay(record),
                }
            }
        }
        if let Some(change) = decision.change {
            loaded.shard.replay_change(change);
        }
        self.timers.apply(self.index, decision.timers);
        for (token, reply) in decision.replies {
            if let Some(sender) = loaded.parked.remove(&token) {
                // The client may have gone meanwhile.
                let _ = sender.send((reply, loaded.end_offset));
            }
        }
        Ok(())
    }

    fn give_up(&self, guard: &mut Option<Loaded>, error: &PartitionError) {
        tracing::error!(
            error = error as &dyn std::error::Error,
            partition = self.index,
            "a write to __consumer_offsets failed; its groups are loaded again"
        );
        self.timers.clear_shard(self.index);
        *guard = None;
    }
}

/// All shards, once the topic is there.
#[derive(Debug)]
pub(crate) struct Groups {
    limits: GroupLimits,
    view: ClusterView,
    clock: Arc<dyn Clock>,
    timers: Arc<Timers>,
    shards: OnceLock<Vec<Arc<ShardDriver>>>,
}

impl Groups {
    /// No shards yet.
    pub(crate) fn new(limits: GroupLimits, view: ClusterView, clock: Arc<dyn Clock>) -> Self {
        Groups { limits, view, clock, timers: Arc::default(), shards: OnceLock::new() }
    }

    /// The cluster as the coordinators see it now.
    pub(crate) fn cluster(&self) -> ClusterSnapshot {
        self.view.now()
    }

    /// The limits that groups obey.
    pub(crate) fn limits(&self) -> &GroupLimits {
        &self.limits
    }

    /// Whether the topic's partitions are known.
    pub(crate) fn is_ready(&self) -> bool {
        self.shards.get().is_some()
    }

    /// The topic's partitions, in order; called once they are known.
    pub(crate) fn set_partitions(&self, partitions: Vec<Arc<Partition>>) {
        let shard = |(index, partition)| {
            Arc::new(ShardDriver {
                index,
                partition,
                limits: self.limits,
                view: self.view.clone(),
                loaded: Mutex::new(None),
                loading: Mutex::new(()),
                next_token: AtomicU64::new(0),
                timers: self.timers.clone(),
                clock: self.clock.clone(),
            })
        };
        // A second caller found the same partitions.
        let _ = self.shards.set(partitions.into_iter().enumerate().map(shard).collect());
    }

    /// The shard of a group.
    pub(crate) fn shard(&self, group: &str) -> Option<&Arc<ShardDriver>> {
        let shards = self.shards.get()?;
        shards.get(partition_of(group, shards.len()))
    }

    /// Every shard.
    pub(crate) fn shards(&self) -> &[Arc<ShardDriver>] {
        self.shards.get().map(Vec::as_slice).unwrap_or_default()
    }

    /// Fires deadlines as they pass; never returns.
    pub(crate) async fn run_timers(&self) {
        loop {
            for (index, key) in self.timers.take_due(self.clock.now_ms()) {
                if let Some(shard) = self.shards().get(index) {
                    shard.deadline(&key);
                }
            }
            match self.timers.next_ms() {
                None => self.timers.sooner().await,
                Some(next_ms) => {
                    let wait_ms = next_ms.saturating_sub(self.clock.now_ms()).max(0).unsigned_abs();
                    let wait = std::time::Duration::from_millis(wait_ms);
                    // Either way the set is looked at again.
                    let _ = tokio::time::timeout(wait, self.timers.sooner()).await;
                }
            }
        }
    }
}

/// The partition of `__consumer_offsets` that a group lives in, as every Kafka client and tool computes it.
pub(crate) fn partition_of(group: &str, partitions: usize) -> usize {
    let hash =
        group.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)));
    // Kafka's abs gives 0 for the number that has no positive counterpart.
    let positive = hash.checked_abs().unwrap_or(0);
    usize::try_from(positive).unwrap_or(0) % partitions.max(1)
}

#[cfg(test)]
mod tests {
    use super::partition_of;

    #[test]
    fn groups_live_where_java_hashes_them() {
        // "test".hashCode() is 3556498, "polygenelubricants".hashCode() is Integer.MIN_VALUE.
        assert_eq!(partition_of("test", 50), 48);
        assert_eq!(partition_of("polygenelubricants", 50), 0);
        assert_eq!(partition_of("", 50), 0);
    }
}

//! What follows from a prepared end: the markers into every partition of the transaction, then its completion. Also what
//! time does to transactions.
//!
//! A transaction that is prepared is ended, whatever fails: what cannot be written is tried again until it can, its topic
//! is gone, or the broker closes; a start goes on where the last run stopped.

use std::sync::Arc;
use std::time::Duration;

use super::groups::OFFSETS_TOPIC;
use super::node::Node;
use super::partition::PartitionError;
use super::transactions::{Carried, Prepared, TransactionDriver, TransactionsError};
use crate::coordinator::transaction::{Decision, Name, Phase, Transaction, TransactionShard};
use crate::log::{AppendError, Marker};

/// How long to wait before what failed is tried again: at first, and at most.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

impl Node {
    /// Goes on with prepared ends, each by itself and once at a time: a second task's marker could come late and end the
    /// transaction after.
    pub(super) fn finish_later(self: &Arc<Self>, shard: &Arc<TransactionDriver>, prepared: Vec<Prepared>) {
        for prepared in prepared {
            if !shard.begin_finish(&prepared.transactional_id) {
                continue;
            }
            let (node, shard) = (self.clone(), shard.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = node.closing() => {}
                    () = node.finish(&shard, &prepared) => {}
                }
                shard.end_finish(&prepared.transactional_id);
                shard.completed().notify_waiters();
            });
        }
    }

    async fn finish(self: &Arc<Self>, shard: &Arc<TransactionDriver>, prepared: &Prepared) {
        if shard.partition().durable(prepared.end_offset).await.is_err() {
            // Nothing may follow from what may be lost.
            return;
        }
        let id = &prepared.transactional_id;
        // What was prepared, unless the shard was loaded again meanwhile, which begins this anew.
        let found = shard.look(|state| state.get(id).cloned()).flatten();
        let ours = |transaction: &Transaction| {
            transaction.phase.is_prepared()
                && transaction.producer_id == prepared.producer.producer_id
                && transaction.epoch == prepared.producer.epoch
        };
        let Some(transaction) = found.filter(ours) else { return };
        let marker = Marker {
            producer_id: transaction.producer_id,
            producer_epoch: transaction.epoch,
            commit: transaction.phase == Phase::PrepareCommit,
            coordinator_epoch: shard.partition().leader_epoch(),
            transaction_version: i8::try_from(transaction.version).unwrap_or(0),
        };
        let partitions = transaction.partitions.iter();
        let mut left: Vec<(Name, i32)> =
            partitions.flat_map(|(topic, all)| all.iter().map(|index| (topic.clone(), *index))).collect();
        let mut wait = RETRY.0;
        while !left.is_empty() {
            let mut writes = Vec::new();
            for (topic, index) in left {
                writes.push(self.write_marker(topic, index, marker));
            }
            left = futures::future::join_all(writes).await.into_iter().flatten().collect();
            if !left.is_empty() {
                tokio::time::sleep(wait).await;
                wait = (2 * wait).min(RETRY.1);
            }
        }
        // Not durable, not lost: a restart writes the same markers again, which the logs know.
        let completed = shard.carry_out(|state, now_ms| state.decide_complete(now_ms, id, prepared.producer));
        if let Err(error) = completed {
            tracing::warn!(transactional_id = %id, error = &error as &dyn std::error::Error, "a transaction's end is completed by the next load");
        }
    }

    /// Writes a marker and waits until it is durable; gives the partition back if it must be tried again.
    async fn write_marker(self: &Arc<Self>, topic: Name, index: i32, marker: Marker) -> Option<(Name, i32)> {
        let error = match self.end_in_partition(&topic, index, &marker).await {
            Ok(()) => return None,
            Err(error) => error,
        };
        if let PartitionError::Append(AppendError::Marker(error)) = &error {
            // Somebody has ended it over the coordinator's head; there is nothing left to end.
            tracing::warn!(topic = %topic, partition = index, %error, "a marker came too late");
            return None;
        }
        tracing::error!(
            topic = %topic,
            partition = index,
            producer_id = marker.producer_id,
            error = &error as &dyn std::error::Error,
            "a transaction could not be ended; it is tried again"
        );
        Some((topic, index))
    }

    /// Ends a producer's transaction in one partition; ready when that is durable. A partition that is gone has nothing
    /// to end.
    ///
    /// # Errors
    /// What kept the marker from being written.
    pub(crate) async fn end_in_partition(
        self: &Arc<Self>,
        topic: &str,
        index: i32,
        marker: &Marker,
    ) -> Result<(), PartitionError> {
        let image = self.controller.image();
        let Some(partition) = image.topic(topic).and_then(|topic| self.partitions.get(topic, index)) else {
            return Ok(());
        };
        let end_offset = if topic == OFFSETS_TOPIC {
            self.end_in_group_shard(index, marker).await?
        } else {
            partition.open_later().await?;
            partition.append_marker(marker, self.clock.now_ms())?
        };
        partition.durable(end_offset).await
    }

    /// Decides on every shard, without waiting for it to be durable; also goes on with ends that were given up. Blocks.
    fn sweep_transactions(self: &Arc<Self>, decide: impl Fn(&TransactionShard, i64) -> Decision<()>) {
        for shard in self.transactions.shards().iter().filter(|shard| shard.is_wanted()) {
            let swept = self.load_transactions(shard).and_then(|()| shard.carry_out(&decide));
            match swept {
                Ok(Carried { .. }) => self.finish_later(shard, shard.prepared()),
                // Its next load sees to it.
                Err(TransactionsError::Reloaded) => {}
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "transactions could not be looked through"
                    );
                }
            }
        }
    }

    /// Aborts the transactions that have had their time. Blocks.
    pub(super) fn abort_timed_out_transactions(self: &Arc<Self>) {
        self.sweep_transactions(TransactionShard::decide_timeouts);
    }

    /// Forgets the transactional ids that were idle for long. Blocks.
    pub(super) fn expire_transactional_ids(self: &Arc<Self>) {
        self.sweep_transactions(TransactionShard::decide_expiry);
    }

    /// Loads every shard that has files, so that what was open or being ended goes on. Blocks.
    pub(super) fn resume_transactions(self: &Arc<Self>) {
        for shard in self.written_transaction_shards() {
            if let Err(error) = self.load_transactions(&shard) {
                tracing::error!(error = &error as &dyn std::error::Error, "transactions could not be loaded");
            }
        }
        self.transactions.set_resuming(false);
    }
}

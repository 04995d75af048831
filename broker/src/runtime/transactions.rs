//! Drives the transaction shards: one per partition of `__transaction_state`, loaded at the start or when first asked.
//!
//! A decision's records are appended and replayed under the shard's short lock, in the order of decisions; the answer
//! leaves only when everything that its decision saw is durable. A shard whose append fails is dropped and loaded again
//! from what its log holds. What a prepared end leads to is in `transaction_ends`.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use riverrun_core::clock::Clock;
use tokio::sync::Notify;

use super::groups::{GroupsError, OFFSETS_TOPIC, partition_of};
use super::node::Node;
use super::partition::{Logged, Partition, PartitionError};
use crate::coordinator::transaction::{
    Decision, Name, Partitions, ProducerIdAndEpoch, Transaction, TransactionError, TransactionLimits,
    TransactionShard, decode_record, encode_record,
};
use crate::metadata::NewTopic;

/// The topic that holds what transactional ids are and how far their transactions are.
pub(crate) const TRANSACTIONS_TOPIC: &str = "__transaction_state";

/// Why a coordinator cannot answer; clients look it up again and retry.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TransactionsError {
    #[error("the coordinator's partition failed")]
    Partition(#[from] PartitionError),
    #[error("the coordinator's partition could not be read: {0}")]
    Load(String),
    #[error("the coordinator was reloaded after a failed write")]
    Reloaded,
    #[error(transparent)]
    Refused(#[from] TransactionError),
}

#[derive(Debug)]
struct Loaded {
    shard: TransactionShard,
    /// The end of the shard's log after its last decision.
    end_offset: i64,
}

/// A transaction whose end is prepared: markers are to be written once that is durable.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) transactional_id: Name,
    pub(super) producer: ProducerIdAndEpoch,
    pub(super) end_offset: i64,
}

/// What a decision led to.
pub(super) struct Carried<T> {
    pub(super) reply: Result<T, TransactionError>,
    /// Must be durable before the reply leaves.
    pub(super) end_offset: i64,
    pub(super) prepared: Vec<Prepared>,
}

/// One shard with its partition.
#[derive(Debug)]
pub(crate) struct TransactionDriver {
    index: usize,
    partition: Arc<Partition>,
    limits: TransactionLimits,
    loaded: Mutex<Option<Loaded>>,
    loading: Mutex<()>,
    /// Whether it was loaded once, so that it must be loaded again after a failure even if nobody asks.
    wanted: AtomicBool,
    /// The transactions whose markers are being written, each by one task.
    finishing: Mutex<BTreeSet<Name>>,
    /// Told whenever a transaction of the shard is complete.
    completed: Notify,
    clock: Arc<dyn Clock>,
}

impl TransactionDriver {
    fn lock(&self) -> MutexGuard<'_, Option<Loaded>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether requests can be decided without a wait.
    pub(crate) fn is_loaded(&self) -> bool {
        self.lock().is_some()
    }

    /// The partition's number in the topic.
    pub(super) fn index(&self) -> usize {
        self.index
    }

    pub(super) fn partition(&self) -> &Arc<Partition> {
        &self.partition
    }

    pub(super) fn completed(&self) -> &Notify {
        &self.completed
    }

    /// Reads the partition from its start, if that has not been done. A second caller waits for the first. Blocks.
    pub(super) fn load_blocking(&self) -> Result<(), TransactionsError> {
        let _one_at_a_time = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        self.wanted.store(true, Ordering::Relaxed);
        if self.is_loaded() {
            return Ok(());
        }
        self.partition.open()?;
        let mut shard = TransactionShard::new(self.limits);
        let mut unreadable = 0_usize;
        self.partition.scan(|logged| {
            let Logged::Record { key, value, .. } = logged else { return };
            match decode_record(key, value) {
                Ok(Some(record)) => shard.replay(record),
                Ok(None) => {}
                Err(error) => {
                    unreadable += 1;
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "a transaction record was passed over"
                    );
                }
            }
        })?;
        if unreadable > 0 {
            tracing::warn!(
                unreadable,
                partition = self.index,
                "records of __transaction_state were passed over"
            );
        }
        let end_offset = self.partition.offsets().log_end;
        *self.lock() = Some(Loaded { shard, end_offset });
        Ok(())
    }

    /// The ends that are prepared and not completed.
    pub(super) fn prepared(&self) -> Vec<Prepared> {
        let guard = self.lock();
        let Some(loaded) = guard.as_ref() else { return Vec::new() };
        let prepared = loaded.shard.iter().filter(|(_, transaction)| transaction.phase.is_prepared());
        prepared
            .map(|(name, transaction)| Prepared {
                transactional_id: name.clone(),
                producer: ProducerIdAndEpoch {
                    producer_id: transaction.producer_id,
                    epoch: transaction.epoch,
                },
                end_offset: loaded.end_offset,
            })
            .collect()
    }

    /// Whether it was loaded once.
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// Takes it upon the caller to write a transaction's markers; false if somebody does already.
    pub(super) fn begin_finish(&self, transactional_id: &Name) -> bool {
        let mut finishing = self.finishing.lock().unwrap_or_else(PoisonError::into_inner);
        finishing.insert(transactional_id.clone())
    }

    /// The markers are written, or will be by somebody else.
    pub(super) fn end_finish(&self, transactional_id: &Name) {
        self.finishing.lock().unwrap_or_else(PoisonError::into_inner).remove(transactional_id);
    }

    /// Decides, logs and replays; nothing of it is durable yet.
    pub(super) fn carry_out<T>(
        &self,
        decide: impl FnOnce(&TransactionShard, i64) -> Decision<T>,
    ) -> Result<Carried<T>, TransactionsError> {
        let mut guard = self.lock();
        let loaded = guard.as_mut().ok_or(TransactionsError::Reloaded)?;
        let now_ms = self.clock.now_ms();
        let decision = decide(&loaded.shard, now_ms);
        let mut prepared = Vec::new();
        if !decision.records.is_empty() {
            let encoded = decision.records.iter().map(encode_record).collect::<Result<Vec<_>, _>>();
            let appended = encoded
                .map_err(PartitionError::internal)
                .and_then(|encoded| self.partition.append_own(&encoded, now_ms));
            match appended {
                Ok(end_offset) => loaded.end_offset = end_offset,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        partition = self.index,
                        "a write to __transaction_state failed; its transactions are loaded again"
                    );
                    *guard = None;
                    return Err(error.into());
                }
            }
            for record in decision.records {
                if let Some(value) = record.value.as_ref().filter(|value| value.phase.is_prepared()) {
                    prepared.push(Prepared {
                        transactional_id: record.transactional_id.clone(),
                        producer: ProducerIdAndEpoch { producer_id: value.producer_id, epoch: value.epoch },
                        end_offset: loaded.end_offset,
                    });
                }
                loaded.shard.replay(record);
            }
        }
        Ok(Carried { reply: decision.reply, end_offset: loaded.end_offset, prepared })
    }

    /// Reads the shard as it stands, durable or not.
    pub(super) fn look<T>(&self, look: impl FnOnce(&TransactionShard) -> T) -> Option<T> {
        self.lock().as_ref().map(|loaded| look(&loaded.shard))
    }

    /// Reads the shard; ready when everything read is durable.
    pub(crate) async fn read<T: Send>(
        &self,
        read: impl FnOnce(&TransactionShard) -> T + Send,
    ) -> Result<T, TransactionsError> {
        let seen = self.lock().as_ref().map(|loaded| (read(&loaded.shard), loaded.end_offset));
        let (value, end_offset) = seen.ok_or(TransactionsError::Reloaded)?;
        self.partition.durable(end_offset).await?;
        Ok(value)
    }
}

/// All shards, once the topic is there.
#[derive(Debug)]
pub(crate) struct Transactions {
    limits: TransactionLimits,
    clock: Arc<dyn Clock>,
    shards: OnceLock<Vec<Arc<TransactionDriver>>>,
    /// Whether the start is still loading what was there before it.
    resuming: AtomicBool,
}

impl Transactions {
    /// No shards yet.
    pub(super) fn new(limits: TransactionLimits, clock: Arc<dyn Clock>) -> Self {
        Transactions { limits, clock, shards: OnceLock::new(), resuming: AtomicBool::new(false) }
    }

    /// Whether there may be transactional ids that are not loaded yet.
    pub(crate) fn is_resuming(&self) -> bool {
        self.resuming.load(Ordering::Acquire)
    }

    pub(super) fn set_resuming(&self, resuming: bool) {
        self.resuming.store(resuming, Ordering::Release);
    }

    fn set_partitions(&self, partitions: Vec<Arc<Partition>>) {
        let shard = |(index, partition)| {
            Arc::new(TransactionDriver {
                index,
                partition,
                limits: self.limits,
                loaded: Mutex::new(None),
                loading: Mutex::new(()),
                wanted: AtomicBool::new(false),
                finishing: Mutex::default(),
                completed: Notify::new(),
                clock: self.clock.clone(),
            })
        };
        // A second caller found the same partitions.
        let _ = self.shards.set(partitions.into_iter().enumerate().map(shard).collect());
    }

    /// Every shard.
    pub(crate) fn shards(&self) -> &[Arc<TransactionDriver>] {
        self.shards.get().map(Vec::as_slice).unwrap_or_default()
    }

    fn shard(&self, transactional_id: &str) -> Option<&Arc<TransactionDriver>> {
        let shards = self.shards.get()?;
        shards.get(partition_of(transactional_id, shards.len()))
    }
}

impl Node {
    /// What `__transaction_state` is made with.
    pub(super) fn transactions_topic(&self) -> NewTopic {
        let config = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        NewTopic {
            name: TRANSACTIONS_TOPIC.to_owned(),
            id: self.fresh_uuid(),
            partitions: self.settings.transactions.topic_partitions,
            replication_factor: 1,
            assignments: Vec::new(),
            configs: vec![
                config("cleanup.policy", "compact"),
                config("compression.type", "uncompressed"),
                config("segment.bytes", &self.settings.transactions.topic_segment_bytes.to_string()),
                config("unclean.leader.election.enable", "false"),
            ],
            internal: true,
        }
    }

    /// Whether `__transaction_state` is there.
    pub(crate) fn has_transactions_topic(&self) -> bool {
        self.controller.image().topic(TRANSACTIONS_TOPIC).is_some()
    }

    /// Makes `__transaction_state` if it is not there, and the shards on it.
    ///
    /// # Errors
    /// What kept it from being made, as text.
    pub(crate) async fn ensure_transactions_topic(&self) -> Result<(), String> {
        if self.transactions.shards.get().is_some() {
            return Ok(());
        }
        if !self.has_transactions_topic() {
            self.create_topic(self.transactions_topic()).await?;
        }
        self.attach_transactions_topic();
        Ok(())
    }

    /// Makes the shards if `__transaction_state` is there.
    pub(super) fn attach_transactions_topic(&self) {
        let image = self.controller.image();
        if let Some(topic) = image.topic(TRANSACTIONS_TOPIC) {
            let indexes = 0..i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
            let partitions = indexes.filter_map(|index| self.partitions.get(topic, index)).collect();
            self.transactions.set_partitions(partitions);
        }
    }

    /// The shard of a transactional id, loaded.
    ///
    /// # Errors
    /// When the topic could not be made or the partition not be read.
    pub(crate) async fn transaction_shard(
        self: &Arc<Self>,
        transactional_id: &str,
    ) -> Result<Arc<TransactionDriver>, TransactionsError> {
        self.ensure_transactions_topic().await.map_err(TransactionsError::Load)?;
        let shard = self.transactions.shard(transactional_id).cloned();
        let shard =
            shard.ok_or_else(|| TransactionsError::Load("__transaction_state is being made".to_owned()))?;
        if !shard.is_loaded() {
            let (node, loading) = (self.clone(), shard.clone());
            let loaded = tokio::task::spawn_blocking(move || node.load_transactions(&loading));
            loaded.await.map_err(|error| TransactionsError::Load(error.to_string()))??;
        }
        Ok(shard)
    }

    /// Loads a shard and goes on with the ends that were prepared. Blocks.
    pub(super) fn load_transactions(
        self: &Arc<Self>,
        shard: &Arc<TransactionDriver>,
    ) -> Result<(), TransactionsError> {
        shard.load_blocking()?;
        self.finish_later(shard, shard.prepared());
        Ok(())
    }

    /// Decides on a transactional id; ready when what was decided is durable. The ends that the decision prepared go on
    /// by themselves.
    ///
    /// # Errors
    /// The coordinator's refusal, or what kept it from answering.
    pub(crate) async fn decide_transaction<T: Send + 'static>(
        self: &Arc<Self>,
        transactional_id: &str,
        decide: impl FnOnce(&TransactionShard, i64) -> Decision<T> + Send,
    ) -> Result<T, TransactionsError> {
        let shard = self.transaction_shard(transactional_id).await?;
        self.decide_on(&shard, decide).await
    }

    pub(super) async fn decide_on<T: Send + 'static>(
        self: &Arc<Self>,
        shard: &Arc<TransactionDriver>,
        decide: impl FnOnce(&TransactionShard, i64) -> Decision<T> + Send,
    ) -> Result<T, TransactionsError> {
        let Carried { reply, end_offset, prepared } = shard.carry_out(decide)?;
        self.finish_later(shard, prepared);
        // Also a refusal tells of a state that must not be forgotten.
        shard.partition.durable(end_offset).await?;
        Ok(reply?)
    }

    /// [`decide_transaction`](Self::decide_transaction), again and again for as long as the transaction before is being
    /// ended, up to `add.partitions.to.txn.retry.backoff.max.ms`. `again` is called before each time but the first.
    pub(crate) async fn decide_transaction_patiently<T: Send + 'static>(
        self: &Arc<Self>,
        transactional_id: &str,
        mut again: impl FnMut() + Send,
        decide: impl Fn(&TransactionShard, i64) -> Decision<T> + Send + Sync,
    ) -> Result<T, TransactionsError> {
        let settings = self.live().settings.transactions;
        let deadline = tokio::time::Instant::now() + settings.add_patience;
        let shard = self.transaction_shard(transactional_id).await?;
        loop {
            let completed = shard.completed.notified();
            let decided = self.decide_on(&shard, &decide).await;
            let busy =
                matches!(decided, Err(TransactionsError::Refused(TransactionError::ConcurrentTransactions)));
            let now = tokio::time::Instant::now();
            if !busy || now >= deadline {
                return decided;
            }
            let wait: Duration = settings.add_backoff.min(deadline - now);
            // Either way the state is looked at again.
            let _ = tokio::time::timeout(wait, completed).await;
            again();
        }
    }

    /// Whether the transactional id's epochs have run out, so that its next end needs a producer id.
    pub(crate) async fn needs_producer_id(self: &Arc<Self>, transactional_id: &str) -> bool {
        let Ok(shard) = self.transaction_shard(transactional_id).await else { return false };
        let exhausted =
            |state: &TransactionShard| state.get(transactional_id).is_some_and(Transaction::is_exhausted);
        shard.look(exhausted).unwrap_or(false)
    }

    /// The partition of `__consumer_offsets` that holds a group's offsets.
    ///
    /// # Errors
    /// When the topic could not be made.
    pub(crate) async fn offsets_partition_of(&self, group: &str) -> Result<Partitions, GroupsError> {
        self.ensure_offsets_topic().await.map_err(GroupsError::Load)?;
        let index = partition_of(group, self.groups.shards().len());
        let index = i32::try_from(index).unwrap_or(i32::MAX);
        Ok(Partitions::from([(Name::from(OFFSETS_TOPIC), BTreeSet::from([index]))]))
    }

    /// The shards whose partition has files. Reads the data folder.
    pub(super) fn written_transaction_shards(&self) -> Vec<Arc<TransactionDriver>> {
        let shards = self.transactions.shards();
        if shards.is_empty() {
            return Vec::new();
        }
        let found = self.logs.folders().partitions();
        let is_written = |index: usize| {
            found.iter().any(|found| {
                &*found.topic == TRANSACTIONS_TOPIC && usize::try_from(found.partition) == Ok(index)
            })
        };
        shards.iter().filter(|shard| is_written(shard.index())).cloned().collect()
    }
}

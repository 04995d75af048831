//! A broker without its sockets.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use riverrun_core::clock::Clock;
use riverrun_core::config::Config;
use riverrun_core::protocol::Uuid;
use riverrun_core::random::Random;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::cleaner::Cleaner;
use super::cluster_view::ClusterView;
use super::controller::Controller;
use super::fetch_sessions::FetchSessions;
use super::folders::{FolderView, Folders};
use super::groups::Groups;
use super::housekeeping;
use super::live::LiveConfigs;
use super::logs::Logs;
use super::metadata_file::{METADATA_TOPIC, MetadataFile};
use super::partitions::Partitions;
use super::producer_ids::ProducerIds;
use super::telemetry::Telemetry;
use super::transactions::Transactions;
use crate::config::{BrokerSettings, Given, topic_defaults};
use crate::coordinator::group::{Assignor, GroupLimits, MigrationPolicy};
use crate::coordinator::transaction::TransactionLimits;
use crate::log::{LogError, TopicPartition};
use crate::metadata::{ClusterImage, MetadataLog, MetadataLogError, MetadataRecord, ReplayError};
use crate::metrics::Metrics;
use crate::storage::Storage;

/// The version of transactions that is finalized (`transaction.version`): KIP-890 as a whole.
pub(crate) const TRANSACTION_VERSION: i16 = 2;

/// Why a broker cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Metadata(#[from] MetadataLogError),
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error(
        "data folder {folder} belongs to node {found}, this is node {node_id}: set node.id={found} or choose another folder"
    )]
    OtherNode { folder: String, found: i32, node_id: i32 },
    #[error(
        "data folder {folder} belongs to cluster '{found}', but its metadata to cluster '{expected}': it was put together from two"
    )]
    OtherCluster { folder: String, found: String, expected: String },
    #[error("{0}")]
    Internal(String),
}

/// Everything that a broker is but its listeners.
pub(crate) struct Node {
    /// As at the start, for what cannot change.
    pub(crate) settings: BrokerSettings,
    /// The configs as they are now; what may change while the broker runs is read from here.
    pub(crate) configs: LiveConfigs,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) controller: Controller,
    pub(crate) partitions: Partitions,
    pub(crate) groups: Groups,
    pub(crate) producer_ids: ProducerIds,
    pub(crate) transactions: Transactions,
    pub(crate) fetch_sessions: FetchSessions,
    pub(crate) telemetry: Telemetry,
    pub(super) logs: Arc<Logs>,
    cleaner: Cleaner,
    random: Mutex<Box<dyn Random>>,
    closing: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("node_id", &self.settings.node_id).finish_non_exhaustive()
    }
}

/// What was found in the data folder.
struct Loaded {
    logs: Arc<Logs>,
    image: ClusterImage,
    metadata: MetadataFile,
    leader_epoch: i32,
}

impl Node {
    /// Opens the data folder, loads metadata and starts what runs by itself.
    ///
    /// # Errors
    /// When the folder is in use, damaged, or another node's.
    pub(crate) async fn start(
        given: Given,
        settings: BrokerSettings,
        storage: Arc<dyn Storage>,
        clock: Arc<dyn Clock>,
        mut random: Box<dyn Random>,
    ) -> Result<Arc<Node>, StartError> {
        let defaults = topic_defaults(&given.config);
        let fresh_folders = settings.data_dirs.iter().map(|_| Uuid(random.uuid())).collect();
        let fresh = (Uuid(random.uuid()), fresh_folders);
        let loading = {
            let (settings, clock) = (settings.clone(), clock.clone());
            tokio::task::spawn_blocking(move || load(&settings, defaults, storage, clock, fresh))
        };
        let Loaded { logs, image, metadata, leader_epoch } =
            loading.await.map_err(|error| StartError::Internal(error.to_string()))??;
        let configs = LiveConfigs::new(given, &settings, &image);
        let live = configs.now();
        logs.set_defaults(live.topic_defaults.clone(), &live.settings);
        let controller = Controller::start(image, Box::new(metadata));
        logs.set_metadata(controller.shared_image(), leader_epoch);
        let view = ClusterView::new(controller.shared_image(), settings.consumer_times);
        let node = Arc::new(Node {
            controller,
            partitions: Partitions::new(logs.clone()),
            groups: Groups::new(limits(&settings), view, clock.clone()),
            producer_ids: ProducerIds::new(),
            transactions: Transactions::new(transaction_limits(&settings), clock.clone()),
            fetch_sessions: FetchSessions::new(settings.fetch_sessions_max),
            telemetry: Telemetry::default(),
            settings,
            configs,
            clock,
            logs,
            cleaner: Cleaner::default(),
            random: Mutex::new(random),
            closing: watch::Sender::new(false),
            tasks: Mutex::default(),
        });
        node.attach_offsets_topic();
        node.cleaner.start(&node);
        node.attach_transactions_topic();
        let mut tasks = housekeeping::start(&node);
        if !node.transactions.shards().is_empty() {
            node.transactions.set_resuming(true);
            let resuming = node.clone();
            tasks.push(tokio::task::spawn_blocking(move || resuming.resume_transactions()));
        }
        if !node.logs.is_recovered() {
            let recovering = node.clone();
            tasks.push(tokio::task::spawn_blocking(move || housekeeping::recover_all(&recovering)));
        }
        *node.tasks.lock().unwrap_or_else(PoisonError::into_inner) = tasks;
        Ok(node)
    }

    /// Ready when the broker begins to close.
    pub(crate) fn closing(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut closing = self.closing.subscribe();
        async move {
            // If the node is gone, so is what closes it.
            let _ = closing.wait_for(|closing| *closing).await;
        }
    }

    /// Whether the broker has begun to close.
    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Tells everybody that waits that the broker is closing.
    pub(crate) fn begin_close(&self) {
        self.closing.send_replace(true);
    }

    /// Ends what runs by itself, flushes and closes the logs, and marks the folder clean.
    ///
    /// # Errors
    /// When a log could not be closed in order; the next start recovers it.
    pub(crate) async fn close(self: &Arc<Self>) -> Result<(), StartError> {
        self.begin_close();
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in &tasks {
            task.abort();
        }
        for task in tasks {
            // Aborted, or a blocking task that could not be aborted and has ended by itself.
            let _ = task.await;
        }
        let node = self.clone();
        let closed = tokio::task::spawn_blocking(move || {
            node.cleaner.stop();
            node.logs.close()
        });
        Ok(closed.await.map_err(|error| StartError::Internal(error.to_string()))??)
    }

    /// What is counted while the broker runs.
    pub(crate) fn metrics(&self) -> &Metrics {
        self.logs.metrics()
    }

    /// Whether every log was looked through that a crash left behind.
    pub(crate) fn is_recovered(&self) -> bool {
        self.logs.is_recovered()
    }

    /// Loads every group that has been written, so that it is known without being asked for. Reads the data folder and
    /// blocks.
    pub(crate) fn load_groups(&self) {
        for shard in self.written_shards() {
            if let Err(error) = shard.load_blocking() {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a coordinator could not be loaded"
                );
            }
        }
    }

    /// A random id.
    pub(crate) fn fresh_uuid(&self) -> Uuid {
        Uuid(self.random.lock().unwrap_or_else(PoisonError::into_inner).uuid())
    }

    /// A random id as member ids end with: 32 hexadecimal digits in five groups.
    pub(crate) fn hyphenated_uuid(&self) -> String {
        let hex: String = self.fresh_uuid().0.iter().map(|byte| format!("{byte:02x}")).collect();
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }

    /// Random bits.
    pub(super) fn fresh_seed(&self) -> u64 {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
    }

    /// A random positive number.
    pub(crate) fn fresh_id(&self) -> i32 {
        let bound = i32::MAX.unsigned_abs().into();
        let drawn = self.random.lock().unwrap_or_else(PoisonError::into_inner).below(bound);
        i32::try_from(drawn).unwrap_or(0) + 1
    }

    /// Makes durable how far logs are flushed and where they start. Blocks.
    ///
    /// # Errors
    /// When the checkpoints could not be written.
    pub(crate) fn checkpoint(&self) -> Result<(), LogError> {
        self.logs.folders().checkpoint()
    }

    /// The data folders and what is in them. Blocks.
    pub(crate) fn log_folders(&self) -> Vec<FolderView> {
        self.logs.folders().views()
    }

    /// Whether there is a data folder of this absolute path.
    pub(crate) fn has_log_folder(&self, path: &str) -> bool {
        self.logs.folders().has_path(path)
    }

    /// The absolute path of the data folder that holds a partition, if it has files.
    pub(crate) fn log_folder_of(&self, topic: &str, partition: i32) -> Option<String> {
        self.logs.folders().path_of(&TopicPartition::new(topic, partition))
    }
}

fn limits(settings: &BrokerSettings) -> GroupLimits {
    GroupLimits {
        min_session_timeout_ms: settings.group_min_session_timeout_ms,
        max_session_timeout_ms: settings.group_max_session_timeout_ms,
        max_size: settings.group_max_size,
        initial_rebalance_delay_ms: settings.group_initial_rebalance_delay_ms,
        offset_metadata_max_bytes: settings.offset_metadata_bytes_max,
        offsets_retention_ms: settings.offsets_retention_ms,
        consumer_max_size: settings.group_consumer_max_size,
        consumer_assignors: assignors(settings),
        migration: migration(settings),
    }
}

fn assignors(settings: &BrokerSettings) -> [Option<Assignor>; 2] {
    let mut named = settings.group_consumer_assignors.iter().filter_map(|name| Assignor::named(name));
    [named.next(), named.next()]
}

fn migration(settings: &BrokerSettings) -> MigrationPolicy {
    match settings.group_consumer_migration_policy.to_ascii_lowercase().as_str() {
        "disabled" => MigrationPolicy::Disabled,
        "downgrade" => MigrationPolicy::Downgrade,
        "upgrade" => MigrationPolicy::Upgrade,
        _ => MigrationPolicy::Bidirectional,
    }
}

fn transaction_limits(settings: &BrokerSettings) -> TransactionLimits {
    TransactionLimits {
        max_timeout_ms: settings.transactions.max_timeout_ms,
        id_expiration_ms: settings.transactions.id_expiration_ms,
        version: TRANSACTION_VERSION,
    }
}

fn load(
    settings: &BrokerSettings,
    defaults: Config,
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    (fresh_cluster, fresh_folders): (Uuid, Vec<Uuid>),
) -> Result<Loaded, StartError> {
    let folders = Folders::open(&storage, &settings.data_dirs)?;
    let metas = folders.read_meta()?;
    for (folder, _, found) in &metas {
        if *found != settings.node_id {
            return Err(StartError::OtherNode {
                folder: folder.clone(),
                found: *found,
                node_id: settings.node_id,
            });
        }
    }
    let id = TopicPartition::new(METADATA_TOPIC, 0);
    if !metas.is_empty() {
        folders.check_not_lost(&id)?;
    }
    let logs = Logs::new(folders, defaults, settings, clock.clone());
    let mut metadata =
        MetadataFile::new(logs.open(&id, Uuid::ZERO)?, clock, settings.metadata_snapshot_bytes);
    let mut image = ClusterImage::default();
    let mut deleted = BTreeSet::new();
    for record in metadata.load()? {
        image.replay(&record)?;
        match record {
            MetadataRecord::TopicDeleted { topic_id } => {
                deleted.insert(topic_id);
            }
            MetadataRecord::TopicsGone { topic_ids } => deleted.extend(topic_ids),
            _ => {}
        }
    }
    let mut records = Vec::new();
    let cluster_id = match (&image.cluster_id, metas.first()) {
        (Some(known), _) => known.to_string(),
        (None, found) => {
            let cluster_id = found.map_or_else(|| fresh_cluster.to_string(), |found| found.1.clone());
            records.push(MetadataRecord::Cluster { cluster_id: cluster_id.clone() });
            cluster_id
        }
    };
    if let Some((folder, found, _)) = metas.into_iter().find(|(_, found, _)| *found != cluster_id) {
        return Err(StartError::OtherCluster { folder, found, expected: cluster_id });
    }
    let (registered, leader_epoch) = registration(&image, settings.node_id, logs.is_recovered());
    records.push(registered);
    metadata.append(&records)?;
    for record in &records {
        image.replay(record)?;
    }
    logs.folders().write_meta(&cluster_id, settings.node_id, &fresh_folders)?;
    if logs.folders().lacks_one() {
        logs.folders().set_lost_topics(image.topics().map(|topic| topic.id).collect());
    }
    remove_deleted(&logs, &image, &deleted)?;
    metadata.snapshot_if_due(&image)?;
    Ok(Loaded { logs: Arc::new(logs), image, metadata, leader_epoch })
}

/// The record of this start. After a crash the leader epoch grows: under lax flush policies records that were read may
/// be gone, and readers find out by the epoch.
fn registration(image: &ClusterImage, broker_id: i32, was_clean: bool) -> (MetadataRecord, i32) {
    let before = image.brokers.get(&broker_id);
    let broker_epoch = before.map_or(0, |broker| broker.epoch + 1);
    let leader_epoch = before.map_or(0, |broker| broker.leader_epoch + i32::from(!was_clean));
    (MetadataRecord::BrokerRegistered { broker_id, broker_epoch, leader_epoch }, leader_epoch)
}

/// Finishes what a crash cut short: folders of topics that were deleted. After a shutdown in order only those without a
/// topic can be of that kind.
fn remove_deleted(logs: &Logs, image: &ClusterImage, deleted: &BTreeSet<String>) -> Result<(), LogError> {
    let clean = logs.is_recovered();
    for id in logs.folders().partitions() {
        if deleted.is_empty() || (clean && image.topic(&id.topic).is_some()) {
            continue;
        }
        if let Some(topic_id) = logs.folders().topic_id(&id)?.filter(|topic_id| deleted.contains(topic_id)) {
            logs.folders().delete_log(&id, topic_id.parse().unwrap_or_default())?;
        }
    }
    Ok(())
}

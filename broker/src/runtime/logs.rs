//! The data folder with its logs, and what every one of them needs: configs, the flusher, the leader epoch.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use riverrun_core::clock::Clock;
use riverrun_core::config::Config;
use riverrun_core::protocol::Uuid;
use riverrun_core::record::{Compression, TimestampType};

use super::flusher::Flusher;
use super::folders::Folders;
use super::partition::{Partition, PartitionRules};
use crate::config::{BrokerSettings, keys};
use crate::log::{FlushPolicy, LogConfig, LogError, PartitionLog, TopicPartition};
use crate::metadata::{ClusterImage, ConfigResource, TopicImage};
use crate::metrics::Metrics;

/// `flush.ms` where nobody has set it.
const DEFAULT_FLUSH_MS: i64 = 1_000;

/// The metadata that others publish.
pub(crate) type SharedImage = Arc<RwLock<Arc<ClusterImage>>>;

/// What holds for every log whose topic does not say otherwise.
#[derive(Clone, Debug)]
struct LogDefaults {
    topic: Config,
    producer_expiration_ms: i64,
    verify_transactions: bool,
}

impl LogDefaults {
    fn of(topic: Config, settings: &BrokerSettings) -> Self {
        LogDefaults {
            topic,
            producer_expiration_ms: settings.producer_expiration_ms,
            verify_transactions: settings.transactions.verification,
        }
    }
}

/// Every log of this broker.
#[derive(Debug)]
pub(crate) struct Logs {
    folders: Folders,
    flusher: Flusher,
    defaults: RwLock<LogDefaults>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    image: OnceLock<SharedImage>,
    leader_epoch: OnceLock<i32>,
}

impl Logs {
    pub(super) fn new(
        folders: Folders,
        topic_defaults: Config,
        settings: &BrokerSettings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let metrics = Arc::<Metrics>::default();
        Logs {
            folders,
            flusher: Flusher::new(metrics.clone()),
            defaults: RwLock::new(LogDefaults::of(topic_defaults, settings)),
            clock,
            metrics,
            image: OnceLock::new(),
            leader_epoch: OnceLock::new(),
        }
    }

    /// Metadata has been loaded: from now on topics have their own configs, and this broker its epoch.
    pub(super) fn set_metadata(&self, image: SharedImage, leader_epoch: i32) {
        // Set once, by the start.
        let _ = self.image.set(image);
        let _ = self.leader_epoch.set(leader_epoch);
    }

    /// The broker's configs have changed. Open logs learn of it by [`reconfigure`](Self::reconfigure).
    pub(super) fn set_defaults(&self, topic: Config, settings: &BrokerSettings) {
        let defaults = LogDefaults::of(topic, settings);
        *self.defaults.write().unwrap_or_else(PoisonError::into_inner) = defaults;
    }

    fn defaults(&self) -> LogDefaults {
        self.defaults.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn folders(&self) -> &Folders {
        &self.folders
    }

    /// What is counted.
    pub(super) fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    pub(super) fn flusher(&self) -> &Flusher {
        &self.flusher
    }

    /// The epoch under which this broker leads.
    pub(super) fn leader_epoch(&self) -> i32 {
        self.leader_epoch.get().copied().unwrap_or(0)
    }

    fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Opens a log, with the recovery that it needs. Blocks.
    pub(super) fn open(&self, id: &TopicPartition, topic_id: Uuid) -> Result<Arc<PartitionLog>, LogError> {
        let topic_id = Some(topic_id).filter(|id| !id.is_zero());
        self.folders.open_log(id, topic_id, self.log_config(&id.topic), self.now_ms())
    }

    /// The configs of a topic: its own, else the broker's, else the defaults.
    pub(super) fn topic_config(&self, topic: &str) -> Config {
        let image =
            self.image.get().map(|image| image.read().unwrap_or_else(PoisonError::into_inner).clone());
        let own = image.and_then(|image| image.configs(&ConfigResource::Topic(topic.to_owned())).cloned());
        with_own(&self.defaults().topic, own.as_deref())
    }

    fn log_config(&self, topic: &str) -> LogConfig {
        let defaults = self.defaults();
        LogConfig {
            producer_expiration_ms: defaults.producer_expiration_ms,
            verify_transactions: defaults.verify_transactions,
            ..log_config(&self.topic_config(topic))
        }
    }

    /// The topic's configs that partitions obey.
    pub(super) fn rules(&self, topic: &str) -> PartitionRules {
        let config = self.topic_config(topic);
        let flush_ms = config.get(&keys::FLUSH_MS);
        PartitionRules {
            min_insync_replicas: config.get(&keys::MIN_INSYNC_REPLICAS),
            flush_ms: if flush_ms == i64::MAX { DEFAULT_FLUSH_MS } else { flush_ms },
            flush_messages: config.get(&keys::FLUSH_MESSAGES),
        }
    }

    /// Puts a topic's configs in force in its open logs.
    pub(super) fn reconfigure(&self, topic: &str, partitions: &[Arc<Partition>]) {
        let rules = self.rules(topic);
        for partition in partitions {
            partition.set_rules(rules);
        }
        let config = self.log_config(topic);
        for log in partitions.iter().filter_map(|partition| partition.log()) {
            log.set_config(config.clone());
            // What was not flushed before may wait for a flush now.
            self.flusher.request(log);
        }
    }

    /// Where the last compaction of a log ended, if there was one.
    pub(super) fn compacted_to(&self, id: &TopicPartition) -> Option<i64> {
        self.folders.compacted_to(id)
    }

    /// Writes down where a compaction ended. Blocks.
    pub(super) fn note_compacted(&self, id: &TopicPartition, clean_to: i64) -> Result<(), LogError> {
        self.folders.note_compacted(id, clean_to)
    }

    /// Deletes the logs of a topic. Blocks.
    pub(super) fn delete_topic(&self, topic: &TopicImage, partitions: &[Arc<Partition>]) {
        for partition in partitions {
            partition.mark_deleted();
        }
        for partition in 0..i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX) {
            let id = TopicPartition { topic: topic.name.clone(), partition };
            if let Err(error) = self.folders.delete_log(&id, topic.id) {
                tracing::error!(log = %id, error = &error as &dyn std::error::Error, "a log could not be deleted");
            }
        }
    }

    /// Whether every log is known to be sound.
    pub(super) fn is_recovered(&self) -> bool {
        self.folders.is_recovered()
    }

    /// Flushes and closes everything. A folder is marked clean only if all of it is. Blocks.
    pub(super) fn close(&self) -> Result<(), LogError> {
        self.flusher.close();
        self.folders.close()
    }
}

/// Topic configs over their defaults.
pub(super) fn with_own(defaults: &Config, own: Option<&BTreeMap<String, String>>) -> Config {
    let mut config = defaults.clone();
    for (name, value) in own.into_iter().flatten() {
        // They were checked before they were written.
        if let Err(error) = config.insert(name, value) {
            tracing::warn!(%error, "a stored topic config is not valid any more; its default holds");
        }
    }
    config
}

/// The codec that a topic's batches are kept under, and its level; `None` for what producers send.
fn compression(config: &Config) -> Option<(Compression, Option<i32>)> {
    let level = |level: i32| Some(level).filter(|level| *level != -1);
    match config.get(&keys::COMPRESSION_TYPE).as_str() {
        "uncompressed" => Some((Compression::None, None)),
        "gzip" => Some((Compression::Gzip, level(config.get(&keys::COMPRESSION_GZIP_LEVEL)))),
        "snappy" => Some((Compression::Snappy, None)),
        "lz4" => Some((Compression::Lz4, None)),
        "zstd" => Some((Compression::Zstd, Some(config.get(&keys::COMPRESSION_ZSTD_LEVEL)))),
        _ => None,
    }
}

fn log_config(config: &Config) -> LogConfig {
    let unsigned = |number: i32| u32::try_from(number).unwrap_or(0);
    let policies = config.get(&keys::CLEANUP_POLICY);
    let has = |policy: &str| policies.iter().any(|given| given == policy);
    LogConfig {
        segment_bytes: unsigned(config.get(&keys::SEGMENT_BYTES)),
        segment_ms: config.get(&keys::SEGMENT_MS),
        segment_jitter_ms: config.get(&keys::SEGMENT_JITTER_MS),
        segment_index_bytes: unsigned(config.get(&keys::SEGMENT_INDEX_BYTES)),
        index_interval_bytes: unsigned(config.get(&keys::INDEX_INTERVAL_BYTES)),
        retention_ms: config.get(&keys::RETENTION_MS),
        retention_bytes: config.get(&keys::RETENTION_BYTES),
        max_message_bytes: unsigned(config.get(&keys::MAX_MESSAGE_BYTES)),
        timestamp_type: match config.get(&keys::TIMESTAMP_TYPE).as_str() {
            "LogAppendTime" => TimestampType::LogAppendTime,
            _ => TimestampType::CreateTime,
        },
        timestamp_before_max_ms: config.get(&keys::TIMESTAMP_BEFORE_MAX_MS),
        timestamp_after_max_ms: config.get(&keys::TIMESTAMP_AFTER_MAX_MS),
        compression: compression(config),
        delete: has("delete"),
        compact: has("compact"),
        min_cleanable_ratio: config.get(&keys::MIN_CLEANABLE_RATIO),
        min_compaction_lag_ms: config.get(&keys::MIN_COMPACTION_LAG_MS),
        max_compaction_lag_ms: config.get(&keys::MAX_COMPACTION_LAG_MS),
        delete_retention_ms: config.get(&keys::DELETE_RETENTION_MS),
        flush_policy: match config.get(&keys::FLUSH_POLICY).as_str() {
            "interval" => FlushPolicy::Interval,
            "os" => FlushPolicy::Os,
            _ => FlushPolicy::Ack,
        },
        ..LogConfig::default()
    }
}

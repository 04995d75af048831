//! The configs of a topic: every one that Kafka 4.3 has, and `flush.policy`, which is ours.

use riverrun_core::config::{Config, ConfigKey, ConfigTable};

use super::Overrides;

pub(crate) const CLEANUP_POLICY: ConfigKey<Vec<String>> = ConfigKey::list("cleanup.policy", &["delete"])
    .one_of(&["compact", "delete"])
    .doc("What happens to old segments: 'delete' drops them by age or size, 'compact' keeps the last record of each key and refuses records without one.");
pub(crate) const COMPRESSION_GZIP_LEVEL: ConfigKey<i32> = ConfigKey::int("compression.gzip.level", -1)
    .between_or(1, 9, -1)
    .doc("Level of gzip where the broker compresses: where compression.type is gzip and a batch is not.");
const COMPRESSION_LZ4_LEVEL: ConfigKey<i32> = ConfigKey::int("compression.lz4.level", 9)
    .between(1, 17)
    .doc("Level of lz4 where the broker compresses. Stored for tools: lz4 has one level here.");
pub(crate) const COMPRESSION_TYPE: ConfigKey<String> = ConfigKey::string("compression.type", "producer")
    .one_of(&["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"])
    .doc("Compression of stored batches. 'producer' keeps what was sent; otherwise a batch that came under another is compressed anew.");
pub(crate) const COMPRESSION_ZSTD_LEVEL: ConfigKey<i32> = ConfigKey::int("compression.zstd.level", 3)
    .between(-131_072, 22)
    .doc("Level of zstd where the broker compresses: where compression.type is zstd and a batch is not.");
pub(crate) const DELETE_RETENTION_MS: ConfigKey<i64> = ConfigKey::long("delete.retention.ms", 86_400_000)
    .at_least(0)
    .doc("How long a tombstone outlives its compaction, in milliseconds.");
const FILE_DELETE_DELAY_MS: ConfigKey<i64> = ConfigKey::long("file.delete.delay.ms", 60_000).at_least(0).doc(
    "How long a deleted segment's file is kept, in milliseconds. Files in use stay readable without it.",
);
pub(crate) const FLUSH_MESSAGES: ConfigKey<i64> = ConfigKey::long("flush.messages", i64::MAX)
    .at_least(1)
    .doc("Records after which a log is flushed under flush.policy=interval.");
pub(crate) const FLUSH_MS: ConfigKey<i64> = ConfigKey::long("flush.ms", i64::MAX)
    .at_least(0)
    .doc("Milliseconds after which a log is flushed under flush.policy=interval; 1000 where it is not set.");
pub(crate) const FLUSH_POLICY: ConfigKey<String> = ConfigKey::string("flush.policy", "ack")
    .one_of(&["ack", "interval", "os"])
    .doc("When records reach the disk: 'ack' before they are acknowledged and can be read, 'interval' every flush.ms, 'os' when the operating system likes. A power cut loses what 'interval' and 'os' had not flushed.");
const FOLLOWER_THROTTLED: ConfigKey<Vec<String>> =
    ConfigKey::list("follower.replication.throttled.replicas", &[])
        .checked("[partitionId]:[brokerId],[partitionId]:[brokerId],...", is_throttle)
        .doc("Replicas whose followers are throttled. Stored for tools; one node replicates nothing.");
pub(crate) const INDEX_INTERVAL_BYTES: ConfigKey<i32> =
    ConfigKey::int("index.interval.bytes", 4_096).at_least(0).doc("Bytes of log between two index entries.");
const LEADER_THROTTLED: ConfigKey<Vec<String>> =
    ConfigKey::list("leader.replication.throttled.replicas", &[])
        .checked("[partitionId]:[brokerId],[partitionId]:[brokerId],...", is_throttle)
        .doc("Replicas whose leaders are throttled. Stored for tools; one node replicates nothing.");
const LOCAL_RETENTION_BYTES: ConfigKey<i64> = ConfigKey::long("local.retention.bytes", -2)
    .at_least(-2)
    .doc("Bytes kept on local disk under tiered storage, which is not offered. Stored for tools.");
const LOCAL_RETENTION_MS: ConfigKey<i64> = ConfigKey::long("local.retention.ms", -2)
    .at_least(-2)
    .doc("Milliseconds kept on local disk under tiered storage, which is not offered. Stored for tools.");
pub(crate) const MAX_COMPACTION_LAG_MS: ConfigKey<i64> = ConfigKey::long("max.compaction.lag.ms", i64::MAX)
    .at_least(1)
    .doc("How long a record may stay uncompacted, in milliseconds.");
pub(crate) const MAX_MESSAGE_BYTES: ConfigKey<i32> = ConfigKey::int("max.message.bytes", 1_048_588)
    .at_least(0)
    .doc("Largest record batch that is accepted, in bytes as sent.");
pub(crate) const TIMESTAMP_AFTER_MAX_MS: ConfigKey<i64> =
    ConfigKey::long("message.timestamp.after.max.ms", 3_600_000)
        .at_least(0)
        .doc("How far a record's timestamp may lie ahead of the broker's clock, in milliseconds.");
pub(crate) const TIMESTAMP_BEFORE_MAX_MS: ConfigKey<i64> =
    ConfigKey::long("message.timestamp.before.max.ms", i64::MAX)
        .at_least(0)
        .doc("How far a record's timestamp may lie behind the broker's clock, in milliseconds.");
pub(crate) const TIMESTAMP_TYPE: ConfigKey<String> =
    ConfigKey::string("message.timestamp.type", "CreateTime")
        .one_of(&["CreateTime", "LogAppendTime"])
        .doc("Whose time a record carries: its producer's, or the broker's at the append.");
pub(crate) const MIN_CLEANABLE_RATIO: ConfigKey<f64> = ConfigKey::double("min.cleanable.dirty.ratio", 0.5)
    .within(0.0, 1.0)
    .doc("Share of a log that must be uncompacted before it is compacted.");
pub(crate) const MIN_COMPACTION_LAG_MS: ConfigKey<i64> = ConfigKey::long("min.compaction.lag.ms", 0)
    .at_least(0)
    .doc("How long a record stays uncompacted at least, in milliseconds.");
pub(crate) const MIN_INSYNC_REPLICAS: ConfigKey<i32> = ConfigKey::int("min.insync.replicas", 1)
    .at_least(1)
    .doc("Replicas that must have a record before acks=all answers. One node has one: where more are asked for, acks=all is refused.");
const PREALLOCATE: ConfigKey<bool> = ConfigKey::bool("preallocate", false)
    .doc("Whether segment files get their full size when they are made. Stored for tools.");
const REMOTE_COPY_DISABLE: ConfigKey<bool> = ConfigKey::bool("remote.log.copy.disable", false)
    .doc("Stops copies under tiered storage, which is not offered. Stored for tools.");
const REMOTE_DELETE_ON_DISABLE: ConfigKey<bool> = ConfigKey::bool("remote.log.delete.on.disable", false).doc(
    "Deletes remote segments when tiered storage, which is not offered, is switched off. Stored for tools.",
);
pub(crate) const REMOTE_STORAGE_ENABLE: ConfigKey<bool> = ConfigKey::bool("remote.storage.enable", false)
    .doc("Tiered storage. It is not offered: 'true' is refused.");
pub(crate) const RETENTION_BYTES: ConfigKey<i64> = ConfigKey::long("retention.bytes", -1)
    .doc("Bytes that a partition keeps before its oldest segments go; -1 for any amount.");
pub(crate) const RETENTION_MS: ConfigKey<i64> = ConfigKey::long("retention.ms", 604_800_000)
    .at_least(-1)
    .doc("Milliseconds that a record is kept before its segment may go; -1 for ever.");
pub(crate) const SEGMENT_BYTES: ConfigKey<i32> = ConfigKey::int("segment.bytes", 1_073_741_824)
    .at_least(1_048_576)
    .doc("Size at which a segment is closed and the next begun, in bytes.");
pub(crate) const SEGMENT_INDEX_BYTES: ConfigKey<i32> = ConfigKey::int("segment.index.bytes", 10_485_760)
    .at_least(4)
    .doc("Size of an index at which its segment is closed, in bytes.");
pub(crate) const SEGMENT_JITTER_MS: ConfigKey<i64> = ConfigKey::long("segment.jitter.ms", 0)
    .at_least(0)
    .doc("Spread of segment.ms, so that many segments do not close at once.");
pub(crate) const SEGMENT_MS: ConfigKey<i64> = ConfigKey::long("segment.ms", 604_800_000)
    .at_least(1)
    .doc("Age of a segment's first record at which it is closed, in milliseconds.");
const UNCLEAN_ELECTION: ConfigKey<bool> = ConfigKey::bool("unclean.leader.election.enable", false)
    .doc("Whether a replica that misses records may lead. One node has one replica.");

/// Every config of a topic.
pub(crate) static TOPIC: ConfigTable = ConfigTable::new(
    "topic",
    &[&[
        CLEANUP_POLICY.def,
        COMPRESSION_GZIP_LEVEL.def,
        COMPRESSION_LZ4_LEVEL.def,
        COMPRESSION_TYPE.def,
        COMPRESSION_ZSTD_LEVEL.def,
        DELETE_RETENTION_MS.def,
        FILE_DELETE_DELAY_MS.def,
        FLUSH_MESSAGES.def,
        FLUSH_MS.def,
        FLUSH_POLICY.def,
        FOLLOWER_THROTTLED.def,
        INDEX_INTERVAL_BYTES.def,
        LEADER_THROTTLED.def,
        LOCAL_RETENTION_BYTES.def,
        LOCAL_RETENTION_MS.def,
        MAX_COMPACTION_LAG_MS.def,
        MAX_MESSAGE_BYTES.def,
        TIMESTAMP_AFTER_MAX_MS.def,
        TIMESTAMP_BEFORE_MAX_MS.def,
        TIMESTAMP_TYPE.def,
        MIN_CLEANABLE_RATIO.def,
        MIN_COMPACTION_LAG_MS.def,
        MIN_INSYNC_REPLICAS.def,
        PREALLOCATE.def,
        REMOTE_COPY_DISABLE.def,
        REMOTE_DELETE_ON_DISABLE.def,
        REMOTE_STORAGE_ENABLE.def,
        RETENTION_BYTES.def,
        RETENTION_MS.def,
        SEGMENT_BYTES.def,
        SEGMENT_INDEX_BYTES.def,
        SEGMENT_JITTER_MS.def,
        SEGMENT_MS.def,
        UNCLEAN_ELECTION.def,
    ]],
);

fn is_throttle(text: &str) -> bool {
    text.is_empty()
        || text == "*"
        || text.split_once(':').is_some_and(|(partition, broker)| {
            [partition, broker]
                .iter()
                .all(|part| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit()))
        })
}

/// Checks every config that a topic is to have of its own. `defaults` holds where it has none.
///
/// # Errors
/// What is wrong with them, and what would be right.
pub(crate) fn check_topic_configs(defaults: &Config, configs: &Overrides) -> Result<(), String> {
    let mut config = defaults.clone();
    for (name, value) in configs {
        config.insert(name, value).map_err(|error| error.to_string())?;
    }
    if config.get(&REMOTE_STORAGE_ENABLE) {
        return Err("config 'remote.storage.enable' cannot be true: tiered storage is not offered".to_owned());
    }
    let (min, max) = (config.get(&MIN_COMPACTION_LAG_MS), config.get(&MAX_COMPACTION_LAG_MS));
    if min > max {
        return Err(format!("min.compaction.lag.ms ({min}) is greater than max.compaction.lag.ms ({max})"));
    }
    Ok(())
}

//! The configs of the broker: those that this version obeys, under Kafka's names.
//!
//! Defaults are Kafka's but where one node on loopback is better served: `node.id`, `process.roles`, `listeners`,
//! `log.dir`.

use riverrun_core::config::{ConfigKey, ConfigTable, Importance};

use super::groups::CONSUMER_GROUPS;
use super::limits::LIMITS;
use super::transactions::TRANSACTIONS;

pub(crate) const ADVERTISED_LISTENERS: ConfigKey<Option<Vec<String>>> = ConfigKey::<Option<Vec<String>>>::optional("advertised.listeners").importance(Importance::High).doc("Where clients are told to find the broker: PLAINTEXT://host:port. Without it, the listener's address, or the address at which the client came in where the listener stands on all.");
pub(crate) const AUTO_CREATE_TOPICS: ConfigKey<bool> = ConfigKey::bool("auto.create.topics.enable", true)
    .importance(Importance::High)
    .doc("Whether a topic that a client asks for is made when it is not there.");
pub(crate) const BROKER_ID: ConfigKey<i32> = ConfigKey::int("broker.id", -1)
    .importance(Importance::High)
    .doc("The older name of node.id; it must be the same.");
pub(crate) const BROKER_RACK: ConfigKey<Option<String>> =
    ConfigKey::optional("broker.rack").doc("Where the broker stands, for clients that read nearby.");
pub(crate) const CONNECTIONS_MAX_IDLE_MS: ConfigKey<i64> =
    ConfigKey::long("connections.max.idle.ms", 600_000)
        .doc("Milliseconds without a request after which a connection is closed.");
pub(crate) const DEFAULT_REPLICATION_FACTOR: ConfigKey<i32> = ConfigKey::int("default.replication.factor", 1)
    .doc("Replicas of a topic that is made without saying how many. One node has one.");
pub(crate) const DELETE_TOPIC_ENABLE: ConfigKey<bool> = ConfigKey::bool("delete.topic.enable", true)
    .importance(Importance::High)
    .doc("Whether topics may be deleted.");
pub(crate) const FETCH_MAX_BYTES: ConfigKey<i32> = ConfigKey::int("fetch.max.bytes", 57_671_680)
    .at_least(1_024)
    .doc("Most bytes that one fetch is answered with, beyond its first batch.");
pub(crate) const GROUP_INITIAL_REBALANCE_DELAY_MS: ConfigKey<i32> =
    ConfigKey::int("group.initial.rebalance.delay.ms", 3_000)
        .doc("Milliseconds that an empty group waits for more members before its first rebalance ends.");
pub(crate) const GROUP_MAX_SESSION_TIMEOUT_MS: ConfigKey<i32> =
    ConfigKey::int("group.max.session.timeout.ms", 1_800_000)
        .doc("Longest session timeout that a member may ask for, in milliseconds.");
pub(crate) const GROUP_MAX_SIZE: ConfigKey<i32> =
    ConfigKey::int("group.max.size", i32::MAX).at_least(1).doc("Most members of one group.");
pub(crate) const GROUP_MIN_SESSION_TIMEOUT_MS: ConfigKey<i32> =
    ConfigKey::int("group.min.session.timeout.ms", 6_000)
        .doc("Shortest session timeout that a member may ask for, in milliseconds.");
pub(crate) const LISTENERS: ConfigKey<Vec<String>> = ConfigKey::list("listeners", &["PLAINTEXT://127.0.0.1:9092"]).importance(Importance::High).doc("Where the broker listens: PLAINTEXT://host:port. An empty host stands for all addresses, port 0 for a free one.");
pub(crate) const LOG_CLEANUP_POLICY: ConfigKey<Vec<String>> =
    ConfigKey::list("log.cleanup.policy", &["delete"])
        .one_of(&["compact", "delete"])
        .doc("Default of the topic config cleanup.policy.");
pub(crate) const LOG_DIR: ConfigKey<Vec<String>> = ConfigKey::list("log.dir", &["data"])
    .importance(Importance::High)
    .doc("The data folder, if log.dirs is not set.");
pub(crate) const LOG_DIRS: ConfigKey<Option<Vec<String>>> =
    ConfigKey::<Option<Vec<String>>>::optional("log.dirs")
        .importance(Importance::High)
        .doc("The data folders, on a disk each: a new partition goes where the fewest are. A folder that fails takes its partitions down and no others; the first one holds the metadata and must be sound.");
pub(crate) const LOG_FLUSH_INTERVAL_MESSAGES: ConfigKey<i64> =
    ConfigKey::long("log.flush.interval.messages", i64::MAX)
        .at_least(1)
        .importance(Importance::High)
        .doc("Default of the topic config flush.messages.");
pub(crate) const LOG_FLUSH_INTERVAL_MS: ConfigKey<Option<i64>> = ConfigKey::optional("log.flush.interval.ms")
    .importance(Importance::High)
    .doc("Default of the topic config flush.ms.");
pub(crate) const LOG_INDEX_INTERVAL_BYTES: ConfigKey<i32> = ConfigKey::int("log.index.interval.bytes", 4_096)
    .at_least(0)
    .doc("Default of the topic config index.interval.bytes.");
pub(crate) const LOG_INDEX_SIZE_MAX_BYTES: ConfigKey<i32> =
    ConfigKey::int("log.index.size.max.bytes", 10_485_760)
        .at_least(4)
        .doc("Default of the topic config segment.index.bytes.");
pub(crate) const LOG_TIMESTAMP_AFTER_MAX_MS: ConfigKey<i64> =
    ConfigKey::long("log.message.timestamp.after.max.ms", 3_600_000)
        .at_least(0)
        .doc("Default of the topic config message.timestamp.after.max.ms.");
pub(crate) const LOG_TIMESTAMP_BEFORE_MAX_MS: ConfigKey<i64> =
    ConfigKey::long("log.message.timestamp.before.max.ms", i64::MAX)
        .at_least(0)
        .doc("Default of the topic config message.timestamp.before.max.ms.");
pub(crate) const LOG_TIMESTAMP_TYPE: ConfigKey<String> =
    ConfigKey::string("log.message.timestamp.type", "CreateTime")
        .one_of(&["CreateTime", "LogAppendTime"])
        .doc("Default of the topic config message.timestamp.type.");
pub(crate) const LOG_RETENTION_BYTES: ConfigKey<i64> = ConfigKey::long("log.retention.bytes", -1)
    .importance(Importance::High)
    .doc("Default of the topic config retention.bytes.");
pub(crate) const LOG_RETENTION_CHECK_INTERVAL_MS: ConfigKey<i64> =
    ConfigKey::long("log.retention.check.interval.ms", 300_000)
        .at_least(1)
        .doc("Milliseconds between two looks for segments that have had their time.");
pub(crate) const LOG_RETENTION_HOURS: ConfigKey<i32> = ConfigKey::int("log.retention.hours", 168)
    .importance(Importance::High)
    .doc("Default of the topic config retention.ms, in hours, if nothing finer is set.");
pub(crate) const LOG_RETENTION_MINUTES: ConfigKey<Option<i32>> = ConfigKey::optional("log.retention.minutes")
    .importance(Importance::High)
    .doc("Default of the topic config retention.ms, in minutes, if log.retention.ms is not set.");
pub(crate) const LOG_RETENTION_MS: ConfigKey<Option<i64>> = ConfigKey::optional("log.retention.ms")
    .importance(Importance::High)
    .doc("Default of the topic config retention.ms.");
pub(crate) const LOG_ROLL_HOURS: ConfigKey<i32> = ConfigKey::int("log.roll.hours", 168)
    .at_least(1)
    .importance(Importance::High)
    .doc("Default of the topic config segment.ms, in hours, if log.roll.ms is not set.");
pub(crate) const LOG_ROLL_MS: ConfigKey<Option<i64>> = ConfigKey::optional("log.roll.ms")
    .importance(Importance::High)
    .doc("Default of the topic config segment.ms.");
pub(crate) const LOG_SEGMENT_BYTES: ConfigKey<i32> = ConfigKey::int("log.segment.bytes", 1_073_741_824)
    .at_least(1_048_576)
    .importance(Importance::High)
    .doc("Default of the topic config segment.bytes.");
pub(crate) const MAX_FETCH_SESSIONS: ConfigKey<i32> =
    ConfigKey::int("max.incremental.fetch.session.cache.slots", 1_000)
        .at_least(0)
        .doc("Most fetch sessions that are remembered.");
pub(crate) const MAX_REQUEST_PARTITIONS: ConfigKey<i32> =
    ConfigKey::int("max.request.partition.size.limit", 2_000)
        .at_least(1)
        .doc("Most partitions in one answer to DescribeTopicPartitions.");
pub(crate) const MESSAGE_MAX_BYTES: ConfigKey<i32> = ConfigKey::int("message.max.bytes", 1_048_588)
    .at_least(0)
    .importance(Importance::High)
    .doc("Default of the topic config max.message.bytes.");
pub(crate) const METADATA_SNAPSHOT_BYTES: ConfigKey<i64> =
    ConfigKey::long("metadata.log.max.record.bytes.between.snapshots", 20_971_520)
        .at_least(1)
        .importance(Importance::High)
        .doc("Bytes of changed metadata after which all of it is written as a snapshot; after many small records that happens earlier.");
pub(crate) const MIN_INSYNC_REPLICAS: ConfigKey<i32> = ConfigKey::int("min.insync.replicas", 1)
    .at_least(1)
    .importance(Importance::High)
    .doc("Default of the topic config min.insync.replicas.");
pub(crate) const NODE_ID: ConfigKey<i32> = ConfigKey::int("node.id", 1)
    .at_least(0)
    .importance(Importance::High)
    .doc("The broker's number in its cluster.");
pub(crate) const NUM_PARTITIONS: ConfigKey<i32> = ConfigKey::int("num.partitions", 1)
    .at_least(1)
    .doc("Partitions of a topic that is made without saying how many.");
pub(crate) const OFFSET_METADATA_MAX_BYTES: ConfigKey<i32> =
    ConfigKey::int("offset.metadata.max.bytes", 4_096)
        .importance(Importance::High)
        .doc("Longest text that may be committed with an offset, in bytes.");
pub(crate) const OFFSETS_RETENTION_CHECK_INTERVAL_MS: ConfigKey<i64> =
    ConfigKey::long("offsets.retention.check.interval.ms", 600_000)
        .at_least(1)
        .importance(Importance::High)
        .doc("Milliseconds between two looks for offsets that have had their time.");
pub(crate) const OFFSETS_RETENTION_MINUTES: ConfigKey<i32> = ConfigKey::int(
    "offsets.retention.minutes",
    10_080,
)
.at_least(1)
.importance(Importance::High)
.doc(
    "Minutes that committed offsets outlive their group's last member, or their commit where there are none.",
);
pub(crate) const OFFSETS_TOPIC_NUM_PARTITIONS: ConfigKey<i32> =
    ConfigKey::int("offsets.topic.num.partitions", 50)
        .at_least(1)
        .importance(Importance::High)
        .doc("Partitions of __consumer_offsets. Fixed once the topic is made.");
pub(crate) const OFFSETS_TOPIC_SEGMENT_BYTES: ConfigKey<i32> =
    ConfigKey::int("offsets.topic.segment.bytes", 104_857_600)
        .at_least(1)
        .importance(Importance::High)
        .doc("segment.bytes of __consumer_offsets.");
pub(crate) const PROCESS_ROLES: ConfigKey<Vec<String>> =
    ConfigKey::list("process.roles", &["broker", "controller"])
        .one_of(&["broker", "controller"])
        .importance(Importance::High)
        .doc("What this process is. One node is both broker and controller.");
pub(crate) const PRODUCER_ID_EXPIRATION_MS: ConfigKey<i32> =
    ConfigKey::int("producer.id.expiration.ms", 86_400_000)
        .at_least(1)
        .importance(Importance::Low)
        .doc("Milliseconds that an idle idempotent producer is remembered.");
pub(crate) const QUEUED_MAX_REQUEST_BYTES: ConfigKey<i64> = ConfigKey::long("queued.max.request.bytes", -1).doc("Memory that large requests of all connections share; -1 for the default of 256 MiB. When it is used up, sockets are not read.");
pub(crate) const SOCKET_REQUEST_MAX_BYTES: ConfigKey<i32> =
    ConfigKey::int("socket.request.max.bytes", 104_857_600)
        .at_least(1)
        .importance(Importance::High)
        .doc("Largest request, in bytes; a connection that announces more is closed.");
pub(crate) const TELEMETRY_MAX_BYTES: ConfigKey<i32> = ConfigKey::int("telemetry.max.bytes", 1_048_576)
    .at_least(1)
    .importance(Importance::Low)
    .doc("Most bytes, as sent, of one push of a client's metrics.");
pub(crate) const FLUSH_POLICY: ConfigKey<String> = ConfigKey::string("flush.policy", "ack")
    .one_of(&["ack", "interval", "os"])
    .doc("Default of the topic config flush.policy: when records reach the disk.");

/// Every config that the broker obeys.
pub(crate) static BROKER: ConfigTable = ConfigTable::new(
    "broker",
    &[
        &[
            ADVERTISED_LISTENERS.def,
            AUTO_CREATE_TOPICS.def,
            BROKER_ID.def,
            BROKER_RACK.def,
            CONNECTIONS_MAX_IDLE_MS.def,
            DEFAULT_REPLICATION_FACTOR.def,
            DELETE_TOPIC_ENABLE.def,
            FETCH_MAX_BYTES.def,
            GROUP_INITIAL_REBALANCE_DELAY_MS.def,
            GROUP_MAX_SESSION_TIMEOUT_MS.def,
            GROUP_MAX_SIZE.def,
            GROUP_MIN_SESSION_TIMEOUT_MS.def,
            LISTENERS.def,
            LOG_CLEANUP_POLICY.def,
            LOG_DIR.def,
            LOG_DIRS.def,
            LOG_FLUSH_INTERVAL_MESSAGES.def,
            LOG_FLUSH_INTERVAL_MS.def,
            LOG_INDEX_INTERVAL_BYTES.def,
            LOG_INDEX_SIZE_MAX_BYTES.def,
            LOG_TIMESTAMP_AFTER_MAX_MS.def,
            LOG_TIMESTAMP_BEFORE_MAX_MS.def,
            LOG_TIMESTAMP_TYPE.def,
            LOG_RETENTION_BYTES.def,
            LOG_RETENTION_CHECK_INTERVAL_MS.def,
            LOG_RETENTION_HOURS.def,
            LOG_RETENTION_MINUTES.def,
            LOG_RETENTION_MS.def,
            LOG_ROLL_HOURS.def,
            LOG_ROLL_MS.def,
            LOG_SEGMENT_BYTES.def,
            MAX_FETCH_SESSIONS.def,
            MAX_REQUEST_PARTITIONS.def,
            MESSAGE_MAX_BYTES.def,
            METADATA_SNAPSHOT_BYTES.def,
            MIN_INSYNC_REPLICAS.def,
            NODE_ID.def,
            NUM_PARTITIONS.def,
            OFFSET_METADATA_MAX_BYTES.def,
            OFFSETS_RETENTION_CHECK_INTERVAL_MS.def,
            OFFSETS_RETENTION_MINUTES.def,
            OFFSETS_TOPIC_NUM_PARTITIONS.def,
            OFFSETS_TOPIC_SEGMENT_BYTES.def,
            PROCESS_ROLES.def,
            PRODUCER_ID_EXPIRATION_MS.def,
            QUEUED_MAX_REQUEST_BYTES.def,
            SOCKET_REQUEST_MAX_BYTES.def,
            TELEMETRY_MAX_BYTES.def,
            FLUSH_POLICY.def,
        ],
        LIMITS,
        CONSUMER_GROUPS,
        super::cleaner::DEFS,
        TRANSACTIONS,
    ],
);

//! The declarations of all client keys, under Kafka's names and with Kafka's defaults.

use crate::config::{ConfigDef, ConfigKey, Importance};

const HIGH: Importance = Importance::High;
const LOW: Importance = Importance::Low;

/// `bootstrap.servers`.
pub const BOOTSTRAP_SERVERS: ConfigKey<Vec<String>> = ConfigKey::required("bootstrap.servers")
    .importance(HIGH)
    .doc("Where to ask first, as `host:port`, several with commas between. Any broker will do; the rest is found through it.");
/// `request.timeout.ms`.
pub const REQUEST_TIMEOUT_MS: ConfigKey<i32> = ConfigKey::int("request.timeout.ms", 30_000)
    .at_least(0)
    .doc("How long a broker may take for one answer, in milliseconds.");
/// `retry.backoff.ms`.
pub const RETRY_BACKOFF_MS: ConfigKey<i64> = ConfigKey::long("retry.backoff.ms", 100)
    .at_least(0)
    .importance(LOW)
    .doc("The wait before the first repeated attempt, in milliseconds; it doubles from attempt to attempt.");
/// `retry.backoff.max.ms`.
pub const RETRY_BACKOFF_MAX_MS: ConfigKey<i64> = ConfigKey::long("retry.backoff.max.ms", 1_000)
    .at_least(0)
    .importance(LOW)
    .doc("The longest wait between attempts, in milliseconds.");
/// `reconnect.backoff.ms`.
pub const RECONNECT_BACKOFF_MS: ConfigKey<i64> = ConfigKey::long("reconnect.backoff.ms", 50)
    .at_least(0)
    .importance(LOW)
    .doc("The wait before connecting again to a broker that could not be reached, in milliseconds; it doubles.");
/// `reconnect.backoff.max.ms`.
pub const RECONNECT_BACKOFF_MAX_MS: ConfigKey<i64> = ConfigKey::long("reconnect.backoff.max.ms", 1_000)
    .at_least(0)
    .importance(LOW)
    .doc("The longest wait before connecting again, in milliseconds.");
/// `metadata.max.age.ms`.
pub const METADATA_MAX_AGE_MS: ConfigKey<i64> = ConfigKey::long("metadata.max.age.ms", 300_000)
    .at_least(0)
    .importance(LOW)
    .doc("How old the view of the cluster may become, in milliseconds.");
/// `socket.connection.setup.timeout.ms`.
pub const CONNECTION_SETUP_TIMEOUT_MS: ConfigKey<i64> =
    ConfigKey::long("socket.connection.setup.timeout.ms", 10_000)
        .doc("How long opening a connection may take, in milliseconds.");

/// What every client has.
pub(super) const CLIENT: &[ConfigDef] = &[
    BOOTSTRAP_SERVERS.def,
    REQUEST_TIMEOUT_MS.def,
    RETRY_BACKOFF_MS.def,
    RETRY_BACKOFF_MAX_MS.def,
    RECONNECT_BACKOFF_MS.def,
    RECONNECT_BACKOFF_MAX_MS.def,
    METADATA_MAX_AGE_MS.def,
    CONNECTION_SETUP_TIMEOUT_MS.def,
];

/// `client.id` of a producer.
pub const PRODUCER_CLIENT_ID: ConfigKey<String> =
    ConfigKey::string("client.id", "").doc("What the client calls itself in a broker's logs and quotas.");
/// `acks`.
pub const ACKS: ConfigKey<String> = ConfigKey::string("acks", "all")
    .one_of(&["all", "-1", "0", "1"])
    .importance(LOW)
    .doc("Which acknowledgement a record needs before it counts as sent: of all in-sync replicas, of the leader, or none.");
/// `enable.idempotence`.
pub const ENABLE_IDEMPOTENCE: ConfigKey<bool> = ConfigKey::bool("enable.idempotence", true)
    .importance(LOW)
    .doc("Whether each record is written once and in order, whatever is repeated. Needs acks=all.");
/// `batch.size`.
pub const BATCH_SIZE: ConfigKey<i32> = ConfigKey::int("batch.size", 16_384)
    .at_least(0)
    .doc("Bytes of records, before compression, at which a batch is sent.");
/// `linger.ms`.
pub const LINGER_MS: ConfigKey<i64> = ConfigKey::long("linger.ms", 5)
    .at_least(0)
    .doc("How long a batch that is not full waits for more, in milliseconds.");
/// `buffer.memory`.
pub const BUFFER_MEMORY: ConfigKey<i64> = ConfigKey::long("buffer.memory", 33_554_432)
    .at_least(0)
    .importance(HIGH)
    .doc("Bytes of records that may wait or be on the way; when they are used up, sending waits.");
/// `max.block.ms`.
pub const MAX_BLOCK_MS: ConfigKey<i64> = ConfigKey::long("max.block.ms", 60_000)
    .at_least(0)
    .doc("How long sending may wait for memory or for the topic, in milliseconds.");
/// `max.request.size`.
pub const MAX_REQUEST_SIZE: ConfigKey<i32> = ConfigKey::int("max.request.size", 1_048_576)
    .at_least(0)
    .doc("The largest request, and record, in bytes.");
/// `max.in.flight.requests.per.connection`.
pub const MAX_IN_FLIGHT: ConfigKey<i32> = ConfigKey::int("max.in.flight.requests.per.connection", 5)
    .at_least(1)
    .importance(LOW)
    .doc("Requests to one broker on the way at once; at most 5 with enable.idempotence.");
/// `delivery.timeout.ms`.
pub const DELIVERY_TIMEOUT_MS: ConfigKey<i32> = ConfigKey::int("delivery.timeout.ms", 120_000)
    .at_least(0)
    .doc("How long a record may take from being sent to being acknowledged, in milliseconds.");
/// `retries`.
pub const RETRIES: ConfigKey<i32> = ConfigKey::int("retries", i32::MAX)
    .between(0, i32::MAX as i64)
    .importance(HIGH)
    .doc("How often a batch is sent again within delivery.timeout.ms.");
/// `transactional.id`.
pub const TRANSACTIONAL_ID: ConfigKey<Option<String>> = ConfigKey::optional("transactional.id")
    .non_empty()
    .importance(LOW)
    .doc("Names the producer across restarts, and has it write in transactions alone.");
/// `transaction.timeout.ms`.
pub const TRANSACTION_TIMEOUT_MS: ConfigKey<i32> = ConfigKey::int("transaction.timeout.ms", 60_000)
    .importance(LOW)
    .doc("How long a transaction may stay open before the broker aborts it, in milliseconds.");
/// `compression.type`.
pub const COMPRESSION_TYPE: ConfigKey<String> = ConfigKey::string("compression.type", "none")
    .one_of(&["none", "gzip", "snappy", "lz4", "zstd"])
    .importance(HIGH)
    .doc("How batches are compressed.");
/// `compression.gzip.level`.
pub const GZIP_LEVEL: ConfigKey<i32> = ConfigKey::int("compression.gzip.level", -1)
    .between_or(1, 9, -1)
    .doc("The level of gzip; -1 is its own default.");
/// `compression.zstd.level`.
pub const ZSTD_LEVEL: ConfigKey<i32> =
    ConfigKey::int("compression.zstd.level", 3).between(-131_072, 22).doc("The level of zstd.");

/// What a producer has beside.
pub(super) const PRODUCER: &[ConfigDef] = &[
    PRODUCER_CLIENT_ID.def,
    ACKS.def,
    ENABLE_IDEMPOTENCE.def,
    BATCH_SIZE.def,
    LINGER_MS.def,
    BUFFER_MEMORY.def,
    MAX_BLOCK_MS.def,
    MAX_REQUEST_SIZE.def,
    MAX_IN_FLIGHT.def,
    DELIVERY_TIMEOUT_MS.def,
    RETRIES.def,
    TRANSACTIONAL_ID.def,
    TRANSACTION_TIMEOUT_MS.def,
    COMPRESSION_TYPE.def,
    GZIP_LEVEL.def,
    ZSTD_LEVEL.def,
];

/// `client.id` of a consumer.
pub const CONSUMER_CLIENT_ID: ConfigKey<String> = ConfigKey::string("client.id", "")
    .importance(LOW)
    .doc("What the client calls itself in a broker's logs and quotas.");
/// `default.api.timeout.ms`.
pub const API_TIMEOUT_MS: ConfigKey<i32> = ConfigKey::int("default.api.timeout.ms", 60_000)
    .at_least(0)
    .doc("How long a call may take with all its attempts, in milliseconds.");
/// `group.id`.
pub const GROUP_ID: ConfigKey<Option<String>> = ConfigKey::optional("group.id")
    .importance(HIGH)
    .doc("Who shares the partitions and the committed offsets. Needed to subscribe and to commit.");
/// `group.instance.id`.
pub const GROUP_INSTANCE_ID: ConfigKey<Option<String>> = ConfigKey::optional("group.instance.id")
    .non_empty()
    .doc("Makes the member static: a restart within the session timeout moves no partitions.");
/// `session.timeout.ms`.
pub const SESSION_TIMEOUT_MS: ConfigKey<i32> = ConfigKey::int("session.timeout.ms", 45_000)
    .importance(HIGH)
    .doc("How long the group waits for a sign of life, in milliseconds.");
/// `heartbeat.interval.ms`.
pub const HEARTBEAT_INTERVAL_MS: ConfigKey<i32> = ConfigKey::int("heartbeat.interval.ms", 3_000)
    .importance(HIGH)
    .doc("How often a member gives a sign of life, in milliseconds.");
/// `max.poll.interval.ms`.
pub const MAX_POLL_INTERVAL_MS: ConfigKey<i32> = ConfigKey::int("max.poll.interval.ms", 300_000)
    .at_least(1)
    .doc("Who does not poll for so long leaves the group, in milliseconds.");
/// `max.poll.records`.
pub const MAX_POLL_RECORDS: ConfigKey<i32> =
    ConfigKey::int("max.poll.records", 500).at_least(1).doc("The most records that one poll returns.");
/// `auto.offset.reset`.
pub const AUTO_OFFSET_RESET: ConfigKey<String> = ConfigKey::string("auto.offset.reset", "latest")
    .one_of(&["latest", "earliest", "none"])
    .doc("Where to start where no committed offset is known, or the one known is gone.");
/// `enable.auto.commit`.
pub const ENABLE_AUTO_COMMIT: ConfigKey<bool> =
    ConfigKey::bool("enable.auto.commit", true).doc("Whether what was polled is committed by itself.");
/// `auto.commit.interval.ms`.
pub const AUTO_COMMIT_INTERVAL_MS: ConfigKey<i32> = ConfigKey::int("auto.commit.interval.ms", 5_000)
    .at_least(0)
    .importance(LOW)
    .doc("How often that is done, in milliseconds.");
/// `isolation.level`.
pub const ISOLATION_LEVEL: ConfigKey<String> = ConfigKey::string("isolation.level", "read_uncommitted")
    .one_of(&["read_committed", "read_uncommitted"])
    .doc("Whether records of transactions are seen before, or without, their commit.");
/// `fetch.min.bytes`.
pub const FETCH_MIN_BYTES: ConfigKey<i32> = ConfigKey::int("fetch.min.bytes", 1)
    .at_least(0)
    .importance(HIGH)
    .doc("Bytes that a broker gathers before it answers, within fetch.max.wait.ms.");
/// `fetch.max.bytes`.
pub const FETCH_MAX_BYTES: ConfigKey<i32> = ConfigKey::int("fetch.max.bytes", 52_428_800)
    .at_least(0)
    .doc("Bytes of one answer, and of all that is kept ahead of polling.");
/// `fetch.max.wait.ms`.
pub const FETCH_MAX_WAIT_MS: ConfigKey<i32> = ConfigKey::int("fetch.max.wait.ms", 500)
    .at_least(0)
    .importance(LOW)
    .doc("How long a broker waits for fetch.min.bytes, in milliseconds.");
/// `max.partition.fetch.bytes`.
pub const MAX_PARTITION_FETCH_BYTES: ConfigKey<i32> = ConfigKey::int("max.partition.fetch.bytes", 1_048_576)
    .at_least(0)
    .importance(HIGH)
    .doc("Bytes of one partition in one answer.");
/// `check.crcs`.
pub const CHECK_CRCS: ConfigKey<bool> =
    ConfigKey::bool("check.crcs", true).importance(LOW).doc("Whether checksums of batches are verified.");
/// `allow.auto.create.topics`.
pub const ALLOW_AUTO_CREATE_TOPICS: ConfigKey<bool> =
    ConfigKey::bool("allow.auto.create.topics", true).doc("Whether subscribing to a topic may make it.");

/// What a consumer has beside.
pub(super) const CONSUMER: &[ConfigDef] = &[
    CONSUMER_CLIENT_ID.def,
    API_TIMEOUT_MS.def,
    GROUP_ID.def,
    GROUP_INSTANCE_ID.def,
    SESSION_TIMEOUT_MS.def,
    HEARTBEAT_INTERVAL_MS.def,
    MAX_POLL_INTERVAL_MS.def,
    MAX_POLL_RECORDS.def,
    AUTO_OFFSET_RESET.def,
    ENABLE_AUTO_COMMIT.def,
    AUTO_COMMIT_INTERVAL_MS.def,
    ISOLATION_LEVEL.def,
    FETCH_MIN_BYTES.def,
    FETCH_MAX_BYTES.def,
    FETCH_MAX_WAIT_MS.def,
    MAX_PARTITION_FETCH_BYTES.def,
    CHECK_CRCS.def,
    ALLOW_AUTO_CREATE_TOPICS.def,
];

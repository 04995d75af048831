//! The configs of transactions, and the values they amount to.

use std::time::Duration;

use riverrun_core::config::{Config, ConfigDef, ConfigKey, Importance};

const TRANSACTION_ABORT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("transaction.abort.timed.out.transaction.cleanup.interval.ms", 10_000)
        .at_least(1)
        .importance(Importance::Low)
        .doc("Milliseconds between two looks for transactions that have had their time; they are aborted.");
const TRANSACTION_ADD_BACKOFF_MAX_MS: ConfigKey<i32> =
    ConfigKey::int("add.partitions.to.txn.retry.backoff.max.ms", 100)
        .at_least(0)
        .importance(Importance::High)
        .doc("Milliseconds that a produce request waits for the end of the producer's transaction before.");
const TRANSACTION_ADD_BACKOFF_MS: ConfigKey<i32> =
    ConfigKey::int("add.partitions.to.txn.retry.backoff.ms", 20)
        .at_least(1)
        .importance(Importance::High)
        .doc("Milliseconds after which such a request looks again, if the end was not noticed at once.");
const TRANSACTION_EXPIRY_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("transaction.remove.expired.transaction.cleanup.interval.ms", 3_600_000)
        .at_least(1)
        .importance(Importance::Low)
        .doc("Milliseconds between two looks for transactional ids that have had their time.");
const TRANSACTION_MAX_TIMEOUT_MS: ConfigKey<i32> = ConfigKey::int("transaction.max.timeout.ms", 900_000)
    .at_least(1)
    .importance(Importance::High)
    .doc("Longest transaction.timeout.ms that a producer may ask for.");
const TRANSACTION_VERIFICATION: ConfigKey<bool> = ConfigKey::bool(
    "transaction.partition.verification.enable",
    true,
)
.importance(Importance::Low)
.doc("Whether a partition takes transactional records only after the transaction's coordinator was asked about it.");
const TRANSACTIONS_TOPIC_NUM_PARTITIONS: ConfigKey<i32> =
    ConfigKey::int("transaction.state.log.num.partitions", 50)
        .at_least(1)
        .importance(Importance::High)
        .doc("Partitions of __transaction_state. Fixed once the topic is made.");
const TRANSACTIONS_TOPIC_SEGMENT_BYTES: ConfigKey<i32> =
    ConfigKey::int("transaction.state.log.segment.bytes", 104_857_600)
        .at_least(1)
        .importance(Importance::High)
        .doc("segment.bytes of __transaction_state.");
const TRANSACTIONAL_ID_EXPIRATION_MS: ConfigKey<i32> =
    ConfigKey::int("transactional.id.expiration.ms", 604_800_000)
        .at_least(1)
        .importance(Importance::High)
        .doc("Milliseconds that a transactional id without an open transaction is remembered.");
/// All of them.
pub(super) const TRANSACTIONS: &[ConfigDef] = &[
    TRANSACTION_ABORT_INTERVAL_MS.def,
    TRANSACTION_ADD_BACKOFF_MAX_MS.def,
    TRANSACTION_ADD_BACKOFF_MS.def,
    TRANSACTION_EXPIRY_INTERVAL_MS.def,
    TRANSACTION_MAX_TIMEOUT_MS.def,
    TRANSACTION_VERIFICATION.def,
    TRANSACTIONS_TOPIC_NUM_PARTITIONS.def,
    TRANSACTIONS_TOPIC_SEGMENT_BYTES.def,
    TRANSACTIONAL_ID_EXPIRATION_MS.def,
];

/// What transactions obey.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TransactionSettings {
    pub(crate) topic_partitions: i32,
    pub(crate) topic_segment_bytes: i32,
    pub(crate) max_timeout_ms: i32,
    pub(crate) abort_interval: Duration,
    pub(crate) id_expiration_ms: i64,
    pub(crate) id_expiry_interval: Duration,
    /// Whether partitions take transactional records only after the coordinator was asked.
    pub(crate) verification: bool,
    /// How long a produce request waits for the transaction before to end, and how often it looks.
    pub(crate) add_patience: Duration,
    pub(crate) add_backoff: Duration,
}

impl TransactionSettings {
    pub(super) fn of(config: &Config) -> Self {
        TransactionSettings {
            topic_partitions: config.get(&TRANSACTIONS_TOPIC_NUM_PARTITIONS),
            topic_segment_bytes: config.get(&TRANSACTIONS_TOPIC_SEGMENT_BYTES),
            max_timeout_ms: config.get(&TRANSACTION_MAX_TIMEOUT_MS),
            abort_interval: millis(config.get(&TRANSACTION_ABORT_INTERVAL_MS).into()),
            id_expiration_ms: config.get(&TRANSACTIONAL_ID_EXPIRATION_MS).into(),
            id_expiry_interval: millis(config.get(&TRANSACTION_EXPIRY_INTERVAL_MS).into()),
            verification: config.get(&TRANSACTION_VERIFICATION),
            add_patience: Duration::from_millis(
                config.get(&TRANSACTION_ADD_BACKOFF_MAX_MS).max(0).unsigned_abs().into(),
            ),
            add_backoff: millis(config.get(&TRANSACTION_ADD_BACKOFF_MS).into()),
        }
    }
}

fn millis(number: i64) -> Duration {
    Duration::from_millis(number.max(1).unsigned_abs())
}

//! The broker's configs of compaction, and those defaults of topics that only the log's upkeep reads.

use riverrun_core::config::{ConfigDef, ConfigKey, Importance};

const COMPRESSION_GZIP_LEVEL: ConfigKey<i32> = ConfigKey::int("compression.gzip.level", -1)
    .between_or(1, 9, -1)
    .doc("Default of the topic config compression.gzip.level.");
const COMPRESSION_LZ4_LEVEL: ConfigKey<i32> = ConfigKey::int("compression.lz4.level", 9)
    .between(1, 17)
    .doc("Default of the topic config compression.lz4.level.");
const COMPRESSION_TYPE: ConfigKey<String> = ConfigKey::string("compression.type", "producer")
    .one_of(&["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"])
    .importance(Importance::High)
    .doc("Default of the topic config compression.type.");
const COMPRESSION_ZSTD_LEVEL: ConfigKey<i32> = ConfigKey::int("compression.zstd.level", 3)
    .between(-131_072, 22)
    .doc("Default of the topic config compression.zstd.level.");
pub(crate) const CLEANER_BACKOFF_MS: ConfigKey<i64> = ConfigKey::long("log.cleaner.backoff.ms", 15_000)
    .at_least(0)
    .doc("Milliseconds between two looks for logs to compact, when there was none.");
pub(crate) const CLEANER_DEDUPE_BUFFER_SIZE: ConfigKey<i64> =
    ConfigKey::long("log.cleaner.dedupe.buffer.size", 134_217_728).doc(
        "Most memory for the keys of the logs that are being compacted, all threads together. It is taken as keys come and given back after each log.",
    );
const CLEANER_DELETE_RETENTION_MS: ConfigKey<i64> =
    ConfigKey::long("log.cleaner.delete.retention.ms", 86_400_000)
        .at_least(0)
        .doc("Default of the topic config delete.retention.ms.");
pub(crate) const CLEANER_ENABLE: ConfigKey<bool> = ConfigKey::bool("log.cleaner.enable", true).doc(
    "Whether logs are compacted at all. Without it compacted topics, also the internal ones, grow for ever.",
);
pub(crate) const CLEANER_IO_MAX_BYTES_PER_SECOND: ConfigKey<f64> =
    ConfigKey::double("log.cleaner.io.max.bytes.per.second", f64::MAX)
        .doc("Most bytes per second that all compactions together read and write.");
const CLEANER_MAX_COMPACTION_LAG_MS: ConfigKey<i64> =
    ConfigKey::long("log.cleaner.max.compaction.lag.ms", i64::MAX)
        .at_least(1)
        .doc("Default of the topic config max.compaction.lag.ms.");
const CLEANER_MIN_CLEANABLE_RATIO: ConfigKey<f64> = ConfigKey::double("log.cleaner.min.cleanable.ratio", 0.5)
    .within(0.0, 1.0)
    .doc("Default of the topic config min.cleanable.dirty.ratio.");
const CLEANER_MIN_COMPACTION_LAG_MS: ConfigKey<i64> = ConfigKey::long("log.cleaner.min.compaction.lag.ms", 0)
    .at_least(0)
    .doc("Default of the topic config min.compaction.lag.ms.");
pub(crate) const CLEANER_THREADS: ConfigKey<i32> =
    ConfigKey::int("log.cleaner.threads", 1).at_least(0).doc("Logs that are compacted at a time.");
const LOG_ROLL_JITTER_HOURS: ConfigKey<i32> = ConfigKey::int("log.roll.jitter.hours", 0)
    .at_least(0)
    .importance(Importance::High)
    .doc("Default of the topic config segment.jitter.ms, in hours, if log.roll.jitter.ms is not set.");
const LOG_ROLL_JITTER_MS: ConfigKey<Option<i64>> = ConfigKey::optional("log.roll.jitter.ms")
    .importance(Importance::High)
    .doc("Default of the topic config segment.jitter.ms.");

/// All of them.
pub(crate) const DEFS: &[ConfigDef] = &[
    COMPRESSION_GZIP_LEVEL.def,
    COMPRESSION_LZ4_LEVEL.def,
    COMPRESSION_TYPE.def,
    COMPRESSION_ZSTD_LEVEL.def,
    CLEANER_BACKOFF_MS.def,
    CLEANER_DEDUPE_BUFFER_SIZE.def,
    CLEANER_DELETE_RETENTION_MS.def,
    CLEANER_ENABLE.def,
    CLEANER_IO_MAX_BYTES_PER_SECOND.def,
    CLEANER_MAX_COMPACTION_LAG_MS.def,
    CLEANER_MIN_CLEANABLE_RATIO.def,
    CLEANER_MIN_COMPACTION_LAG_MS.def,
    CLEANER_THREADS.def,
    LOG_ROLL_JITTER_HOURS.def,
    LOG_ROLL_JITTER_MS.def,
];

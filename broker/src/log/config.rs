//! The topic settings that a log obeys.

use riverrun_core::record::{Compression, TimestampType};

/// When appended records are flushed to the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FlushPolicy {
    /// Before they are acknowledged and before anyone can read them.
    #[default]
    Ack,
    /// At a fixed interval. A power cut loses what was acknowledged since the last flush.
    Interval,
    /// When the operating system likes. A power cut loses what was acknowledged since then.
    Os,
}

/// Settings of one log, under the meaning of Kafka's topic configs of the same names.
#[derive(Clone, Debug, PartialEq)]
pub struct LogConfig {
    /// `segment.bytes`: a segment is closed before it grows beyond this.
    pub segment_bytes: u32,
    /// `segment.ms`: a segment is closed when its first record is this old.
    pub segment_ms: i64,
    /// `segment.jitter.ms`: each segment is closed earlier by a share of this, so that many do not close at once.
    pub segment_jitter_ms: i64,
    /// `segment.index.bytes`: a segment is closed when an index of it is this large.
    pub segment_index_bytes: u32,
    /// `index.interval.bytes`: bytes of log between two index entries.
    pub index_interval_bytes: u32,
    /// `retention.ms`; -1 keeps records for ever.
    pub retention_ms: i64,
    /// `retention.bytes`; -1 keeps any amount.
    pub retention_bytes: i64,
    /// `max.message.bytes`: the largest batch that a client may append.
    pub max_message_bytes: u32,
    /// `message.timestamp.type`.
    pub timestamp_type: TimestampType,
    /// `message.timestamp.before.max.ms`: how far a record's time may lie behind the broker's.
    pub timestamp_before_max_ms: i64,
    /// `message.timestamp.after.max.ms`: how far a record's time may lie ahead of the broker's.
    pub timestamp_after_max_ms: i64,
    /// `compression.type` and the level for it; `None` is `producer`: batches stay as they were sent.
    pub compression: Option<(Compression, Option<i32>)>,
    /// Whether `cleanup.policy` contains `delete`.
    pub delete: bool,
    /// Whether `cleanup.policy` contains `compact`: every record needs a key.
    pub compact: bool,
    /// `min.cleanable.dirty.ratio`: the share of a log that must be new since its last compaction before the next.
    pub min_cleanable_ratio: f64,
    /// `min.compaction.lag.ms`: how long a record is out of reach of compaction at least.
    pub min_compaction_lag_ms: i64,
    /// `max.compaction.lag.ms`: how old a record gets before compaction takes it whatever the ratio.
    pub max_compaction_lag_ms: i64,
    /// `delete.retention.ms`: how long a tombstone or transaction marker outlives the compaction that could remove it.
    pub delete_retention_ms: i64,
    /// When appended records are flushed.
    pub flush_policy: FlushPolicy,
    /// `producer.id.expiration.ms` of the broker: how long an idle producer is remembered.
    pub producer_expiration_ms: i64,
    /// `transaction.partition.verification.enable` of the broker: a batch begins a transaction only if the transaction's
    /// coordinator was asked about it.
    pub verify_transactions: bool,
}

impl LogConfig {
    /// How old a segment gets: a compacted one must be closed in time for its greatest lag.
    pub(super) fn segment_age_max_ms(&self) -> i64 {
        if self.compact { self.segment_ms.min(self.max_compaction_lag_ms) } else { self.segment_ms }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        LogConfig {
            segment_bytes: 1 << 30,
            segment_ms: 7 * 24 * 3_600_000,
            segment_jitter_ms: 0,
            segment_index_bytes: 10 << 20,
            index_interval_bytes: 4096,
            retention_ms: 7 * 24 * 3_600_000,
            retention_bytes: -1,
            max_message_bytes: 1_048_588,
            timestamp_type: TimestampType::CreateTime,
            timestamp_before_max_ms: i64::MAX,
            timestamp_after_max_ms: 3_600_000,
            compression: None,
            delete: true,
            compact: false,
            min_cleanable_ratio: 0.5,
            min_compaction_lag_ms: 0,
            max_compaction_lag_ms: i64::MAX,
            delete_retention_ms: 86_400_000,
            flush_policy: FlushPolicy::Ack,
            producer_expiration_ms: 86_400_000,
            verify_transactions: true,
        }
    }
}

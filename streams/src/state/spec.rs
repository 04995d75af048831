//! What a store is: the part of a topology that names it, types it and says how its changelog is kept.

use std::collections::BTreeMap;

/// How long a store with time keeps its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Milliseconds behind the store's own latest put beyond which rows are invisible and then deleted.
    pub retention_ms: i64,
    /// Rows are deleted by segments of this many milliseconds, as RocksDB stores of Kafka Streams do; 1 deletes
    /// row by row, as its in-memory stores do.
    pub segment_ms: i64,
}

impl Retention {
    /// Kafka Streams' segments for a persistent store: half of the retention, at least a minute.
    pub fn persistent(retention_ms: i64) -> Self {
        Retention { retention_ms, segment_ms: (retention_ms / 2).max(60_000) }
    }

    /// Row by row.
    pub fn in_memory(retention_ms: i64) -> Self {
        Retention { retention_ms, segment_ms: 1 }
    }
}

/// What a store's rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreKind {
    /// Key to value, nothing added.
    KeyValue,
    /// Key to value with the timestamp of its latest update: 8 bytes of time, then the value.
    TimestampedKeyValue,
    /// Key and window start to value.
    Window {
        /// The window's size in milliseconds.
        size_ms: i64,
        /// How long rows are kept.
        retention: Retention,
        /// Whether the value carries the timestamp of its latest update in front.
        timestamped: bool,
        /// Whether a put with the same key and start adds a row (stream-stream joins) instead of replacing it.
        duplicates: bool,
    },
    /// Key, session start and session end to value.
    Session {
        /// How long rows are kept.
        retention: Retention,
    },
    /// Key to a history of values.
    Versioned {
        /// How far back in time the store answers, in milliseconds.
        history_ms: i64,
    },
    /// A buffer of records in order of time: suppression, and stream-table joins with a grace period.
    Buffer,
    /// Bytes to bytes, laid out by the processor that owns it. Its changelog holds the rows as they are.
    Raw,
}

/// Where a store's changes are logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changelog {
    /// Nowhere: the state lives with this machine only.
    Off,
    /// In the store's own topic `<application>-<store>-changelog`, with these topic configs beside the default ones.
    Topic(BTreeMap<String, String>),
    /// The table's source topic serves as changelog; nothing is written.
    Source(String),
}

/// A declared store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreSpec {
    /// The name, unique in the topology.
    pub name: String,
    /// What the rows are.
    pub kind: StoreKind,
    /// On disk (through the task's backend), or in memory.
    pub persistent: bool,
    /// Where changes are logged.
    pub changelog: Changelog,
    /// Whether updates of one key between two commits leave as one.
    pub cached: bool,
}

impl StoreSpec {
    /// A persistent store, logged, not cached.
    pub fn new(name: impl Into<String>, kind: StoreKind) -> Self {
        StoreSpec {
            name: name.into(),
            kind,
            persistent: true,
            changelog: Changelog::Topic(BTreeMap::new()),
            cached: false,
        }
    }

    /// The configs of the changelog topic, Kafka Streams' defaults with the declared ones over them; `None` where
    /// no topic of its own is kept.
    pub fn changelog_configs(&self) -> Option<BTreeMap<String, String>> {
        let Changelog::Topic(declared) = &self.changelog else { return None };
        const DAY_MS: i64 = 24 * 60 * 60 * 1000;
        let mut configs = BTreeMap::from([("message.timestamp.type".to_owned(), "CreateTime".to_owned())]);
        let policy = match self.kind {
            StoreKind::Window { duplicates: true, .. } => "delete",
            StoreKind::Window { .. } | StoreKind::Session { .. } => "compact,delete",
            _ => "compact",
        };
        configs.insert("cleanup.policy".to_owned(), policy.to_owned());
        match self.kind {
            StoreKind::Window { retention, .. } | StoreKind::Session { retention } => {
                let kept_ms = retention.retention_ms.saturating_add(DAY_MS);
                configs.insert("retention.ms".to_owned(), kept_ms.to_string());
            }
            StoreKind::Versioned { history_ms } => {
                let lag_ms = history_ms.saturating_add(DAY_MS);
                configs.insert("min.compaction.lag.ms".to_owned(), lag_ms.to_string());
            }
            _ => {}
        }
        configs.extend(declared.iter().map(|(name, value)| (name.clone(), value.clone())));
        Some(configs)
    }
}

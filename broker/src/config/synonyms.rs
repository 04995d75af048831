//! Which broker configs a topic config falls back to, in the order in which they count.

use riverrun_core::config::{Config, ConfigValue};

use super::topic::TOPIC;

/// A broker config that gives topics a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Synonym {
    /// The broker config.
    pub(crate) broker: &'static str,
    /// What its number is multiplied by.
    factor: i64,
}

const fn same(broker: &'static str) -> Synonym {
    Synonym { broker, factor: 1 }
}

const MINUTES: i64 = 60_000;
const HOURS: i64 = 60 * MINUTES;

/// Topic config to broker configs, the strongest first.
const SYNONYMS: &[(&str, &[Synonym])] = &[
    ("cleanup.policy", &[same("log.cleanup.policy")]),
    ("compression.gzip.level", &[same("compression.gzip.level")]),
    ("compression.lz4.level", &[same("compression.lz4.level")]),
    ("compression.type", &[same("compression.type")]),
    ("compression.zstd.level", &[same("compression.zstd.level")]),
    ("delete.retention.ms", &[same("log.cleaner.delete.retention.ms")]),
    ("flush.messages", &[same("log.flush.interval.messages")]),
    ("flush.ms", &[same("log.flush.interval.ms")]),
    ("flush.policy", &[same("flush.policy")]),
    ("index.interval.bytes", &[same("log.index.interval.bytes")]),
    ("max.compaction.lag.ms", &[same("log.cleaner.max.compaction.lag.ms")]),
    ("max.message.bytes", &[same("message.max.bytes")]),
    ("message.timestamp.after.max.ms", &[same("log.message.timestamp.after.max.ms")]),
    ("message.timestamp.before.max.ms", &[same("log.message.timestamp.before.max.ms")]),
    ("message.timestamp.type", &[same("log.message.timestamp.type")]),
    ("min.cleanable.dirty.ratio", &[same("log.cleaner.min.cleanable.ratio")]),
    ("min.compaction.lag.ms", &[same("log.cleaner.min.compaction.lag.ms")]),
    ("min.insync.replicas", &[same("min.insync.replicas")]),
    ("retention.bytes", &[same("log.retention.bytes")]),
    (
        "retention.ms",
        &[
            same("log.retention.ms"),
            Synonym { broker: "log.retention.minutes", factor: MINUTES },
            Synonym { broker: "log.retention.hours", factor: HOURS },
        ],
    ),
    ("segment.bytes", &[same("log.segment.bytes")]),
    ("segment.index.bytes", &[same("log.index.size.max.bytes")]),
    (
        "segment.jitter.ms",
        &[same("log.roll.jitter.ms"), Synonym { broker: "log.roll.jitter.hours", factor: HOURS }],
    ),
    ("segment.ms", &[same("log.roll.ms"), Synonym { broker: "log.roll.hours", factor: HOURS }]),
];

/// The broker configs behind a topic config.
pub(crate) fn synonyms_of(topic: &str) -> &'static [Synonym] {
    SYNONYMS.iter().find(|(name, _)| *name == topic).map_or(&[], |(_, synonyms)| synonyms)
}

impl Synonym {
    /// The broker config's value as the topic config has it; `None` where it says nothing.
    pub(crate) fn value(&self, broker: &Config) -> Option<String> {
        match broker.value(self.broker)? {
            ConfigValue::Null => None,
            // A negative retention is "for ever" in any unit.
            ConfigValue::Int(number) if number >= 0 => Some(number.saturating_mul(self.factor).to_string()),
            value => value.to_text(),
        }
    }
}

/// The configs that a topic has which sets none of its own.
pub(crate) fn topic_defaults(broker: &Config) -> Config {
    let values = SYNONYMS.iter().filter_map(|(topic, synonyms)| {
        let value = synonyms.iter().find_map(|synonym| synonym.value(broker))?;
        Some((*topic, value))
    });
    // Broker configs are checked like topic configs, but hours may overflow into a range that topics do not have.
    let mut config = TOPIC.defaults().expect("every topic config has a default");
    for (name, value) in values {
        if let Err(error) = config.insert(name, &value) {
            tracing::warn!(%error, "a broker config is no valid default for topics");
        }
    }
    config
}

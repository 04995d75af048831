//! The configs of a group. Each overrides a config of the broker for one group.

use riverrun_core::config::{Config, ConfigKey, ConfigTable, ConfigValue};

use super::Overrides;
use super::kafka::KAFKA_BROKER;

pub(crate) const CONSUMER_ASSIGNMENT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("consumer.assignment.interval.ms", 1_000)
        .at_least(0)
        .doc("Milliseconds between two assignments of a consumer group.");
pub(crate) const CONSUMER_HEARTBEAT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("consumer.heartbeat.interval.ms", 5_000)
        .at_least(1)
        .doc("Milliseconds between two heartbeats of a consumer group's members.");
pub(crate) const CONSUMER_SESSION_TIMEOUT_MS: ConfigKey<i32> =
    ConfigKey::int("consumer.session.timeout.ms", 45_000)
        .at_least(1)
        .doc("Milliseconds without a heartbeat after which a consumer group's member is taken to be gone.");

const SHARE: &str = "Share groups are not offered: it cannot be set.";
const STREAMS: &str = "Streams groups are not offered: it cannot be set.";

const SHARE_ASSIGNMENT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("share.assignment.interval.ms", 1_000).at_least(0).doc(SHARE);
const SHARE_AUTO_OFFSET_RESET: ConfigKey<String> = ConfigKey::string("share.auto.offset.reset", "latest")
    .checked("[latest, earliest, by_duration:PnDTnHnMn.nS]", |_| true)
    .doc(SHARE);
const SHARE_DELIVERY_COUNT_LIMIT: ConfigKey<i32> =
    ConfigKey::int("share.delivery.count.limit", 5).at_least(2).doc(SHARE);
const SHARE_HEARTBEAT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("share.heartbeat.interval.ms", 5_000).at_least(1).doc(SHARE);
const SHARE_ISOLATION_LEVEL: ConfigKey<String> =
    ConfigKey::string("share.isolation.level", "read_uncommitted")
        .one_of(&["read_committed", "read_uncommitted"])
        .doc(SHARE);
const SHARE_MAX_RECORD_LOCKS: ConfigKey<i32> =
    ConfigKey::int("share.partition.max.record.locks", 2_000).at_least(100).doc(SHARE);
const SHARE_RECORD_LOCK_DURATION_MS: ConfigKey<i32> =
    ConfigKey::int("share.record.lock.duration.ms", 30_000).at_least(1_000).doc(SHARE);
const SHARE_RENEW_ACKNOWLEDGE: ConfigKey<bool> =
    ConfigKey::bool("share.renew.acknowledge.enable", true).doc(SHARE);
const SHARE_SESSION_TIMEOUT_MS: ConfigKey<i32> =
    ConfigKey::int("share.session.timeout.ms", 45_000).at_least(1).doc(SHARE);
const STREAMS_ASSIGNMENT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("streams.assignment.interval.ms", 1_000).at_least(0).doc(STREAMS);
const STREAMS_HEARTBEAT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("streams.heartbeat.interval.ms", 5_000).at_least(1).doc(STREAMS);
const STREAMS_INITIAL_REBALANCE_DELAY_MS: ConfigKey<i32> =
    ConfigKey::int("streams.initial.rebalance.delay.ms", 3_000).at_least(0).doc(STREAMS);
const STREAMS_STANDBY_REPLICAS: ConfigKey<i32> =
    ConfigKey::int("streams.num.standby.replicas", 0).at_least(0).doc(STREAMS);
const STREAMS_SESSION_TIMEOUT_MS: ConfigKey<i32> =
    ConfigKey::int("streams.session.timeout.ms", 45_000).at_least(1).doc(STREAMS);

/// Every config of a group.
pub(crate) static GROUP: ConfigTable = ConfigTable::new(
    "group",
    &[&[
        CONSUMER_ASSIGNMENT_INTERVAL_MS.def,
        CONSUMER_HEARTBEAT_INTERVAL_MS.def,
        CONSUMER_SESSION_TIMEOUT_MS.def,
        SHARE_ASSIGNMENT_INTERVAL_MS.def,
        SHARE_AUTO_OFFSET_RESET.def,
        SHARE_DELIVERY_COUNT_LIMIT.def,
        SHARE_HEARTBEAT_INTERVAL_MS.def,
        SHARE_ISOLATION_LEVEL.def,
        SHARE_MAX_RECORD_LOCKS.def,
        SHARE_RECORD_LOCK_DURATION_MS.def,
        SHARE_RENEW_ACKNOWLEDGE.def,
        SHARE_SESSION_TIMEOUT_MS.def,
        STREAMS_ASSIGNMENT_INTERVAL_MS.def,
        STREAMS_HEARTBEAT_INTERVAL_MS.def,
        STREAMS_INITIAL_REBALANCE_DELAY_MS.def,
        STREAMS_STANDBY_REPLICAS.def,
        STREAMS_SESSION_TIMEOUT_MS.def,
    ]],
);

/// The broker config that a group's config overrides; `None` where there is none.
pub(crate) fn group_synonym(name: &str) -> Option<&'static str> {
    KAFKA_BROKER.iter().map(|def| def.name).find(|broker| broker.strip_prefix("group.") == Some(name))
}

/// The configs that a group has which sets none of its own.
pub(crate) fn group_defaults(broker: &Config) -> Config {
    let mut config = GROUP.defaults().expect("every group config has a default");
    for def in GROUP.iter() {
        let value = group_synonym(def.name).and_then(|name| broker_value(broker, name)?.to_text());
        if let Some(value) = value
            && let Err(error) = config.insert(def.name, &value)
        {
            tracing::warn!(%error, "a broker config is no valid default for groups");
        }
    }
    config
}

/// The value of a broker config; Kafka's default where this version does not obey it.
fn broker_value(broker: &Config, name: &str) -> Option<ConfigValue> {
    broker.value(name).or_else(|| KAFKA_BROKER.find(name)?.default_value())
}

/// Checks every config that a group is to have, with the broker's limits.
///
/// # Errors
/// What is wrong with them, and what would be right.
pub(crate) fn check_group_configs(broker: &Config, configs: &Overrides) -> Result<(), String> {
    let mut config = group_defaults(broker);
    for (name, value) in configs {
        config.insert(name, value).map_err(|error| error.to_string())?;
        if !name.starts_with("consumer.") {
            let kind = name.split('.').next().unwrap_or_default();
            return Err(format!("config '{name}' cannot be set: {kind} groups are not offered"));
        }
    }
    let number = |name: &str| match broker_value(broker, name) {
        Some(ConfigValue::Int(number)) => number,
        _ => 0,
    };
    for (key, kind) in [
        (CONSUMER_HEARTBEAT_INTERVAL_MS, "heartbeat.interval.ms"),
        (CONSUMER_SESSION_TIMEOUT_MS, "session.timeout.ms"),
        (CONSUMER_ASSIGNMENT_INTERVAL_MS, "assignment.interval.ms"),
    ] {
        let value = i64::from(config.get(&key));
        let (min, max) = (format!("group.consumer.min.{kind}"), format!("group.consumer.max.{kind}"));
        if value < number(&min) {
            return Err(format!("{} must be at least {min}, which is {}", key.name(), number(&min)));
        }
        if value > number(&max) {
            return Err(format!("{} must be at most {max}, which is {}", key.name(), number(&max)));
        }
    }
    let (session, heartbeat) =
        (config.get(&CONSUMER_SESSION_TIMEOUT_MS), config.get(&CONSUMER_HEARTBEAT_INTERVAL_MS));
    if session <= heartbeat {
        return Err(format!(
            "consumer.session.timeout.ms ({session}) must be greater than consumer.heartbeat.interval.ms ({heartbeat})"
        ));
    }
    Ok(())
}

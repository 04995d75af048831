//! What may change while a broker runs, and what its configs are once such changes are laid over those of its start.

use std::collections::BTreeMap;

use riverrun_core::config::{Config, ConfigDef, ConfigKey, ConfigTable, nearest};

use super::BrokerSettings;
use super::broker::{BROKER, LISTENERS};
use super::inert::reason;
use super::kafka::{KAFKA_BROKER, is_dynamic_in_kafka};

/// Kafka lets these change; here they are fixed by the start.
const FIXED: &[&str] = &["group.consumer.assignment.interval.ms", LISTENERS.name(), "log.cleaner.threads"];

const ALTER_LOG_DIRS_RATE: ConfigKey<i64> = ConfigKey::long(
    "replica.alter.log.dirs.io.max.bytes.per.second",
    i64::MAX,
)
.at_least(0)
.doc("Most bytes per second that moves between log directories may take. Kept for tools: nothing is moved.");
const FOLLOWER_RATE: ConfigKey<i64> = ConfigKey::long("follower.replication.throttled.rate", i64::MAX)
    .at_least(0)
    .doc("Most bytes per second that throttled followers may take. Kept for tools: one node replicates nothing.");
const LEADER_RATE: ConfigKey<i64> =
    ConfigKey::long("leader.replication.throttled.rate", i64::MAX).at_least(0).doc(
        "Most bytes per second that throttled leaders may give. Kept for tools: one node replicates nothing.",
    );

/// Configs that a broker has only while they are set on it as it runs: the throttles of a reassignment.
pub(crate) static THROTTLES: ConfigTable = ConfigTable::new(
    "broker, set while it runs",
    &[&[ALTER_LOG_DIRS_RATE.def, FOLLOWER_RATE.def, LEADER_RATE.def]],
);

/// Configs over configs, by name.
pub(crate) type Overrides = BTreeMap<String, String>;

/// Whether the broker obeys a change of this config at once.
pub(crate) fn is_dynamic(name: &str) -> bool {
    BROKER.find(name).is_some() && is_dynamic_in_kafka(name) && !FIXED.contains(&name)
}

/// The declaration of a config that may be set on a running broker.
pub(crate) fn dynamic_def(name: &str) -> Option<&'static ConfigDef> {
    BROKER.find(name).filter(|_| is_dynamic(name)).or_else(|| THROTTLES.find(name))
}

/// The broker's configs: those of its start, over them those of all brokers, over them its own.
pub(crate) fn effective(given: &Config, of_all: Option<&Overrides>, own: Option<&Overrides>) -> Config {
    let mut config = given.clone();
    for (name, value) in of_all.into_iter().flatten().chain(own.into_iter().flatten()) {
        if THROTTLES.find(name).is_some() {
            continue;
        }
        // They were checked before they were written.
        if let Err(error) = config.insert(name, value) {
            tracing::warn!(%error, "a stored broker config is not valid any more and does not hold");
        }
    }
    config
}

/// Checks what is to be set on a running broker.
///
/// # Errors
/// What is wrong with it, and what would be right.
pub(crate) fn check_dynamic(
    given: &Config,
    of_all: Option<&Overrides>,
    own: Option<&Overrides>,
    changed: &Overrides,
) -> Result<(), String> {
    for (name, value) in changed {
        let table = match () {
            () if is_dynamic(name) => &BROKER,
            () if THROTTLES.find(name).is_some() => &THROTTLES,
            () => return Err(refusal(name)),
        };
        table.parse_one(name, value).map_err(|error| error.to_string())?;
    }
    BrokerSettings::of(&effective(given, of_all, own)).map(drop).map_err(|error| error.to_string())
}

fn refusal(name: &str) -> String {
    if BROKER.find(name).is_some() {
        return format!("config '{name}' cannot change while the broker runs; set it and restart");
    }
    if KAFKA_BROKER.find(name).is_some() {
        return format!("config '{name}' cannot be set: {}", reason(name));
    }
    let known = BROKER.iter().filter(|def| is_dynamic(def.name)).map(|def| def.name);
    let hint = nearest(name, known).map(|name| format!("; did you mean '{name}'?")).unwrap_or_default();
    format!("unknown config '{name}'{hint}")
}

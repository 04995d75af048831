//! The broker's configs of groups of the consumer protocol.

use riverrun_core::config::{Config, ConfigDef, ConfigKey};

const ASSIGNORS: &[&str] = &["uniform", "range"];
const POLICIES: &[&str] = &["DISABLED", "DOWNGRADE", "UPGRADE", "BIDIRECTIONAL"];

pub(super) const GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("group.consumer.assignment.interval.ms", 1_000)
        .at_least(0)
        .doc("Milliseconds between two target assignments of a consumer group.");
pub(super) const GROUP_CONSUMER_ASSIGNORS: ConfigKey<Vec<String>> =
    ConfigKey::list("group.consumer.assignors", ASSIGNORS)
        .one_of(ASSIGNORS)
        .doc("Server-side assignors that members may ask for; the first is taken where they ask for none.");
pub(super) const GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("group.consumer.heartbeat.interval.ms", 5_000)
        .at_least(1)
        .doc("Milliseconds between two heartbeats of a member of a consumer group.");
pub(super) const GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("group.consumer.max.assignment.interval.ms", 15_000)
        .at_least(0)
        .doc("Largest consumer.assignment.interval.ms of a group.");
pub(super) const GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("group.consumer.max.heartbeat.interval.ms", 15_000)
        .at_least(1)
        .doc("Largest consumer.heartbeat.interval.ms of a group.");
pub(super) const GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS: ConfigKey<i32> =
    ConfigKey::int("group.consumer.max.session.timeout.ms", 60_000)
        .at_least(1)
        .doc("Largest consumer.session.timeout.ms of a group.");
pub(super) const GROUP_CONSUMER_MAX_SIZE: ConfigKey<i32> =
    ConfigKey::int("group.consumer.max.size", i32::MAX)
        .at_least(1)
        .doc("Most members of one consumer group.");
pub(super) const GROUP_CONSUMER_MIGRATION_POLICY: ConfigKey<String> = ConfigKey::string(
    "group.consumer.migration.policy",
    "bidirectional",
)
.one_of_ignoring_case(POLICIES)
.doc(
    "Whether a group with members may change its protocol: upgrade from classic to consumer, downgrade back.",
);
pub(super) const GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("group.consumer.min.assignment.interval.ms", 0)
        .at_least(0)
        .doc("Smallest consumer.assignment.interval.ms of a group.");
pub(super) const GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS: ConfigKey<i32> =
    ConfigKey::int("group.consumer.min.heartbeat.interval.ms", 5_000)
        .at_least(1)
        .doc("Smallest consumer.heartbeat.interval.ms of a group.");
pub(super) const GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS: ConfigKey<i32> =
    ConfigKey::int("group.consumer.min.session.timeout.ms", 45_000)
        .at_least(1)
        .doc("Smallest consumer.session.timeout.ms of a group.");
pub(super) const GROUP_CONSUMER_SESSION_TIMEOUT_MS: ConfigKey<i32> =
    ConfigKey::int("group.consumer.session.timeout.ms", 45_000)
        .at_least(1)
        .doc("Milliseconds without a heartbeat after which a member of a consumer group counts as gone.");

pub(super) const GROUP_COORDINATOR_REBALANCE_PROTOCOLS: ConfigKey<Vec<String>> =
    ConfigKey::list("group.coordinator.rebalance.protocols", &["classic", "consumer", "streams"])
        .one_of(&["consumer", "classic", "share", "streams"])
        .doc("Protocols that groups may use: without consumer, groups are classic. Those of share and streams groups are not offered.");

pub(super) const CONSUMER_GROUPS: &[ConfigDef] = &[
    GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS.def,
    GROUP_CONSUMER_ASSIGNORS.def,
    GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS.def,
    GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS.def,
    GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS.def,
    GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS.def,
    GROUP_CONSUMER_MAX_SIZE.def,
    GROUP_CONSUMER_MIGRATION_POLICY.def,
    GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS.def,
    GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS.def,
    GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS.def,
    GROUP_CONSUMER_SESSION_TIMEOUT_MS.def,
    GROUP_COORDINATOR_REBALANCE_PROTOCOLS.def,
];

/// A time that a group may set within the broker's limits, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BoundedTime {
    default_ms: i32,
    min_ms: i32,
    max_ms: i32,
}

impl BoundedTime {
    /// What a group that asks for `asked_ms` gets.
    pub(crate) fn of(&self, asked_ms: Option<i32>) -> i32 {
        asked_ms.map_or(self.default_ms, |asked_ms| asked_ms.min(self.max_ms).max(self.min_ms))
    }
}

/// The times of consumer groups.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConsumerTimeSettings {
    pub(crate) session: BoundedTime,
    pub(crate) heartbeat: BoundedTime,
    pub(crate) assignment: BoundedTime,
}

impl ConsumerTimeSettings {
    pub(super) fn of(config: &Config) -> Self {
        ConsumerTimeSettings {
            session: BoundedTime {
                default_ms: config.get(&GROUP_CONSUMER_SESSION_TIMEOUT_MS),
                min_ms: config.get(&GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS),
                max_ms: config.get(&GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS),
            },
            heartbeat: BoundedTime {
                default_ms: config.get(&GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS),
                min_ms: config.get(&GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS),
                max_ms: config.get(&GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS),
            },
            assignment: BoundedTime {
                default_ms: config.get(&GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS),
                min_ms: config.get(&GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS),
                max_ms: config.get(&GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS),
            },
        }
    }
}

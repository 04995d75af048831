//! The broker's configs as the values that the rooms work with.

use std::collections::BTreeMap;
use std::time::Duration;

use riverrun_core::config::{Config, ConfigError, ConfigErrors, nearest};

use super::broker::*;
use super::groups::*;
use super::inert::{REFUSED, WITHOUT_EFFECT, reason};
use super::kafka::KAFKA_BROKER;
use super::limits::LimitSettings;
use super::transactions::TransactionSettings;

/// Memory for large requests where `queued.max.request.bytes` does not say.
const QUEUED_REQUEST_BYTES: i64 = 256 << 20;

/// Why a broker cannot be started with the configs it was given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("{0}")]
    Config(ConfigErrors),
    #[error(transparent)]
    Inert(ConfigError),
    #[error("config '{0}' is not offered by this version; remove it")]
    Refused(String),
    #[error("unknown config '{name}'{}", hint(*.nearest))]
    Unknown { name: String, nearest: Option<&'static str> },
    #[error("config 'listeners' has '{0}'; expected PLAINTEXT://host:port (other protocols are not offered)")]
    Listener(String),
    #[error("config 'metrics.listener' is '{0}'; expected host:port, or a port of 127.0.0.1")]
    MetricsListener(String),
    #[error("config 'log.dirs' names no folder")]
    NoFolder,
    #[error("config '{0}' names {1}; exactly one is taken")]
    Count(&'static str, usize),
    #[error("config 'broker.id' is {broker_id}, 'node.id' is {node_id}; they must be the same")]
    TwoIds { broker_id: i32, node_id: i32 },
    #[error("config 'process.roles' must be 'broker,controller': one node is both")]
    Roles,
    #[error("several configs are wrong:\n{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Many(Vec<SettingsError>),
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; did you mean '{name}'?")).unwrap_or_default()
}

/// An address to listen at or to be found at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listener {
    /// Empty: all addresses.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Listener {
    fn parse(text: &str) -> Result<Self, SettingsError> {
        let bad = || SettingsError::Listener(text.to_owned());
        let address = match text.split_once("://") {
            Some((name, address)) if name.eq_ignore_ascii_case("PLAINTEXT") => address,
            Some(_) => return Err(bad()),
            None => text,
        };
        let (host, port) = address.rsplit_once(':').ok_or_else(bad)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Ok(Listener { host: host.to_owned(), port: port.parse().map_err(|_| bad())? })
    }
}

/// The broker's configs that this version obeys.
#[derive(Clone, Debug)]
pub(crate) struct BrokerSettings {
    pub(crate) node_id: i32,
    pub(crate) rack: Option<String>,
    pub(crate) listener: Listener,
    pub(crate) advertised: Option<Listener>,
    /// At least one.
    pub(crate) data_dirs: Vec<String>,
    pub(crate) auto_create_topics: bool,
    pub(crate) delete_topic_enable: bool,
    pub(crate) num_partitions: i32,
    pub(crate) default_replication_factor: i16,
    pub(crate) request_bytes_max: usize,
    pub(crate) queued_request_bytes_max: usize,
    pub(crate) limits: LimitSettings,
    pub(crate) idle_timeout: Duration,
    pub(crate) fetch_bytes_max: usize,
    pub(crate) fetch_sessions_max: usize,
    pub(crate) metadata_snapshot_bytes: usize,
    pub(crate) request_partitions_max: usize,
    pub(crate) telemetry_bytes_max: i32,
    pub(crate) offsets_topic_partitions: i32,
    pub(crate) offsets_topic_segment_bytes: i32,
    pub(crate) offsets_expiry_interval: Duration,
    pub(crate) retention_interval: Duration,
    pub(crate) producer_expiration_ms: i64,
    pub(crate) group_min_session_timeout_ms: i32,
    pub(crate) group_max_session_timeout_ms: i32,
    pub(crate) group_max_size: usize,
    pub(crate) group_initial_rebalance_delay_ms: i64,
    pub(crate) offset_metadata_bytes_max: usize,
    pub(crate) offsets_retention_ms: i64,
    /// Whether groups may use the consumer protocol.
    pub(crate) group_consumer_protocol: bool,
    pub(crate) group_consumer_max_size: usize,
    pub(crate) group_consumer_assignors: Vec<String>,
    pub(crate) group_consumer_migration_policy: String,
    pub(crate) consumer_times: ConsumerTimeSettings,
    pub(crate) transactions: TransactionSettings,
}

/// What a broker is given at its start.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// What it obeys.
    pub(crate) config: Config,
    /// What it takes without obeying it, for DescribeConfigs.
    pub(crate) inert: BTreeMap<String, String>,
    /// A sentence for each config that was taken but has no effect.
    pub(crate) notices: Vec<String>,
}

/// Reads the names and values that a broker is given.
pub(crate) fn read<'a>(given: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Given, SettingsError> {
    let mut errors = Vec::new();
    let mut notices = Vec::new();
    let mut inert = BTreeMap::new();
    let mut obeyed = Vec::new();
    for (name, value) in given {
        if BROKER.find(name).is_some() {
            obeyed.push((name, value));
        } else if WITHOUT_EFFECT.contains(&name) {
            if let Err(error) = KAFKA_BROKER.parse_one(name, value) {
                errors.push(SettingsError::Inert(error));
            }
            notices.push(format!("config '{name}' has no effect: {}", reason(name)));
            inert.insert(name.to_owned(), value.trim().to_owned());
        } else if REFUSED.contains(&name) {
            errors.push(SettingsError::Refused(name.to_owned()));
        } else {
            let nearest = nearest(name, BROKER.iter().map(|def| def.name));
            errors.push(SettingsError::Unknown { name: name.to_owned(), nearest });
        }
    }
    let config = BROKER.parse(obeyed);
    match config {
        Ok(config) if errors.is_empty() => Ok(Given { config, inert, notices }),
        Ok(_) => Err(one_or_many(errors)),
        Err(bad) => {
            errors.push(SettingsError::Config(bad));
            Err(one_or_many(errors))
        }
    }
}

fn one_or_many(mut errors: Vec<SettingsError>) -> SettingsError {
    match errors.len() {
        1 => errors.remove(0),
        _ => SettingsError::Many(errors),
    }
}

impl BrokerSettings {
    /// The settings that a config amounts to.
    pub(crate) fn of(config: &Config) -> Result<Self, SettingsError> {
        let node_id = config.get(&NODE_ID);
        let broker_id = config.get(&BROKER_ID);
        if broker_id != -1 && broker_id != node_id && config.is_set(NODE_ID.name()) {
            return Err(SettingsError::TwoIds { broker_id, node_id });
        }
        let node_id = if broker_id >= 0 { broker_id } else { node_id };
        if config.get(&PROCESS_ROLES).len() != 2 {
            return Err(SettingsError::Roles);
        }
        let advertised = match config.get(&ADVERTISED_LISTENERS) {
            None => None,
            Some(all) if all.is_empty() => None,
            Some(all) => Some(only("advertised.listeners", &all)?),
        };
        let data_dirs = config.get(&LOG_DIRS).unwrap_or_else(|| config.get(&LOG_DIR));
        if data_dirs.is_empty() {
            return Err(SettingsError::NoFolder);
        }
        let queued = config.get(&QUEUED_MAX_REQUEST_BYTES);
        Ok(BrokerSettings {
            node_id,
            rack: config.get(&BROKER_RACK),
            listener: only("listeners", &config.get(&LISTENERS))?,
            advertised,
            data_dirs,
            auto_create_topics: config.get(&AUTO_CREATE_TOPICS),
            delete_topic_enable: config.get(&DELETE_TOPIC_ENABLE),
            num_partitions: config.get(&NUM_PARTITIONS),
            default_replication_factor: i16::try_from(config.get(&DEFAULT_REPLICATION_FACTOR))
                .unwrap_or(i16::MAX),
            request_bytes_max: size(config.get(&SOCKET_REQUEST_MAX_BYTES)),
            queued_request_bytes_max: size64(if queued <= 0 { QUEUED_REQUEST_BYTES } else { queued }),
            limits: LimitSettings::of(config)?,
            idle_timeout: millis(config.get(&CONNECTIONS_MAX_IDLE_MS)),
            fetch_bytes_max: size(config.get(&FETCH_MAX_BYTES)),
            fetch_sessions_max: size(config.get(&MAX_FETCH_SESSIONS)),
            metadata_snapshot_bytes: size64(config.get(&METADATA_SNAPSHOT_BYTES)),
            request_partitions_max: size(config.get(&MAX_REQUEST_PARTITIONS)),
            telemetry_bytes_max: config.get(&TELEMETRY_MAX_BYTES),
            offsets_topic_partitions: config.get(&OFFSETS_TOPIC_NUM_PARTITIONS),
            offsets_topic_segment_bytes: config.get(&OFFSETS_TOPIC_SEGMENT_BYTES),
            offsets_expiry_interval: millis(config.get(&OFFSETS_RETENTION_CHECK_INTERVAL_MS)),
            retention_interval: millis(config.get(&LOG_RETENTION_CHECK_INTERVAL_MS)),
            producer_expiration_ms: i64::from(config.get(&PRODUCER_ID_EXPIRATION_MS)),
            group_min_session_timeout_ms: config.get(&GROUP_MIN_SESSION_TIMEOUT_MS),
            group_max_session_timeout_ms: config.get(&GROUP_MAX_SESSION_TIMEOUT_MS),
            group_max_size: size(config.get(&GROUP_MAX_SIZE)),
            group_initial_rebalance_delay_ms: i64::from(config.get(&GROUP_INITIAL_REBALANCE_DELAY_MS)),
            offset_metadata_bytes_max: size(config.get(&OFFSET_METADATA_MAX_BYTES)),
            offsets_retention_ms: i64::from(config.get(&OFFSETS_RETENTION_MINUTES)) * 60_000,
            group_consumer_protocol: config
                .get(&GROUP_COORDINATOR_REBALANCE_PROTOCOLS)
                .iter()
                .any(|protocol| protocol == "consumer"),
            group_consumer_max_size: size(config.get(&GROUP_CONSUMER_MAX_SIZE)),
            group_consumer_assignors: config.get(&GROUP_CONSUMER_ASSIGNORS),
            group_consumer_migration_policy: config.get(&GROUP_CONSUMER_MIGRATION_POLICY),
            consumer_times: ConsumerTimeSettings::of(config),
            transactions: TransactionSettings::of(config),
        })
    }
}

fn only(name: &'static str, listeners: &[String]) -> Result<Listener, SettingsError> {
    match listeners {
        [one] => Listener::parse(one),
        many => Err(SettingsError::Count(name, many.len())),
    }
}

fn size(number: i32) -> usize {
    usize::try_from(number).unwrap_or(0)
}

fn size64(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

fn millis(number: i64) -> Duration {
    Duration::from_millis(number.max(1).unsigned_abs())
}

//! The broker's configs that bound what clients may take of it, and those of what it tells about itself.
//!
//! Kafka's but for `fetch.memory.max.bytes`, `metrics.listener` and `request.slow.ms`, which are ours.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use riverrun_core::config::{Config, ConfigDef, ConfigKey, Importance};

use super::settings::{Listener, SettingsError};

pub(crate) const CONTROLLER_QUOTA_WINDOW_NUM: ConfigKey<i32> =
    ConfigKey::int("controller.quota.window.num", 11)
        .at_least(1)
        .importance(Importance::Low)
        .doc("Windows of the past that controller mutation quotas look at.");
pub(crate) const CONTROLLER_QUOTA_WINDOW_SIZE_SECONDS: ConfigKey<i32> =
    ConfigKey::int("controller.quota.window.size.seconds", 1)
        .at_least(1)
        .importance(Importance::Low)
        .doc("Seconds of each window of controller mutation quotas.");
pub(crate) const FETCH_MEMORY_MAX_BYTES: ConfigKey<i64> = ConfigKey::long("fetch.memory.max.bytes", 128 << 20).at_least(1 << 20).doc("Memory that answers to fetches may take, from their reading until they are written. The fuller it is, the less a fetch brings.");
pub(crate) const MAX_CONNECTION_CREATION_RATE: ConfigKey<i32> =
    ConfigKey::int("max.connection.creation.rate", i32::MAX)
        .at_least(0)
        .doc("Most connections that are let in per second; what comes beyond waits.");
pub(crate) const MAX_CONNECTIONS: ConfigKey<i32> = ConfigKey::int("max.connections", i32::MAX)
    .at_least(0)
    .doc("Most connections at a time; what comes beyond waits until one ends.");
pub(crate) const MAX_CONNECTIONS_PER_IP: ConfigKey<i32> = ConfigKey::int("max.connections.per.ip", i32::MAX)
    .at_least(0)
    .doc("Most connections of one address at a time; what comes beyond is closed at once.");
pub(crate) const MAX_CONNECTIONS_PER_IP_OVERRIDES: ConfigKey<String> =
    ConfigKey::string("max.connections.per.ip.overrides", "")
        .checked("address:number,address:number,...", |text| overrides(text).is_some())
        .doc("max.connections.per.ip for single addresses.");
pub(crate) const METRICS_LISTENER: ConfigKey<Option<String>> = ConfigKey::<Option<String>>::optional("metrics.listener").doc("Where metrics (/metrics, for Prometheus) and health (/health) are served by HTTP: host:port, or a port of 127.0.0.1 alone. Without it they are not.");
pub(crate) const QUOTA_WINDOW_NUM: ConfigKey<i32> = ConfigKey::int("quota.window.num", 11)
    .at_least(1)
    .importance(Importance::Low)
    .doc("Windows of the past that client quotas look at.");
pub(crate) const QUOTA_WINDOW_SIZE_SECONDS: ConfigKey<i32> = ConfigKey::int("quota.window.size.seconds", 1)
    .at_least(1)
    .importance(Importance::Low)
    .doc("Seconds of each window of client quotas.");
pub(crate) const REQUEST_SLOW_MS: ConfigKey<i64> = ConfigKey::long("request.slow.ms", 1_000).at_least(0).doc(
    "Milliseconds after which a request that does not wait by its nature is counted and logged as slow.",
);

/// Every config of this file.
pub(super) const LIMITS: &[ConfigDef] = &[
    CONTROLLER_QUOTA_WINDOW_NUM.def,
    CONTROLLER_QUOTA_WINDOW_SIZE_SECONDS.def,
    FETCH_MEMORY_MAX_BYTES.def,
    MAX_CONNECTION_CREATION_RATE.def,
    MAX_CONNECTIONS.def,
    MAX_CONNECTIONS_PER_IP.def,
    MAX_CONNECTIONS_PER_IP_OVERRIDES.def,
    METRICS_LISTENER.def,
    QUOTA_WINDOW_NUM.def,
    QUOTA_WINDOW_SIZE_SECONDS.def,
    REQUEST_SLOW_MS.def,
];

/// How the past is cut for quotas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QuotaWindows {
    pub(crate) number: usize,
    pub(crate) seconds: i64,
}

/// These configs as values.
#[derive(Clone, Debug)]
pub(crate) struct LimitSettings {
    pub(crate) connections_max: usize,
    pub(crate) connections_per_ip_max: usize,
    pub(crate) connections_per_ip_overrides: BTreeMap<IpAddr, usize>,
    /// `None`: any number.
    pub(crate) connection_rate: Option<f64>,
    pub(crate) fetch_memory_bytes_max: usize,
    pub(crate) quota_windows: QuotaWindows,
    pub(crate) mutation_windows: QuotaWindows,
    pub(crate) metrics_listener: Option<Listener>,
    pub(crate) slow_request: Duration,
}

impl LimitSettings {
    /// The settings that a config amounts to.
    pub(super) fn of(config: &Config) -> Result<Self, SettingsError> {
        let size = |number: i32| usize::try_from(number).unwrap_or(0);
        let windows = |number, seconds| QuotaWindows { number: size(number), seconds: i64::from(seconds) };
        let rate = config.get(&MAX_CONNECTION_CREATION_RATE);
        let listener = config.get(&METRICS_LISTENER).filter(|text| !text.is_empty());
        Ok(LimitSettings {
            connections_max: size(config.get(&MAX_CONNECTIONS)),
            connections_per_ip_max: size(config.get(&MAX_CONNECTIONS_PER_IP)),
            connections_per_ip_overrides: overrides(&config.get(&MAX_CONNECTIONS_PER_IP_OVERRIDES))
                .unwrap_or_default(),
            connection_rate: (rate != i32::MAX).then_some(f64::from(rate)),
            fetch_memory_bytes_max: usize::try_from(config.get(&FETCH_MEMORY_MAX_BYTES))
                .unwrap_or(usize::MAX),
            quota_windows: windows(config.get(&QUOTA_WINDOW_NUM), config.get(&QUOTA_WINDOW_SIZE_SECONDS)),
            mutation_windows: windows(
                config.get(&CONTROLLER_QUOTA_WINDOW_NUM),
                config.get(&CONTROLLER_QUOTA_WINDOW_SIZE_SECONDS),
            ),
            metrics_listener: listener.map(|text| metrics_listener(&text)).transpose()?,
            slow_request: Duration::from_millis(config.get(&REQUEST_SLOW_MS).unsigned_abs()),
        })
    }
}

/// Addresses with the connections that each may have; `None` if the text is not that. An address of IPv6 has colons of its
/// own: the last one counts.
fn overrides(text: &str) -> Option<BTreeMap<IpAddr, usize>> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let parse = |entry: &str| {
        let (address, number) = entry.rsplit_once(':')?;
        let address = match address.trim_start_matches('[').trim_end_matches(']') {
            "localhost" => "127.0.0.1",
            address => address,
        };
        Some((address.parse::<IpAddr>().ok()?, number.trim().parse::<usize>().ok()?))
    };
    entries.map(parse).collect()
}

fn metrics_listener(text: &str) -> Result<Listener, SettingsError> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok(Listener { host: "127.0.0.1".to_owned(), port });
    }
    let bad = || SettingsError::MetricsListener(text.to_owned());
    let (host, port) = text.rsplit_once(':').ok_or_else(bad)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Ok(Listener { host: host.to_owned(), port: port.parse().map_err(|_| bad())? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_numbers_of_their_own() {
        let found = overrides("10.0.0.1:5, [::1]:7,localhost:1").unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[&"::1".parse::<IpAddr>().unwrap()], 7);
        assert_eq!(overrides(""), Some(BTreeMap::new()));
        for bad in ["10.0.0.1", "10.0.0.1:x", "somewhere:1"] {
            assert_eq!(overrides(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_port_alone_is_one_of_loopback() {
        let of = |text| metrics_listener(text).map(|listener| (listener.host, listener.port)).ok();
        assert_eq!(of("9404"), Some(("127.0.0.1".to_owned(), 9404)));
        assert_eq!(of("0.0.0.0:9404"), Some(("0.0.0.0".to_owned(), 9404)));
        assert_eq!(of("[::]:1"), Some(("::".to_owned(), 1)));
        assert_eq!(of("http"), None);
    }
}

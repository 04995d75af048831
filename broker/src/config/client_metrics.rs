//! The configs of a client metrics subscription (KIP-714): which clients push which metrics how often.

use regex::{Regex, RegexBuilder};
use riverrun_core::config::{ConfigKey, ConfigTable};

use super::Overrides;

/// Memory that one compiled pattern may take.
const PATTERN_BYTES_MAX: usize = 256 << 10;

pub(crate) const INTERVAL_MS: ConfigKey<i32> = ConfigKey::int("interval.ms", 300_000)
    .doc("Milliseconds between two pushes of a client that matches, from 100 to 3600000.");
pub(crate) const MATCH: ConfigKey<Vec<String>> = ConfigKey::list("match", &[]).doc("Which clients push: name=pattern, where the name is client_instance_id, client_id, client_software_name, client_software_version, client_source_address or client_source_port and the pattern a regular expression. All must match; none given matches every client.");
pub(crate) const METRICS: ConfigKey<Vec<String>> = ConfigKey::list("metrics", &[])
    .doc("Prefixes of the names of metrics that are pushed; '*' alone for all, none for none.");

/// Every config of a subscription.
pub(crate) static CLIENT_METRICS: ConfigTable =
    ConfigTable::new("client metrics", &[&[INTERVAL_MS.def, MATCH.def, METRICS.def]]);

/// Milliseconds between two pushes, at least and at most.
const INTERVAL_BOUNDS_MS: std::ops::RangeInclusive<i32> = 100..=3_600_000;

/// What of a client a pattern is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ClientTrait {
    InstanceId,
    Id,
    SoftwareName,
    SoftwareVersion,
    SourceAddress,
    SourcePort,
}

const TRAITS: &[(&str, ClientTrait)] = &[
    ("client_instance_id", ClientTrait::InstanceId),
    ("client_id", ClientTrait::Id),
    ("client_software_name", ClientTrait::SoftwareName),
    ("client_software_version", ClientTrait::SoftwareVersion),
    ("client_source_address", ClientTrait::SourceAddress),
    ("client_source_port", ClientTrait::SourcePort),
];

/// Why the configs of a subscription are not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientMetricsError {
    #[error("{0}")]
    Config(String),
    #[error("unknown client metrics config '{0}'; there are interval.ms, match and metrics")]
    Unknown(String),
    #[error("interval.ms is {0}; it must be between 100 and 3600000 (1 hour)")]
    Interval(i32),
    #[error("illegal client matching pattern '{pattern}': {why}")]
    Pattern { pattern: String, why: String },
}

/// One pattern of `match`: what it is about, and the expression that the whole of it must fit.
///
/// # Errors
/// When it is not of the form `name=pattern` with a known name and a regular expression.
pub(crate) fn parse_match(pattern: &str) -> Result<(ClientTrait, Regex), ClientMetricsError> {
    let bad = |why: &str| ClientMetricsError::Pattern { pattern: pattern.to_owned(), why: why.to_owned() };
    let (name, expression) = pattern.split_once('=').ok_or_else(|| bad("expected name=pattern"))?;
    let names = "the name must be one of client_instance_id, client_id, client_software_name, client_software_version, client_source_address, client_source_port";
    let found = TRAITS.iter().find(|(known, _)| *known == name.trim()).ok_or_else(|| bad(names))?;
    if expression.trim().is_empty() || expression.contains('=') {
        return Err(bad("expected one pattern after the name"));
    }
    let whole = format!("^(?:{})$", expression.trim());
    let regex = RegexBuilder::new(&whole).size_limit(PATTERN_BYTES_MAX).build();
    Ok((found.1, regex.map_err(|_| bad("this is no regular expression"))?))
}

/// Checks every config that a subscription is to have.
///
/// # Errors
/// What is wrong with them, and what would be right.
pub(crate) fn check_client_metrics(configs: &Overrides) -> Result<(), ClientMetricsError> {
    if let Some(unknown) = configs.keys().find(|name| CLIENT_METRICS.find(name).is_none()) {
        return Err(ClientMetricsError::Unknown(unknown.clone()));
    }
    let config =
        CLIENT_METRICS.parse(configs).map_err(|error| ClientMetricsError::Config(error.to_string()))?;
    let interval_ms = config.get(&INTERVAL_MS);
    if !INTERVAL_BOUNDS_MS.contains(&interval_ms) {
        return Err(ClientMetricsError::Interval(interval_ms));
    }
    config.get(&MATCH).iter().try_for_each(|pattern| parse_match(pattern).map(drop))
}

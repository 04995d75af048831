//! Client configurations out of Kafka's property names.
//!
//! Each key is declared once ([`keys`]); the tables parse, check and document it. The typed structs
//! ([`ClientConfig`], [`ProducerConfig`], [`ConsumerConfig`]) are what the client itself knows.

pub mod keys;

use std::sync::Arc;
use std::time::Duration;

use super::transport::Tcp;
use super::{Acks, ClientConfig, ConsumerConfig, IsolationLevel, OffsetReset, ProducerConfig};
use crate::Result;
use crate::config::{Config, ConfigKey, ConfigTable, ConfigType};
use crate::record::Compression;

/// The keys of a producer.
pub static PRODUCER: ConfigTable = ConfigTable::new("producer", &[keys::CLIENT, keys::PRODUCER]);
/// The keys of a consumer.
pub static CONSUMER: ConfigTable = ConfigTable::new("consumer", &[keys::CLIENT, keys::CONSUMER]);

/// A producer's configuration out of properties.
///
/// ```
/// use riverrun_core::client::properties;
/// let given = [("bootstrap.servers", "127.0.0.1:9092"), ("linger.ms", "20"), ("compression.type", "zstd")];
/// let (client, producer) = properties::producer(given).unwrap();
/// assert_eq!(client.bootstrap_servers, ["127.0.0.1:9092"]);
/// assert_eq!(producer.linger.as_millis(), 20);
/// assert!(properties::producer([("bootstrap.servers", "a:1"), ("linger", "20")]).is_err());
/// ```
///
/// # Errors
/// Everything that is wrong, at once: unknown names with the nearest known one, values with what is valid.
pub fn producer<K: AsRef<str>, V: AsRef<str>>(
    properties: impl IntoIterator<Item = (K, V)>,
) -> Result<(ClientConfig, ProducerConfig)> {
    let given = PRODUCER.parse(properties)?;
    let compression = Compression::from_name(&given.get(&keys::COMPRESSION_TYPE)).unwrap_or_default();
    let level = match compression {
        Compression::Gzip => Some(given.get(&keys::GZIP_LEVEL)).filter(|level| *level >= 0),
        Compression::Zstd => Some(given.get(&keys::ZSTD_LEVEL)),
        _ => None,
    };
    let acks = match given.get(&keys::ACKS).as_str() {
        "0" => Acks::None,
        "1" => Acks::Leader,
        _ => Acks::All,
    };
    // As in Kafka, idempotence gives way to fewer acknowledgements unless it was asked for.
    let asked = given.is_set(keys::ENABLE_IDEMPOTENCE.name());
    let idempotence = given.get(&keys::ENABLE_IDEMPOTENCE) && (asked || acks == Acks::All);
    let producer = ProducerConfig {
        acks,
        idempotence,
        transactional_id: given.get(&keys::TRANSACTIONAL_ID),
        transaction_timeout: ms(&given, &keys::TRANSACTION_TIMEOUT_MS),
        batch_size: size(given.get(&keys::BATCH_SIZE).into()),
        linger: ms(&given, &keys::LINGER_MS),
        buffer_memory: size(given.get(&keys::BUFFER_MEMORY)),
        max_block: ms(&given, &keys::MAX_BLOCK_MS),
        max_request_size: size(given.get(&keys::MAX_REQUEST_SIZE).into()),
        max_in_flight: size(given.get(&keys::MAX_IN_FLIGHT).into()),
        delivery_timeout: ms(&given, &keys::DELIVERY_TIMEOUT_MS),
        retries: u32::try_from(given.get(&keys::RETRIES)).unwrap_or(u32::MAX),
        compression,
        compression_level: level,
    };
    Ok((client(&given, &keys::PRODUCER_CLIENT_ID), producer))
}

/// A consumer's configuration out of properties.
///
/// # Errors
/// As [`producer`].
pub fn consumer<K: AsRef<str>, V: AsRef<str>>(
    properties: impl IntoIterator<Item = (K, V)>,
) -> Result<(ClientConfig, ConsumerConfig)> {
    let given = CONSUMER.parse(properties)?;
    let consumer = ConsumerConfig {
        group_id: given.get(&keys::GROUP_ID),
        group_instance_id: given.get(&keys::GROUP_INSTANCE_ID),
        session_timeout: ms(&given, &keys::SESSION_TIMEOUT_MS),
        heartbeat_interval: ms(&given, &keys::HEARTBEAT_INTERVAL_MS),
        max_poll_interval: ms(&given, &keys::MAX_POLL_INTERVAL_MS),
        max_poll_records: size(given.get(&keys::MAX_POLL_RECORDS).into()),
        auto_offset_reset: match given.get(&keys::AUTO_OFFSET_RESET).as_str() {
            "earliest" => OffsetReset::Earliest,
            "none" => OffsetReset::None,
            _ => OffsetReset::Latest,
        },
        auto_commit: given.get(&keys::ENABLE_AUTO_COMMIT),
        auto_commit_interval: ms(&given, &keys::AUTO_COMMIT_INTERVAL_MS),
        isolation_level: match given.get(&keys::ISOLATION_LEVEL).as_str() {
            "read_committed" => IsolationLevel::ReadCommitted,
            _ => IsolationLevel::ReadUncommitted,
        },
        fetch_min_bytes: given.get(&keys::FETCH_MIN_BYTES),
        fetch_max_bytes: given.get(&keys::FETCH_MAX_BYTES),
        fetch_max_wait: ms(&given, &keys::FETCH_MAX_WAIT_MS),
        max_partition_fetch_bytes: given.get(&keys::MAX_PARTITION_FETCH_BYTES),
        check_crcs: given.get(&keys::CHECK_CRCS),
        allow_auto_create_topics: given.get(&keys::ALLOW_AUTO_CREATE_TOPICS),
        ..ConsumerConfig::default()
    };
    let mut client = client(&given, &keys::CONSUMER_CLIENT_ID);
    client.api_timeout = ms(&given, &keys::API_TIMEOUT_MS);
    Ok((client, consumer))
}

fn client(given: &Config, client_id: &ConfigKey<String>) -> ClientConfig {
    let mut config = ClientConfig::new("");
    config.bootstrap_servers = given.get(&keys::BOOTSTRAP_SERVERS);
    let client_id = given.get(client_id);
    if !client_id.is_empty() {
        config.client_id = client_id;
    }
    config.request_timeout = ms(given, &keys::REQUEST_TIMEOUT_MS);
    config.retry_backoff = ms(given, &keys::RETRY_BACKOFF_MS);
    config.retry_backoff_max = ms(given, &keys::RETRY_BACKOFF_MAX_MS);
    config.reconnect_backoff = ms(given, &keys::RECONNECT_BACKOFF_MS);
    config.reconnect_backoff_max = ms(given, &keys::RECONNECT_BACKOFF_MAX_MS);
    config.metadata_max_age = ms(given, &keys::METADATA_MAX_AGE_MS);
    config.transport = Arc::new(Tcp::new(ms(given, &keys::CONNECTION_SETUP_TIMEOUT_MS)));
    config
}

fn ms<T: ConfigType + Into<i64>>(given: &Config, key: &ConfigKey<T>) -> Duration {
    Duration::from_millis(u64::try_from(given.get(key).into()).unwrap_or(0))
}

fn size(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KAFKA: &str = include_str!("../../../protocol/configs-4.3.json");

    #[test]
    fn declarations_are_kafkas() {
        let differences = |table: &ConfigTable, section| {
            let mut found = table.differences_from_kafka(KAFKA, section).unwrap();
            // Kafka's file says by a word what the declaration says by its type.
            found.retain(|line| !line.ends_with(r#"in Kafka Some("<required>")"#));
            // A duration to go back by is not built yet, and said to be no valid value.
            found.retain(|line| !line.starts_with("auto.offset.reset: valid"));
            found
        };
        assert_eq!(differences(&PRODUCER, "producer"), Vec::<String>::new());
        assert_eq!(differences(&CONSUMER, "consumer"), Vec::<String>::new());
    }

    #[test]
    fn defaults_of_names_are_defaults_of_structs() {
        let given = [("bootstrap.servers", "a:1")];
        let (client, config) = producer(given).unwrap();
        assert_eq!(
            format!("{config:?}"),
            format!("{:?}", ProducerConfig::default()).replace("retries: 4294967295", "retries: 2147483647")
        );
        assert_eq!(client.request_timeout, ClientConfig::new("").request_timeout);
        let (_, config) = consumer(given).unwrap();
        assert_eq!(format!("{config:?}"), format!("{:?}", ConsumerConfig::default()));
    }

    #[test]
    fn idempotence_gives_way_unless_asked_for() {
        let given = |more: &[(&'static str, &'static str)]| {
            let all = [("bootstrap.servers", "a:1"), ("acks", "1")].iter().chain(more).copied();
            producer(all).unwrap().1.idempotence
        };
        assert!(!given(&[]));
        assert!(given(&[("enable.idempotence", "true")]), "the producer itself then refuses");
    }
}

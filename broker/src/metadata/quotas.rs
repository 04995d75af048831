//! Client quotas: who may send, read and ask how much, per second. Kept here, found here, enforced elsewhere.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::MetadataRecord;

/// Entity types, under Kafka's names.
pub(crate) const USER: &str = "user";
pub(crate) const CLIENT_ID: &str = "client-id";
pub(crate) const IP: &str = "ip";

/// A part of an entity: one name, or whoever has no quota of his own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EntityName {
    Default,
    Named(String),
}

impl EntityName {
    /// As the wire has it: null is the default.
    pub(crate) fn of(name: Option<&str>) -> Self {
        name.map_or(EntityName::Default, |name| EntityName::Named(name.to_owned()))
    }

    /// As the wire has it: null is the default.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            EntityName::Default => None,
            EntityName::Named(name) => Some(name),
        }
    }
}

/// Whom a quota is of: types to names, at least one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct QuotaEntity(pub(crate) BTreeMap<String, EntityName>);

/// What may be limited, under Kafka's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuotaKey {
    /// Bytes that producers may send, per second.
    ProducerByteRate,
    /// Bytes that consumers may read, per second.
    ConsumerByteRate,
    /// Percent of one thread's time that requests may take.
    RequestPercentage,
    /// Partitions that may be made or deleted, per second.
    ControllerMutationRate,
    /// Connections that an address may open, per second.
    ConnectionCreationRate,
}

impl QuotaKey {
    /// Kafka's name for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            QuotaKey::ProducerByteRate => "producer_byte_rate",
            QuotaKey::ConsumerByteRate => "consumer_byte_rate",
            QuotaKey::RequestPercentage => "request_percentage",
            QuotaKey::ControllerMutationRate => "controller_mutation_rate",
            QuotaKey::ConnectionCreationRate => "connection_creation_rate",
        }
    }

    /// The greatest value, and whether only whole numbers are valid.
    const fn whole_up_to(self) -> Option<f64> {
        match self {
            QuotaKey::ProducerByteRate | QuotaKey::ConsumerByteRate => Some(i64::MAX as f64),
            QuotaKey::ConnectionCreationRate => Some(i32::MAX as f64),
            QuotaKey::RequestPercentage | QuotaKey::ControllerMutationRate => None,
        }
    }

    /// The keys of an entity of clients, or of an address.
    const fn of(is_ip: bool) -> &'static [QuotaKey] {
        match is_ip {
            true => &[QuotaKey::ConnectionCreationRate],
            false => &[
                QuotaKey::ProducerByteRate,
                QuotaKey::ConsumerByteRate,
                QuotaKey::RequestPercentage,
                QuotaKey::ControllerMutationRate,
            ],
        }
    }
}

/// Who shares one quota: everybody with the same bucket counts together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct QuotaBucket {
    /// `None`: whoever it is.
    pub(crate) user: Option<String>,
    /// `None`: whoever it is.
    pub(crate) client_id: Option<String>,
}

/// A limit that holds for a client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct QuotaLimit {
    pub(crate) value: f64,
    pub(crate) bucket: QuotaBucket,
}

/// Every limit of one client; `None` where there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ClientLimits {
    pub(crate) producer_byte_rate: Option<QuotaLimit>,
    pub(crate) consumer_byte_rate: Option<QuotaLimit>,
    pub(crate) request_percentage: Option<QuotaLimit>,
    pub(crate) controller_mutation_rate: Option<QuotaLimit>,
}

/// Every quota that was set.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Quotas {
    entities: BTreeMap<QuotaEntity, BTreeMap<String, f64>>,
}

impl Quotas {
    /// Whether nobody is limited: then nothing needs to be looked up.
    pub(crate) fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// Every entity with its quotas.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&QuotaEntity, &BTreeMap<String, f64>)> {
        self.entities.iter()
    }

    /// The limits of a client. Each is taken from the most exact entity that has it, in Kafka's order: user and client
    /// id, user and any client id, user; any user and client id, any user and any client id, any user; client id, any
    /// client id.
    pub(crate) fn of(&self, user: &str, client_id: &str) -> ClientLimits {
        if self.is_empty() {
            return ClientLimits::default();
        }
        let limit = |key| self.limit(key, user, client_id);
        ClientLimits {
            producer_byte_rate: limit(QuotaKey::ProducerByteRate),
            consumer_byte_rate: limit(QuotaKey::ConsumerByteRate),
            request_percentage: limit(QuotaKey::RequestPercentage),
            controller_mutation_rate: limit(QuotaKey::ControllerMutationRate),
        }
    }

    /// Connections that `ip` may open per second; `None` for any number.
    pub(crate) fn connection_rate(&self, ip: &str) -> Option<f64> {
        if self.is_empty() {
            return None;
        }
        let of = |name: EntityName| self.value(&[(IP, name)], QuotaKey::ConnectionCreationRate);
        of(EntityName::Named(ip.to_owned())).or_else(|| of(EntityName::Default))
    }

    fn limit(&self, key: QuotaKey, user: &str, client_id: &str) -> Option<QuotaLimit> {
        let names = |name: &str| {
            // A client without a name has only the quotas of everybody.
            let named = (!name.is_empty()).then(|| EntityName::Named(name.to_owned()));
            named.into_iter().chain([EntityName::Default])
        };
        let bucket = |by_user: bool, by_client: bool| QuotaBucket {
            user: by_user.then(|| user.to_owned()),
            client_id: by_client.then(|| client_id.to_owned()),
        };
        let found = |parts: &[(&str, EntityName)], bucket| {
            self.value(parts, key).map(|value| QuotaLimit { value, bucket })
        };
        for user_name in names(user) {
            for client_name in names(client_id) {
                let parts = [(USER, user_name.clone()), (CLIENT_ID, client_name)];
                if let Some(limit) = found(&parts, bucket(true, true)) {
                    return Some(limit);
                }
            }
            if let Some(limit) = found(&[(USER, user_name)], bucket(true, false)) {
                return Some(limit);
            }
        }
        names(client_id).find_map(|client_name| found(&[(CLIENT_ID, client_name)], bucket(false, true)))
    }

    fn value(&self, parts: &[(&str, EntityName)], key: QuotaKey) -> Option<f64> {
        let entity =
            QuotaEntity(parts.iter().map(|(kind, name)| ((*kind).to_owned(), name.clone())).collect());
        self.entities.get(&entity)?.get(key.name()).copied()
    }

    pub(super) fn set(&mut self, entity: &QuotaEntity, key: &str, value: Option<f64>) {
        let values = self.entities.entry(entity.clone()).or_default();
        match value {
            Some(value) => values.insert(key.to_owned(), value),
            None => values.remove(key),
        };
        if values.is_empty() {
            self.entities.remove(entity);
        }
    }
}

/// Why a quota cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QuotaError {
    #[error("a quota needs an entity: a user, a client-id or an ip")]
    NoEntity,
    #[error("entity type '{0}' is not known; there are user, client-id and ip")]
    EntityType(String),
    #[error("the entity names its {0} twice")]
    TypeTwice(String),
    #[error("the name of a {0} must not be empty; null stands for the default")]
    EmptyName(String),
    #[error("an ip cannot be combined with a user or a client-id")]
    Combination,
    #[error("'{0}' is no IP address")]
    Address(String),
    #[error("there is no quota '{0}' for this kind of entity")]
    Key(String),
    #[error("quota '{0}' is named twice for one entity")]
    KeyTwice(String),
    #[error("quota {0} must be greater than 0")]
    NotPositive(String),
    #[error("the value of quota {0} is too large")]
    TooLarge(String),
    #[error("quota {0} must be a whole number")]
    Fraction(String),
    #[error("the entity is named twice")]
    EntityTwice,
}

/// A change of the quotas of one entity, as asked: `None` takes a quota away.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct QuotaChange {
    /// Types and names as the wire has them.
    pub(crate) entity: Vec<(String, Option<String>)>,
    pub(crate) ops: Vec<(String, Option<f64>)>,
}

/// The records that change the quotas of one entity; nothing for what is so already.
///
/// # Errors
/// What is wrong with the entity or a value; nothing of the change is made then.
pub(crate) fn decide_alter_quotas(
    quotas: &Quotas,
    change: &QuotaChange,
) -> Result<(QuotaEntity, Vec<MetadataRecord>), QuotaError> {
    let entity = check_entity(&change.entity)?;
    let keys = QuotaKey::of(entity.0.contains_key(IP));
    let before = quotas.entities.get(&entity);
    let mut records = Vec::new();
    for (at, (name, value)) in change.ops.iter().enumerate() {
        if change.ops[..at].iter().any(|(other, _)| other == name) {
            return Err(QuotaError::KeyTwice(name.clone()));
        }
        if let Some(value) = value {
            let key = keys.iter().find(|key| key.name() == name);
            check_value(*key.ok_or_else(|| QuotaError::Key(name.clone()))?, *value)?;
        }
        if before.and_then(|before| before.get(name)) != value.as_ref() {
            records.push(MetadataRecord::QuotaSet {
                entity: entity.clone(),
                key: name.clone(),
                value: *value,
            });
        }
    }
    Ok((entity, records))
}

fn check_entity(parts: &[(String, Option<String>)]) -> Result<QuotaEntity, QuotaError> {
    let mut entity = QuotaEntity::default();
    for (kind, name) in parts {
        if ![USER, CLIENT_ID, IP].contains(&kind.as_str()) {
            return Err(QuotaError::EntityType(kind.clone()));
        }
        if name.as_deref() == Some("") {
            return Err(QuotaError::EmptyName(kind.clone()));
        }
        if entity.0.insert(kind.clone(), EntityName::of(name.as_deref())).is_some() {
            return Err(QuotaError::TypeTwice(kind.clone()));
        }
    }
    match entity.0.get(IP) {
        _ if entity.0.is_empty() => Err(QuotaError::NoEntity),
        Some(_) if entity.0.len() > 1 => Err(QuotaError::Combination),
        Some(EntityName::Named(ip)) if ip.parse::<core::net::IpAddr>().is_err() => {
            Err(QuotaError::Address(ip.clone()))
        }
        _ => Ok(entity),
    }
}

fn check_value(key: QuotaKey, value: f64) -> Result<(), QuotaError> {
    let name = || key.name().to_owned();
    // What is not comparable is not positive.
    if value.partial_cmp(&0.0) != Some(Ordering::Greater) {
        return Err(QuotaError::NotPositive(name()));
    }
    match key.whole_up_to() {
        Some(most) if value > most => Err(QuotaError::TooLarge(name())),
        Some(_) if (value % 1.0).abs() > 1e-6 => Err(QuotaError::Fraction(name())),
        // JSON has no word for it.
        None if !value.is_finite() => Err(QuotaError::TooLarge(name())),
        _ => Ok(()),
    }
}

//! How a table keeps its rows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::operator::serde::json;
use crate::operator::window::millis;
use crate::operator::{Serde, SharedSerde};
use crate::state::{Changelog, Retention, StoreKind, StoreSpec};

/// How a table keeps its rows: the store's name, serdes, changelog, retention.
///
/// A plain text is a store of that name with JSON values, unless the operator knows a better serde.
pub struct Materialized<K, V> {
    pub(crate) name: Option<String>,
    pub(crate) key: Option<SharedSerde<K>>,
    pub(crate) value: Option<SharedSerde<V>>,
    fallback: Option<SharedSerde<V>>,
    pub(crate) logging: Option<BTreeMap<String, String>>,
    pub(crate) caching: bool,
    pub(crate) persistent: bool,
    pub(crate) retention_ms: Option<i64>,
}

impl<K, V> std::fmt::Debug for Materialized<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Materialized").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<K, V> Clone for Materialized<K, V> {
    fn clone(&self) -> Self {
        Materialized {
            name: self.name.clone(),
            key: self.key.clone(),
            value: self.value.clone(),
            fallback: self.fallback.clone(),
            logging: self.logging.clone(),
            ..*self
        }
    }
}

impl<K: 'static, V: 'static> Default for Materialized<K, V> {
    fn default() -> Self {
        Self::unnamed()
    }
}

impl<K: 'static, V: 'static> Materialized<K, V> {
    /// A store with a generated name, in the topology's serdes.
    pub fn unnamed() -> Self {
        Materialized {
            name: None,
            key: None,
            value: None,
            fallback: None,
            logging: Some(BTreeMap::new()),
            caching: true,
            persistent: true,
            retention_ms: None,
        }
    }

    /// A store of that name.
    pub fn named(name: impl Into<String>) -> Self {
        Materialized { name: Some(name.into()), ..Self::unnamed() }
    }

    /// A store with a generated name and these serdes.
    pub fn with(key: impl Serde<K>, value: impl Serde<V>) -> Self {
        Self::unnamed().key_serde(key).value_serde(value)
    }

    /// The serde of keys.
    #[must_use]
    pub fn key_serde(mut self, serde: impl Serde<K>) -> Self {
        self.key = Some(Arc::new(serde));
        self
    }

    /// The serde of values.
    #[must_use]
    pub fn value_serde(mut self, serde: impl Serde<V>) -> Self {
        self.value = Some(Arc::new(serde));
        self
    }

    /// Keeps rows in memory; they come back from the changelog.
    #[must_use]
    pub fn in_memory(mut self) -> Self {
        self.persistent = false;
        self
    }

    /// No changelog: the rows are lost with the machine.
    #[must_use]
    pub fn without_changelog(mut self) -> Self {
        self.logging = None;
        self
    }

    /// Topic configs of the changelog.
    #[must_use]
    pub fn changelog_configs<const N: usize>(mut self, configs: [(&str, &str); N]) -> Self {
        self.logging = Some(configs.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        self
    }

    /// Every update goes on at once, even if the application has a cache.
    #[must_use]
    pub fn without_cache(mut self) -> Self {
        self.caching = false;
        self
    }

    /// How long a window store keeps rows behind its latest put; at least the window's size and grace.
    #[must_use]
    pub fn retention(mut self, retention: Duration) -> Self {
        self.retention_ms = Some(millis(retention));
        self
    }

    pub(crate) fn or_serdes(mut self, key: Option<SharedSerde<K>>, value: Option<SharedSerde<V>>) -> Self {
        self.key = self.key.or(key);
        self.value = self.value.or(value).or_else(|| self.fallback.clone());
        self
    }

    pub(crate) fn spec(&self, name: &str, kind: StoreKind, cached: bool) -> StoreSpec {
        let changelog = match &self.logging {
            Some(configs) => Changelog::Topic(configs.clone()),
            None => Changelog::Off,
        };
        StoreSpec { name: name.to_owned(), kind, persistent: self.persistent, changelog, cached }
    }

    pub(crate) fn retention_of(&self, least_ms: i64) -> Retention {
        let retention_ms = self.retention_ms.unwrap_or(least_ms);
        if self.persistent { Retention::persistent(retention_ms) } else { Retention::in_memory(retention_ms) }
    }
}

impl<K: 'static, V: Serialize + DeserializeOwned + 'static> From<&str> for Materialized<K, V> {
    fn from(name: &str) -> Self {
        let fallback: SharedSerde<V> = Arc::new(json());
        Materialized { fallback: Some(fallback), ..Self::named(name) }
    }
}

//! What is known of a source before it runs, be it right or not: enough for SQL to judge what reads it.

use std::collections::BTreeSet;

use riverrun_connectors::api::{ConfigMap, Schema};
use riverrun_connectors::runtime::Tolerance;

use super::config::SourceSpec;

/// A connector's keys on their way to a connector, and those that turned out wrong.
#[derive(Debug)]
pub(super) struct Keys {
    /// Those that are right so far, placeholders resolved.
    pub(super) map: ConfigMap,
    /// Those that are wrong, which has been told.
    pub(super) wrong: BTreeSet<String>,
}

impl Keys {
    /// Takes a key out, as its value is wrong.
    pub(super) fn refuse(&mut self, key: &str) {
        self.map.remove(key);
        self.wrong.insert(key.to_owned());
    }
}

/// How much of a source's relation its wrong keys leave in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Whether it is a stream or a table, its key or its event time.
    Nature,
    /// Its columns, too.
    Columns,
}

/// The keys that decide which columns there are, and their types.
const OF_COLUMNS: [&str; 6] = ["format", "header", "delimiter", "quote", "null", "columns"];
/// The keys that decide what rows mean to each other.
const OF_NATURE: [&str; 6] = ["as", "key", "timestamp", "timestamp.format", "watermark", "idle_timeout"];

/// A source as SQL sees it.
#[cfg_attr(not(feature = "sql"), expect(dead_code, reason = "only SQL asks"))]
#[derive(Clone, Debug)]
pub(super) struct KnownSource {
    pub(super) spec: SourceSpec,
    /// Its columns; `None` for raw lines, and where they are in doubt.
    pub(super) schema: Option<Schema>,
    pub(super) key: Option<String>,
    pub(super) timestamp: Option<String>,
    /// Whether it goes on for ever.
    pub(super) follows: bool,
    pub(super) tolerance: Tolerance,
    pub(super) doubt: Option<Doubt>,
}

impl KnownSource {
    /// `schema` is what the files gave, if they gave anything.
    pub(super) fn new(
        spec: &SourceSpec,
        schema: Option<Option<Schema>>,
        keys: &Keys,
        tolerance: Tolerance,
    ) -> KnownSource {
        let wrong = |names: &[&str]| names.iter().any(|name| keys.wrong.contains(*name));
        let doubt = if schema.is_none() || spec.config.strange || wrong(&OF_COLUMNS) {
            Some(Doubt::Columns)
        } else {
            wrong(&OF_NATURE).then_some(Doubt::Nature)
        };
        KnownSource {
            spec: spec.clone(),
            schema: schema.flatten(),
            key: keys.map.get("key").cloned(),
            timestamp: keys.map.get("timestamp").cloned(),
            follows: keys.map.get("follow").is_some_and(|text| text == "true"),
            tolerance,
            doubt,
        }
    }
}

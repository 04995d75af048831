//! Compares a table with Kafka's own: a room's test calls it, so that a declaration cannot drift.

use serde_json::Value;

use super::{ConfigDef, ConfigTable, ConfigValue};

impl ConfigTable {
    /// Where this table differs from a section of `core/protocol/configs-4.3.json`, one line for each difference;
    /// keys that Kafka does not have are skipped, keys of Kafka that the table lacks too.
    ///
    /// `section` is a key of that file: `topic`, `broker`, `group`, `producer`, `consumer`, `admin`, `streams`,
    /// `streams-topology`, `connect-source`, `connect-sink`, `client-metrics`.
    ///
    /// # Errors
    /// When `json` is not such a file or has no such section.
    pub fn differences_from_kafka(&self, json: &str, section: &str) -> Result<Vec<String>, crate::Error> {
        let bad = |what: String| crate::Error::new(crate::ErrorKind::Invalid, what);
        let file: Value = serde_json::from_str(json).map_err(|error| bad(format!("no JSON: {error}")))?;
        let rows = file[section].as_array().ok_or_else(|| bad(format!("no section '{section}'")))?;
        Ok(self
            .iter()
            .filter_map(|def| Some((def, rows.iter().find(|row| row["name"] == def.name)?)))
            .flat_map(|(def, row)| differences(def, row))
            .collect())
    }
}

fn differences(def: &ConfigDef, row: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            found.push(format!("{}: {what} is {ours}, in Kafka {theirs}", def.name));
        }
    };
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    compare("type", def.kind.to_string(), text("type"));
    compare("importance", def.importance.to_string(), text("importance"));
    let ours = ConfigValue::of(def.default).and_then(|value| value.to_text());
    compare("default", format!("{ours:?}"), format!("{:?}", default_of(&row["default"], &text("type"))));
    // Kafka writes the same bounds now as 0, now as 0.0, and some of its texts are no rule at all.
    let valid = text("valid").replace(".0", "");
    if valid.starts_with('[') || valid.starts_with("(case") {
        compare("valid", def.valid.to_string().replace(".0", ""), valid);
    }
    found
}

fn default_of(value: &Value, kind: &str) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")),
        Value::String(text) => Some(text.clone()),
        other if kind == "double" => other.as_f64().map(|number| format!("{number:?}")),
        other => Some(other.to_string()),
    }
}

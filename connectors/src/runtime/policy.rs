//! What happens to records that cannot be converted, read or written; and the keys that every connector has.

use crate::api::{ConfigMap, Key, KeyError};

/// Whether a bad record stops its task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tolerance {
    /// The first bad record fails the task.
    #[default]
    None,
    /// Bad records are counted and left out.
    All,
}

/// How a connector treats bad records, under Kafka Connect's names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorPolicy {
    /// `errors.tolerance`.
    pub tolerance: Tolerance,
    /// `errors.deadletterqueue.topic.name`; bad records go there whatever the tolerance.
    pub dead_letter_topic: Option<String>,
}

const TOLERANCE: Key = Key {
    name: "errors.tolerance",
    default: Some("none"),
    valid: "none, all",
    doc: "Whether a bad record fails the task (none) or is counted and left out (all).",
};
const DEAD_LETTER: Key = Key {
    name: "errors.deadletterqueue.topic.name",
    default: None,
    valid: "a topic",
    doc: "The topic that bad records are written to, with headers that say what was wrong.",
};
const NAME: Key = Key { name: "name", default: None, valid: "a name", doc: "The connector's name." };
const CLASS: Key = Key { name: "connector.class", default: None, valid: "file", doc: "The kind of connector." };
const TASKS_MAX: Key = Key {
    name: "tasks.max",
    default: Some("1"),
    valid: "a number of at least 1",
    doc: "How many tasks share the work at most.",
};

/// The keys that every source has.
pub const COMMON_KEYS: &[Key] = &[NAME, CLASS, TASKS_MAX, TOLERANCE, DEAD_LETTER];

/// The keys that every sink has.
pub const SINK_COMMON_KEYS: &[Key] = &[
    NAME,
    CLASS,
    TASKS_MAX,
    TOLERANCE,
    DEAD_LETTER,
    Key { name: "topics", default: None, valid: "topics, with commas between", doc: "The topics to read." },
];

impl ErrorPolicy {
    /// Reads the policy out of a connector's configuration.
    pub fn parse(map: &ConfigMap) -> Result<ErrorPolicy, Vec<KeyError>> {
        let tolerance = match map.get(TOLERANCE.name).map(String::as_str) {
            None | Some("none") => Tolerance::None,
            Some("all") => Tolerance::All,
            Some(other) => {
                let message = format!("'errors.tolerance' must be none or all, found '{other}'");
                return Err(vec![KeyError { key: TOLERANCE.name.to_owned(), message }]);
            }
        };
        let dead_letter_topic = map.get(DEAD_LETTER.name).filter(|topic| !topic.is_empty()).cloned();
        Ok(ErrorPolicy { tolerance, dead_letter_topic })
    }
}

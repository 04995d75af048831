//! The configuration keys that every connector has, under Kafka Connect's names.

use super::Key;

/// `errors.tolerance`.
pub const TOLERANCE_KEY: Key = Key {
    name: "errors.tolerance",
    default: Some("none"),
    valid: "none, all",
    doc: "Whether a bad record fails the task (none) or is counted and left out (all).",
};
/// `errors.deadletterqueue.topic.name`.
pub const DEAD_LETTER_KEY: Key = Key {
    name: "errors.deadletterqueue.topic.name",
    default: None,
    valid: "a topic",
    doc: "The topic that bad records are written to, with headers that say what was wrong.",
};
const NAME: Key = Key { name: "name", default: None, valid: "a name", doc: "The connector's name." };
const CLASS: Key =
    Key { name: "connector.class", default: None, valid: "file", doc: "The kind of connector." };
const TASKS_MAX: Key = Key {
    name: "tasks.max",
    default: Some("1"),
    valid: "a number of at least 1",
    doc: "How many tasks share the work at most.",
};

/// The keys that every source has.
pub const COMMON_KEYS: &[Key] = &[NAME, CLASS, TASKS_MAX, TOLERANCE_KEY, DEAD_LETTER_KEY];

/// The keys that every sink has.
pub const SINK_COMMON_KEYS: &[Key] = &[
    NAME,
    CLASS,
    TASKS_MAX,
    TOLERANCE_KEY,
    DEAD_LETTER_KEY,
    Key { name: "topics", default: None, valid: "topics, with commas between", doc: "The topics to read." },
];

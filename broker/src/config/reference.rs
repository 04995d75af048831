//! The reference of all configs, as Markdown.

use std::fmt::Write;

use super::inert::{REFUSED, WITHOUT_EFFECT, reason};
use super::{BROKER, CLIENT_METRICS, GROUP, THROTTLES, TOPIC, is_dynamic};

/// Every config: those that are obeyed with what they do, then Kafka's others with what becomes of them.
pub(crate) fn reference() -> String {
    let mut out = String::from(
        "# Configs\n\nEvery config of Kafka 4.3's brokers, topics, groups and client metrics, under Kafka's names. Made from the declarations.\n",
    );
    for table in [&BROKER, &THROTTLES, &TOPIC, &GROUP, &CLIENT_METRICS] {
        // Writing to a string cannot fail.
        let _ = write!(out, "\n{}", table.markdown());
    }
    out += "\n## What may change while the broker runs\n\n";
    let mut dynamic: Vec<&str> = BROKER.iter().map(|def| def.name).filter(|name| is_dynamic(name)).collect();
    dynamic.sort_unstable();
    for name in dynamic {
        let _ = writeln!(out, "- `{name}`");
    }
    for (title, names) in [
        ("Kafka's broker configs that are taken at the start, reported, and have no effect", WITHOUT_EFFECT),
        ("Kafka's broker configs that are refused", REFUSED),
    ] {
        let _ = write!(out, "\n## {title}\n\n| Name | Why |\n|---|---|\n");
        for name in names {
            let _ = writeln!(out, "| `{name}` | {} |", reason(name));
        }
    }
    out
}

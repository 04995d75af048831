//! Wall 1: the pure rooms do no I/O, read no clock, draw nothing by chance, start nothing. Wall 6: what a
//! coordinator decides from cannot change behind its back.

use crate::tokens::tokens;
use crate::{File, Violation};

/// Rooms that are nothing but functions from values to values.
const PURE: &[&str] = &[
    "core/src/record/",
    "core/src/protocol/",
    "broker/src/coordinator/",
    "broker/src/metadata/",
    "broker/src/replication/",
    "streams/src/task/",
    "streams/src/topology/",
];

/// Paths that do what a pure room must not; a path is found where its parts stand in a row.
const EFFECTS: &[&[&str]] = &[
    &["tokio"],
    &["std", "fs"],
    &["std", "net"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "env"],
    &["SystemTime"],
    &["Instant"],
    &["RandomState"],
    &["spawn"],
];

/// State that changes through a shared reference.
const HIDDEN_CHANGE: &[&[&str]] = &[&["Cell"], &["RefCell"], &["OnceCell"], &["Mutex"], &["RwLock"]];

fn impurities(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let pure = |file: &&File| {
        file.is_rust() && !file.is_test() && PURE.iter().any(|room| file.path.starts_with(room))
    };
    for file in files.iter().filter(pure) {
        let tokens = tokens(&file.text);
        let keeps_state =
            ["coordinator", "metadata"].iter().any(|room| file.path.contains(&format!("/{room}/")));
        let banned = EFFECTS.iter().chain(if keeps_state { HIDDEN_CHANGE } else { &[] });
        for path in banned {
            let spelled = path.join(" : : ");
            let parts: Vec<&str> = spelled.split(' ').collect();
            for window in tokens.windows(parts.len()) {
                let is_it = window.iter().zip(&parts).all(|(token, part)| token.text == *part);
                if is_it && !window[0].in_tests {
                    let what = format!(
                        "a pure room must not use {}: take it as an argument, or return it",
                        path.join("::")
                    );
                    violations.push(Violation::new(&file.path, window[0].line, what));
                }
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{must_be_at, must_be_none, planted, tree};

    #[test]
    fn pure_rooms_are_pure() {
        must_be_none(&impurities(&tree()));
    }

    #[test]
    fn an_effect_in_a_pure_room_is_found() {
        let files = planted(&[
            ("broker/src/coordinator/group/mod.rs", "use std::sync::Mutex;\nuse std::fs::File;\n"),
            (
                "streams/src/task/mod.rs",
                "fn f() { SystemTime::now(); }\n#[cfg(test)]\nmod tests { use tokio::test; }\n",
            ),
            ("broker/src/runtime/mod.rs", "use tokio::spawn;\n"),
            ("core/src/record/tests.rs", "use std::fs;\n"),
        ]);
        must_be_at(
            &impurities(&files),
            &[
                ("broker/src/coordinator/group/mod.rs", 2),
                ("broker/src/coordinator/group/mod.rs", 1),
                ("streams/src/task/mod.rs", 1),
            ],
        );
    }
}

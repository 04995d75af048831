//! Who may see whom. The tables below are the arrows of docs/ARCHITECTURE.md: between crates (read from the
//! manifests) and between the rooms of a crate (read from `crate::…` and `super::…` paths).

use crate::tokens::{Token, tokens};
use crate::{File, Violation};

/// A package folder ("" is the root), its name, and the packages of ours it may depend on.
const CRATES: &[(&str, &str, &[&str])] = &[
    ("core/", "riverrun-core", &[]),
    ("broker/", "riverrun-broker", &["riverrun-core"]),
    ("streams/", "riverrun-streams", &["riverrun-core"]),
    ("connectors/", "riverrun-connectors", &["riverrun-core"]),
    ("", "riverrun", &["riverrun-broker", "riverrun-connectors", "riverrun-core", "riverrun-streams"]),
];

/// A source folder, a room in it, and the rooms of the same crate that this one may see.
const ROOMS: &[(&str, &str, &[&str])] = &[
    ("core/src/", "error", &[]),
    ("core/src/", "clock", &[]),
    ("core/src/", "random", &[]),
    ("core/src/", "config", &["error"]),
    ("core/src/", "record", &["error"]),
    ("core/src/", "protocol", &["error", "record"]),
    ("core/src/", "format", &["error", "config", "record"]),
    ("core/src/", "client", &["error", "clock", "random", "config", "record", "protocol"]),
    ("broker/src/", "config", &[]),
    ("broker/src/", "metrics", &[]),
    ("broker/src/", "storage", &["config"]),
    ("broker/src/", "log", &["config", "storage"]),
    ("broker/src/", "metadata", &["config"]),
    ("broker/src/", "replication", &["config"]),
    ("broker/src/", "coordinator", &["config"]),
    (
        "broker/src/",
        "runtime",
        &["config", "metrics", "storage", "log", "metadata", "replication", "coordinator"],
    ),
    (
        "broker/src/",
        "server",
        &["config", "metrics", "log", "metadata", "replication", "coordinator", "runtime"],
    ),
    (
        "broker/src/",
        "broker",
        &[
            "config",
            "metrics",
            "storage",
            "log",
            "metadata",
            "replication",
            "coordinator",
            "runtime",
            "server",
        ],
    ),
    ("streams/src/", "record", &[]),
    ("streams/src/", "state", &["record"]),
    ("streams/src/", "operator", &["record", "state"]),
    ("streams/src/", "topology", &["record", "state", "operator"]),
    ("streams/src/", "task", &["record", "state", "operator", "topology"]),
    ("streams/src/", "runtime", &["record", "state", "operator", "topology", "task"]),
    ("streams/src/", "dsl", &["record", "state", "operator", "topology"]),
    ("streams/src/", "sql", &["record", "state", "operator", "topology"]),
    ("streams/src/", "test_driver", &["record", "state", "operator", "topology", "task"]),
    ("connectors/src/", "api", &[]),
    ("connectors/src/", "runtime", &["api", "transform"]),
    ("connectors/src/", "transform", &["api"]),
    ("connectors/src/", "contract", &["api", "runtime"]),
    ("connectors/src/", "file", &["api", "contract"]),
    ("connectors/src/", "postgres", &["api", "contract"]),
    ("connectors/src/", "s3", &["api", "contract"]),
    ("src/", "pipeline", &[]),
    ("src/", "cli", &[]),
];

/// Single files that see one room more than the rest of theirs, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "streams/src/sql/local.rs",
        "task",
        "a test driver for SQL: it runs tasks in memory, as test_driver does",
    ),
    ("streams/src/sql/tests.rs", "task", "tests of what a view's tasks write, record by record"),
];

/// Arrows between crates that are not in the table.
fn between_crates(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (folder, name, allowed) in CRATES {
        let path = format!("{folder}Cargo.toml");
        let Some(file) = files.iter().find(|file| file.path == path) else { continue };
        let mut in_dependencies = false;
        for (number, line) in file.text.lines().enumerate() {
            if let Some(section) = line.strip_prefix('[') {
                in_dependencies =
                    section.trim_end().ends_with("dependencies]") && !section.starts_with("workspace");
            }
            let key = line.split(['=', '.', ' ']).next().unwrap_or_default();
            let is_ours = key == "riverrun" || key.starts_with("riverrun-");
            if in_dependencies && is_ours && !allowed.contains(&key) {
                violations.push(Violation::new(
                    &path,
                    number + 1,
                    format!("{name} must not depend on {key}"),
                ));
            }
        }
    }
    violations
}

/// Arrows between rooms that are not in the table, and rooms that are not in it.
fn between_rooms(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let Some((folder, module)) = module_of(&file.path) else { continue };
        let Some(room) = module.first() else { continue };
        let Some((_, _, allowed)) = ROOMS.iter().find(|(home, name, _)| *home == folder && name == room)
        else {
            let what = format!(
                "'{room}' is no room of {folder}; add it, with its arrows, to the table if it must be"
            );
            violations.push(Violation::new(&file.path, 0, what));
            continue;
        };
        for (seen, line, in_tests) in rooms_seen(&tokens(&file.text), module.len()) {
            let is_room = ROOMS.iter().any(|(home, name, _)| *home == folder && *name == seen);
            let is_excepted = EXCEPTIONS.iter().any(|(path, known, _)| *path == file.path && *known == seen);
            // Tests of a face drive it as its users' tests do.
            let is_excepted = is_excepted || (seen == "test_driver" && (in_tests || file.is_test()));
            if is_room && seen != *room && !allowed.contains(&seen.as_str()) && !is_excepted {
                let what = format!(
                    "{room} must not see {seen}: the arrow is not in the table of tests/tidy/arrows.rs"
                );
                violations.push(Violation::new(&file.path, line, what));
            }
        }
    }
    violations
}

/// The source folder of a path and the module path inside it, or nothing for files that are no room's.
fn module_of(path: &str) -> Option<(&'static str, Vec<&str>)> {
    let folder = CRATES.iter().map(|(folder, ..)| *folder).find_map(|folder| match folder {
        "core/" => path.starts_with("core/src/").then_some("core/src/"),
        "broker/" => path.starts_with("broker/src/").then_some("broker/src/"),
        "streams/" => path.starts_with("streams/src/").then_some("streams/src/"),
        "connectors/" => path.starts_with("connectors/src/").then_some("connectors/src/"),
        _ => path.starts_with("src/").then_some("src/"),
    })?;
    let mut module: Vec<&str> = path[folder.len()..].strip_suffix(".rs")?.split('/').collect();
    if module.last() == Some(&"mod") {
        module.pop();
    }
    // A crate's root and its prelude name everything that they give out.
    let is_root = module == ["lib"] || module == ["main"] || module == ["prelude"];
    (!is_root).then_some((folder, module))
}

/// The first name of every path that starts at the crate's root, with its line and whether test code names it.
fn rooms_seen(tokens: &[Token], module_depth: usize) -> Vec<(String, usize, bool)> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut seen = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let start = at;
        at += 1;
        let from_root = match text(start) {
            "crate" => true,
            "super" => {
                let mut levels = 1;
                while text(at) == ":" && text(at + 1) == ":" && text(at + 2) == "super" {
                    levels += 1;
                    at += 3;
                }
                levels >= module_depth + tokens[start].depth
            }
            _ => false,
        };
        // `$crate` in a macro is the crate as well; `pub(crate)` is no path.
        if !from_root || text(at) != ":" || text(at + 1) != ":" {
            continue;
        }
        at += 2;
        if text(at) != "{" {
            if let Some(token) = tokens.get(at) {
                seen.push((token.text.clone(), token.line, token.in_tests));
            }
            continue;
        }
        let mut depth = 0;
        loop {
            match text(at) {
                "{" => depth += 1,
                "}" => depth -= 1,
                name if depth == 1 && matches!(text(at - 1), "{" | ",") => {
                    seen.push((name.to_owned(), tokens[at].line, tokens[at].in_tests));
                }
                _ => {}
            }
            at += 1;
            if depth == 0 || at >= tokens.len() {
                break;
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{must_be_at, must_be_none, planted, tree};

    #[test]
    fn crates_keep_to_their_arrows() {
        must_be_none(&between_crates(&tree()));
    }

    #[test]
    fn a_sibling_in_a_manifest_is_found() {
        let files = planted(&[
            ("core/Cargo.toml", "[package]\n[dev-dependencies]\nriverrun-broker = { workspace = true }\n"),
            (
                "streams/Cargo.toml",
                "[dependencies]\nriverrun-core.workspace = true\nriverrun-connectors = \"1\"\n",
            ),
        ]);
        must_be_at(&between_crates(&files), &[("core/Cargo.toml", 3), ("streams/Cargo.toml", 3)]);
    }

    #[test]
    fn rooms_keep_to_their_arrows() {
        must_be_none(&between_rooms(&tree()));
    }

    #[test]
    fn an_arrow_that_points_up_is_found() {
        let files = planted(&[
            ("core/src/record/mod.rs", "use crate::error::Error;\nuse crate::protocol::Str;\n"),
            (
                "core/src/protocol/frame.rs",
                "use crate::{\n  error,\n  record::{Batch, client},\n  client::Producer,\n};\n",
            ),
            ("broker/src/coordinator/group/mod.rs", "fn f() {\n  crate::log::append();\n}\n"),
            (
                "broker/src/coordinator/mod.rs",
                "use super::runtime;\nmod tests {\n  use super::super::runtime;\n}\n",
            ),
            ("broker/src/log/mod.rs", "// crate::server\nmod tests {\n  use super::*;\n}\n"),
            ("broker/src/novel/mod.rs", ""),
        ]);
        must_be_at(
            &between_rooms(&files),
            &[
                ("core/src/record/mod.rs", 2),
                ("core/src/protocol/frame.rs", 4),
                ("broker/src/coordinator/group/mod.rs", 2),
                ("broker/src/coordinator/mod.rs", 1),
                ("broker/src/coordinator/mod.rs", 3),
                ("broker/src/novel/mod.rs", 0),
            ],
        );
    }
}

//! Types of other people's crates stay in the rooms that wrap them, so that a vendor can be replaced in one place.

use crate::tokens::tokens;
use crate::{File, Violation};

/// A crate as code names it, and the paths where it may be named.
const HOMES: &[(&str, &[&str])] = &[
    ("arrow", &["core/src/format/", "streams/src/sql/"]),
    ("axum", &["connectors/src/runtime/"]),
    ("clap", &["src/cli/"]),
    ("crc_fast", &["core/src/record/", "broker/src/log/", "src/cli/bench/"]),
    ("csv", &["connectors/src/file/", "core/src/format/"]),
    ("datafusion", &["streams/src/sql/"]),
    ("datafusion_functions_json", &["streams/src/sql/"]),
    ("fjall", &["streams/src/state/"]),
    ("flate2", &["core/src/record/", "connectors/src/file/"]),
    ("globset", &["connectors/src/file/"]),
    ("hdrhistogram", &["src/cli/bench/"]),
    ("indicatif", &["src/cli/"]),
    ("kafka_protocol", &[]),
    ("lz4_flex", &["core/src/record/"]),
    ("mimalloc", &["src/main.rs"]),
    ("notify", &["connectors/src/file/"]),
    ("rustyline", &["src/cli/"]),
    ("serde_saphyr", &["src/pipeline/"]),
    ("snap", &["core/src/record/"]),
    ("strsim", &["core/src/", "src/"]),
    ("zstd", &["core/src/record/", "connectors/src/file/"]),
];

fn strays(files: &[File]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let judged = |file: &&File| file.is_rust() && !file.is_test() && !file.path.starts_with("examples/");
    for file in files.iter().filter(judged) {
        for window in tokens(&file.text).windows(3) {
            let [name, colon, again] = window else { continue };
            if colon.text != ":" || again.text != ":" || name.in_tests {
                continue;
            }
            let Some((vendor, homes)) = HOMES.iter().find(|(vendor, _)| *vendor == name.text) else {
                continue;
            };
            if !homes.iter().any(|home| file.path.starts_with(home)) {
                let what = format!("{vendor} is named outside its room ({})", homes.join(", "));
                violations.push(Violation::new(&file.path, name.line, what));
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
    fn vendors_stay_in_their_rooms() {
        must_be_none(&strays(&tree()));
    }

    #[test]
    fn a_vendor_outside_its_room_is_found() {
        let files = planted(&[
            ("streams/src/dsl/mod.rs", "use datafusion::prelude::*;\n"),
            ("streams/src/sql/mod.rs", "use datafusion::prelude::*;\n"),
            ("connectors/src/api/mod.rs", "// csv::Reader\nfn f(reader: csv::Reader) {}\n"),
        ]);
        must_be_at(&strays(&files), &[("streams/src/dsl/mod.rs", 1), ("connectors/src/api/mod.rs", 2)]);
    }
}

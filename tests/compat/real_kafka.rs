//! Our client, commands and jobs against a real Apache Kafka, which the script in `kafka/` starts from its jars.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::Case;
use crate::foreign::{COMPRESSIONS, Client, cache, runs};
use crate::groups::grows_and_shrinks;
use crate::interop::there_and_back;

pub(crate) fn cases() -> Vec<Case> {
    // Java alone is not enough: fetching the jars is for tests/run, not for a plain `cargo test`.
    let has_jars = std::fs::read_dir(cache()).is_ok_and(|mut entries| {
        entries
            .any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("kafka-")))
    });
    let missing = (!has_jars || !runs("java", "-version"))
        .then(|| "Apache Kafka's jars are not here; tests/run fetches them".to_owned());
    let case = |name: &str, run: fn(&str)| Case {
        name: format!("on Apache Kafka: {name}"),
        missing: missing.clone(),
        run: Box::new(move || {
            let kafka = Kafka::start();
            run(&kafka.bootstrap);
        }),
    };
    vec![
        case("riverrun produces and consumes with every compression", |bootstrap| {
            for compression in COMPRESSIONS {
                there_and_back(bootstrap, Client::Riverrun, Client::Riverrun, compression, None);
            }
        }),
        case("a group of three riverrun members grows and shrinks", |bootstrap| {
            grows_and_shrinks(bootstrap, Client::Riverrun);
        }),
    ]
}

/// A running Kafka; stopped when dropped.
struct Kafka {
    folder: TempDir,
    bootstrap: String,
}

impl Kafka {
    fn start() -> Kafka {
        let folder = TempDir::new().unwrap();
        let output = script().arg("start").arg(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Kafka { folder, bootstrap: String::from_utf8(output.stdout).unwrap().trim().to_owned() }
    }
}

impl Drop for Kafka {
    fn drop(&mut self) {
        let _ = script().arg("stop").arg(self.folder.path()).status();
    }
}

fn script() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat/kafka/kafka"))
}

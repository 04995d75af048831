//! Our client, commands and jobs against a real Apache Kafka, which the script in `kafka/` starts from its jars.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::Case;
use crate::binary;
use crate::foreign::{COMPRESSIONS, Client, cache, runs};
use crate::groups::grows_and_shrinks;
use crate::interop::there_and_back;

pub(crate) fn cases() -> Vec<Case> {
    let missing = missing_jars();
    let case = |name: &str, run: fn(&str)| Case {
        name: format!("on Apache Kafka: {name}"),
        missing: missing.clone(),
        run: Box::new(move || {
            let kafka = Kafka::start(&[]);
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
        Case {
            missing: missing
                .clone()
                .or_else(|| (!cfg!(feature = "sql")).then(|| "built without SQL".to_owned())),
            ..case("the flights pipeline gives the rows that it gives on our broker", |bootstrap| {
                let [ours, theirs] =
                    [&[][..], &["--bootstrap-server", bootstrap]].map(|at| flights(pipeline(at)));
                assert_eq!(theirs, ours);
            })
        },
        Case {
            missing: missing
                .clone()
                .or_else(|| (!example().exists()).then(|| "the example is not built".to_owned())),
            ..case("the flights example gives the rows that it gives on our broker", |bootstrap| {
                let [ours, theirs] = [&[][..], &["--bootstrap-server", bootstrap]].map(|at| {
                    let mut command = Command::new(example());
                    command.args(["--out", "out/delays.jsonl"]).args(at);
                    flights(command)
                });
                assert_eq!(theirs, ours);
            })
        },
    ]
}

/// What is missing to run Kafka, if anything is.
pub(crate) fn missing_jars() -> Option<String> {
    // Java alone is not enough: fetching the jars is for tests/run, not for a plain `cargo test`.
    let has_jars = std::fs::read_dir(cache()).is_ok_and(|mut entries| {
        entries
            .any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("kafka-")))
    });
    (!has_jars || !runs("java", "-version"))
        .then(|| "Apache Kafka's jars are not here; tests/run fetches them".to_owned())
}

fn pipeline(arguments: &[&str]) -> Command {
    let mut command = binary::riverrun();
    command.arg("run").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/flights/pipeline.yaml"));
    command.args(arguments);
    command
}

/// The example, which cargo builds beside the binary together with the tests.
fn example() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_riverrun")).with_file_name("examples").join("flight_delays")
}

/// Runs a flights job in a new folder, twice; gives the lines of its result, sorted.
fn flights(mut job: Command) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    job.current_dir(folder.path());
    let mut run = || {
        let output = job.output().unwrap();
        assert!(output.status.success(), "{job:?}: {}", String::from_utf8_lossy(&output.stderr));
        let text = std::fs::read_to_string(folder.path().join("out/delays.jsonl")).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    let lines = run();
    assert!(!lines.is_empty());
    assert_eq!(run(), lines, "a second run changed the result");
    lines
}

/// A running Kafka; stopped when dropped.
pub(crate) struct Kafka {
    folder: TempDir,
    configs: Vec<&'static str>,
    pub(crate) bootstrap: String,
}

impl Kafka {
    /// Starts it with these configs, each NAME=VALUE.
    pub(crate) fn start(configs: &[&'static str]) -> Kafka {
        let folder = TempDir::new().unwrap();
        let mut kafka = Kafka { folder, configs: configs.to_vec(), bootstrap: String::new() };
        kafka.restart();
        kafka
    }

    /// Its folder; the data is in `data`.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops it in order.
    pub(crate) fn stop(&mut self) {
        assert!(script().arg("stop").arg(self.folder.path()).status().unwrap().success());
    }

    /// Starts it on its folder after [`stop`](Self::stop), perhaps at another address.
    pub(crate) fn restart(&mut self) {
        let output = script().arg("start").arg(self.folder.path()).args(&self.configs).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.bootstrap = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    }
}

impl Drop for Kafka {
    fn drop(&mut self) {
        let _ = script().arg("stop").arg(self.folder.path()).status();
    }
}

/// The script that fetches, starts and stops Kafka.
pub(crate) fn script() -> Command {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat/kafka/kafka"))
}

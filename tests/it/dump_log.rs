//! `riverrun dump-log` over the folder of a broker that ran: all of it is read, and damage is found where it was done.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::binary::{Serve, fail, json_lines, riverrun, run_with, succeed};

/// A stopped broker's folder with three records, a group, and a topic's metadata.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let options = [
        "-o",
        "offsets.topic.num.partitions=1",
        "-o",
        "group.initial.rebalance.delay.ms=0",
        "-o",
        "group.min.session.timeout.ms=100",
    ];
    let serve = Serve::start(folder.path(), &options);
    let to = ["--bootstrap-server", &serve.address];
    succeed(&[&["produce", "t", "--key-separator", "="], &to[..]].concat(), b"a=one\nb=two\nc=three\n");
    let consume = ["consume", "t", "--group", "readers", "--from-beginning", "--max-messages", "3"];
    succeed(&[&consume, &to[..]].concat(), b"");
    assert!(serve.stop().success());
    folder
}

fn dump(arguments: &[&str]) -> Vec<Value> {
    json_lines(&succeed(&[&["dump-log", "--output", "json"], arguments].concat(), b""))
}

fn log(folder: &Path, partition: &str) -> PathBuf {
    folder.join(partition).join("00000000000000000000.log")
}

#[test]
fn records_and_batches_are_shown() {
    let folder = folder();
    let log = log(folder.path(), "t-0");
    let file = log.to_str().unwrap();
    let batches = dump(&[file]);
    let records: i64 = batches.iter().map(|batch| batch["records"].as_i64().unwrap()).sum();
    assert_eq!(records, 3);
    assert!(batches.iter().all(|batch| batch["valid"] == true && batch["compression"] == "none"));
    assert_eq!(batches[0]["position"], 0);
    let records = dump(&[file, "--print-data"]);
    let values: Vec<_> =
        records.iter().map(|record| (&record["offset"], &record["key"], &record["value"])).collect();
    let expected = [
        (json!(0), json!("a"), json!("one")),
        (json!(1), json!("b"), json!("two")),
        (json!(2), json!("c"), json!("three")),
    ];
    assert_eq!(values, expected.iter().map(|(offset, key, value)| (offset, key, value)).collect::<Vec<_>>());
    let sizes = dump(&[file, "--deep"]);
    assert_eq!((&sizes[2]["key_size"], &sizes[2]["value_size"]), (&json!(1), &json!(5)));
    let text = succeed(&["dump-log", file], b"");
    assert!(text.starts_with("BASE OFFSET"), "{text}");
}

#[test]
fn internal_topics_are_read() {
    let folder = folder();
    let offsets = dump(&[log(folder.path(), "__consumer_offsets-0").to_str().unwrap(), "--deep"]);
    let committed =
        offsets.iter().rev().find(|record| record["type"] == "offset").expect("a committed offset");
    assert_eq!(committed["key"], json!({ "group": "readers", "topic": "t", "partition": 0 }));
    assert_eq!(committed["value"]["offset"], 3);
    let group = offsets.iter().find(|record| record["type"] == "group").expect("a group");
    assert_eq!(group["key"], json!({ "group": "readers" }));
    let metadata = dump(&[log(folder.path(), "__cluster_metadata-0").to_str().unwrap(), "--deep"]);
    assert!(
        metadata
            .iter()
            .any(|record| record["value"]["type"] == "topic_created" && record["value"]["name"] == "t")
    );
}

#[test]
fn a_whole_folder_is_read() {
    let folder = folder();
    let text = succeed(&["dump-log", folder.path().join("t-0").to_str().unwrap()], b"");
    for file in ["00000000000000000000.log", "00000000000000000000.index", "00000000000000000000.timeindex"] {
        assert!(text.contains(file), "{text}");
    }
    assert!(text.contains("LEADER EPOCH"), "{text}");
    let errors = fail(&["dump-log", folder.path().join("nothing").to_str().unwrap()], 3);
    assert!(errors.contains("nothing"), "{errors}");
    let errors = fail(&["dump-log", folder.path().join("meta.properties").to_str().unwrap()], 2);
    assert!(errors.contains("meta.properties"), "{errors}");
}

#[test]
fn damage_is_told_with_its_place() {
    let folder = folder();
    let log = log(folder.path(), "t-0");
    let file = log.to_str().unwrap();
    let whole = fs::read(&log).unwrap();
    let mut bent = whole.clone();
    *bent.last_mut().unwrap() ^= 1;
    fs::write(&log, &bent).unwrap();
    let errors = fail(&["dump-log", file], 1);
    assert!(errors.contains("is damaged at byte") && errors.contains("checksum"), "{errors}");
    let mut command = riverrun();
    let output = run_with(
        {
            command.args(["dump-log", "--output", "json", file]);
            command
        },
        b"",
    );
    let rows = json_lines(&String::from_utf8_lossy(&output.stdout));
    assert!(rows.iter().any(|row| row["damage"]["at"].is_u64()), "{rows:?}");
    // Half a batch behind the last one.
    fs::write(&log, [&whole[..], &whole[..40]].concat()).unwrap();
    let errors = fail(&["dump-log", file, "--deep"], 1);
    assert!(errors.contains(&format!("damaged at byte {}", whole.len())), "{errors}");
    // An index that points between batches.
    fs::write(&log, &whole).unwrap();
    let index = log.with_extension("index");
    fs::write(&index, [0, 0, 0, 1, 0, 0, 0, 7]).unwrap();
    let errors = fail(&["dump-log", index.to_str().unwrap()], 1);
    assert!(errors.contains("no batch begins at byte 7"), "{errors}");
}

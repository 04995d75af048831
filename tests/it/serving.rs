//! `riverrun serve`: how it starts, what it refuses, how it ends.

use std::time::Instant;

use tempfile::TempDir;

use crate::binary::{Serve, fail, json_lines, riverrun, run_with, succeed};

#[test]
fn it_is_ready_with_its_address_and_ends_when_asked() {
    let folder = TempDir::new().unwrap();
    let start = Instant::now();
    let serve = Serve::start(folder.path(), &[]);
    println!("ready after {:?}", start.elapsed());
    assert!(serve.address.starts_with("127.0.0.1:") && !serve.address.ends_with(":0"), "{}", serve.address);
    assert_eq!(
        succeed(&["topic", "list", "--output", "json", "--bootstrap-server", &serve.address], b""),
        ""
    );
    assert!(serve.stop().success());
}

#[test]
fn what_was_written_is_there_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let serve = Serve::start(folder.path(), &["-o", "num.partitions=2"]);
    let to = ["--bootstrap-server", &serve.address];
    succeed(&[&["produce", "t"], &to[..]].concat(), b"one\ntwo\n");
    assert!(serve.stop().success());

    let serve = Serve::start(folder.path(), &[]);
    let from = ["--bootstrap-server", serve.address.as_str()];
    let text = succeed(&[&["consume", "t", "--from-beginning", "--until-end"], &from[..]].concat(), b"");
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["one", "two"]);
    let described = succeed(&[&["topic", "describe", "t", "--output", "json"], &from[..]].concat(), b"");
    assert_eq!(json_lines(&described)[0]["partitions"].as_array().unwrap().len(), 2);
}

#[test]
fn a_folder_in_use_is_refused() {
    let folder = TempDir::new().unwrap();
    let serve = Serve::start(folder.path(), &[]);
    let path = folder.path().to_str().unwrap();
    let errors = fail(&["serve", "--data-dir", path, "--listen", "127.0.0.1:0"], 1);
    assert!(errors.contains(path), "{errors}");
    drop(serve);
}

#[test]
fn a_port_in_use_is_refused() {
    let (first, second) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let serve = Serve::start(first.path(), &[]);
    let errors =
        fail(&["serve", "--data-dir", second.path().to_str().unwrap(), "--listen", &serve.address], 2);
    assert!(errors.contains(&serve.address) && errors.contains("another process listens there"), "{errors}");
}

#[test]
fn a_mistyped_config_is_named_with_its_line_and_the_nearest_name() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("server.properties");
    std::fs::write(&file, "# a comment\nnum.partitions=3\nlog.retention.hour=1\n").unwrap();
    let errors = fail(&["serve", "--config", file.to_str().unwrap()], 2);
    assert!(errors.contains("server.properties:3"), "{errors}");
    assert!(errors.contains("log.retention.hours"), "{errors}");
    let errors = fail(&["serve", "-o", "num.partitions=many"], 2);
    assert!(errors.contains("num.partitions") && errors.contains("many"), "{errors}");
    let errors = fail(&["serve", "--config", "nowhere.properties"], 3);
    assert!(errors.contains("nowhere.properties"), "{errors}");
}

#[test]
fn the_nearer_source_of_a_config_wins() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("server.properties");
    std::fs::write(&file, "num.partitions=3\nlisteners=PLAINTEXT://127.0.0.1:1\n").unwrap();
    let config = file.to_str().unwrap();
    // The file's listener could not be bound, so the flag's was; -o wins over the file.
    let serve = Serve::start(&folder.path().join("data"), &["--config", config, "-o", "num.partitions=5"]);
    succeed(&["produce", "t", "--bootstrap-server", &serve.address], b"x\n");
    let list = succeed(&["topic", "list", "--output", "json", "--bootstrap-server", &serve.address], b"");
    assert_eq!(json_lines(&list)[0]["partitions"], 5);
}

#[test]
fn the_environment_sets_configs_too() {
    let folder = TempDir::new().unwrap();
    let mut command = riverrun();
    command.args(["serve", "--data-dir", folder.path().to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    command.env("RIVERRUN_BROKER_NUM_PARTITIONS", "none at all");
    let output = run_with(command, b"");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains("num.partitions") && errors.contains("none at all"), "{errors}");
}

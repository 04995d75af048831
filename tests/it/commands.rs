//! The commands of a client against a served broker: what they print, what they refuse, how they exit.

use std::sync::OnceLock;

use riverrun::broker::{Broker, BrokerConfig};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::binary::{fail, json_lines, succeed};

/// One broker for all tests here, in memory and in this process, so that it ends with it; each test uses topics of
/// its own.
fn broker() -> &'static str {
    static BROKER: OnceLock<(String, Broker, Runtime)> = OnceLock::new();
    let start = || {
        let runtime = Runtime::new().unwrap();
        let config = BrokerConfig::in_memory().set("group.initial.rebalance.delay.ms", "0");
        let broker = runtime.block_on(Broker::start(config)).unwrap();
        (broker.bootstrap(), broker, runtime)
    };
    &BROKER.get_or_init(start).0
}

fn at_broker<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &["--bootstrap-server", broker()]].concat()
}

fn run(arguments: &[&str]) -> String {
    succeed(&at_broker(arguments), b"")
}

fn run_with_input(arguments: &[&str], input: &str) -> String {
    succeed(&at_broker(arguments), input.as_bytes())
}

fn refused(arguments: &[&str], code: i32) -> String {
    fail(&at_broker(arguments), code)
}

#[test]
fn topics_are_made_listed_described_and_deleted() {
    let made = run(&["topic", "create", "made", "--partitions", "3", "--config", "retention.ms=1000"]);
    assert_eq!(made, "created topic 'made' with 3 partitions\n");
    assert!(refused(&["topic", "create", "made"], 2).contains("made"));
    assert_eq!(run(&["topic", "create", "made", "--if-not-exists"]), "topic 'made' exists already\n");
    let list = json_lines(&run(&["topic", "list", "--output", "json"]));
    let row = list.iter().find(|row| row["topic"] == "made").unwrap();
    assert_eq!((&row["partitions"], &row["replication_factor"]), (&json!(3), &json!(1)));

    let described = &json_lines(&run(&["topic", "describe", "made", "--output", "json"]))[0];
    assert_eq!(described["configs"], json!({ "retention.ms": "1000" }));
    assert_eq!(described["partitions"][2]["log_end_offset"], 0);
    let text = run(&["topic", "describe", "made"]);
    assert!(text.contains("PARTITION  LEADER  REPLICAS  ISR"), "{text}");

    assert_eq!(run(&["topic", "delete", "made"]), "deleted topic 'made'\n");
    assert_eq!(run(&["topic", "delete", "made", "--if-exists"]), "topic 'made' does not exist\n");
    refused(&["topic", "delete", "made"], 3);
}

#[test]
fn a_wrong_topic_config_names_the_nearest() {
    let errors = refused(&["topic", "create", "wrong", "--config", "retention.m=5"], 2);
    assert!(errors.contains("retention.ms"), "{errors}");
    let errors = refused(&["topic", "create", "wrong", "--config", "retention.ms=soon"], 2);
    assert!(errors.contains("retention.ms") && errors.contains("soon"), "{errors}");
}

#[test]
fn a_mistyped_topic_is_not_made_but_corrected() {
    run(&["topic", "create", "corrected"]);
    let errors = refused(&["consume", "correctd"], 3);
    assert_eq!(errors, "error: topic 'correctd' does not exist; did you mean 'corrected'?\n");
    assert!(refused(&["topic", "describe", "correctd"], 3).contains("did you mean 'corrected'?"));
}

#[test]
fn text_goes_in_and_out() {
    run(&["topic", "create", "text"]);
    run_with_input(&["produce", "text", "--key-separator", ":", "--null", "NULL"], "k:v\nk:NULL\nNULL:w:w\n");
    let out = run(&[
        "consume",
        "text",
        "--from-beginning",
        "--until-end",
        "--with",
        "offset,key",
        "--separator",
        "|",
    ]);
    assert_eq!(out, "0|k|v\n1|k|null\n2|null|w:w\n");
    assert_eq!(run(&["consume", "text", "--offset", "1", "--max-messages", "1"]), "null\n");
    let errors = {
        let arguments = at_broker(&["produce", "text", "--key-separator", ":"]);
        let mut command = crate::binary::riverrun();
        command.args(arguments);
        let output = crate::binary::run_with(command, b"a:1\nb\n");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(errors.contains("1 record sent, then") && errors.contains("line 2"), "{errors}");
}

#[test]
fn json_keeps_every_byte() {
    run(&["topic", "create", "bytes"]);
    let line = "{\"topic\":\"bytes\",\"partition\":0,\"offset\":0,\"timestamp\":1700000000000,\"key\":null,\
                \"value\":{\"base64\":\"/wD+\"},\"headers\":[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"a\",\"value\":null}]}\n";
    run_with_input(&["produce", "bytes", "--format", "json", "--compression", "zstd"], line);
    assert_eq!(run(&["consume", "bytes", "--from-beginning", "--until-end", "--format", "json"]), line);
}

#[test]
fn reading_starts_where_it_is_told() {
    run(&["topic", "create", "places"]);
    let lines: String =
        (0..5).map(|n| format!("{{\"value\":\"{n}\",\"timestamp\":{}}}\n", 1_000 + n * 10)).collect();
    run_with_input(&["produce", "places", "--format", "json"], &lines);
    let read = |place: &str| run(&["consume", "places", "--until-end", "--offset", place]);
    assert_eq!(read("beginning"), "0\n1\n2\n3\n4\n");
    assert_eq!(read("3"), "3\n4\n");
    assert_eq!(read("@1015"), "2\n3\n4\n");
    assert_eq!(read("end"), "");
    assert!(refused(&["consume", "places", "--partition", "7"], 3).contains("it has 0 to 0"));
}

#[test]
fn a_group_goes_on_where_it_stopped() {
    run(&["topic", "create", "shared", "--partitions", "1"]);
    run_with_input(&["produce", "shared"], "1\n2\n3\n");
    let read = |count: &str| {
        run(&["consume", "shared", "--group", "g", "--from-beginning", "--max-messages", count])
    };
    assert_eq!(read("2"), "1\n2\n");
    let rows = json_lines(&run(&["group", "describe", "g", "--output", "json"]));
    assert_eq!((&rows[0]["committed_offset"], &rows[0]["lag"], rows.len()), (&json!(2), &json!(1), 1));
    assert_eq!(read("1"), "3\n");
    let groups = json_lines(&run(&["group", "list", "--output", "json"]));
    assert!(groups.iter().any(|group| group["group"] == "g" && group["state"] == "Empty"), "{groups:?}");
    assert!(refused(&["group", "describe", "h"], 3).contains("did you mean 'g'?"));
    let reset = |to: &str| {
        let rows = run(&["group", "reset-offsets", "g", "--topic", "shared", "--to", to, "--output", "json"]);
        json_lines(&rows)[0]["new_offset"].clone()
    };
    assert_eq!((reset("end"), reset("99"), reset("1")), (json!(3), json!(3), json!(1)));
    assert_eq!(read("1"), "2\n");
    assert_eq!(run(&["group", "delete", "g"]), "deleted group 'g'\n");
    assert!(refused(&["group", "delete", "g"], 3).contains("group 'g' does not exist"));
}

#[test]
fn errors_come_as_json_when_asked() {
    let errors = refused(&["topic", "describe", "missing", "--output", "json"], 3);
    let value = &json_lines(&errors)[0]["error"];
    assert_eq!(value["kind"], "not_found");
    assert!(value["message"].as_str().unwrap().contains("missing"));
}

#[test]
fn nobody_there_is_said_at_once() {
    // Port 1 is nobody's.
    let errors = fail(&["topic", "list", "--bootstrap-server", "127.0.0.1:1"], 4);
    assert!(errors.contains("127.0.0.1:1") && errors.contains("nobody listens"), "{errors}");
    let errors = fail(&["topic", "list", "--bootstrap-server", "nonsense"], 2);
    assert!(errors.contains("nonsense"), "{errors}");
}

#[test]
fn a_mistyped_command_names_the_nearest() {
    let errors = fail(&["tpoic", "list"], 2);
    assert!(errors.contains("'topic'"), "{errors}");
}

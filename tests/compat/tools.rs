//! Kafka's own command line tools and Java clients against our broker: each used once, its outcome checked.

use std::io::Write;

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::Case;
use crate::binary;
use crate::interop::our_broker;
use crate::real_kafka::{missing_jars, script};

/// The broker's number in the cluster, which several tools print.
const NODE: &str = "1";

fn case(name: &str, run: fn(&Tools)) -> Case {
    Case {
        name: format!("Kafka's tools: {name}"),
        missing: missing_jars(),
        run: Box::new(move || run(&Tools { bootstrap: our_broker().0 })),
    }
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case("configs", configs),
        case("console producer and consumer", console),
        case("consumer groups", consumer_groups),
        case("get-offsets and delete-records", offsets),
        case("features", features),
        case("client metrics", client_metrics),
        case("verifiable producer and consumer", verifiable),
        case("performance of producer, consumer and both ends", performance),
    ]
}

/// The rest of the tools.
pub(crate) fn long_cases() -> Vec<Case> {
    vec![
        case("topics", topics),
        case("log-dirs", log_dirs),
        case("transactions", transactions),
        case("metadata-quorum", metadata_quorum),
        case("cluster id, versions and ACLs", cluster),
        case("leader election and reassignment", partitions_at_work),
    ]
}

struct Tools {
    bootstrap: String,
}

impl Tools {
    /// Runs a tool, which must succeed; gives what it printed.
    fn run(&self, class: &str, arguments: &[&str]) -> String {
        self.run_with(class, arguments, "")
    }

    fn run_with(&self, class: &str, arguments: &[&str], input: &str) -> String {
        let (succeeded, text) = self.try_with(class, arguments, input);
        assert!(succeeded, "{class} {arguments:?}: {text}");
        text
    }

    fn try_with(&self, class: &str, arguments: &[&str], input: &str) -> (bool, String) {
        // Some take the address for all of their commands, some within one.
        let (first, rest) = match class {
            "ClusterTool" => arguments.split_at(1),
            _ => arguments.split_at(0),
        };
        let mut command = script();
        command.args(["tool", &class_name(class)]).args(first);
        command.args(["--bootstrap-server", &self.bootstrap]).args(rest);
        let mut bounded = std::process::Command::new("timeout");
        bounded.arg("120").arg(command.get_program()).args(command.get_args());
        let output = binary::run_with(bounded, input.as_bytes());
        let text = [&output.stdout, &output.stderr]
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .concat();
        (output.status.success(), text)
    }

    fn create(&self, topic: &str, partitions: &str) {
        self.run("TopicCommand", &["--create", "--topic", topic, "--partitions", partitions]);
    }

    /// Writes `count` numbers.
    fn fill(&self, topic: &str, count: usize) {
        let lines: String = (0..count).map(|n| format!("{n}\n")).collect();
        binary::succeed(&["produce", topic, "--bootstrap-server", &self.bootstrap], lines.as_bytes());
    }
}

fn class_name(class: &str) -> String {
    match class {
        "ConfigCommand" => format!("kafka.admin.{class}"),
        "ConsoleConsumer" => format!("org.apache.kafka.tools.consumer.{class}"),
        "ConsumerGroupCommand" => format!("org.apache.kafka.tools.consumer.group.{class}"),
        "ReassignPartitionsCommand" => format!("org.apache.kafka.tools.reassign.{class}"),
        _ => format!("org.apache.kafka.tools.{class}"),
    }
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "'{part}' is not in: {text}");
    }
}

/// Columns may be apart by any number of blanks.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn topics(tools: &Tools) {
    let topic = "tool-topics";
    tools.create(topic, "2");
    has(&tools.run("TopicCommand", &["--list"]), &[topic]);
    let change = ["--alter", "--topic", topic, "--partitions", "3"];
    tools.run("TopicCommand", &change);
    let described = tools.run("TopicCommand", &["--describe", "--topic", topic]);
    has(&described, &["PartitionCount: 3", "ReplicationFactor: 1", "Leader: 1", "Isr: 1"]);
    let (again, error) = tools.try_with("TopicCommand", &["--create", "--topic", topic], "");
    assert!(!again);
    has(&error, &["already exists"]);
    tools.run("TopicCommand", &["--delete", "--topic", topic]);
    assert!(!tools.run("TopicCommand", &["--list"]).contains(topic));
}

fn configs(tools: &Tools) {
    let topic = "tool-configs";
    tools.create(topic, "1");
    let of_topic = ["--entity-type", "topics", "--entity-name", topic];
    let alter = |of: &[&str], how: &[&str]| tools.run("ConfigCommand", &[&["--alter"], of, how].concat());
    let describe = |of: &[&str]| tools.run("ConfigCommand", &[&["--describe"], of].concat());
    alter(&of_topic, &["--add-config", "retention.ms=70000,cleanup.policy=compact"]);
    has(&describe(&of_topic), &["retention.ms=70000", "cleanup.policy=compact"]);
    alter(&of_topic, &["--delete-config", "retention.ms"]);
    assert!(!describe(&of_topic).contains("retention.ms=70000"));
    let of_broker = ["--entity-type", "brokers", "--entity-name", NODE];
    alter(&of_broker, &["--add-config", "log.retention.bytes=123456789"]);
    has(&describe(&of_broker), &["log.retention.bytes=123456789", "DYNAMIC_BROKER_CONFIG"]);
    alter(&of_broker, &["--delete-config", "log.retention.bytes"]);
    let of_all = ["--entity-type", "brokers", "--entity-name", NODE, "--all"];
    has(&describe(&of_all), &["log.retention.hours=168", "num.partitions=1"]);
    let of_clients = ["--entity-type", "clients", "--entity-name", "tool-client"];
    alter(&of_clients, &["--add-config", "producer_byte_rate=1048576"]);
    has(&describe(&of_clients), &["producer_byte_rate=1048576"]);
    alter(&of_clients, &["--delete-config", "producer_byte_rate"]);
}

fn console(tools: &Tools) {
    let topic = "tool-console";
    tools.create(topic, "1");
    let parse =
        ["--topic", topic, "--reader-property", "parse.key=true", "--reader-property", "key.separator=:"];
    tools.run_with("ConsoleProducer", &parse, "k1:one\nk2:two\nk3:three\n");
    let read = ["--topic", topic, "--from-beginning", "--max-messages", "3", "--timeout-ms", "30000"];
    let shown = ["--formatter-property", "print.key=true", "--formatter-property", "print.offset=true"];
    let text = tools.run("ConsoleConsumer", &[&read[..], &shown].concat());
    has(&text, &["Offset:0\tk1\tone", "Offset:1\tk2\ttwo", "Offset:2\tk3\tthree"]);
}

fn consumer_groups(tools: &Tools) {
    let (topic, group) = ("tool-groups", "tool-group");
    tools.create(topic, "1");
    tools.fill(topic, 10);
    let read = ["--topic", topic, "--group", group, "--from-beginning", "--max-messages", "4"];
    tools.run("ConsoleConsumer", &[&read[..], &["--timeout-ms", "30000"]].concat());
    has(&tools.run("ConsumerGroupCommand", &["--list"]), &[group]);
    has(&tools.run("GroupsCommand", &["--list"]), &[group]);
    let describe = |more: &[&str]| {
        squeezed(&tools.run("ConsumerGroupCommand", &[&["--describe", "--group", group], more].concat()))
    };
    has(&describe(&[]), &[&format!("{group} {topic} 0 4 10 6")]);
    has(&describe(&["--state"]), &["Empty"]);
    let reset = ["--reset-offsets", "--group", group, "--topic", topic, "--to-offset", "7", "--execute"];
    tools.run("ConsumerGroupCommand", &reset);
    has(&describe(&["--offsets"]), &[&format!("{group} {topic} 0 7 10 3")]);
    tools.run("ConsumerGroupCommand", &["--delete-offsets", "--group", group, "--topic", topic]);
    tools.run("ConsumerGroupCommand", &["--delete", "--group", group]);
    assert!(!tools.run("ConsumerGroupCommand", &["--list"]).contains(group));
}

fn offsets(tools: &Tools) {
    let topic = "tool-offsets";
    tools.create(topic, "1");
    tools.fill(topic, 10);
    let at = |time: &str| tools.run("GetOffsetShell", &["--topic", topic, "--time", time]);
    has(&at("latest"), &["tool-offsets:0:10"]);
    has(&at("earliest"), &["tool-offsets:0:0"]);
    let mut file = NamedTempFile::new().unwrap();
    write!(file, r#"{{"version":1,"partitions":[{{"topic":"{topic}","partition":0,"offset":6}}]}}"#).unwrap();
    let path = file.path().to_string_lossy();
    has(&tools.run("DeleteRecordsCommand", &["--offset-json-file", &path]), &["low_watermark: 6"]);
    has(&at("earliest"), &["tool-offsets:0:6"]);
    has(&at("max-timestamp"), &["tool-offsets:0:"]);
}

fn log_dirs(tools: &Tools) {
    let topic = "tool-log-dirs";
    tools.create(topic, "2");
    tools.fill(topic, 10);
    let text = tools.run("LogDirsCommand", &["--describe", "--topic-list", topic]);
    let line = text.lines().find(|line| line.starts_with('{')).unwrap_or_else(|| panic!("{text}"));
    let described: Value = serde_json::from_str(line).unwrap();
    let partitions = described["brokers"][0]["logDirs"][0]["partitions"].as_array().unwrap();
    assert_eq!(partitions.len(), 2, "{described}");
    assert!(partitions.iter().map(|one| one["size"].as_u64().unwrap()).sum::<u64>() > 100, "{described}");
}

fn transactions(tools: &Tools) {
    let topic = "tool-transactions";
    tools.create(topic, "1");
    // Its transactional id begins with what it is told here.
    let load = ["--topic", topic, "--num-records", "100", "--record-size", "20", "--throughput", "-1"];
    let within = ["--transactional-id", "tool-id", "--transaction-duration-ms", "200"];
    tools.run("ProducerPerformance", &[&load[..], &within].concat());
    has(&squeezed(&tools.run("TransactionsCommand", &["list"])), &["tool-id", "CompleteCommit"]);
    let described = tools.run("TransactionsCommand", &["describe", "--transactional-id", "tool-id"]);
    has(&described, &["CompleteCommit"]);
    let of_partition = ["describe-producers", "--topic", topic, "--partition", "0"];
    has(&squeezed(&tools.run("TransactionsCommand", &of_partition)), &["ProducerId", "None"]);
    tools.run("TransactionsCommand", &["find-hanging", "--broker-id", NODE]);
}

fn features(tools: &Tools) {
    let described = squeezed(&tools.run("FeatureCommand", &["describe"]));
    has(&described, &["Feature: metadata.version", "Feature: transaction.version"]);
}

fn metadata_quorum(tools: &Tools) {
    has(&squeezed(&tools.run("MetadataQuorumCommand", &["describe", "--status"])), &["LeaderId: 1"]);
    has(&squeezed(&tools.run("MetadataQuorumCommand", &["describe", "--replication"])), &["Leader"]);
}

fn cluster(tools: &Tools) {
    has(&tools.run("ClusterTool", &["cluster-id"]), &["Cluster ID: "]);
    has(&tools.run("ClusterTool", &["list-endpoints"]), &["127.0.0.1"]);
    has(&tools.run("BrokerApiVersionsCommand", &[]), &["Produce(0): 0 to 13", "Fetch(1): 4 to 18"]);
    has(&tools.try_with("AclCommand", &["--list"], "").1, &["No Authorizer is configured"]);
}

fn partitions_at_work(tools: &Tools) {
    let topic = "tool-reassign";
    tools.create(topic, "1");
    let elected = ["--election-type", "preferred", "--topic", topic, "--partition", "0"];
    has(&tools.run("LeaderElectionCommand", &elected), &["Valid replica already elected"]);
    let mut file = NamedTempFile::new().unwrap();
    write!(file, r#"{{"version":1,"partitions":[{{"topic":"{topic}","partition":0,"replicas":[1]}}]}}"#)
        .unwrap();
    let path = file.path().to_string_lossy();
    tools.run("ReassignPartitionsCommand", &["--execute", "--reassignment-json-file", &path]);
    let verified = tools.run("ReassignPartitionsCommand", &["--verify", "--reassignment-json-file", &path]);
    has(&verified, &["Reassignment of partition tool-reassign-0 is completed"]);
    has(&tools.run("ReassignPartitionsCommand", &["--list"]), &["No partition reassignments found"]);
}

fn client_metrics(tools: &Tools) {
    let named = ["--name", "tool-metrics"];
    let all = ["--metrics", "org.apache.kafka.producer.", "--interval", "30000", "--match", "client_id=x"];
    tools.run("ClientMetricsCommand", &[&["--alter"][..], &named, &all].concat());
    has(&tools.run("ClientMetricsCommand", &["--list"]), &["tool-metrics"]);
    has(
        &tools.run("ClientMetricsCommand", &[&["--describe"][..], &named].concat()),
        &["org.apache.kafka.producer.", "30000"],
    );
    tools.run("ClientMetricsCommand", &[&["--delete"][..], &named].concat());
    assert!(!tools.run("ClientMetricsCommand", &["--list"]).contains("tool-metrics"));
}

fn verifiable(tools: &Tools) {
    let topic = "tool-verifiable";
    tools.create(topic, "3");
    let sent = tools.run("VerifiableProducer", &["--topic", topic, "--max-messages", "1000"]);
    assert_eq!(sent.lines().filter(|line| line.contains("producer_send_success")).count(), 1000);
    let read = ["--topic", topic, "--group-id", "tool-verified", "--max-messages", "1000"];
    let text = tools.run("VerifiableConsumer", &[&read[..], &["--reset-policy", "earliest"]].concat());
    let counts = binary::json_lines(
        &text.lines().filter(|line| line.starts_with('{')).fold(String::new(), |all, line| all + line + "\n"),
    );
    let consumed: u64 = counts
        .iter()
        .filter(|event| event["name"] == "records_consumed")
        .map(|event| event["count"].as_u64().unwrap())
        .sum();
    assert_eq!(consumed, 1000, "{text}");
    has(&text, &["offsets_committed", "shutdown_complete"]);
}

fn performance(tools: &Tools) {
    let topic = "tool-performance";
    tools.create(topic, "2");
    let load = ["--topic", topic, "--num-records", "20000", "--record-size", "100", "--throughput", "-1"];
    has(&tools.run("ProducerPerformance", &load), &["20000 records sent"]);
    let text = tools.run("ConsumerPerformance", &["--topic", topic, "--num-records", "20000"]);
    let figures =
        text.lines().rev().find(|line| line.matches(", ").count() >= 9).unwrap_or_else(|| panic!("{text}"));
    has(figures, &[", 20000, "]);
    let text = tools.run(
        "EndToEndLatency",
        &["--topic", topic, "--num-records", "200", "--producer-acks", "all", "--record-size", "100"],
    );
    has(&text, &["Avg latency", "Percentiles"]);
}

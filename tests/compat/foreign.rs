//! The clients that others wrote, each behind the same three verbs: produce, consume, be a member of a group.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};

use serde_json::{Value, json};

use crate::binary;
use crate::records::{Limits, lines};

/// Every compression there is.
pub(crate) const COMPRESSIONS: [&str; 5] = ["none", "gzip", "snappy", "lz4", "zstd"];

/// A client library or program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    /// Our own: the commands of the binary.
    Riverrun,
    /// kcat as Debian has it: an old librdkafka.
    Kcat,
    /// confluent-kafka for Python: a new librdkafka.
    Confluent,
    /// kafka-python: Python all the way down.
    KafkaPython,
    /// kafka-python's protocol on asyncio.
    Aiokafka,
    /// kafkajs on Node.
    Kafkajs,
    /// @platformatic/kafka on Node.
    Platformatic,
}

impl Client {
    /// The libraries that others wrote.
    pub(crate) const DRIVERS: [Client; 5] =
        [Client::Confluent, Client::KafkaPython, Client::Aiokafka, Client::Kafkajs, Client::Platformatic];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Client::Riverrun => "riverrun",
            Client::Kcat => "kcat",
            Client::Confluent => "confluent-kafka",
            Client::KafkaPython => "kafka-python",
            Client::Aiokafka => "aiokafka",
            Client::Kafkajs => "kafkajs",
            Client::Platformatic => "platformatic",
        }
    }

    /// Node 20, which Debian has, knows no zstd, and this client brings none.
    pub(crate) fn compresses(self, compression: &str) -> bool {
        self != Client::Platformatic || compression != "zstd"
    }

    /// It reads snappy without the frames that Java's client puts around it, and ends at others.
    pub(crate) fn decompresses(self, compression: &str) -> bool {
        self.compresses(compression) && (self != Client::Platformatic || compression != "snappy")
    }

    /// What is missing to run it.
    pub(crate) fn missing(self) -> Option<String> {
        let found = match self {
            Client::Riverrun => true,
            Client::Kcat => runs("kcat", "-V"),
            Client::Confluent | Client::KafkaPython | Client::Aiokafka => python().exists(),
            Client::Kafkajs | Client::Platformatic => {
                node_modules().join("node_modules/kafkajs").exists() && runs("node", "--version")
            }
        };
        (!found).then(|| format!("{} is not installed; tests/run installs it", self.name()))
    }

    pub(crate) fn limits(self) -> Limits {
        let is_kcat = self == Client::Kcat;
        Limits {
            no_timestamps: is_kcat,
            headers_in_a_map: self == Client::Kafkajs,
            no_null_headers: matches!(self, Client::Kafkajs | Client::KafkaPython | Client::Platformatic),
            text_only: is_kcat,
        }
    }

    /// Writes `records` to partition 0.
    pub(crate) fn produce(self, bootstrap: &str, topic: &str, compression: &str, records: &[Value]) {
        match self {
            Client::Kcat => kcat_produce(bootstrap, topic, compression, records),
            Client::Riverrun => {
                let mut command = binary::riverrun();
                command.args([
                    "produce",
                    topic,
                    "--format",
                    "json",
                    "--partition",
                    "0",
                    "--compression",
                    compression,
                ]);
                command.args(["--bootstrap-server", bootstrap]);
                finish(command, &lines(records));
            }
            _ => {
                finish(self.program(["produce", bootstrap, topic, compression]), &lines(records));
            }
        }
    }

    /// Reads `count` records of partition 0 from its beginning.
    pub(crate) fn consume(self, bootstrap: &str, topic: &str, count: usize) -> Vec<Value> {
        let count = count.to_string();
        match self {
            Client::Kcat => {
                let mut command = Command::new("kcat");
                command.args([
                    "-C",
                    "-b",
                    bootstrap,
                    "-t",
                    topic,
                    "-p",
                    "0",
                    "-o",
                    "beginning",
                    "-c",
                    &count,
                    "-J",
                ]);
                binary::json_lines(&finish(command, "")).iter().map(from_kcat).collect()
            }
            Client::Riverrun => {
                let mut command = binary::riverrun();
                command.args(["consume", topic, "--from-beginning", "--partition", "0", "--format", "json"]);
                command.args(["--max-messages", &count, "--bootstrap-server", bootstrap]);
                binary::json_lines(&finish(command, ""))
            }
            _ => binary::json_lines(&finish(self.program(["consume", bootstrap, topic, &count]), "")),
        }
    }

    /// Runs another of the programs' actions, such as `admin`, and gives the one object that it prints.
    pub(crate) fn act(self, action: &str, bootstrap: &str, topic: &str, group: &str) -> Value {
        let printed = binary::json_lines(&finish(self.program([action, bootstrap, topic, group]), ""));
        let [object] = <[Value; 1]>::try_from(printed).unwrap();
        object
    }

    /// Starts a member of `group`.
    pub(crate) fn join(self, bootstrap: &str, topic: &str, group: &str) -> Member {
        let mut command = match self {
            Client::Riverrun => {
                let mut command = binary::riverrun();
                command.args(["consume", topic, "--group", group, "--from-beginning", "--format", "json"]);
                command.args([
                    "--session-timeout-ms",
                    "6000",
                    "--show-assignment",
                    "--bootstrap-server",
                    bootstrap,
                ]);
                command
            }
            Client::Kcat => panic!("kcat says its assignments to people only"),
            _ => self.program(["member", bootstrap, topic, group]),
        };
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdin = child.stdin.take();
        let out = child.stdout.take().unwrap();
        let (sender, lines) = sync_channel(100_000);
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Member { client: self, child, stdin, lines, assigned: Vec::new(), records: Vec::new() }
    }

    fn program<const N: usize>(self, arguments: [&str; N]) -> Command {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
        let mut command = match self {
            Client::Kafkajs | Client::Platformatic => {
                let mut command = Command::new("node");
                command
                    .arg(here.join("node").join(self.name()).with_extension("js"))
                    .env("RIVERRUN_NODE_MODULES", node_modules());
                command
            }
            _ => {
                let mut command = Command::new(python());
                // The clone stays as it is.
                command.env("PYTHONDONTWRITEBYTECODE", "1").arg(here.join("python/client.py"));
                command.arg(if self == Client::Confluent { "confluent" } else { self.name() });
                command
            }
        };
        command.args(arguments);
        command
    }
}

/// A member of a group, in a process of its own.
pub(crate) struct Member {
    client: Client,
    child: Child,
    /// Its end tells the foreign programs to leave.
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    /// The partitions it said it has, sorted.
    pub assigned: Vec<u64>,
    /// What it read.
    pub records: Vec<Value>,
}

impl Member {
    /// Takes in what it has said since the last look.
    pub(crate) fn listen(&mut self) {
        for line in self.lines.try_iter() {
            let value: Value =
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line}"));
            match value.get("assigned") {
                Some(Value::Array(list)) => {
                    self.assigned = list.iter().filter_map(Value::as_u64).collect();
                    self.assigned.sort_unstable();
                }
                _ => self.records.push(value),
            }
        }
    }

    /// Leaves the group as a well-behaved client does.
    pub(crate) fn leave(&mut self) {
        if self.client == Client::Riverrun {
            binary::terminate(&self.child);
        }
        self.stdin = None;
        let status = binary::wait(&mut self.child);
        self.listen();
        self.assigned.clear();
        assert!(status.success(), "{} left with {status}", self.client.name());
    }

    /// SIGKILL: the broker must notice by itself.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.listen();
        self.assigned.clear();
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where `tests/run` puts what it installs.
pub(crate) fn cache() -> PathBuf {
    let cache = std::env::var_os("RIVERRUN_CACHE").map(PathBuf::from);
    cache.unwrap_or_else(|| {
        PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/riverrun")
    })
}

fn python() -> PathBuf {
    cache().join("compat/python/bin/python")
}

fn node_modules() -> PathBuf {
    cache().join("compat/node")
}

/// Whether a program is there.
pub(crate) fn runs(program: &str, argument: &str) -> bool {
    let status = Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn finish(mut command: Command, input: &str) -> String {
    // A client that waits for ever must not hold up the rest: coreutils' timeout ends it.
    let mut bounded = Command::new("timeout");
    bounded.arg("60").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => bounded.env(name, value),
            None => bounded.env_remove(name),
        };
    }
    std::mem::swap(&mut command, &mut bounded);
    let shown = format!("{command:?}");
    let Output { status, stdout, stderr } = binary::run_with(command, input.as_bytes());
    assert!(status.success(), "{shown} ended with {status}:\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// kcat sets the same headers for all it sends at once, so runs of records with equal headers go together.
fn kcat_produce(bootstrap: &str, topic: &str, compression: &str, records: &[Value]) {
    const SEPARATOR: &str = "\u{1f}";
    for run in records.chunk_by(|a, b| a["headers"] == b["headers"]) {
        let mut command = Command::new("kcat");
        command.args([
            "-P",
            "-b",
            bootstrap,
            "-t",
            topic,
            "-p",
            "0",
            "-z",
            compression,
            "-Z",
            "-K",
            SEPARATOR,
        ]);
        command.args(["-X", "enable.idempotence=true", "-X", "linger.ms=50"]);
        for header in run[0]["headers"].as_array().unwrap() {
            let name = header["key"].as_str().unwrap();
            command.arg("-H").arg(match header["value"].as_str() {
                Some(value) => format!("{name}={value}"),
                None => name.to_owned(),
            });
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let input: String = run
            .iter()
            .map(|record| format!("{}{SEPARATOR}{}\n", text(&record["key"]), text(&record["value"])))
            .collect();
        finish(command, &input);
    }
}

fn from_kcat(envelope: &Value) -> Value {
    let headers: Vec<Value> = envelope["headers"].as_array().map_or(Vec::new(), |flat| {
        flat.chunks(2).map(|pair| json!({ "key": pair[0], "value": pair[1] })).collect()
    });
    json!({
        "key": envelope["key"], "value": envelope["payload"], "headers": headers,
        "timestamp": envelope["ts"], "offset": envelope["offset"],
    })
}

//! Kafka Streams, Kafka Connect and MirrorMaker 2 on our broker, from their own jars.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use riverrun_core::clock::{Clock, SystemClock};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Case;
use crate::binary;
use crate::foreign::runs;
use crate::interop::our_broker;
use crate::real_kafka::{Kafka, missing_jars, script};

const HOUR_MS: i64 = 3_600_000;
const ORDERS: i64 = 6_000;

pub(crate) fn cases() -> Vec<Case> {
    let missing = missing_jars().or_else(missing_engines);
    let case = |name: &str, run: fn()| Case {
        name: format!("engines: {name}"),
        missing: missing.clone(),
        run: Box::new(run),
    };
    vec![
        case("Kafka Streams counts words", counts_words),
        case("Kafka Streams is exactly-once when it is killed", streams_exactly_once),
        case("Kafka Connect copies a file, standalone", connect_standalone),
        case("Kafka Connect copies a file once, distributed and killed", connect_distributed),
        case("MirrorMaker 2 copies to Apache Kafka and back", mirrors),
    ]
}

fn missing_engines() -> Option<String> {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat/kafka/engines.xml");
    let stamp = Command::new("sh").args(["-c", "cksum <\"$0\""]).arg(list).output().unwrap();
    let stamp = String::from_utf8_lossy(&stamp.stdout).split(' ').next().unwrap_or_default().to_owned();
    let has_jars = fs::read_dir(crate::foreign::cache()).is_ok_and(|mut entries| {
        entries.any(|entry| {
            entry.is_ok_and(|entry| entry.file_name().to_string_lossy().ends_with(&format!("-{stamp}")))
        })
    });
    (!has_jars || !runs("javac", "-version"))
        .then(|| "the jars of Streams and Connect, or a JDK, are not here; tests/run fetches them".to_owned())
}

/// A Java program at work; killed when dropped.
struct Engine {
    child: Child,
    log: PathBuf,
}

impl Engine {
    /// Starts it with its output in a file of `folder`.
    fn start(folder: &Path, arguments: &[&str]) -> Engine {
        let log = folder.join("engine.log");
        let out = fs::File::options().create(true).append(true).open(&log).unwrap();
        let mut command = script();
        command.arg("engine").args(arguments).stdin(Stdio::null());
        let child = command.stdout(out.try_clone().unwrap()).stderr(out).spawn().unwrap();
        Engine { child, log }
    }

    /// Waits for a condition while the program runs; fails with its last words when it ends or takes too long.
    fn until<T>(&mut self, what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
        for _ in 0..4 {
            let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                binary::eventually(what, || {
                    let ended = self.child.try_wait().unwrap();
                    condition().map(Ok).or_else(|| ended.map(Err))
                })
            }));
            match looked {
                Ok(Ok(value)) => return value,
                Ok(Err(status)) => panic!("{what}: it ended with {status}: {}", self.last_words()),
                // Its own deadline is for a single command; an engine starts and rebalances.
                Err(_) => {}
            }
        }
        panic!("{what}: {}", self.last_words());
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn create(bootstrap: &str, topic: &str, partitions: &str) {
    let arguments = ["topic", "create", topic, "--partitions", partitions, "--bootstrap-server", bootstrap];
    binary::succeed(&arguments, b"");
}

fn produce(bootstrap: &str, topic: &str, records: &[Value]) {
    let arguments = ["produce", topic, "--format", "json", "--bootstrap-server", bootstrap];
    binary::succeed(&arguments, crate::records::lines(records).as_bytes());
}

/// All that is committed in a topic; nothing, if the topic is not there yet.
fn committed(bootstrap: &str, topic: &str) -> Vec<Value> {
    let mut command = binary::riverrun();
    command.args(["consume", topic, "--from-beginning", "--until-end", "--format", "json"]);
    command.args(["--isolation-level", "read_committed", "--bootstrap-server", bootstrap]);
    let output = binary::run_with(command, b"");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() || errors.contains("does not exist"), "{topic}: {errors}");
    binary::json_lines(&String::from_utf8_lossy(&output.stdout))
}

/// The last value of each key.
fn latest(records: &[Value]) -> BTreeMap<String, Value> {
    let pair = |record: &Value| (record["key"].as_str().unwrap().to_owned(), record["value"].clone());
    records.iter().map(pair).collect()
}

/// A whole hour of yesterday: no retention has begun to look at it.
fn yesterday_ms() -> i64 {
    let now_ms = SystemClock.now_ms();
    now_ms - now_ms % HOUR_MS - 24 * HOUR_MS
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn counts_words() {
    let start_ms = yesterday_ms();
    let (bootstrap, _) = our_broker();
    let folder = TempDir::new().unwrap();
    create(&bootstrap, "streams-plaintext-input", "2");
    create(&bootstrap, "streams-wordcount-output", "2");
    let configs = folder.path().join("streams.properties");
    let state = folder.path().join("state");
    fs::write(&configs, format!("bootstrap.servers={bootstrap}\nstate.dir={}\n", path(&state))).unwrap();
    let class = "org.apache.kafka.streams.examples.wordcount.WordCountDemo";
    let mut demo = Engine::start(folder.path(), &[class, path(&configs)]);
    let lines = ["all streams lead to kafka", "hello kafka streams", "join kafka summit"];
    let records: Vec<Value> = (0..)
        .zip(lines)
        .map(|(n, line)| json!({ "key": null, "value": line, "headers": [], "timestamp": start_ms + n }))
        .collect();
    produce(&bootstrap, "streams-plaintext-input", &records);
    let mut expected: BTreeMap<String, Value> = BTreeMap::new();
    for word in lines.iter().flat_map(|line| line.split(' ')) {
        let count = expected.get(word).and_then(Value::as_str).map_or(0, |text| text.chars().count());
        expected.insert(word.to_owned(), json!("x".repeat(count + 1)));
    }
    demo.until("every word is counted", || {
        let counted = latest(&committed(&bootstrap, "streams-wordcount-output"));
        let counted: BTreeMap<String, Value> =
            counted.into_iter().map(|(word, count)| (word, json!("x".repeat(count_of(&count))))).collect();
        (counted == expected).then_some(())
    });
}

/// A count in Java's eight bytes, which are text where they are small.
fn count_of(value: &Value) -> usize {
    value.as_str().and_then(|text| text.bytes().last()).map_or(0, usize::from)
}

fn streams_exactly_once() {
    let start_ms = yesterday_ms();
    let (bootstrap, _) = our_broker();
    let folder = TempDir::new().unwrap();
    for topic in ["orders", "customers", "totals"] {
        create(&bootstrap, topic, "4");
    }
    let customer = |n: i64| format!("c{n}");
    let region = |n: i64| format!("r{}", n % 7);
    let customers: Vec<Value> = (0..50)
        .map(|n| json!({ "key": customer(n), "value": region(n), "headers": [], "timestamp": start_ms - 1 }))
        .collect();
    produce(&bootstrap, "customers", &customers);
    let order = |n: i64| {
        // Some are late by up to half an hour.
        let at = start_ms + n * 2_000 - (n % 13) * 130_000;
        (n * 31 % 50, n % 97 + 1, at.max(start_ms))
    };
    let mut expected: BTreeMap<String, i64> = BTreeMap::new();
    for n in 0..ORDERS {
        let (who, amount, at) = order(n);
        *expected.entry(format!("{}@{}", region(who), at - at % HOUR_MS)).or_default() += amount;
    }
    let expected: BTreeMap<String, Value> =
        expected.into_iter().map(|(key, sum)| (key, json!(sum.to_string()))).collect();

    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat/engines/ExactlyOnce.java");
    let state = folder.path().join("state");
    let start = || Engine::start(folder.path(), &[path(&source), &bootstrap, path(&state)]);
    let kills = 3;
    for round in 0..=kills {
        let mut engine = start();
        let slice = ORDERS / (kills + 1);
        let records: Vec<Value> = (round * slice..(round + 1) * slice)
            .map(|n| {
                let (who, amount, at) = order(n);
                let value = format!("{} {amount}", customer(who));
                json!({ "key": format!("o{n}"), "value": value, "headers": [], "timestamp": at })
            })
            .collect();
        let before = committed(&bootstrap, "totals").len();
        produce(&bootstrap, "orders", &records);
        engine.until("it works again", || (committed(&bootstrap, "totals").len() > before).then_some(()));
        if round < kills {
            engine.kill();
            if round == 1 {
                // Without its state it must build it again from the changelogs.
                fs::remove_dir_all(&state).unwrap();
            }
        } else {
            engine.until("the totals are right", || {
                (latest(&committed(&bootstrap, "totals")) == expected).then_some(())
            });
        }
    }
}

/// A worker's configs, with what follows.
fn worker(folder: &Path, bootstrap: &str, more: &str) -> PathBuf {
    let file = folder.join("worker.properties");
    // The connectors are on the class path already.
    let text = format!(
        "bootstrap.servers={bootstrap}\n\
         key.converter=org.apache.kafka.connect.storage.StringConverter\n\
         value.converter=org.apache.kafka.connect.storage.StringConverter\n\
         offset.flush.interval.ms=500\nplugin.discovery=service_load\n{more}"
    );
    fs::write(&file, text).unwrap();
    file
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("line {n}")).collect()
}

fn connect_standalone() {
    let (bootstrap, _) = our_broker();
    let folder = TempDir::new().unwrap();
    let [from, to, offsets] = ["in.txt", "out.txt", "offsets"].map(|name| folder.path().join(name));
    let lines = numbers(5_000);
    fs::write(&from, lines.join("\n") + "\n").unwrap();
    let more = format!(
        "offset.storage.file.filename={}\nlisteners=http://127.0.0.1:{}\n",
        path(&offsets),
        free_port()
    );
    let configs = worker(folder.path(), &bootstrap, &more);
    let connector = |name: &str, text: String| {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        file
    };
    let source = connector(
        "source.properties",
        format!(
            "name=standalone-source\nconnector.class=org.apache.kafka.connect.file.FileStreamSourceConnector\ntasks.max=1\nfile={}\ntopic=standalone-lines\n",
            path(&from)
        ),
    );
    let sink = connector(
        "sink.properties",
        format!(
            "name=standalone-sink\nconnector.class=org.apache.kafka.connect.file.FileStreamSinkConnector\ntasks.max=1\nfile={}\ntopics=standalone-lines\n",
            path(&to)
        ),
    );
    let class = "org.apache.kafka.connect.cli.ConnectStandalone";
    let mut engine = Engine::start(folder.path(), &[class, path(&configs), path(&source), path(&sink)]);
    let expected = lines.join("\n") + "\n";
    engine.until("the file is copied", || {
        (fs::read_to_string(&to).unwrap_or_default() == expected).then_some(())
    });
}

fn connect_distributed() {
    let (bootstrap, _) = our_broker();
    let folder = TempDir::new().unwrap();
    let [from, to] = ["in.txt", "out.txt"].map(|name| folder.path().join(name));
    let lines = numbers(6_000);
    fs::write(&from, lines[..3_000].join("\n") + "\n").unwrap();
    let port = free_port();
    let more = format!(
        "group.id=connect-compat\nlisteners=http://127.0.0.1:{port}\nexactly.once.source.support=enabled\n\
         config.storage.topic=connect-configs\nconfig.storage.replication.factor=1\n\
         offset.storage.topic=connect-offsets\noffset.storage.replication.factor=1\n\
         offset.storage.partitions=5\nstatus.storage.topic=connect-status\n\
         status.storage.replication.factor=1\nsession.timeout.ms=6000\nheartbeat.interval.ms=500\n\
         rebalance.timeout.ms=10000\nscheduled.rebalance.max.delay.ms=0\n"
    );
    let configs = worker(folder.path(), &bootstrap, &more);
    let class = "org.apache.kafka.connect.cli.ConnectDistributed";
    let mut engine = Engine::start(folder.path(), &[class, path(&configs)]);
    engine.until("the worker answers", || rest(port, "GET", "/connectors", None));
    let kinds = [("source", "Source", "topic", &from), ("sink", "Sink", "topics", &to)];
    for (name, class, topic, file) in kinds {
        let connector = json!({ "name": format!("distributed-{name}"), "config": {
            "connector.class": format!("org.apache.kafka.connect.file.FileStream{class}Connector"),
            "tasks.max": "1", "file": path(file), topic: "distributed-lines",
        }});
        engine.until("the worker takes a connector", || {
            rest(port, "POST", "/connectors", Some(&connector.to_string()))
        });
    }
    let topic = "distributed-lines";
    engine.until("lines arrive", || (committed(&bootstrap, topic).len() >= 1_000).then_some(()));
    engine.kill();
    fs::write(&from, lines.join("\n") + "\n").unwrap();
    let mut engine = Engine::start(folder.path(), &[class, path(&configs)]);
    let last = lines.last().unwrap();
    engine.until("the file is copied to its end", || {
        fs::read_to_string(&to).unwrap_or_default().lines().any(|line| line == last).then_some(())
    });
    let values: Vec<String> = committed(&bootstrap, topic)
        .iter()
        .map(|record| record["value"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(values, lines, "each line is in the topic once, in order");
}

/// What a worker's REST interface answers; nothing, unless it says that all went well.
fn rest(port: u16, method: &str, at: &str, body: Option<&str>) -> Option<String> {
    let url = format!("http://127.0.0.1:{port}{at}");
    // Python is here for the clients; nothing else that speaks HTTP is sure to be.
    let program = "import sys, urllib.request as r\n\
                   q = r.Request(sys.argv[2], method=sys.argv[1], data=sys.argv[3].encode() or None,\
                   headers={'Content-Type': 'application/json'})\n\
                   print(r.urlopen(q, timeout=60).read().decode())";
    let output = Command::new("python3")
        .args(["-c", program, method, &url, body.unwrap_or_default()])
        .stderr(Stdio::null())
        .output()
        .unwrap();
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn mirrors() {
    let start_ms = yesterday_ms();
    let (ours, _) = our_broker();
    let kafka = Kafka::start(&[]);
    let folder = TempDir::new().unwrap();
    let record = |n: i64| json!({ "key": format!("k{n}"), "value": format!("v{n}"), "headers": [{ "key": "h", "value": "1" }], "timestamp": start_ms + n });
    let records: Vec<Value> = (0..2_000).map(record).collect();
    create(&ours, "there", "3");
    produce(&ours, "there", &records);
    create(&kafka.bootstrap, "back", "3");
    produce(&kafka.bootstrap, "back", &records);
    let configs = folder.path().join("mm2.properties");
    let text = format!(
        "clusters=ours,theirs\nours.bootstrap.servers={ours}\ntheirs.bootstrap.servers={}\n\
         ours->theirs.enabled=true\nours->theirs.topics=there\n\
         theirs->ours.enabled=true\ntheirs->ours.topics=back\n\
         replication.factor=1\ncheckpoints.topic.replication.factor=1\nheartbeats.topic.replication.factor=1\n\
         offset-syncs.topic.replication.factor=1\noffset.storage.replication.factor=1\n\
         status.storage.replication.factor=1\nconfig.storage.replication.factor=1\n\
         refresh.topics.interval.seconds=5\nemit.checkpoints.interval.seconds=2\nsync.topic.acls.enabled=false\n\
         offset.flush.interval.ms=1000\n",
        kafka.bootstrap
    );
    fs::write(&configs, text).unwrap();
    let mut engine =
        Engine::start(folder.path(), &["org.apache.kafka.connect.mirror.MirrorMaker", path(&configs)]);
    let content = |bootstrap: &str, topic: &str| {
        let parts = ["key", "value", "headers", "timestamp", "partition"];
        let mut all: Vec<String> = committed(bootstrap, topic)
            .iter()
            .map(|record| parts.map(|part| record[part].to_string()).join(" "))
            .collect();
        all.sort_unstable();
        all
    };
    for (from, topic, to, copy) in
        [(&ours, "there", &kafka.bootstrap, "ours.there"), (&kafka.bootstrap, "back", &ours, "theirs.back")]
    {
        let original = content(from, topic);
        assert_eq!(original.len(), records.len());
        engine.until(&format!("{copy} is whole"), || (content(to, copy) == original).then_some(()));
    }
}

//! Topologies of the typed DSL: tasks, internal topics, bounded runs, several threads. On the broker in this process, or
//! with `RIVERRUN_TEST_BOOTSTRAP=host:port` on any running cluster.

use std::collections::BTreeMap;
use std::time::Duration;

use riverrun::core::client::{
    Admin, Client, Consumer, ConsumerConfig, IsolationLevel, NewTopic, Producer, ProducerConfig,
    ProducerRecord, TopicPartition,
};
use riverrun::streams::prelude::*;
use riverrun::streams::runtime::{Streams, Summary};
use riverrun::{ErrorKind, Result};
use tempfile::TempDir;

use crate::client::{Cluster, fresh};

struct Bench {
    cluster: Cluster,
    client: Client,
    /// Sets topics and applications of a test apart from those of other tests and runs.
    prefix: String,
    state: TempDir,
}

impl Bench {
    async fn start() -> Bench {
        let cluster = Cluster::start().await;
        let client = cluster.client.clone();
        Bench { cluster, client, prefix: fresh("streams"), state: TempDir::new().unwrap() }
    }

    fn name(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    async fn topic(&self, name: &str, partitions: i32) {
        let topic = NewTopic::new(self.name(name)).partitions(partitions);
        Admin::new(&self.client).ensure_topic(&topic).await.unwrap();
    }

    async fn send(&self, topic: &str, records: impl IntoIterator<Item = (String, String, i64)>) {
        let topic = self.name(topic);
        let producer = Producer::new(&self.client, ProducerConfig::default()).unwrap();
        for (key, value, time) in records {
            let record = ProducerRecord::new(&topic, value.as_bytes()).key(key.as_bytes()).timestamp(time);
            producer.send(record).await.unwrap();
        }
        producer.flush().await.unwrap();
    }

    fn streams(&self, topology: Topology) -> Streams {
        Streams::with_client(topology, &self.client).exactly_once().state_dir(self.state.path())
    }

    async fn run(&self, topology: Topology) -> Result<Summary> {
        let run = self.streams(topology).run_to_end();
        tokio::time::timeout(Duration::from_secs(60), run).await.expect("the run ends")
    }

    /// All records of a topic as key and value, by partition, in order.
    async fn read(&self, topic: &str) -> Vec<(String, String)> {
        let topic = &*self.name(topic);
        let ends = Admin::new(&self.client).end_offsets(topic).await.unwrap();
        let config = ConsumerConfig::default().isolation_level(IsolationLevel::ReadCommitted);
        let mut consumer = Consumer::new(&self.client, config).unwrap();
        let mut records = Vec::new();
        for (partition, end) in ends.into_iter().filter(|(_, end)| *end > 0) {
            let name = TopicPartition::new(topic, partition);
            consumer.assign(std::slice::from_ref(&name)).unwrap();
            consumer.seek_to_beginning(&name).unwrap();
            let text = |bytes: &Option<_>| {
                let bytes: &Option<bytes::Bytes> = bytes;
                String::from_utf8_lossy(bytes.as_deref().unwrap_or_default()).into_owned()
            };
            while consumer.positions().get(&name).is_none_or(|at| *at < end) {
                let polled = consumer.poll(Duration::from_secs(1)).await.unwrap();
                records.extend(polled.iter().map(|(_, record)| (text(&record.key), text(&record.value))));
            }
        }
        records
    }
}

/// Counts words by what they are, so that all equal ones have to meet in one task.
fn word_count(bench: &Bench) -> Topology {
    let app = StreamsBuilder::new(&bench.name("words"));
    app.stream(&bench.name("lines"), (utf8(), utf8()))
        .flat_map_values(|_, line: &String| line.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .with_value_serde(utf8())
        .group_by(|_, word: &String| word.clone(), utf8())
        .count_as("counts")
        .to_stream()
        .map_values(|_, count: &i64| count.to_string())
        .to(&bench.name("word-counts"), (utf8(), utf8()));
    app.build().unwrap()
}

fn line(at: i64) -> (String, String, i64) {
    (at.to_string(), format!("a w{} w{}", at % 7, at % 11), at)
}

/// How often each word is in these lines.
fn words(lines: std::ops::Range<i64>) -> BTreeMap<String, i64> {
    let mut words = BTreeMap::new();
    for (_, line, _) in lines.map(line) {
        line.split(' ').for_each(|word| *words.entry(word.to_owned()).or_insert(0) += 1);
    }
    words
}

/// The highest count of each word: with one update per word that is how many there were.
async fn counted(bench: &Bench) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for (word, count) in bench.read("word-counts").await {
        let count = count.parse().unwrap();
        let known = counts.insert(word.clone(), count).unwrap_or(0);
        assert_eq!(count, known + 1, "each update of '{word}' once and in order");
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn records_meet_by_key_and_runs_go_on_where_the_last_one_stopped() {
    let bench = Bench::start().await;
    bench.topic("lines", 3).await;
    bench.topic("word-counts", 2).await;
    bench.send("lines", (0..100).map(line)).await;
    let summary = bench.run(word_count(&bench)).await.unwrap();
    assert_eq!(summary.tasks.len(), 6, "three of each sub-topology");
    assert_eq!(summary.records_in(), 100 + 300);
    bench.send("lines", (100..150).map(line)).await;
    let summary = bench.run(word_count(&bench)).await.unwrap();
    assert_eq!(summary.records_in(), 50 + 150);
    assert_eq!(bench.run(word_count(&bench)).await.unwrap().records_in(), 0);
    assert_eq!(counted(&bench).await, words(0..150));
    bench.cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_folder_comes_back_from_the_changelogs() {
    let mut bench = Bench::start().await;
    bench.topic("lines", 2).await;
    bench.topic("word-counts", 1).await;
    bench.send("lines", (0..60).map(line)).await;
    bench.run(word_count(&bench)).await.unwrap();
    bench.state = TempDir::new().unwrap();
    bench.send("lines", (60..90).map(line)).await;
    let summary = bench.run(word_count(&bench)).await.unwrap();
    assert_eq!(summary.records_in(), 30 + 90);
    assert_eq!(counted(&bench).await["a"], 90);
    bench.cluster.stop().await;
}

/// As if the machine had died after transactions were committed, and before they reached its disk.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_behind_catches_up_from_the_changelogs() {
    let mut bench = Bench::start().await;
    bench.topic("lines", 2).await;
    bench.topic("word-counts", 2).await;
    bench.send("lines", (0..40).map(line)).await;
    bench.run(word_count(&bench)).await.unwrap();
    let behind = TempDir::new().unwrap();
    copy_folder(bench.state.path(), behind.path());
    for round in 1..4 {
        bench.send("lines", (round * 40..(round + 1) * 40).map(line)).await;
        bench.run(word_count(&bench)).await.unwrap();
    }
    bench.state = behind;
    bench.send("lines", (160..200).map(line)).await;
    let summary = bench.run(word_count(&bench)).await.unwrap();
    assert_eq!(summary.records_in(), 40 + 120, "what was committed is not processed again");
    assert_eq!(counted(&bench).await, words(0..200));
    bench.cluster.stop().await;
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_move_between_processes_and_nothing_is_doubled() {
    let bench = Bench::start().await;
    bench.topic("lines", 4).await;
    bench.topic("word-counts", 2).await;
    let (one, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let start = |folder: &TempDir| {
        let streams = Streams::with_client(word_count(&bench), &bench.client).exactly_once();
        streams.state_dir(folder.path()).start()
    };
    let first = start(&one).await.unwrap();
    bench.send("lines", (0..100).map(line)).await;
    let second = start(&other).await.unwrap();
    bench.send("lines", (100..200).map(line)).await;
    let shared = || first.running_tasks() == 4 && second.running_tasks() == 4;
    until(shared, "both have their share of the tasks").await;
    bench.send("lines", (200..300).map(line)).await;
    first.stop().await.unwrap();
    until(|| second.running_tasks() == 8, "the second has all tasks").await;
    bench.send("lines", (300..400).map(line)).await;
    second.finish(BTreeMap::new()).await.unwrap();
    tokio::time::timeout(Duration::from_secs(60), second.wait()).await.unwrap().unwrap();
    assert_eq!(counted(&bench).await, words(0..400));
    bench.cluster.stop().await;
}

async fn until(condition: impl Fn() -> bool, what: &str) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(tokio::time::Instant::now() < deadline, "not within a minute: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn threads_share_the_tasks() {
    let bench = Bench::start().await;
    bench.topic("lines", 4).await;
    bench.topic("word-counts", 1).await;
    let running = bench.streams(word_count(&bench)).threads(3).start().await.unwrap();
    bench.send("lines", (0..200).map(line)).await;
    running.finish(BTreeMap::new()).await.unwrap();
    let summary = tokio::time::timeout(Duration::from_secs(60), running.wait()).await.unwrap().unwrap();
    assert_eq!(summary.tasks.len(), 8);
    assert_eq!(counted(&bench).await["a"], 200);
    bench.cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_run_is_refused() {
    let bench = Bench::start().await;
    let error = bench.run(word_count(&bench)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.message().contains("-words'") && error.message().contains("-lines'"), "{error}");
    bench.topic("left", 2).await;
    bench.topic("right", 3).await;
    let app = StreamsBuilder::new(&bench.name("joined"));
    let right = app.table(&bench.name("right"), (utf8(), utf8()));
    app.stream(&bench.name("left"), (utf8(), utf8()))
        .join(&right, |left: &String, right| format!("{left}{right}"))
        .to(&bench.name("out"), (utf8(), utf8()));
    let error = bench.run(app.build().unwrap()).await.unwrap_err();
    assert!(
        error.message().contains(&format!("{} (2), {} (3)", bench.name("left"), bench.name("right"))),
        "{error}"
    );
    bench.cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_record_stops_the_application_and_says_where() {
    let bench = Bench::start().await;
    bench.topic("numbers", 1).await;
    bench.send("numbers", [("k".to_owned(), "no number".to_owned(), 0)]).await;
    let app = StreamsBuilder::new(&bench.name("sums"));
    app.stream(&bench.name("numbers"), (utf8(), i64()))
        .map_values(|_, n| n + 1)
        .to(&bench.name("more"), (utf8(), i64()));
    let error = bench.run(app.build().unwrap()).await.unwrap_err();
    assert!(error.message().contains("task 0_0"), "{error:?}");
    bench.cluster.stop().await;
}

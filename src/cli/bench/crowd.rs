//! `riverrun bench crowd`: what many connections, readers that stand still and many partitions cost a broker.
//!
//! After each step the broker's memory is read and a probe measures how long one record takes to be acknowledged and read
//! back: what a crowd costs everybody else. Connections are raw sockets, so that our side of 10,000 of them costs little.

use std::time::{Duration, Instant};

use bytes::BytesMut;
use clap::Args;
use riverrun::core::client::transport::{BoxedStream, Connect, Tcp};
use riverrun::core::client::{
    Admin, Client, Consumer, ConsumerConfig, NewTopic, Producer, ProducerConfig, ProducerRecord,
    TopicPartition,
};
use riverrun::core::protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use riverrun::core::protocol::messages::{ApiVersionsRequest, FetchRequest};
use riverrun::core::protocol::{Request, Str, frame};
use riverrun::{Error, ErrorKind, Result};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::super::broker_address::BrokerAddress;
use super::super::runtime;
use super::super::table::Table;
use super::super::terminal::Terminal;
use super::latencies::Latencies;
use super::usage::{Process, Usage};

const EXAMPLES: &str = "\
Examples:
  riverrun bench crowd --watch-pid $(pgrep -x riverrun) --idle 10000 --stalled 1000 --partitions 50000
  riverrun bench crowd --partitions 1000 --write-each --output json

Each connection needs a file descriptor here and one in the broker: raise `ulimit -n` of both above their number.";

/// The topic of the probe.
const PROBE: &str = "bench-crowd-probe";
/// The topic that stalled consumers read.
const STALLED: &str = "bench-crowd-stalled";
/// The topics whose partitions are counted.
const MANY: &str = "bench-crowd-partitions";
/// Partitions of each of these topics.
const PARTITIONS_PER_TOPIC: u32 = 1_000;
/// Bytes that stalled consumers find.
const STALLED_BYTES: usize = 64 << 20;
/// Bytes of each of their records.
const STALLED_RECORD_BYTES: usize = 100_000;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
const FETCH_VERSION: i16 = 11;

/// Measure what idle connections, stalled consumers and partitions cost a broker.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Crowd {
    /// Connections that are opened, greeted once, and then do nothing.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000)]
    idle: u32,
    /// Consumers that ask for 50 MiB, twice, and never read the answers.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    stalled: u32,
    /// Partitions that are made, in topics of 1,000 each.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000)]
    partitions: u32,
    /// Write a record to each of these partitions, which makes their files.
    #[arg(long)]
    write_each: bool,
    /// Records of the probe after each step.
    #[arg(long, value_name = "RECORDS", default_value_t = 200)]
    probes: u32,
    /// The broker's process, whose memory is read; without it there is only the probe.
    #[arg(long, value_name = "PID")]
    watch_pid: Option<u32>,
    #[command(flatten)]
    address: BrokerAddress,
}

impl Crowd {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        let steps = runtime::of_all_cores()?.block_on(self.measure(terminal))?;
        terminal.rows(&table(&steps))?;
        if self.watch_pid.is_none() {
            terminal.note("no memory: name the broker's process by --watch-pid");
        }
        Ok(())
    }

    /// Does one step after the other.
    pub(super) async fn measure(&self, terminal: &Terminal) -> Result<Vec<Step>> {
        let client = self.address.client().await?;
        Admin::new(&client).ensure_topic(&NewTopic::new(PROBE).partitions(1)).await?;
        let mut steps = Steps { crowd: self, client: client.clone(), rows: Vec::new(), terminal };
        steps.add("nothing", 0, Duration::ZERO).await?;

        let start = Instant::now();
        self.make_partitions(&client).await?;
        steps.add("partitions", self.partitions, start.elapsed()).await?;
        if self.write_each {
            let start = Instant::now();
            self.write_each(&client).await?;
            steps.add("partitions, written", self.partitions, start.elapsed()).await?;
        }

        let start = Instant::now();
        let idle = self.connect(self.idle).await?;
        steps.add("idle connections", self.idle, start.elapsed()).await?;

        self.fill_stalled(&client).await?;
        let start = Instant::now();
        let mut stalled = self.connect(self.stalled).await?;
        for stream in &mut stalled {
            for _ in 0..2 {
                send(stream, &stalled_fetch(), FETCH_VERSION).await?;
            }
        }
        steps.add("stalled consumers", self.stalled, start.elapsed()).await?;
        drop((idle, stalled));
        steps.add("all gone again", 0, Duration::ZERO).await?;
        Ok(steps.rows)
    }

    async fn make_partitions(&self, client: &Client) -> Result<()> {
        for (topic, partitions) in self.topics() {
            let partitions = i32::try_from(partitions).unwrap_or(i32::MAX);
            Admin::new(client).ensure_topic(&NewTopic::new(&topic).partitions(partitions)).await?;
        }
        Ok(())
    }

    fn topics(&self) -> impl Iterator<Item = (String, u32)> + use<> {
        let all = self.partitions;
        (0..all.div_ceil(PARTITIONS_PER_TOPIC)).map(move |number| {
            let before = number * PARTITIONS_PER_TOPIC;
            (format!("{MANY}-{number}"), PARTITIONS_PER_TOPIC.min(all - before))
        })
    }

    async fn write_each(&self, client: &Client) -> Result<()> {
        for (topic, partitions) in self.topics() {
            // What a producer knows of topics it has left would only fill its memory.
            let producer = Producer::new(client, ProducerConfig::default().linger(Duration::from_millis(5)))?;
            let mut sent = Vec::new();
            for partition in 0..i32::try_from(partitions).unwrap_or(i32::MAX) {
                sent.push(producer.send(ProducerRecord::new(&topic, b"x").partition(partition)).await?);
            }
            for acknowledged in sent {
                acknowledged.await?;
            }
            producer.flush().await?;
        }
        Ok(())
    }

    /// Opens connections, each of which asks for the versions once, as clients do.
    async fn connect(&self, number: u32) -> Result<Vec<BoxedStream>> {
        let broken = |error: std::io::Error| {
            let what =
                "a connection could not be opened (is `ulimit -n` high enough, here and for the broker?)";
            Error::new(ErrorKind::Retriable, what).with_source(error)
        };
        let (host, port) = self.address.bootstrap_server.rsplit_once(':').unwrap_or_default();
        let port = port.parse().map_err(|_| {
            Error::new(ErrorKind::Invalid, "--bootstrap-server must be one HOST:PORT for this measurement")
        })?;
        let tcp = Tcp::new(PATIENCE);
        let mut streams = Vec::new();
        for _ in 0..number {
            let mut stream = tcp.connect(host, port).await.map_err(broken)?;
            send(&mut stream, &ApiVersionsRequest::default(), 2).await?;
            let answered = async {
                let length = stream.read_u32().await?;
                let mut answer = vec![0; length as usize];
                stream.read_exact(&mut answer).await.map(drop)
            };
            tokio::time::timeout(PATIENCE, answered)
                .await
                .map_err(|_| Error::new(ErrorKind::Timeout, "the broker does not answer new connections"))?
                .map_err(broken)?;
            streams.push(stream);
        }
        Ok(streams)
    }

    async fn fill_stalled(&self, client: &Client) -> Result<()> {
        if self.stalled == 0 {
            return Ok(());
        }
        Admin::new(client).ensure_topic(&NewTopic::new(STALLED).partitions(1)).await?;
        let producer = Producer::new(client, ProducerConfig::default())?;
        let value = vec![b'x'; STALLED_RECORD_BYTES];
        for _ in 0..STALLED_BYTES / STALLED_RECORD_BYTES {
            producer.send(ProducerRecord::new(STALLED, value.as_slice())).await?.await?;
        }
        producer.flush().await
    }
}

fn stalled_fetch() -> FetchRequest {
    let partition =
        FetchPartition { fetch_offset: 0, partition_max_bytes: 50 << 20, ..FetchPartition::default() };
    FetchRequest {
        max_wait_ms: 500,
        min_bytes: 1,
        max_bytes: 50 << 20,
        session_epoch: -1,
        topics: vec![FetchTopic {
            topic: STALLED.into(),
            partitions: vec![partition],
            ..FetchTopic::default()
        }],
        ..FetchRequest::default()
    }
}

async fn send<R: Request>(stream: &mut BoxedStream, request: &R, version: i16) -> Result<()> {
    let mut bytes = BytesMut::new();
    let sent = async {
        frame::encode_request(&mut bytes, 1, Some(&Str::from_static("riverrun-bench")), request, version)
            .map_err(std::io::Error::other)?;
        stream.write_all(&bytes).await
    };
    sent.await.map_err(|error| {
        Error::new(ErrorKind::Retriable, "the broker closed a connection").with_source(error)
    })
}

/// The steps so far.
struct Steps<'a> {
    crowd: &'a Crowd,
    client: Client,
    rows: Vec<Step>,
    terminal: &'a Terminal,
}

/// What a step came to.
pub(super) struct Step {
    what: &'static str,
    number: u32,
    took: Duration,
    memory: Option<(u64, u64)>,
    acknowledged: Latencies,
    arrived: Latencies,
}

impl Steps<'_> {
    /// A step is done: what it cost.
    async fn add(&mut self, what: &'static str, number: u32, took: Duration) -> Result<()> {
        if self.terminal.is_watched() {
            self.terminal.note(&format!("{what}: {number}, after {:.1} s", took.as_secs_f64()));
        }
        let (acknowledged, arrived) = self.probe().await?;
        let usage = self.crowd.watch_pid.and_then(|id| Usage::of(Process::Other(id)));
        let memory = usage.map(|usage| usage.memory());
        self.rows.push(Step { what, number, took, memory, acknowledged, arrived });
        Ok(())
    }

    /// One record after the other, from the send to the acknowledgement, and to its arrival at a consumer.
    async fn probe(&self) -> Result<(Latencies, Latencies)> {
        let producer = Producer::new(&self.client, ProducerConfig::default().linger(Duration::ZERO))?;
        let mut consumer =
            Consumer::new(&self.client, ConsumerConfig { auto_commit: false, ..ConsumerConfig::default() })?;
        let partition = TopicPartition::new(PROBE, 0);
        consumer.assign(std::slice::from_ref(&partition))?;
        consumer.seek_to_end(&partition)?;
        consumer.position(&partition, PATIENCE).await?;
        let (mut acknowledged, mut arrived) = (Latencies::new(), Latencies::new());
        for _ in 0..self.crowd.probes {
            let start = Instant::now();
            let sent = producer.send(ProducerRecord::new(PROBE, b"probe")).await?;
            sent.await?;
            acknowledged.record(start.elapsed());
            while consumer.poll(PATIENCE).await?.iter().next().is_none() {
                if start.elapsed() > PATIENCE {
                    return Err(Error::new(ErrorKind::Timeout, "the probe's record did not arrive"));
                }
            }
            arrived.record(start.elapsed());
        }
        consumer.close(PATIENCE).await?;
        producer.flush().await?;
        Ok((acknowledged, arrived))
    }
}

fn table(steps: &[Step]) -> Table {
    let mut table = Table::new(&[
        "step",
        "number",
        "seconds",
        "memory_mib",
        "private_mib",
        "ack_p50_ms",
        "ack_p99_ms",
        "arrival_p50_ms",
        "arrival_p99_ms",
    ]);
    for step in steps {
        let ms =
            |latencies: &Latencies, percentile| json!((latencies.ms(percentile) * 100.0).round() / 100.0);
        let mib = |bytes: u64| json!((bytes as f64 / f64::from(1 << 20) * 10.0).round() / 10.0);
        table.push(vec![
            json!(step.what),
            json!(step.number),
            json!((step.took.as_secs_f64() * 100.0).round() / 100.0),
            step.memory.map_or(Value::Null, |(all, _)| mib(all)),
            step.memory.map_or(Value::Null, |(_, private)| mib(private)),
            ms(&step.acknowledged, 50.0),
            ms(&step.acknowledged, 99.0),
            ms(&step.arrived, 50.0),
            ms(&step.arrived, 99.0),
        ]);
    }
    table
}

//! How long a broker takes to start: after SIGKILL with much data, and after a shutdown in order.
//!
//! ```text
//! cargo run --release -p riverrun-broker --example start_times -- DIR [PARTITIONS [MEGABYTES [BATCH_BYTES]]]
//! ```
//!
//! Fills DIR, which must not exist, with MEGABYTES (default 10240) over PARTITIONS (default 1000) in batches of
//! BATCH_BYTES (default 16384), every batch acknowledged and so flushed, but for one last batch of each partition, that
//! is not waited for. Then the process that did it is killed with SIGKILL. Printed is how long the next start takes
//! until the broker answers, until all partitions are recovered and have told their ends, and the same after a shutdown
//! in order. DIR is removed at the end.
#![expect(clippy::print_stdout, reason = "a program for people")]

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::client::transport::BoxedStream;
use riverrun_core::protocol::messages::create_topics_request::CreatableTopic;
use riverrun_core::protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use riverrun_core::protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use riverrun_core::protocol::messages::{
    CreateTopicsRequest, ListOffsetsRequest, ProduceRequest, ResponseHeader,
};
use riverrun_core::protocol::{Message, Reader, Request, frame};
use riverrun_core::record::{BatchBuilder, Compression};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// What the filling process says when it may be killed.
const READY: &str = "ready to be killed";
/// Requests that are sent before the first of them is answered.
const IN_FLIGHT: usize = 64;
/// Longer than any recovery.
const TIMEOUT_MS: i32 = 600_000;

#[derive(Clone, Copy)]
struct Size {
    partitions: i32,
    megabytes: usize,
    batch_bytes: usize,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let dir = arguments.first().ok_or("usage: start_times DIR [PARTITIONS [MEGABYTES [BATCH_BYTES]]]")?;
    let number = |at: usize, default: usize| arguments.get(at).map_or(Ok(default), |text| text.parse());
    let size = Size {
        partitions: i32::try_from(number(1, 1_000)?)?,
        megabytes: number(2, 10_240)?,
        batch_bytes: number(3, 16_384)?,
    };
    if arguments.get(4).is_some_and(|role| role == "fill") {
        return fill(dir, size).await;
    }
    if std::fs::exists(dir)? {
        return Err(format!("{dir} is there already").into());
    }
    println!("{} partitions, {} MiB in batches of {} B", size.partitions, size.megabytes, size.batch_bytes);
    fill_and_kill(dir, size)?;
    start(dir, size, "after SIGKILL").await?;
    start(dir, size, "after a shutdown in order").await?;
    std::fs::remove_dir_all(dir)?;
    Ok(())
}

fn fill_and_kill(dir: &str, size: Size) -> Result<()> {
    let numbers = [size.partitions.to_string(), size.megabytes.to_string(), size.batch_bytes.to_string()];
    let began = Instant::now();
    let mut child = Command::new(std::env::current_exe()?)
        .arg(dir)
        .args(numbers)
        .arg("fill")
        .stdout(Stdio::piped())
        .spawn()?;
    let told = child.stdout.take().ok_or("the filling process has no output")?;
    let ready = BufReader::new(told).lines().any(|line| line.is_ok_and(|line| line == READY));
    child.kill()?;
    child.wait()?;
    println!("filled in {:.1} s", began.elapsed().as_secs_f64());
    if ready { Ok(()) } else { Err("the data folder could not be filled".into()) }
}

/// Starts, asks every partition for its end, and shuts down.
async fn start(dir: &str, size: Size, after: &str) -> Result<()> {
    let began = Instant::now();
    let broker = Broker::start(config(dir)).await?;
    let started = began.elapsed();
    let mut wire = Wire::to(&broker).await?;
    let partition = |partition_index| ListOffsetsPartition {
        partition_index,
        timestamp: -1,
        ..ListOffsetsPartition::default()
    };
    let topic = ListOffsetsTopic {
        name: "t".into(),
        partitions: (0..size.partitions).map(partition).collect(),
        ..ListOffsetsTopic::default()
    };
    let request =
        ListOffsetsRequest { topics: vec![topic], timeout_ms: TIMEOUT_MS, ..ListOffsetsRequest::default() };
    wire.send(&request, 10).await?;
    let ends = wire.receive::<ListOffsetsRequest>(10).await?;
    let recovered = began.elapsed();
    let partitions = &ends.topics[0].partitions;
    let records: i64 = partitions.iter().map(|partition| partition.offset).sum();
    let errors = partitions.iter().filter(|partition| partition.error_code != 0).count();
    let (memory, files) = footprint();
    println!(
        "{after}: answers after {} ms, all ends known after {} ms ({records} records, {errors} errors, {memory} MiB, \
         {files} files open)",
        started.as_millis(),
        recovered.as_millis()
    );
    let began = Instant::now();
    broker.shutdown().await?;
    println!("shut down in {} ms", began.elapsed().as_millis());
    Ok(())
}

/// Resident memory in MiB and open files of this process.
fn footprint() -> (u64, usize) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0);
    (kib >> 10, std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count))
}

fn config(dir: &str) -> BrokerConfig {
    BrokerConfig::new(dir).listen("127.0.0.1:0").set("log.retention.ms", "-1")
}

async fn fill(dir: &str, size: Size) -> Result<()> {
    let broker = Broker::start(config(dir)).await?;
    let mut wire = Wire::to(&broker).await?;
    let topic = CreatableTopic {
        name: "t".into(),
        num_partitions: size.partitions,
        replication_factor: 1,
        ..CreatableTopic::default()
    };
    wire.send(&CreateTopicsRequest { topics: vec![topic], ..Default::default() }, 7).await?;
    wire.receive::<CreateTopicsRequest>(7).await?;
    let batch = batch(size.batch_bytes)?;
    let partitions = usize::try_from(size.partitions)?;
    let rounds = (size.megabytes << 20) / (batch.len() * partitions);
    // A request holds a batch for each of some partitions, so that flushes and answers are few.
    let width = partitions.min((1 << 20) / batch.len()).max(1);
    let requests = (0..rounds.max(1)).flat_map(|_| (0..partitions).step_by(width));
    let mut waiting = 0;
    for first in requests {
        wire.send(&produce(&batch, first..(first + width).min(partitions)), 9).await?;
        waiting += 1;
        if waiting == IN_FLIGHT {
            wire.receive::<ProduceRequest>(9).await?;
            waiting -= 1;
        }
    }
    for _ in 0..waiting {
        wire.receive::<ProduceRequest>(9).await?;
    }
    // As the housekeeping does once a minute.
    tokio::time::sleep(Duration::from_secs(65)).await;
    wire.send(&produce(&batch, 0..partitions), 9).await?;
    println!("{READY}");
    std::future::pending().await
}

fn produce(batch: &Bytes, partitions: std::ops::Range<usize>) -> ProduceRequest {
    let partition = |index: usize| PartitionProduceData {
        index: i32::try_from(index).unwrap_or(i32::MAX),
        records: Some(batch.clone()),
        ..PartitionProduceData::default()
    };
    let topic = TopicProduceData {
        name: "t".into(),
        partition_data: partitions.map(partition).collect(),
        ..TopicProduceData::default()
    };
    ProduceRequest { acks: -1, timeout_ms: TIMEOUT_MS, topic_data: vec![topic], ..ProduceRequest::default() }
}

/// One batch of about so many bytes, in records of 1 KiB at most.
fn batch(bytes: usize) -> Result<Bytes> {
    let mut builder = BatchBuilder::new(Compression::None);
    let value = vec![b'x'; bytes.saturating_sub(100).clamp(1, 1_000)];
    while builder.is_empty() || builder.len() + value.len() <= bytes {
        builder.append(1_700_000_000_000, None, Some(&value), &[])?;
    }
    Ok(builder.build()?)
}

/// A connection inside the process that speaks frames.
struct Wire {
    stream: BoxedStream,
    correlation_id: i32,
}

impl Wire {
    async fn to(broker: &Broker) -> Result<Wire> {
        Ok(Wire { stream: broker.connector().connect("in-process", 0).await?, correlation_id: 0 })
    }

    async fn send<R: Request>(&mut self, request: &R, version: i16) -> Result<()> {
        self.correlation_id += 1;
        let mut buffer = BytesMut::new();
        frame::encode_request(&mut buffer, self.correlation_id, None, request, version)?;
        Ok(self.stream.write_all(&buffer).await?)
    }

    async fn receive<R: Request>(&mut self, version: i16) -> Result<R::Response> {
        let length = self.stream.read_u32().await?;
        let mut frame = vec![0; usize::try_from(length)?];
        self.stream.read_exact(&mut frame).await?;
        let mut reader = Reader::new(Bytes::from(frame));
        ResponseHeader::decode(&mut reader, R::response_header_version(version))?;
        Ok(R::Response::decode(&mut reader, version)?)
    }
}

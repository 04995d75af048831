//! `riverrun bench latency`: from the moment a record is meant to leave to its arrival at a consumer.

use std::time::{Duration, Instant};

use clap::Args;
use riverrun::core::client::{Client, Consumer, ConsumerConfig, Producer, TopicPartition};
use riverrun::core::random::{Random, SystemRandom};
use riverrun::{Error, ErrorKind, Result};
use serde_json::json;
use tokio::sync::watch;

use super::super::broker_address::BrokerAddress;
use super::super::runtime;
use super::super::terminal::Terminal;
use super::latencies::Latencies;
use super::load::{Length, Sending, Target, Values, flush_rule, rate};
use super::report::{Report, Watch};
use super::sender::{Load, STAMP_BYTES, Stamp, send};

const EXAMPLES: &str = "\
Examples:
  riverrun bench latency --rate 1000 --linger-ms 0
  riverrun bench latency --rate 20000 --partitions 8 --record-bytes 1024 --output json";

/// How long the last records may take to arrive.
const ARRIVAL_MAX: Duration = Duration::from_secs(10);
/// How long one poll waits.
const POLL: Duration = Duration::from_millis(100);

/// Write records at a steady rate, read them back, and measure acknowledgement and arrival.
///
/// Both count from the moment at which each record was meant to leave.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Latency {
    #[command(flatten)]
    target: Target,
    /// Bytes of a record's value, at least 16.
    #[arg(long, value_name = "BYTES", default_value_t = 100, value_parser = record_bytes)]
    record_bytes: usize,
    /// Records a second.
    #[arg(long, value_name = "RECORDS", default_value_t = 1_000.0, value_parser = rate)]
    rate: f64,
    #[command(flatten)]
    length: Length,
    #[command(flatten)]
    sending: Sending,
    /// A process (the broker's) whose CPU time and memory to report too.
    #[arg(long, value_name = "PID")]
    watch_pid: Option<u32>,
    #[command(flatten)]
    address: BrokerAddress,
}

fn record_bytes(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(bytes) if bytes >= STAMP_BYTES => Ok(bytes),
        _ => Err(format!("expected at least {STAMP_BYTES} bytes")),
    }
}

impl Latency {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        runtime::of_all_cores()?.block_on(self.measure())?.print(terminal)
    }

    pub(super) async fn measure(self) -> Result<Report> {
        let client = self.address.client().await?;
        let partitions = self.target.prepare(&client).await?;
        let flush = flush_rule(&client, &self.target.topic).await?;
        let producer = Producer::new(&client, self.sending.config())?;
        producer.partitions(&self.target.topic).await?;
        let consumer = self.consumer(&client, partitions).await?;
        let values = Values::of(self.record_bytes);
        let watch = Watch::start(self.watch_pid);
        let start = Instant::now();
        let stamp = Stamp { run: SystemRandom::new().next_u64(), origin: start };
        let counts_from = start + Duration::from_secs_f64(self.length.warmup);
        let (tell, told) = watch::channel(None);
        let load = Load {
            topic: self.target.topic.clone(),
            values,
            rate: Some(self.rate),
            start,
            counts_from,
            end: counts_from + Duration::from_secs_f64(self.length.seconds),
            records_max: u64::MAX,
            stamp: Some(stamp),
        };
        let sending = async {
            let sent = send(producer, load).await?;
            tell.send_replace(Some((sent.records, Instant::now() + ARRIVAL_MAX)));
            Ok(sent)
        };
        let (sent, arrival) = tokio::try_join!(sending, receive(consumer, stamp, counts_from, told))?;
        let mut settings = vec![
            ("topic", json!(self.target.topic)),
            ("partitions", json!(partitions)),
            ("record_bytes", json!(self.record_bytes)),
            ("rate", json!(self.rate)),
            ("warmup_seconds", json!(self.length.warmup)),
            ("records_sent", json!(sent.records)),
        ];
        settings.extend(self.sending.settings());
        settings.push(("flush", json!(flush)));
        Ok(Report {
            bench: "latency",
            settings,
            records: sent.acked,
            bytes: sent.acked * self.record_bytes as u64,
            seconds: sent.last_ack.map_or(0.0, |last| (last - counts_from).as_secs_f64()),
            latencies: vec![("ack", sent.latencies), ("arrival", arrival)],
            watched: watch.stop(),
            watched_seconds: start.elapsed().as_secs_f64(),
        })
    }

    /// A consumer that stands at the end of every partition.
    async fn consumer(&self, client: &Client, partitions: i32) -> Result<Consumer> {
        let config =
            ConsumerConfig { auto_commit: false, max_poll_records: 5_000, ..ConsumerConfig::default() };
        let mut consumer = Consumer::new(client, config)?;
        let all: Vec<_> = (0..partitions)
            .map(|partition| TopicPartition::new(self.target.topic.as_str(), partition))
            .collect();
        consumer.assign(&all)?;
        for partition in &all {
            consumer.seek_to_end(partition)?;
        }
        for partition in &all {
            consumer.position(partition, ARRIVAL_MAX).await?;
        }
        Ok(consumer)
    }
}

/// Reads until as many records have arrived as `told` says were sent, and measures those that count.
async fn receive(
    mut consumer: Consumer,
    stamp: Stamp,
    counts_from: Instant,
    told: watch::Receiver<Option<(u64, Instant)>>,
) -> Result<Latencies> {
    let (mut arrived, mut latencies) = (0, Latencies::new());
    loop {
        let polled = consumer.poll(POLL).await?;
        let now = Instant::now();
        for (_, record) in polled.iter() {
            let Some(intended) = record.value.as_deref().and_then(|value| stamp.read(value)) else {
                continue;
            };
            arrived += 1;
            if now >= counts_from {
                latencies.record(now.saturating_duration_since(intended));
            }
        }
        let end = *told.borrow();
        if let Some((sent, deadline)) = end {
            if arrived == sent {
                consumer.close(ARRIVAL_MAX).await?;
                return Ok(latencies);
            }
            if arrived > sent || now > deadline {
                let what = format!("{sent} records were acknowledged, and {arrived} arrived");
                return Err(Error::new(ErrorKind::Corrupt, what));
            }
        }
    }
}

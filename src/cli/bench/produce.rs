//! `riverrun bench produce`: records into a topic, as fast as it takes them or at a rate.

use std::time::{Duration, Instant};

use clap::Args;
use riverrun::Result;
use riverrun::core::client::Producer;
use serde_json::json;

use super::super::broker_address::BrokerAddress;
use super::super::runtime;
use super::super::terminal::Terminal;
use super::load::{Length, Sending, Target, Values, flush_rule, rate};
use super::report::{Report, Watch};
use super::sender::{Load, send};

const EXAMPLES: &str = "\
Examples:
  riverrun bench produce --record-bytes 1024
  riverrun bench produce --partitions 4 --seconds 30 --compression zstd
  riverrun bench produce --rate 50000 --linger-ms 0 --output json";

/// Write records to a topic and measure throughput and latency of the acknowledgements.
///
/// With --rate latencies count from the moment at which each record was meant to leave; without it, from its sending.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Produce {
    #[command(flatten)]
    target: Target,
    /// Bytes of a record's value.
    #[arg(long, value_name = "BYTES", default_value_t = 100)]
    record_bytes: usize,
    /// Records a second; as fast as the broker takes them when not given.
    #[arg(long, value_name = "RECORDS", value_parser = rate)]
    rate: Option<f64>,
    /// Stop after so many records, if the time is not over before.
    #[arg(long, value_name = "NUMBER")]
    records: Option<u64>,
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

impl Produce {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        runtime::of_all_cores()?.block_on(self.measure())?.print(terminal)
    }

    pub(super) async fn measure(self) -> Result<Report> {
        let client = self.address.client().await?;
        let partitions = self.target.prepare(&client).await?;
        let flush = flush_rule(&client, &self.target.topic).await?;
        let producer = Producer::new(&client, self.sending.config())?;
        // The topic's leaders are known before the clock runs.
        producer.partitions(&self.target.topic).await?;
        let values = Values::of(self.record_bytes);
        let watch = Watch::start(self.watch_pid);
        let start = Instant::now();
        let counts_from = start + Duration::from_secs_f64(self.length.warmup);
        let sent = send(
            producer,
            Load {
                topic: self.target.topic.clone(),
                values,
                rate: self.rate,
                start,
                counts_from,
                end: counts_from + Duration::from_secs_f64(self.length.seconds),
                records_max: self.records.unwrap_or(u64::MAX),
                stamp: None,
            },
        )
        .await?;
        let seconds = sent.last_ack.map_or(0.0, |last| (last - counts_from).as_secs_f64());
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
            bench: "produce",
            settings,
            records: sent.acked,
            bytes: sent.acked * self.record_bytes as u64,
            seconds,
            latencies: vec![("ack", sent.latencies)],
            watched: watch.stop(),
            watched_seconds: start.elapsed().as_secs_f64(),
        })
    }
}

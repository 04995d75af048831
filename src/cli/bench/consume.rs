//! `riverrun bench consume`: a topic from its beginning to its end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use clap::Args;
use riverrun::core::client::{Admin, Consumer, ConsumerConfig, OffsetReset, OffsetSpec, TopicPartition};
use riverrun::{Error, ErrorKind, Result};
use serde_json::json;

use super::super::broker_address::BrokerAddress;
use super::super::runtime;
use super::super::terminal::Terminal;
use super::load::partitions_of;
use super::report::{Report, Watch};

const EXAMPLES: &str = "\
Examples:
  riverrun bench consume --topic bench
  riverrun bench consume --topic flights --records 1000000 --output json";

/// How long a broker may be silent before the measurement is given up.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How long one poll waits.
const POLL: Duration = Duration::from_secs(1);

/// Read a topic from its beginning to where it ends now, and measure the throughput.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Consume {
    /// The topic to read.
    #[arg(long, value_name = "NAME", default_value = "bench")]
    topic: String,
    /// Stop after so many records.
    #[arg(long, value_name = "NUMBER")]
    records: Option<u64>,
    /// The most records that one poll returns: max.poll.records.
    #[arg(long, value_name = "NUMBER", default_value_t = 5_000)]
    poll_records: usize,
    /// Bytes of one partition in one answer: max.partition.fetch.bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    partition_fetch_bytes: i32,
    /// A process (the broker's) whose CPU time and memory to report too.
    #[arg(long, value_name = "PID")]
    watch_pid: Option<u32>,
    #[command(flatten)]
    address: BrokerAddress,
}

impl Consume {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        runtime::of_all_cores()?.block_on(self.measure())?.print(terminal)
    }

    pub(super) async fn measure(self) -> Result<Report> {
        let client = self.address.client().await?;
        let count = partitions_of(&client, &self.topic).await?;
        let partitions: Vec<TopicPartition> =
            (0..count).map(|partition| TopicPartition::new(self.topic.as_str(), partition)).collect();
        let mut consumer = Consumer::new(
            &client,
            ConsumerConfig {
                auto_commit: false,
                auto_offset_reset: OffsetReset::Earliest,
                max_poll_records: self.poll_records,
                max_partition_fetch_bytes: self.partition_fetch_bytes,
                ..ConsumerConfig::default()
            },
        )?;
        let ends = Admin::new(&client).list_offsets(&partitions, OffsetSpec::Latest).await?;
        let starts = Admin::new(&client).list_offsets(&partitions, OffsetSpec::Earliest).await?;
        let mut open: BTreeMap<TopicPartition, i64> = ends
            .into_iter()
            .filter(|(partition, end)| starts.get(partition).is_none_or(|start| start < end))
            .collect();
        let wanted = self.records.unwrap_or(u64::MAX);
        let watch = Watch::start(self.watch_pid);
        let start = Instant::now();
        let mut heard = start;
        consumer.assign(&partitions)?;
        let (mut records, mut bytes) = (0, 0);
        while records < wanted && !open.is_empty() {
            let polled = consumer.poll(POLL).await?;
            for partition in &polled.partitions {
                records += partition.records.len() as u64;
                let lengths =
                    partition.records.iter().map(|record| record.value.as_deref().map_or(0, <[u8]>::len));
                bytes += lengths.sum::<usize>() as u64;
            }
            // By position, not by count: compaction and markers of transactions leave offsets without a record.
            for (partition, position) in consumer.positions() {
                if open.get(&partition).is_some_and(|end| position >= *end) {
                    open.remove(&partition);
                }
            }
            if !polled.is_empty() {
                heard = Instant::now();
            } else if heard.elapsed() > SILENCE_MAX {
                let what = format!(
                    "no record of topic '{}' within {} s, after {records} of them",
                    self.topic,
                    SILENCE_MAX.as_secs()
                );
                return Err(Error::new(ErrorKind::Timeout, what));
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        let watched = watch.stop();
        consumer.close(Duration::from_secs(5)).await?;
        Ok(Report {
            bench: "consume",
            settings: vec![
                ("topic", json!(self.topic)),
                ("partitions", json!(count)),
                ("poll_records", json!(self.poll_records)),
                ("partition_fetch_bytes", json!(self.partition_fetch_bytes)),
            ],
            records,
            bytes,
            seconds,
            latencies: Vec::new(),
            watched,
            watched_seconds: seconds,
        })
    }
}

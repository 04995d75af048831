//! `riverrun produce`: lines of standard input become records.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::time::Duration;

use clap::{Args, ValueEnum};
use riverrun::core::client::{Acks, Delivery, Producer, ProducerConfig, ProducerRecord};
use riverrun::core::record::{Compression, Header};
use riverrun::{Error, ErrorKind, Result};
use serde_json::json;
use tokio::sync::mpsc;

use super::broker_address::BrokerAddress;
use super::record_text::RecordLine;
use super::runtime;
use super::suggestion::nearest_topic;
use super::terminal::Terminal;

const EXAMPLES: &str = "\
Examples:
  echo 'hello' | riverrun produce greetings
  riverrun produce flights --key-separator : --compression zstd < flights.txt
  riverrun consume flights --format json --until-end --from-beginning | riverrun produce copy --format json";

/// Deliveries that may be open at once; beyond it, reading waits for the oldest.
const OPEN_DELIVERIES_MAX: usize = 100_000;
/// Bytes of input that are handed over at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// Write lines of standard input to a topic, acknowledged by all replicas.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Produce {
    /// The topic to write to; a broker that makes topics on demand makes it.
    topic: String,
    /// What a line is.
    #[arg(long, value_enum, default_value = "text")]
    format: InputFormat,
    /// What separates key from value in a line of text; without it, a line is a value.
    #[arg(long, value_name = "TEXT")]
    key_separator: Option<String>,
    /// A key or value of text that equals this is null.
    #[arg(long, value_name = "TEXT")]
    null: Option<String>,
    /// A header for every record: NAME=VALUE, or NAME alone for a null value; may be given many times.
    #[arg(short = 'H', long = "header", value_name = "NAME=VALUE")]
    headers: Vec<String>,
    /// The partition to write to; by default the key decides, and records without one are spread.
    #[arg(long, value_name = "NUMBER")]
    partition: Option<i32>,
    /// How batches are compressed.
    #[arg(long, value_enum, default_value = "none")]
    compression: Codec,
    /// Which acknowledgement counts.
    #[arg(long, value_enum, default_value = "all")]
    acks: AcksLevel,
    /// Milliseconds to wait for a batch to fill.
    #[arg(long, value_name = "MS", default_value_t = 5)]
    linger_ms: u64,
    #[command(flatten)]
    address: BrokerAddress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum InputFormat {
    /// A value, or a key and a value.
    Text,
    /// An object with key, value, headers, timestamp, partition: what `consume --format json` prints.
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Codec {
    None,
    Gzip,
    Snappy,
    Lz4,
    Zstd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AcksLevel {
    /// Of all in-sync replicas: an acknowledged record is on disk.
    All,
    /// Of the leader.
    #[value(name = "1")]
    Leader,
    /// None: records may be lost without a sign.
    #[value(name = "0")]
    None,
}

impl Produce {
    pub(crate) fn run(self, terminal: &Terminal) -> Result<()> {
        runtime::of_one_thread()?.block_on(self.produce(terminal))
    }

    async fn produce(self, terminal: &Terminal) -> Result<()> {
        let client = self.address.client().await?;
        let producer = Producer::new(&client, self.config())?;
        // Said before anything is read: a mistyped topic must not swallow the input.
        if let Err(error) = producer.partitions(&self.topic).await {
            return Err(nearest_topic(&client, &self.topic, error).await);
        }
        let headers = self.headers.iter().map(|text| header(text)).collect();
        let mut writer =
            Writer { topic: &self.topic, producer, headers, open: VecDeque::new(), sent: 0, acked: 0 };
        let read = self.send_input(&mut writer).await;
        // What was read before a wrong line is still delivered, and counted.
        let delivered = writer.finish().await;
        let acked = writer.acked;
        read.and(delivered).map_err(|error| error.context(format_args!("{} sent, then", counted(acked))))?;
        let (text, topic) = (format!("{} sent to '{}'", counted(acked), self.topic), &self.topic);
        terminal.done(&text, &json!({ "topic": topic, "records": acked }))
    }

    fn config(&self) -> ProducerConfig {
        let compression = match self.compression {
            Codec::None => Compression::None,
            Codec::Gzip => Compression::Gzip,
            Codec::Snappy => Compression::Snappy,
            Codec::Lz4 => Compression::Lz4,
            Codec::Zstd => Compression::Zstd,
        };
        let acks = match self.acks {
            AcksLevel::All => Acks::All,
            AcksLevel::Leader => Acks::Leader,
            AcksLevel::None => Acks::None,
        };
        let mut config = ProducerConfig::default().compression(compression).acks(acks);
        config.idempotence = self.acks == AcksLevel::All;
        config.linger(Duration::from_millis(self.linger_ms))
    }

    async fn send_input(&self, writer: &mut Writer<'_>) -> Result<()> {
        let mut chunks = read_lines();
        let mut number = 0;
        while let Some(chunk) = chunks.recv().await {
            for line in chunk?.split_inclusive(|&byte| byte == b'\n') {
                number += 1;
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                self.send_line(writer, line, number).await?;
            }
        }
        Ok(())
    }

    async fn send_line(&self, writer: &mut Writer<'_>, line: &[u8], number: u64) -> Result<()> {
        let text = || {
            std::str::from_utf8(line).map_err(|error| {
                let what = format!("standard input, line {number}: this is no UTF-8");
                Error::new(ErrorKind::Invalid, what).with_source(error)
            })
        };
        match self.format {
            InputFormat::Text => {
                let (key, value) = match &self.key_separator {
                    None => (None, line),
                    Some(separator) => {
                        let (key, value) = text()?.split_once(separator.as_str()).ok_or_else(|| {
                            let what = format!("standard input, line {number}: there is no '{separator}' between key and value");
                            Error::new(ErrorKind::Invalid, what)
                        })?;
                        (Some(key.as_bytes()), value.as_bytes())
                    }
                };
                let is_null = |bytes: &[u8]| self.null.as_ref().is_some_and(|null| null.as_bytes() == bytes);
                let record = ProducerRecord {
                    key: key.filter(|key| !is_null(key)),
                    value: Some(value).filter(|value| !is_null(value)),
                    partition: self.partition,
                    ..ProducerRecord::default()
                };
                writer.send(record, &[]).await
            }
            InputFormat::Json => {
                let line = RecordLine::parse(text()?, number)?;
                let headers: Vec<Header> = line
                    .headers
                    .into_iter()
                    .map(|header| Header::new(header.key.0, header.value.map(|data| data.0.into())))
                    .collect();
                let record = ProducerRecord {
                    key: line.key.as_ref().map(|data| data.0.as_slice()),
                    value: line.value.as_ref().map(|data| data.0.as_slice()),
                    timestamp: line.timestamp,
                    partition: self.partition.or(line.partition),
                    ..ProducerRecord::default()
                };
                writer.send(record, &headers).await
            }
        }
    }
}

fn counted(records: u64) -> String {
    if records == 1 { "1 record".to_owned() } else { format!("{records} records") }
}

/// Sends records and keeps count of what is acknowledged.
struct Writer<'a> {
    topic: &'a str,
    producer: Producer,
    /// Headers that every record gets before its own.
    headers: Vec<Header>,
    open: VecDeque<Delivery>,
    sent: u64,
    acked: u64,
}

impl Writer<'_> {
    async fn send(&mut self, record: ProducerRecord<'_>, headers: &[Header]) -> Result<()> {
        let all;
        let headers = if self.headers.is_empty() {
            headers
        } else if headers.is_empty() {
            &self.headers
        } else {
            all = [&self.headers, headers].concat();
            &all
        };
        let delivery = self.producer.send(ProducerRecord { topic: self.topic, headers, ..record }).await?;
        self.sent += 1;
        self.open.push_back(delivery);
        if self.open.len() > OPEN_DELIVERIES_MAX {
            self.end_oldest().await?;
        }
        Ok(())
    }

    async fn end_oldest(&mut self) -> Result<()> {
        if let Some(delivery) = self.open.pop_front() {
            delivery.await?;
            self.acked += 1;
        }
        Ok(())
    }

    async fn finish(&mut self) -> Result<()> {
        // Its error is that of a delivery below, which also knows its record.
        let _ = self.producer.flush().await;
        while !self.open.is_empty() {
            self.end_oldest().await?;
        }
        Ok(())
    }
}

fn header(text: &str) -> Header {
    match text.split_once('=') {
        Some((name, value)) => Header::new(name.to_owned(), Some(value.to_owned().into())),
        None => Header::new(text.to_owned(), None),
    }
}

/// Standard input in chunks of whole lines, read on a thread of its own: a terminal may keep us waiting for ever.
fn read_lines() -> mpsc::Receiver<Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel(4);
    std::thread::spawn(move || {
        let mut input = BufReader::with_capacity(CHUNK_BYTES, std::io::stdin().lock());
        loop {
            let mut chunk = Vec::new();
            let read = input.fill_buf().map(<[u8]>::len).and_then(|available| {
                let whole = input.buffer()[..available].iter().rposition(|&byte| byte == b'\n');
                if let Some(end) = whole {
                    chunk.extend_from_slice(&input.buffer()[..=end]);
                    input.consume(end + 1);
                    return Ok(chunk.len());
                }
                // A line longer than the buffer, or the last one without its end.
                input.read_until(b'\n', &mut chunk)
            });
            let message = match read {
                Ok(0) => break,
                Ok(_) => Ok(chunk),
                Err(error) => {
                    Err(Error::new(ErrorKind::Internal, "cannot read standard input").with_source(error))
                }
            };
            let failed = message.is_err();
            if sender.blocking_send(message).is_err() || failed {
                break;
            }
        }
    });
    receiver
}

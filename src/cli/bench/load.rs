//! What a load is made of: flags that measurements share, records' values, the topic, the broker's flush rule.

use std::time::Duration;

use clap::{Args, ValueEnum};
use riverrun::core::client::admin::ConfigResource;
use riverrun::core::client::{Acks, Admin, Client, NewTopic, ProducerConfig};
use riverrun::core::random::{Random, SeededRandom};
use riverrun::core::record::Compression;
use riverrun::{Error, ErrorKind, Result};
use serde_json::{Value, json};

/// The topic that is written to.
#[derive(Args, Clone, Debug)]
pub(crate) struct Target {
    /// The topic to write to; it is made if it is not there.
    #[arg(long, value_name = "NAME", default_value = "bench")]
    pub(crate) topic: String,
    /// Partitions of a topic that is made.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) partitions: i32,
    /// A config of a topic that is made, such as flush.policy=os; may be given many times.
    #[arg(long = "topic-config", value_name = "NAME=VALUE")]
    pub(crate) topic_configs: Vec<String>,
}

impl Target {
    /// Makes the topic if it is not there and gives back how many partitions it has.
    pub(crate) async fn prepare(&self, client: &Client) -> Result<i32> {
        let mut topic = NewTopic::new(&self.topic).partitions(self.partitions);
        for config in &self.topic_configs {
            let Some((name, value)) = config.split_once('=') else {
                let what = format!("--topic-config '{config}' is no NAME=VALUE");
                return Err(Error::new(ErrorKind::Invalid, what));
            };
            topic = topic.config(name, value);
        }
        Admin::new(client).ensure_topic(&topic).await?;
        partitions_of(client, &self.topic).await
    }
}

/// How many partitions a topic has.
pub(crate) async fn partitions_of(client: &Client, topic: &str) -> Result<i32> {
    let view = client.topic(topic, false, Duration::from_secs(30)).await?;
    Ok(i32::try_from(view.partitions.len()).unwrap_or(i32::MAX))
}

/// When the broker flushes what it acknowledges, as its topic says: every figure depends on it.
pub(crate) async fn flush_rule(client: &Client, topic: &str) -> Result<String> {
    let configs = Admin::new(client).describe_configs(&ConfigResource::Topic(topic.to_owned())).await?;
    let value = |name: &str| configs.get(name).and_then(|entry| entry.value.clone());
    if let Some(policy) = value("flush.policy") {
        return Ok(policy);
    }
    let never = i64::MAX.to_string();
    match (value("flush.messages"), value("flush.ms")) {
        (Some(messages), Some(ms)) if messages == never && ms == never => Ok("os".to_owned()),
        (messages, ms) => {
            let text = |value: Option<String>| value.unwrap_or_else(|| "not said".to_owned());
            Ok(format!("flush.messages={}, flush.ms={}", text(messages), text(ms)))
        }
    }
}

/// How records are gathered and acknowledged.
#[derive(Args, Clone, Debug)]
pub(crate) struct Sending {
    /// Bytes of a batch before it is sent: batch.size.
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 10)]
    pub(crate) batch_bytes: usize,
    /// Milliseconds to wait for a batch to fill: linger.ms.
    #[arg(long, value_name = "MS", default_value_t = 5)]
    pub(crate) linger_ms: u64,
    /// How batches are compressed.
    #[arg(long, value_enum, default_value = "none")]
    pub(crate) compression: Codec,
    /// Which acknowledgement counts: all (and idempotent), 1, or 0.
    #[arg(long, value_enum, default_value = "all")]
    pub(crate) acks: AcksLevel,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Codec {
    None,
    Gzip,
    Snappy,
    Lz4,
    Zstd,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AcksLevel {
    All,
    #[value(name = "1")]
    Leader,
    #[value(name = "0")]
    None,
}

impl Sending {
    pub(crate) fn config(&self) -> ProducerConfig {
        let acks = match self.acks {
            AcksLevel::All => Acks::All,
            AcksLevel::Leader => Acks::Leader,
            AcksLevel::None => Acks::None,
        };
        ProducerConfig::default()
            .acks(acks)
            .compression(self.codec())
            .batch_size(self.batch_bytes)
            .linger(Duration::from_millis(self.linger_ms))
    }

    fn codec(&self) -> Compression {
        match self.compression {
            Codec::None => Compression::None,
            Codec::Gzip => Compression::Gzip,
            Codec::Snappy => Compression::Snappy,
            Codec::Lz4 => Compression::Lz4,
            Codec::Zstd => Compression::Zstd,
        }
    }

    pub(crate) fn settings(&self) -> Vec<(&'static str, Value)> {
        let acks = match self.acks {
            AcksLevel::All => "all",
            AcksLevel::Leader => "1",
            AcksLevel::None => "0",
        };
        vec![
            ("acks", json!(acks)),
            ("batch_bytes", json!(self.batch_bytes)),
            ("linger_ms", json!(self.linger_ms)),
            ("compression", json!(self.codec().name())),
        ]
    }
}

/// How long a load lasts and how much of it is thrown away.
#[derive(Args, Clone, Debug)]
pub(crate) struct Length {
    /// Seconds to measure, after the warm-up.
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = seconds)]
    pub(crate) seconds: f64,
    /// Seconds before that, whose records do not count.
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0, value_parser = seconds)]
    pub(crate) warmup: f64,
}

/// A number of seconds that a run can last.
pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("expected seconds from 0 to 86400".to_owned()),
    }
}

/// A rate in records a second.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.001..=1e9).contains(&rate) => Ok(rate),
        _ => Err("expected records a second, from 0.001 to 1e9".to_owned()),
    }
}

/// Values of a fixed length, cut out of hexadecimal noise: a compressor takes about half of it away.
#[derive(Debug)]
pub(crate) struct Values {
    noise: Vec<u8>,
    length: usize,
}

/// Bytes of noise to cut from; more than a compressor's window of the records of one batch.
const NOISE_BYTES: usize = 1 << 20;

impl Values {
    pub(crate) fn of(length: usize) -> Self {
        let mut random = SeededRandom::new(42);
        let noise =
            (0..NOISE_BYTES + length).map(|_| b"0123456789abcdef"[random.below(16) as usize]).collect();
        Values { noise, length }
    }

    /// The value of a record.
    pub(crate) fn of_record(&self, index: u64) -> &[u8] {
        let from = (index.wrapping_mul(4_099) % NOISE_BYTES as u64) as usize;
        &self.noise[from..from + self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_length_and_differ() {
        let values = Values::of(100);
        assert!((0..100_000).all(|index| values.of_record(index).len() == 100));
        assert_ne!(values.of_record(0), values.of_record(1));
        assert!(Values::of(0).of_record(7).is_empty());
    }
}

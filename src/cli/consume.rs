//! `riverrun consume`: records of a topic become lines of standard output.

use std::collections::BTreeMap;
use std::io::Write;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use riverrun::core::client::{
    CommittedOffset, Consumer, ConsumerConfig, ConsumerEvent, ConsumerRecords, IsolationLevel, OffsetReset,
    TopicPartition,
};
use riverrun::core::record::Record;
use riverrun::{Error, ErrorKind, Result};
use serde_json::{Value, json};

use super::broker_address::BrokerAddress;
use super::record_text::from_bytes;
use super::runtime::{self, Stop};
use super::suggestion::nearest_topic;
use super::terminal::{Terminal, write_error};

const EXAMPLES: &str = "\
Examples:
  riverrun consume flights --from-beginning --max-messages 10
  riverrun consume flights --from-beginning --until-end --format json
  riverrun consume flights --group reports --with key,timestamp
  riverrun consume flights --offset @1357034400000 --partition 2";

/// How long one call waits for records before the conditions to stop are looked at again.
const POLL: Duration = Duration::from_millis(500);
/// How long leaving a group, or a topic's partitions becoming known, may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Read records of a topic and print them until interrupted.
///
/// With a group, offsets are committed after the records are printed: a record may come twice after a crash, none is
/// missed.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Consume {
    /// The topic to read.
    topic: String,
    /// Start at the oldest record; with a group, where the group has no committed offset.
    #[arg(long, conflicts_with = "offset")]
    from_beginning: bool,
    /// Start here: an offset, `beginning`, `end`, or @MILLISECONDS since 1970 (the first record at or after that time).
    #[arg(long, value_name = "WHERE", conflicts_with = "group")]
    offset: Option<Start>,
    /// Read this partition alone; may be given many times.
    #[arg(long = "partition", value_name = "NUMBER", conflicts_with = "group")]
    partitions: Vec<i32>,
    /// Share the partitions with the other members of this group, and commit to it.
    #[arg(long)]
    group: Option<String>,
    /// Stop after so many records.
    #[arg(long, value_name = "COUNT")]
    max_messages: Option<u64>,
    /// Stop where each partition ended when reading began.
    #[arg(long, conflicts_with = "group")]
    until_end: bool,
    /// What a record is printed as.
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
    /// What to print before the value of a record, in this order.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FIELDS")]
    with: Vec<Field>,
    /// What separates the fields of a record in text.
    #[arg(long, value_name = "TEXT", default_value = "\t")]
    separator: String,
    /// Whether records of open or aborted transactions are seen.
    #[arg(long, value_enum, default_value = "read_uncommitted")]
    isolation_level: Isolation,
    /// Print which partitions are assigned to this member, as {"assigned": […]}, whenever that changes.
    #[arg(long, requires = "group")]
    show_assignment: bool,
    /// Milliseconds without a sign of life after which the group goes on without this member.
    #[arg(long, value_name = "MS", default_value_t = 45_000, requires = "group")]
    session_timeout_ms: u64,
    #[command(flatten)]
    address: BrokerAddress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// The value, after the fields of `--with`; bytes as they are.
    Text,
    /// One object per line, with every field; takes what `produce --format json` takes.
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Field {
    Partition,
    Offset,
    Timestamp,
    Headers,
    Key,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Isolation {
    /// Everything.
    ReadUncommitted,
    /// What was committed.
    ReadCommitted,
}

/// Where to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Beginning,
    End,
    Offset(i64),
    Timestamp(i64),
}

impl FromStr for Start {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("'{text}' is no place to start: write an offset, beginning, end or @MILLISECONDS");
        Ok(match text {
            "beginning" => Start::Beginning,
            "end" => Start::End,
            _ => match text.strip_prefix('@') {
                Some(time) => Start::Timestamp(time.parse().map_err(|_| wrong())?),
                None => Start::Offset(text.parse().ok().filter(|offset| *offset >= 0).ok_or_else(wrong)?),
            },
        })
    }
}

impl Consume {
    pub(crate) fn run(self, _terminal: &Terminal) -> Result<()> {
        runtime::of_one_thread()?.block_on(self.consume())
    }

    async fn consume(self) -> Result<()> {
        let mut stop = Stop::listen()?;
        let client = self.address.client().await?;
        let topic = client.topic(&self.topic, false, PATIENCE).await;
        let topic = match topic {
            Ok(topic) => topic,
            Err(error) => return Err(nearest_topic(&client, &self.topic, error).await),
        };
        let count = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
        let mut consumer = Consumer::new(&client, self.config())?;
        if self.group.is_some() {
            consumer.subscribe(&[&self.topic])?;
        } else {
            self.assign(&mut consumer, count)?;
        }
        let done = self.print_all(&mut consumer, &mut stop).await;
        let closed = consumer.close(PATIENCE).await;
        done.and(closed)
    }

    fn config(&self) -> ConsumerConfig {
        let reset = if self.from_beginning { OffsetReset::Earliest } else { OffsetReset::Latest };
        let isolation = match self.isolation_level {
            Isolation::ReadUncommitted => IsolationLevel::ReadUncommitted,
            Isolation::ReadCommitted => IsolationLevel::ReadCommitted,
        };
        let session_timeout = Duration::from_millis(self.session_timeout_ms);
        ConsumerConfig {
            group_id: self.group.clone(),
            // Committed by hand, after the records are out.
            auto_commit: false,
            allow_auto_create_topics: false,
            session_timeout,
            heartbeat_interval: (session_timeout / 3).min(Duration::from_secs(3)),
            ..ConsumerConfig::default()
        }
        .auto_offset_reset(reset)
        .isolation_level(isolation)
    }

    fn assign(&self, consumer: &mut Consumer, count: i32) -> Result<()> {
        let wanted: Vec<i32> =
            if self.partitions.is_empty() { (0..count).collect() } else { self.partitions.clone() };
        if let Some(wrong) = wanted.iter().find(|partition| !(0..count).contains(*partition)) {
            let what = format!("topic '{}' has no partition {wrong}; it has 0 to {}", self.topic, count - 1);
            return Err(Error::new(ErrorKind::NotFound, what));
        }
        let partitions: Vec<TopicPartition> =
            wanted.iter().map(|&partition| TopicPartition::new(self.topic.as_str(), partition)).collect();
        consumer.assign(&partitions)?;
        let start = self.offset.unwrap_or(if self.from_beginning { Start::Beginning } else { Start::End });
        for partition in &partitions {
            match start {
                Start::Beginning => consumer.seek_to_beginning(partition)?,
                Start::End => consumer.seek_to_end(partition)?,
                Start::Offset(offset) => consumer.seek(partition, offset)?,
                Start::Timestamp(timestamp) => consumer.seek_to_timestamp(partition, timestamp)?,
            }
        }
        Ok(())
    }

    async fn print_all(&self, consumer: &mut Consumer, stop: &mut Stop) -> Result<()> {
        let mut left = self.max_messages.unwrap_or(u64::MAX);
        let mut ends = BTreeMap::new();
        while left > 0 {
            // Waiting may be cut short; printing and committing may not, so that what is out is committed.
            let event = tokio::select! {
                event = consumer.next_event(POLL) => event,
                () = stop.asked_for() => break,
            };
            match event {
                Ok(ConsumerEvent::Records(records)) => {
                    let last = self.print(&records, &mut left)?;
                    if self.group.is_some() {
                        commit(consumer, &last).await?;
                    }
                }
                Ok(ConsumerEvent::Assigned(assignment)) if self.show_assignment => {
                    let mut assigned: Vec<i32> =
                        assignment.partitions.iter().map(|name| name.partition).collect();
                    assigned.sort_unstable();
                    write_line(&json!({ "assigned": assigned }).to_string())?;
                }
                // Everything printed is committed already, so nothing is left to do when partitions go.
                Ok(_) => {}
                Err(error) if error.is_retriable() => tokio::time::sleep(Duration::from_millis(100)).await,
                Err(error) => return Err(error),
            }
            if self.until_end && is_at_end(consumer, &mut ends) {
                break;
            }
        }
        Ok(())
    }

    /// Prints records and flushes; returns where each partition goes on.
    fn print(&self, records: &ConsumerRecords, left: &mut u64) -> Result<BTreeMap<TopicPartition, i64>> {
        let mut text = Vec::new();
        let mut next = BTreeMap::new();
        for (partition, record) in records.iter() {
            if *left == 0 {
                break;
            }
            *left -= 1;
            self.write(&mut text, partition.partition, record);
            next.insert(partition.topic_partition(), record.offset + 1);
        }
        let mut out = std::io::stdout().lock();
        out.write_all(&text).and_then(|()| out.flush()).map_err(write_error)?;
        Ok(next)
    }

    fn write(&self, text: &mut Vec<u8>, partition: i32, record: &Record) {
        let headers = || -> Value {
            let one = |header: &riverrun::core::record::Header| json!({ "key": from_bytes(Some(&header.key)), "value": from_bytes(header.value.as_deref()) });
            record.headers.iter().map(one).collect()
        };
        if self.format == OutputFormat::Json {
            // In the order that one reads it; a map of serde_json would sort the names.
            let line = format!(
                "{{\"topic\":{},\"partition\":{partition},\"offset\":{},\"timestamp\":{},\"key\":{},\"value\":{},\"headers\":{}}}\n",
                Value::from(self.topic.as_str()),
                record.offset,
                record.timestamp,
                from_bytes(record.key.as_deref()),
                from_bytes(record.value.as_deref()),
                headers(),
            );
            text.extend_from_slice(line.as_bytes());
            return;
        }
        for field in &self.with {
            match field {
                Field::Partition => text.extend_from_slice(partition.to_string().as_bytes()),
                Field::Offset => text.extend_from_slice(record.offset.to_string().as_bytes()),
                Field::Timestamp => text.extend_from_slice(record.timestamp.to_string().as_bytes()),
                Field::Headers => text.extend_from_slice(headers().to_string().as_bytes()),
                Field::Key => text.extend_from_slice(record.key.as_deref().unwrap_or(b"null")),
            }
            text.extend_from_slice(self.separator.as_bytes());
        }
        text.extend_from_slice(record.value.as_deref().unwrap_or(b"null"));
        text.push(b'\n');
    }
}

async fn commit(consumer: &Consumer, next: &BTreeMap<TopicPartition, i64>) -> Result<()> {
    let offsets = next.iter().map(|(name, &offset)| (name.clone(), CommittedOffset::new(offset))).collect();
    match consumer.commit_offsets(&offsets).await {
        // The group moved on while we printed: the partitions' next owner prints these records again.
        Err(error) if error.kind() == ErrorKind::Fenced || error.is_retriable() => Ok(()),
        other => other,
    }
}

/// Whether every partition has been read up to the first end that its broker told.
fn is_at_end(consumer: &Consumer, ends: &mut BTreeMap<TopicPartition, i64>) -> bool {
    let positions = consumer.positions();
    consumer.assignment().into_iter().all(|name| {
        let Some(end) = ends.get(&name).copied().or_else(|| consumer.cached_end(&name)) else { return false };
        ends.insert(name.clone(), end);
        positions.get(&name).is_some_and(|&position| position >= end)
    })
}

fn write_line(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(write_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_to_start() {
        assert_eq!("beginning".parse(), Ok(Start::Beginning));
        assert_eq!("17".parse(), Ok(Start::Offset(17)));
        assert_eq!("@-5".parse(), Ok(Start::Timestamp(-5)));
        for wrong in ["", "-1", "@", "start", "1.5"] {
            assert!(wrong.parse::<Start>().is_err(), "{wrong}");
        }
    }
}

//! The delays of January 2013's flights per airline and hour, with the typed DSL. The same job stands as a pipeline in
//! `examples/flights/pipeline.yaml` and gives the same rows.
//!
//! ```text
//! cargo run --release --example flight_delays
//! cargo run --release --example flight_delays -- --bootstrap-server 127.0.0.1:9092
//! ```
//!
//! It starts a broker of its own (data under `.riverrun/flight-delays-dsl/`) unless it is given a cluster, loads the
//! flights and airlines into topics, runs until they are processed, and writes each final window to
//! `out/flight-delays-dsl.jsonl`. Killed at any moment and started again, it ends with the same rows.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program of its own: it writes its result file and says what it did"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use riverrun::broker::{Broker, BrokerConfig};
use riverrun::connectors::file::{format_rfc3339_ms, parse_rfc3339_ms};
use riverrun::core::client::producer::partition_for_key;
use riverrun::core::client::{
    Admin, Client, ClientConfig, CommittedOffset, Consumer, ConsumerConfig, GroupMetadata, IsolationLevel,
    NewTopic, Producer, ProducerConfig, ProducerRecord, TopicPartition,
};
use riverrun::streams::dsl::{BuildConfig, Consumed};
use riverrun::streams::prelude::*;
use riverrun::streams::runtime::Streams;
use riverrun::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

const PARTITIONS: i32 = 4;

/// Delays of flights per airline and hour.
#[derive(Debug, Parser)]
struct Options {
    /// A running cluster, as HOST:PORT; without it a broker starts in this process.
    #[arg(long)]
    bootstrap_server: Option<String>,
    /// Where the broker and the state stores keep their data.
    #[arg(long, default_value = ".riverrun/flight-delays-dsl")]
    data_dir: PathBuf,
    /// Where the rows go.
    #[arg(long, default_value = "out/flight-delays-dsl.jsonl")]
    out: PathBuf,
}

/// A flight as the topic holds it.
#[derive(Debug, Deserialize, Serialize)]
struct Flight {
    dep_delay: Option<i64>,
}

/// A flight with its airline's name.
struct Named {
    dep_delay: Option<i64>,
    airline: String,
}

/// What is known of an airline's hour.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Delays {
    airline: String,
    flights: u64,
    /// Flights that left; the others were cancelled.
    departed: u64,
    total: i64,
    max: Option<i64>,
}

impl Delays {
    fn add(mut self, flight: &Named) -> Self {
        self.airline.clone_from(&flight.airline);
        self.flights += 1;
        if let Some(delay) = flight.dep_delay {
            self.departed += 1;
            self.total += delay;
            self.max = self.max.max(Some(delay));
        }
        self
    }
}

/// A row of the result.
#[derive(Debug, Deserialize, Serialize)]
struct Row {
    carrier: String,
    airline: String,
    window_start: String,
    flights: u64,
    mean_delay: Option<f64>,
    max_delay: Option<i64>,
}

fn topology() -> Result<Topology> {
    let app = StreamsBuilder::new("flight-delays-dsl");
    let airlines = app.table("airlines", (utf8(), utf8()));
    app.stream_with(Consumed::topics(["flights"], (utf8(), json::<Flight>())))
        .join(&airlines, |flight, airline| Named { dep_delay: flight.dep_delay, airline: airline.clone() })
        .group_by_key()
        // Within one airline rows lie up to 18 hours behind the latest: with a day of patience none is late.
        .windowed_by(Tumbling::of(hours(1)).grace(hours(24)))
        .emit(Emit::OnClose)
        // Time jumps over the nights: rows must be there still when it passes a window's end and grace at once.
        .aggregate(
            Materialized::named("delays").value_serde(json()).retention(hours(7 * 24)),
            Delays::default,
            |_, flight, delays: Delays| delays.add(flight),
        )
        .to_stream()
        .map(|hour: &Windowed<String>, delays: &Delays| (hour.key.clone(), row(hour, delays)))
        .to("flight-delays", (utf8(), json::<Row>()));
    app.build_with(BuildConfig::default())
}

fn row(hour: &Windowed<String>, delays: &Delays) -> Row {
    Row {
        carrier: hour.key.clone(),
        airline: delays.airline.clone(),
        window_start: format_rfc3339_ms(hour.window.start_ms),
        flights: delays.flights,
        mean_delay: (delays.departed > 0).then(|| delays.total as f64 / delays.departed as f64),
        max_delay: delays.max,
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let broker = match &options.bootstrap_server {
        Some(_) => None,
        // Nobody else will join the group, so there is nobody to wait for.
        None => Some(Broker::start(broker_config(&options.data_dir)).await?),
    };
    let cluster = match (&broker, &options.bootstrap_server) {
        (Some(broker), _) => ClientConfig::new(&broker.bootstrap()).transport(broker.connector()),
        (None, server) => ClientConfig::new(server.as_deref().unwrap_or_default()),
    };
    let client = Client::connect(cluster).await?;
    let admin = Admin::new(&client);
    for topic in ["flights", "airlines", "flight-delays"] {
        // Records of 2013 are older than any broker's usual retention.
        let topic = NewTopic::new(topic).partitions(PARTITIONS).config("retention.ms", "-1");
        admin.ensure_topic(&topic).await?;
    }
    load(&client, &admin).await?;
    let running = Streams::with_client(topology()?, &client)
        .exactly_once()
        .state_dir(options.data_dir.join("state"))
        .load_first(["airlines"])
        .start()
        .await?;
    running.finish(BTreeMap::new()).await?;
    let summary = running.wait().await?;
    let rows = report(&client, &admin, &options.out).await?;
    println!(
        "{} records in, {} late, {rows} rows in {}, {:.2} s",
        summary.records_in(),
        summary.late(),
        options.out.display(),
        summary.elapsed.as_secs_f64()
    );
    match broker {
        Some(broker) => broker.shutdown().await,
        None => Ok(()),
    }
}

fn broker_config(data_dir: &Path) -> BrokerConfig {
    BrokerConfig::new(data_dir.join("broker"))
        .listen("127.0.0.1:0")
        .set("group.initial.rebalance.delay.ms", "0")
}

/// A record of a file: its key, its value, and its time if it has one.
struct Loaded {
    key: String,
    value: Vec<u8>,
    timestamp: Option<i64>,
}

async fn load(client: &Client, admin: &Admin) -> Result<()> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/flights/data");
    let airlines = read(&data.join("airlines.csv"), &["carrier", "name"])?;
    let airlines =
        airlines.into_iter().map(|[key, name]| Ok(Loaded { key, value: name.into(), timestamp: Some(0) }));
    load_topic(client, admin, "airlines", airlines).await?;
    let flights = read(&data.join("flights-2013-01.csv.gz"), &["carrier", "dep_delay", "time_hour"])?;
    let flights = flights.into_iter().map(|[key, delay, hour]| {
        let dep_delay =
            (delay != "NA").then(|| delay.parse()).transpose().map_err(|error| bad(&delay, error))?;
        let value = serde_json::to_vec(&Flight { dep_delay }).map_err(|error| bad(&delay, error))?;
        let timestamp = parse_rfc3339_ms(&hour).ok_or_else(|| bad(&hour, "no time"))?;
        Ok(Loaded { key, value, timestamp: Some(timestamp) })
    });
    load_topic(client, admin, "flights", flights).await
}

/// Sends a file's records in one transaction: they are all there or none is. That it was done is part of the
/// transaction too, as the committed offset of a group that nobody reads with.
async fn load_topic(
    client: &Client,
    admin: &Admin,
    topic: &str,
    records: impl Iterator<Item = Result<Loaded>>,
) -> Result<()> {
    let loader = format!("flight-delays-dsl-load-{topic}");
    let config = ProducerConfig::default().batch_size(256 << 10).linger(Duration::from_millis(20));
    let producer = Producer::new(client, config.transactional_id(&loader))?;
    // A load that was cut short is undone when this returns; one that was committed is known.
    producer.init_transactions().await?;
    if !admin.list_group_offsets(&loader).await?.is_empty() {
        return Ok(());
    }
    producer.begin_transaction()?;
    let mut count = 0;
    for record in records {
        let record = record?;
        let sent = ProducerRecord {
            topic,
            partition: Some(partition_for_key(record.key.as_bytes(), PARTITIONS)),
            timestamp: record.timestamp,
            key: Some(record.key.as_bytes()),
            value: Some(&record.value),
            headers: &[],
        };
        producer.send(sent).await?;
        count += 1;
    }
    let done = BTreeMap::from([(TopicPartition::new(topic, 0), CommittedOffset::new(count))]);
    producer.send_offsets_to_transaction(&done, &GroupMetadata::unmanaged(&loader)).await?;
    producer.commit_transaction().await
}

/// The named columns of a CSV file, compressed or not. Nothing in these files is quoted.
fn read<const N: usize>(path: &Path, columns: &[&str; N]) -> Result<Vec<[String; N]>> {
    let unreadable = |error: std::io::Error| {
        Error::new(ErrorKind::NotFound, format!("'{}' cannot be read", path.display())).with_source(error)
    };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let plain: Box<dyn BufRead> = match path.extension() {
        Some(gz) if gz == "gz" => Box::new(BufReader::new(flate2::read::MultiGzDecoder::new(&bytes[..]))),
        _ => Box::new(&bytes[..]),
    };
    let mut lines = plain.lines();
    let header = lines.next().transpose().map_err(unreadable)?.unwrap_or_default();
    let header: Vec<&str> = header.split(',').collect();
    let mut places = [0; N];
    for (place, column) in places.iter_mut().zip(columns) {
        let found = header.iter().position(|name| name == column);
        *place = found.ok_or_else(|| bad(column, format!("no such column in '{}'", path.display())))?;
    }
    let mut rows = Vec::new();
    for line in lines {
        let line = line.map_err(unreadable)?;
        let fields: Vec<&str> = line.split(',').collect();
        rows.push(places.map(|place| fields.get(place).copied().unwrap_or_default().to_owned()));
    }
    Ok(rows)
}

fn bad(what: &str, why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Invalid, format!("'{what}': {why}"))
}

/// Writes all rows of the result topic, then puts the file in its place at once.
async fn report(client: &Client, admin: &Admin, out: &Path) -> Result<usize> {
    let failed = |error: std::io::Error| {
        Error::new(ErrorKind::Invalid, format!("'{}' cannot be written", out.display())).with_source(error)
    };
    let mut left: BTreeMap<TopicPartition, i64> = admin
        .end_offsets("flight-delays")
        .await?
        .into_iter()
        .filter(|(_, end)| *end > 0)
        .map(|(partition, end)| (TopicPartition::new("flight-delays", partition), end))
        .collect();
    // Results count once they are committed.
    let config = ConsumerConfig::default().isolation_level(IsolationLevel::ReadCommitted);
    let mut consumer = Consumer::new(client, config)?;
    consumer.assign(&left.keys().cloned().collect::<Vec<_>>())?;
    for partition in left.keys() {
        consumer.seek_to_beginning(partition)?;
    }
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let part = out.with_extension("part");
    let mut file = BufWriter::new(std::fs::File::create(&part).map_err(failed)?);
    let mut rows = 0;
    while !left.is_empty() {
        for records in consumer.poll(Duration::from_millis(200)).await?.partitions {
            for record in &records.records {
                file.write_all(record.value.as_deref().unwrap_or_default()).map_err(failed)?;
                file.write_all(b"\n").map_err(failed)?;
                rows += 1;
            }
        }
        // Not by records: the last offsets may be of markers, or of what was aborted.
        let positions = consumer.positions();
        left.retain(|partition, end| positions.get(partition).is_none_or(|at| at < end));
    }
    file.into_inner().map_err(|error| failed(error.into_error()))?.sync_all().map_err(failed)?;
    std::fs::rename(&part, out).map_err(failed)?;
    Ok(rows)
}

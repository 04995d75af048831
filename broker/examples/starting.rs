//! How long a broker in this process takes to start, to take its first record, and to stop.
//!
//! ```text
//! cargo run --release -p riverrun-broker --example starting
//! ```
#![expect(clippy::print_stdout, reason = "a program for people")]

use std::time::{Duration, Instant};

use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::Result;
use riverrun_core::client::{Client, ClientConfig, Producer, ProducerConfig, ProducerRecord};

const ROUNDS: usize = 51;

#[tokio::main]
async fn main() -> Result<()> {
    println!("{:<28} {:>9} {:>13} {:>9}", "median of 51, ms", "start", "first record", "stop");
    measure("in memory, no socket", || Ok((BrokerConfig::in_memory().without_socket(), None))).await?;
    measure("in memory, a free port", || Ok((BrokerConfig::in_memory(), None))).await?;
    measure("on disk, a free port", || {
        let folder = tempfile::TempDir::new().map_err(|error| {
            riverrun_core::Error::new(riverrun_core::ErrorKind::Internal, "no folder for data")
                .with_source(error)
        })?;
        Ok((BrokerConfig::new(folder.path()).listen("127.0.0.1:0"), Some(folder)))
    })
    .await
}

async fn measure(
    name: &str,
    config: impl Fn() -> Result<(BrokerConfig, Option<tempfile::TempDir>)>,
) -> Result<()> {
    let mut took = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        let (config, _folder) = config()?;
        let start = Instant::now();
        let broker = Broker::start(config).await?;
        took[0].push(start.elapsed());
        let start = Instant::now();
        let client_config = ClientConfig::new(&broker.bootstrap()).transport(broker.connector());
        let client = Client::connect(client_config).await?;
        let producer = Producer::new(&client, ProducerConfig::default().linger(Duration::ZERO))?;
        producer.send(ProducerRecord::new("t", b"x")).await?.await?;
        took[1].push(start.elapsed());
        drop((producer, client));
        let start = Instant::now();
        broker.shutdown().await?;
        took[2].push(start.elapsed());
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[ROUNDS / 2].as_secs_f64() * 1_000.0
    };
    let [start, first, stop] = took.each_mut().map(median);
    println!("{name:<28} {start:>9.2} {first:>13.2} {stop:>9.2}");
    Ok(())
}

//! The measurements against our own broker, in memory.

use clap::Parser;
use riverrun::broker::{Broker, BrokerConfig};

use super::report::Report;
use super::{Bench, Kind};

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    bench: Bench,
}

async fn measure(broker: &Broker, line: &str) -> Report {
    let address = broker.bootstrap();
    let words = line.split(' ').chain(["--bootstrap-server", &address]);
    let line = Line::try_parse_from(["bench"].into_iter().chain(words)).unwrap();
    match line.bench.kind {
        Kind::Produce(command) => command.measure().await,
        Kind::Consume(command) => command.measure().await,
        Kind::Latency(command) => command.measure().await,
        Kind::Floor(_) | Kind::Crowd(_) => unreachable!("it gives no report"),
    }
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_comes_and_goes() {
    use crate::cli::terminal::{ColorChoice, Output, Terminal};
    let broker = Broker::start(BrokerConfig::in_memory().listen("127.0.0.1:0")).await.unwrap();
    let address = broker.bootstrap();
    let words = "bench crowd --idle 5 --stalled 2 --partitions 30 --write-each --probes 3 --bootstrap-server";
    let line = Line::try_parse_from(words.split(' ').chain([address.as_str()])).unwrap();
    let Kind::Crowd(crowd) = line.bench.kind else { panic!("not what was asked for") };
    let steps = crowd.measure(&Terminal::new(Output::Json, ColorChoice::Never)).await.unwrap();
    assert_eq!(steps.len(), 6);
    broker.shutdown().await.unwrap();
}

fn setting<'a>(report: &'a Report, name: &str) -> &'a serde_json::Value {
    &report.settings.iter().find(|(known, _)| *known == name).unwrap().1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_produced_is_consumed() {
    let broker = Broker::start(BrokerConfig::in_memory().listen("127.0.0.1:0")).await.unwrap();
    let produced = measure(
        &broker,
        "produce --topic t --partitions 3 --records 5000 --warmup 0 --topic-config flush.policy=os --compression lz4",
    )
    .await;
    assert_eq!((produced.records, produced.bytes), (5_000, 500_000));
    assert_eq!(setting(&produced, "flush"), "os");
    assert_eq!(setting(&produced, "partitions"), 3);
    let consumed = measure(&broker, "consume --topic t").await;
    assert_eq!((consumed.records, consumed.bytes), (5_000, 500_000));
    let some = measure(&broker, "consume --topic t --records 10 --poll-records 10").await;
    assert!((10..5_000).contains(&some.records));
    broker.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_record_that_is_timed_arrives() {
    let broker = Broker::start(BrokerConfig::in_memory().listen("127.0.0.1:0")).await.unwrap();
    let report = measure(
        &broker,
        "latency --topic t --partitions 2 --rate 1000 --seconds 0.5 --warmup 0.1 --linger-ms 0",
    )
    .await;
    assert!((300..=610).contains(&report.records), "{}", report.records);
    assert!(report.latencies.iter().all(|(_, latencies)| !latencies.is_empty()));
    // The same topic again: records of another run are not mistaken for ours.
    let again = measure(&broker, "latency --topic t --rate 200 --seconds 0.3 --warmup 0 --linger-ms 0").await;
    assert!(again.records > 0);
    broker.shutdown().await.unwrap();
}

use std::time::{Duration, Instant};

use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::alter_client_quotas_request::{EntityData, EntryData, OpData};
use riverrun_core::protocol::messages::delete_topics_request::DeleteTopicState;
use riverrun_core::protocol::messages::*;
use tokio::io::AsyncReadExt;

use crate::data::{create, fetch_request, produce_request, values};
use crate::endpoint::metric;
use crate::topics::topic;
use crate::wire::{DEADLINE, Wire, batch, tcp};

/// Sets a quota through the API.
async fn limit(wire: &mut Wire, kind: &str, name: Option<&str>, key: &str, value: Option<f64>) {
    let entity =
        EntityData { entity_type: kind.into(), entity_name: name.map(Into::into), ..Default::default() };
    let op = OpData {
        key: key.into(),
        value: value.unwrap_or_default(),
        remove: value.is_none(),
        ..Default::default()
    };
    let entry = EntryData { entity: vec![entity], ops: vec![op], ..Default::default() };
    let response =
        wire.ask(&AlterClientQuotasRequest { entries: vec![entry], ..Default::default() }, 1).await;
    assert_eq!(response.entries[0].error_code, 0, "{:?}", response.entries[0].error_message);
}

async fn broker() -> (Broker, Wire) {
    // Two windows of a second: what happened is forgotten soon.
    let config = BrokerConfig::in_memory()
        .set("quota.window.num", "2")
        .set("controller.quota.window.num", "2")
        .set("group.initial.rebalance.delay.ms", "0");
    let broker = Broker::start(config).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    (broker, wire)
}

/// Asks for something that no quota is for, and says how long the answer took: as long as the connection is muted.
async fn muted_for(wire: &mut Wire) -> Duration {
    let start = Instant::now();
    wire.ask(&MetadataRequest { topics: Some(Vec::new()), ..Default::default() }, 9).await;
    start.elapsed()
}

#[tokio::test]
async fn a_producer_above_its_rate_is_told_and_made_to_wait() {
    let (broker, mut wire) = broker().await;
    limit(&mut wire, "client-id", Some("it"), "producer_byte_rate", Some(10_000.0)).await;
    let small = wire.ask(&produce_request(-1, batch(&["x"])), 9).await;
    assert_eq!(small.throttle_time_ms, 0);
    let request = produce_request(-1, batch(&["x".repeat(30_000).as_str()]));
    // However slow this machine is: 30,000 bytes are too many for the two seconds that are looked at.
    for version in [3, 12] {
        let answer = wire.ask(&request, version).await;
        assert_eq!(answer.responses[0].partition_responses[0].error_code, 0, "what came is taken");
        let told = answer.throttle_time_ms;
        assert!((500..15_000).contains(&told), "version {version}: {told} ms");
        let waited = muted_for(&mut wire).await;
        let least =
            Duration::from_millis(told.unsigned_abs().into()).saturating_sub(Duration::from_millis(100));
        assert!(waited >= least, "told {told} ms, waited {waited:?}");
    }
    // Another client is not concerned.
    let mut other = Wire::to(&broker).await.named("other");
    assert_eq!(other.ask(&request, 9).await.throttle_time_ms, 0);
    assert!(
        metric(&broker, "kafka_network_RequestMetrics_ThrottleTimeMs_count{request=\"Produce\"}").unwrap()
            >= 2.0
    );
    limit(&mut wire, "client-id", Some("it"), "producer_byte_rate", None).await;
    assert_eq!(wire.ask(&request, 9).await.throttle_time_ms, 0);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_consumer_above_its_rate_is_told_and_made_to_wait() {
    let (broker, mut wire) = broker().await;
    for _ in 0..10 {
        wire.ask(&produce_request(-1, batch(&["x".repeat(5_000).as_str()])), 9).await;
    }
    limit(&mut wire, "client-id", None, "consumer_byte_rate", Some(12_000.0)).await;
    let first = wire.ask(&fetch_request(0, 1, 0), 12).await;
    assert!(values(&first).len() <= 2, "no more than the windows hold comes at once");
    assert_eq!(first.throttle_time_ms, 0);
    let (mut told, mut offset) = (0, 2);
    // The second is too much, unless this machine took a second for it.
    while told == 0 && offset < 10 {
        let next = wire.ask(&fetch_request(offset, 1, 0), 12).await;
        assert_eq!(values(&next).len(), 2, "what was read is not kept back");
        told = next.throttle_time_ms;
        offset += 2;
    }
    assert!((1..3_000).contains(&told), "{told} ms");
    let least = Duration::from_millis(told.unsigned_abs().into()).saturating_sub(Duration::from_millis(100));
    assert!(muted_for(&mut wire).await >= least);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_client_that_takes_too_much_time_is_made_to_wait() {
    let (broker, mut wire) = broker().await;
    limit(&mut wire, "user", None, "request_percentage", Some(0.000_01)).await;
    let answer = wire.ask(&MetadataRequest::default(), 9).await;
    assert_eq!(answer.throttle_time_ms, 1_000, "one window at most");
    assert!(muted_for(&mut wire).await >= Duration::from_millis(900));
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn mutations_are_refused_or_slowed_down_as_the_client_knows() {
    let (broker, mut wire) = broker().await;
    limit(&mut wire, "client-id", Some("it"), "controller_mutation_rate", Some(10.0)).await;
    let create = |name: &str, partitions| CreateTopicsRequest {
        topics: vec![topic(name, partitions)],
        timeout_ms: 1_000,
        ..Default::default()
    };
    // Twenty are free in two windows; the first that goes beyond is served, and owes forty.
    let first = wire.ask(&create("a", 60), 7).await;
    assert_eq!((first.topics[0].error_code, first.throttle_time_ms), (0, 0));
    let second = wire.ask(&create("b", 1), 7).await;
    assert_eq!(ErrorCode::from(second.topics[0].error_code), ErrorCode::ThrottlingQuotaExceeded);
    assert!((1..=4_000).contains(&second.throttle_time_ms), "{}", second.throttle_time_ms);
    let told = Duration::from_millis(second.throttle_time_ms.unsigned_abs().into());
    assert!(muted_for(&mut wire).await >= told.saturating_sub(Duration::from_millis(100)));
    let again = wire.ask(&create("b", 5), 7).await;
    assert_eq!(again.topics[0].error_code, 0, "{:?}", again.topics[0].error_message);
    // Clients from before KIP-599 are served and told to wait.
    let old = wire.ask(&create("c", 40), 5).await;
    assert_eq!(old.topics[0].error_code, 0);
    assert!(old.throttle_time_ms > 1_000, "{}", old.throttle_time_ms);
    let delete = DeleteTopicsRequest {
        topics: vec![DeleteTopicState { name: Some("a".into()), ..Default::default() }],
        ..Default::default()
    };
    let mut fresh = Wire::to(&broker).await;
    let refused = fresh.ask(&delete, 6).await;
    // By now the bucket may have filled again, on a slow machine.
    let code = ErrorCode::from(refused.responses[0].error_code);
    assert!([ErrorCode::ThrottlingQuotaExceeded, ErrorCode::None].contains(&code), "{code:?}");
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_address_opens_connections_at_its_rate() {
    let (broker, mut wire) = broker().await;
    limit(&mut wire, "ip", Some("127.0.0.1"), "connection_creation_rate", Some(3.0)).await;
    let mut refused = 0;
    for _ in 0..10 {
        let mut stream = tcp(&broker.bootstrap()).await;
        let mut byte = [0];
        // What is turned away is closed after its time; what is let in stays open and says nothing.
        let read = tokio::time::timeout(Duration::from_millis(20), stream.read(&mut byte));
        let _ = read.await;
        drop(stream);
    }
    let name = "riverrun_network_SocketServer_RefusedConnections_total{reason=\"connection_creation_rate\"}";
    let start = Instant::now();
    while refused == 0 {
        assert!(start.elapsed() < DEADLINE, "nobody was turned away");
        refused = metric(&broker, name).unwrap() as u64;
        tokio::task::yield_now().await;
    }
    broker.shutdown().await.unwrap();
}

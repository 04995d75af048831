use std::time::{Duration, Instant};

use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::client::transport::BoxedStream;
use riverrun_core::protocol::frame;
use riverrun_core::protocol::messages::{FetchRequest, MetadataRequest, ProduceRequest};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::data::{create, fetch_request, produce, produce_request, values};
use crate::endpoint::metric;
use crate::wire::{DEADLINE, Wire, batch, tcp};

async fn broker(configs: &[(&str, &str)]) -> Broker {
    let config =
        configs.iter().fold(BrokerConfig::in_memory(), |config, (name, value)| config.set(*name, *value));
    Broker::start(config).await.unwrap()
}

/// Waits until a metric is as wanted.
async fn until(broker: &Broker, name: &str, wanted: impl Fn(f64) -> bool) {
    let start = Instant::now();
    while !metric(broker, name).is_some_and(&wanted) {
        assert!(start.elapsed() < DEADLINE, "{name} is {:?}", metric(broker, name));
        tokio::task::yield_now().await;
    }
}

/// Whether the broker closes the connection, without an answer.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut byte = [0];
    let read = tokio::time::timeout(DEADLINE, stream.read(&mut byte)).await.expect("an end in time");
    matches!(read, Ok(0) | Err(_))
}

/// Whether the connection is served.
async fn is_served(stream: &mut TcpStream) -> bool {
    let mut request = bytes::BytesMut::new();
    frame::encode_request(&mut request, 1, None, &MetadataRequest::default(), 9).unwrap();
    stream.write_all(&request).await.is_ok() && stream.read_u32().await.is_ok()
}

#[tokio::test]
async fn a_request_that_is_too_large_ends_its_connection_alone() {
    let broker = broker(&[("socket.request.max.bytes", "10000")]).await;
    let mut large = tcp(&broker.bootstrap()).await;
    large.write_all(&10_001_u32.to_be_bytes()).await.unwrap();
    assert!(is_closed(&mut large).await);
    assert!(is_served(&mut tcp(&broker.bootstrap()).await).await);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn connections_beyond_the_most_wait_for_one_to_end() {
    let broker = broker(&[("max.connections", "2")]).await;
    let address = broker.bootstrap();
    let (mut first, mut second) = (tcp(&address).await, tcp(&address).await);
    assert!(is_served(&mut first).await && is_served(&mut second).await);
    let mut third = tcp(&address).await;
    let waits = tokio::time::timeout(Duration::from_millis(100), is_served(&mut third)).await;
    assert!(waits.is_err(), "the third is not served");
    assert_eq!(metric(&broker, "kafka_server_socket_server_metrics_connection_count"), Some(2.0));
    drop(first);
    assert!(
        tokio::time::timeout(DEADLINE, third.read_u32()).await.unwrap().is_ok(),
        "what it sent is answered now"
    );
    // The limit is for sockets: inside the process the broker can always be reached.
    Wire::to(&broker).await.ask(&MetadataRequest::default(), 9).await;
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_address_has_its_most_connections() {
    let broker = broker(&[("max.connections.per.ip", "1")]).await;
    let address = broker.bootstrap();
    let mut first = tcp(&address).await;
    assert!(is_served(&mut first).await);
    assert!(is_closed(&mut tcp(&address).await).await);
    let refused = "riverrun_network_SocketServer_RefusedConnections_total{reason=\"max.connections.per.ip\"}";
    assert_eq!(metric(&broker, refused), Some(1.0));
    drop(first);
    until(&broker, "kafka_server_socket_server_metrics_connection_count", |count| count == 0.0).await;
    assert!(is_served(&mut tcp(&address).await).await);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_address_may_have_its_own_number() {
    let configs =
        [("max.connections.per.ip", "0"), ("max.connections.per.ip.overrides", "127.0.0.1:2,::1:5")];
    let broker = broker(&configs).await;
    let address = broker.bootstrap();
    let (mut first, mut second) = (tcp(&address).await, tcp(&address).await);
    assert!(is_served(&mut first).await && is_served(&mut second).await);
    assert!(is_closed(&mut tcp(&address).await).await);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn connections_are_let_in_at_a_rate() {
    let configs = [("max.connection.creation.rate", "10"), ("quota.window.num", "2")];
    let broker = broker(&configs).await;
    let start = Instant::now();
    for _ in 0..25 {
        assert!(is_served(&mut tcp(&broker.bootstrap()).await).await, "they wait and are served");
    }
    // Ten at once, and ten in each second after that.
    assert!(start.elapsed() >= Duration::from_millis(900), "{:?}", start.elapsed());
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_one_that_waits_for_an_answer_is_not() {
    let broker = broker(&[("connections.max.idle.ms", "300")]).await;
    let mut waiting = Wire::over_tcp(&broker).await;
    create(&mut waiting, &[]).await;
    let fetch = waiting.send(&fetch_request(0, 1, 600_000), 12).await;
    assert!(is_closed(&mut tcp(&broker.bootstrap()).await).await);
    until(&broker, "kafka_network_SocketServer_ExpiredConnectionsKilledCount", |count| count >= 1.0).await;
    produce(&mut Wire::to(&broker).await, -1, batch(&["x"])).await;
    assert_eq!(values(&waiting.receive::<FetchRequest>(fetch, 12).await).len(), 1);
    broker.shutdown().await.unwrap();
}

/// In virtual time: half a minute passes as soon as nobody has anything to do.
#[tokio::test(start_paused = true)]
async fn half_a_request_does_not_hold_its_memory_for_long() {
    let broker = broker(&[]).await;
    let mut stream: BoxedStream = broker.connector().connect("in-process", 0).await.unwrap();
    let start = tokio::time::Instant::now();
    stream.write_all(&[0, 0, 1, 0, 0, 3]).await.unwrap();
    let mut byte = [0];
    assert!(matches!(stream.read(&mut byte).await, Ok(0) | Err(_)));
    let waited = start.elapsed();
    assert!((29..60).contains(&waited.as_secs()), "{waited:?}, not connections.max.idle.ms");
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn large_requests_share_their_memory() {
    let broker =
        broker(&[("queued.max.request.bytes", "200000"), ("socket.request.max.bytes", "150000")]).await;
    let (mut first, mut second) = (Wire::to(&broker).await, Wire::to(&broker).await);
    create(&mut first, &[]).await;
    let request = produce_request(-1, batch(&["x".repeat(140_000).as_str()]));
    let mut bytes = bytes::BytesMut::new();
    frame::encode_request(&mut bytes, 7, None, &request, 9).unwrap();
    let (head, tail) = bytes.split_at(70_000);
    first.send_raw(head).await;
    until(&broker, "kafka_network_SocketServer_MemoryPoolUsed", |used| used > 100_000.0).await;
    // The second has room for its part no more, and waits; small requests do not.
    second.send_raw(&bytes[..50_000]).await;
    let mut third = Wire::to(&broker).await;
    third.ask(&MetadataRequest::default(), 9).await;
    assert!(metric(&broker, "kafka_network_SocketServer_MemoryPoolAvailable").unwrap() < 100_000.0);
    first.send_raw(tail).await;
    first.receive::<ProduceRequest>(7, 9).await;
    second.send_raw(&bytes[50_000..]).await;
    second.receive::<ProduceRequest>(7, 9).await;
    until(&broker, "kafka_network_SocketServer_MemoryPoolUsed", |used| used == 0.0).await;
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn readers_that_stand_still_bound_what_waits_for_them() {
    const MAX: f64 = 1_048_576.0;
    let broker = broker(&[("fetch.memory.max.bytes", "1048576")]).await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    let value = "x".repeat(60_000);
    for _ in 0..100 {
        produce(&mut wire, -1, batch(&[&value])).await;
    }
    let mut stalled = Vec::new();
    for _ in 0..20 {
        let mut reader = Wire::to(&broker).await;
        for _ in 0..50 {
            reader.send(&fetch_request(0, 1, 1_000), 12).await;
        }
        stalled.push(reader);
    }
    until(&broker, "riverrun_network_SocketServer_FetchMemoryUsed", |used| used > 0.5 * MAX).await;
    // Whoever reads goes on, however full it is, by at least one batch at a time.
    let mut offset = 0;
    while offset < 100 {
        let found = values(&wire.ask(&fetch_request(offset, 1, 1_000), 12).await);
        offset = found.last().unwrap().0 + 1;
        let used = metric(&broker, "riverrun_network_SocketServer_FetchMemoryUsed").unwrap();
        // Each of the 21 may hold what its connection has in flight: 64 KiB fetches, one after the other written.
        assert!(used < MAX + 21.0 * 51.0 * 65_536.0, "{used}");
    }
    drop(stalled);
    until(&broker, "riverrun_network_SocketServer_FetchMemoryUsed", |used| used == 0.0).await;
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn readers_that_wait_for_records_take_no_memory() {
    let broker = broker(&[("fetch.memory.max.bytes", "1048576")]).await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    let mut waiting = Vec::new();
    for _ in 0..50 {
        let mut reader = Wire::to(&broker).await;
        let fetch = reader.send(&fetch_request(0, 1, 600_000), 12).await;
        waiting.push((reader, fetch));
    }
    let requests = "kafka_network_RequestMetrics_RequestsPerSec_total{request=\"Fetch\",version=\"12\"}";
    until(&broker, requests, |count| count == 50.0).await;
    until(&broker, "riverrun_network_SocketServer_FetchMemoryUsed", |used| used == 0.0).await;
    produce(&mut wire, -1, batch(&["x"])).await;
    for (mut reader, fetch) in waiting {
        assert_eq!(values(&reader.receive::<FetchRequest>(fetch, 12).await).len(), 1);
    }
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_client_that_sends_ahead_and_never_reads_is_not_read_any_more() {
    let broker = broker(&[]).await;
    let mut stream: BoxedStream = broker.connector().connect("in-process", 0).await.unwrap();
    let mut request = bytes::BytesMut::new();
    frame::encode_request(&mut request, 1, None, &MetadataRequest::default(), 9).unwrap();
    let requests = request.repeat(1_000);
    let mut sent = 0_usize;
    // The answers are not taken, so at some point the requests are not either.
    loop {
        match tokio::time::timeout(
            Duration::from_millis(500),
            stream.write(&requests[sent % requests.len()..]),
        )
        .await
        {
            Ok(written) => sent += written.unwrap(),
            Err(_) => break,
        }
        assert!(sent < 64 << 20, "{sent} bytes of requests were taken without an answer being read");
    }
    broker.shutdown().await.unwrap();
}

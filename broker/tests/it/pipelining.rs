use std::time::Duration;

use riverrun_core::protocol::messages::{FetchRequest, MetadataRequest, ProduceRequest};

use crate::data::{create, fetch_request, produce_request, values};
use crate::wire::{Wire, batch, broker};

#[tokio::test]
async fn requests_are_read_ahead_and_answered_in_order() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    let mut sent = Vec::new();
    for number in 0..200 {
        sent.push(wire.send(&produce_request(-1, batch(&[&number.to_string()])), 9).await);
    }
    for (number, id) in sent.into_iter().enumerate() {
        let response = wire.receive::<ProduceRequest>(id, 9).await;
        let answer = &response.responses[0].partition_responses[0];
        assert_eq!((answer.error_code, answer.base_offset), (0, i64::try_from(number).unwrap()));
    }
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_waiting_fetch_does_not_keep_what_follows_from_being_done() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    // On one connection: the fetch waits for the very record that is sent behind it.
    let fetch = wire.send(&fetch_request(0, 1, 600_000), 12).await;
    let produce = wire.send(&produce_request(-1, batch(&["behind"])), 9).await;
    let metadata = wire.send(&MetadataRequest::default(), 9).await;
    assert_eq!(values(&wire.receive::<FetchRequest>(fetch, 12).await), [(0, "behind".to_owned())]);
    wire.receive::<ProduceRequest>(produce, 9).await;
    wire.receive::<MetadataRequest>(metadata, 9).await;
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn frames_may_come_in_any_pieces() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    let large = "x".repeat(300_000);
    let mut bytes = bytes::BytesMut::new();
    for (id, value) in [(1, "small"), (2, large.as_str()), (3, "small")] {
        let request = produce_request(-1, batch(&[value]));
        riverrun_core::protocol::frame::encode_request(&mut bytes, id, None, &request, 9).unwrap();
    }
    let (head, tail) = bytes.split_at(200);
    for byte in head {
        wire.send_raw(&[*byte]).await;
    }
    for piece in tail.chunks(70_001) {
        wire.send_raw(piece).await;
    }
    for id in 1..=3 {
        let response = wire.receive::<ProduceRequest>(id, 9).await;
        assert_eq!(response.responses[0].partition_responses[0].base_offset, i64::from(id - 1));
    }
    assert_eq!(values(&wire.ask(&fetch_request(0, 1, 1_000), 12).await)[1].1, large);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_closing_broker_answers_what_waits() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    let fetch = wire.send(&fetch_request(0, 1, 600_000), 12).await;
    let produce = wire.send(&produce_request(-1, batch(&["last"])), 9).await;
    let second = wire.send(&fetch_request(1, 1, 600_000), 12).await;
    assert_eq!(values(&wire.receive::<FetchRequest>(fetch, 12).await).len(), 1);
    wire.receive::<ProduceRequest>(produce, 9).await;
    let closing = tokio::time::timeout(Duration::from_secs(10), broker.shutdown());
    let (closed, last) = tokio::join!(closing, wire.receive::<FetchRequest>(second, 12));
    closed.expect("a shutdown in time").unwrap();
    assert_eq!(values(&last).len(), 0);
    assert_eq!(wire.frame().await, None);
    assert!(broker.connector().connect("any", 1).await.is_err());
}

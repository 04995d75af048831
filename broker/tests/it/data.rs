use bytes::Bytes;
use riverrun_broker::Broker;
use riverrun_core::protocol::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use riverrun_core::protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use riverrun_core::protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use riverrun_core::protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use riverrun_core::protocol::messages::produce_response::PartitionProduceResponse;
use riverrun_core::protocol::messages::*;
use riverrun_core::protocol::{ErrorCode, Str, Uuid};
use riverrun_core::record::{BatchBuilder, Batches, Compression};

use crate::topics::topic;
use crate::wire::{Wire, batch, broker, now_ms};

pub(crate) async fn create(wire: &mut Wire, configs: &[(&str, &str)]) -> Uuid {
    let configs = configs.iter().map(|(name, value)| CreatableTopicConfig {
        name: (*name).into(),
        value: Some((*value).into()),
        ..Default::default()
    });
    let topics = vec![CreatableTopic { configs: configs.collect(), ..topic("t", 1) }];
    let response = wire.ask(&CreateTopicsRequest { topics, ..Default::default() }, 7).await;
    assert_eq!(response.topics[0].error_code, 0, "{:?}", response.topics[0].error_message);
    response.topics[0].topic_id
}

pub(crate) fn produce_request(acks: i16, records: Bytes) -> ProduceRequest {
    let partition = PartitionProduceData { index: 0, records: Some(records), ..Default::default() };
    let topic = TopicProduceData { name: "t".into(), partition_data: vec![partition], ..Default::default() };
    ProduceRequest { acks, timeout_ms: 10_000, topic_data: vec![topic], ..Default::default() }
}

pub(crate) async fn produce(wire: &mut Wire, acks: i16, records: Bytes) -> PartitionProduceResponse {
    let mut response = wire.ask(&produce_request(acks, records), 9).await;
    response.responses.remove(0).partition_responses.remove(0)
}

pub(crate) fn fetch_request(offset: i64, min_bytes: i32, max_wait_ms: i32) -> FetchRequest {
    let partition = FetchPartition {
        partition: 0,
        fetch_offset: offset,
        partition_max_bytes: 1 << 20,
        ..Default::default()
    };
    let topic = FetchTopic { topic: "t".into(), partitions: vec![partition], ..Default::default() };
    FetchRequest {
        max_wait_ms,
        min_bytes,
        max_bytes: 1 << 20,
        session_epoch: -1,
        topics: vec![topic],
        ..Default::default()
    }
}

/// Offsets and values of the one partition of an answer.
pub(crate) fn values(response: &FetchResponse) -> Vec<(i64, String)> {
    let partition = &response.responses[0].partitions[0];
    assert_eq!(partition.error_code, 0);
    let mut values = Vec::new();
    for batch in Batches::fetched(partition.records.clone().unwrap_or_default()) {
        for record in batch.unwrap().records().unwrap() {
            let record = record.unwrap();
            values.push((record.offset, String::from_utf8(record.value.unwrap().to_vec()).unwrap()));
        }
    }
    values
}

fn code(response: &PartitionProduceResponse) -> ErrorCode {
    ErrorCode::from(response.error_code)
}

async fn started(configs: &[(&str, &str)]) -> (Broker, Wire, Uuid) {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    let id = create(&mut wire, configs).await;
    (broker, wire, id)
}

#[tokio::test]
async fn records_come_back_as_they_were_at_every_version() {
    let (broker, mut wire, id) = started(&[]).await;
    let mut expected = Vec::new();
    for version in 3..=13 {
        let value = format!("by {version}");
        let mut request = produce_request(-1, batch(&[&value]));
        request.topic_data[0].topic_id = id;
        let response = wire.ask(&request, version).await;
        let answer = &response.responses[0].partition_responses[0];
        assert_eq!((answer.error_code, answer.base_offset), (0, i64::from(version - 3)), "version {version}");
        expected.push((answer.base_offset, value));
    }
    for version in 4..=18 {
        let mut request = fetch_request(0, 1, 1_000);
        request.topics[0].topic_id = id;
        let response = wire.ask(&request, version).await;
        assert_eq!(values(&response), expected, "version {version}");
        assert_eq!(response.responses[0].partitions[0].high_watermark, 11);
    }
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_fetch_in_the_middle_of_a_batch_gets_the_whole_batch() {
    let (broker, mut wire, _) = started(&[]).await;
    produce(&mut wire, -1, batch(&["a", "b", "c"])).await;
    produce(&mut wire, -1, batch(&["d"])).await;
    let whole = values(&wire.ask(&fetch_request(1, 1, 1_000), 12).await);
    assert_eq!(whole.iter().map(|(offset, _)| *offset).collect::<Vec<_>>(), [0, 1, 2, 3]);
    let mut tiny = fetch_request(0, 1, 1_000);
    tiny.max_bytes = 1;
    assert_eq!(values(&wire.ask(&tiny, 12).await).len(), 3, "one batch comes whatever its size");
    let beyond = wire.ask(&fetch_request(9, 1, 1_000), 12).await;
    assert_eq!(beyond.responses[0].partitions[0].error_code, ErrorCode::OffsetOutOfRange.code());
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_long_poll_is_woken_by_new_records() {
    let (broker, mut wire, _) = started(&[]).await;
    let mut reader = Wire::to(&broker).await;
    // Longer than any test may take: only a wake-up can answer it.
    let sent = reader.send(&fetch_request(0, 1, 600_000), 12).await;
    produce(&mut wire, -1, batch(&["news"])).await;
    let response = reader.receive::<FetchRequest>(sent, 12).await;
    assert_eq!(values(&response), [(0, "news".to_owned())]);
    let enough = i32::try_from(2 * batch(&["more"]).len() + 1).unwrap();
    let sent = reader.send(&fetch_request(1, enough, 600_000), 12).await;
    for _ in 0..3 {
        produce(&mut wire, 1, batch(&["more"])).await;
    }
    assert_eq!(values(&reader.receive::<FetchRequest>(sent, 12).await).len(), 3, "min.bytes is waited for");
    assert_eq!(values(&reader.ask(&fetch_request(4, 1, 20), 12).await).len(), 0, "max.wait.ms ends it");
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_session_answers_only_what_changed() {
    let (broker, mut wire, _) = started(&[]).await;
    let mut request = fetch_request(0, 0, 0);
    request.session_epoch = 0;
    let opened = wire.ask(&request, 12).await;
    assert!(opened.session_id > 0);
    let next = |epoch| FetchRequest {
        session_id: opened.session_id,
        session_epoch: epoch,
        topics: vec![],
        ..fetch_request(0, 0, 0)
    };
    assert_eq!(wire.ask(&next(1), 12).await.responses.len(), 0);
    produce(&mut wire, -1, batch(&["a"])).await;
    assert_eq!(values(&wire.ask(&next(2), 12).await), [(0, "a".to_owned())]);
    let wrong = wire.ask(&next(2), 12).await;
    assert_eq!(wrong.error_code, ErrorCode::InvalidFetchSessionEpoch.code());
    let unknown = FetchRequest { session_id: opened.session_id ^ 1, ..next(3) };
    assert_eq!(wire.ask(&unknown, 12).await.error_code, ErrorCode::FetchSessionIdNotFound.code());
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn bad_batches_are_refused_with_the_right_code() {
    let (broker, mut wire, _) = started(&[("max.message.bytes", "200")]).await;
    let good = batch(&["x"]);
    let mut rotten = good.to_vec();
    *rotten.last_mut().unwrap() ^= 1;
    let mut old = good.to_vec();
    old[16] = 1;
    let mut transactional = BatchBuilder::new(Compression::None);
    transactional.append(now_ms(), None, Some(b"x"), &[]).unwrap();
    transactional.set_producer(1, 0, 0);
    transactional.set_transactional(true);
    let mut future = BatchBuilder::new(Compression::None);
    future.append(now_ms() + 7_200_000, None, Some(b"x"), &[]).unwrap();
    for (what, records, expected) in [
        ("rotten", rotten.into(), ErrorCode::CorruptMessage),
        ("cut off", good.slice(..good.len() - 1), ErrorCode::CorruptMessage),
        ("nothing", Bytes::new(), ErrorCode::CorruptMessage),
        ("two batches", [&good[..], &good[..]].concat().into(), ErrorCode::InvalidRecord),
        ("old format", old.into(), ErrorCode::UnsupportedForMessageFormat),
        ("too large", batch(&[&"x".repeat(200)]), ErrorCode::MessageTooLarge),
        ("transactional", transactional.build().unwrap(), ErrorCode::InvalidTxnState),
        ("from the future", future.build().unwrap(), ErrorCode::InvalidTimestamp),
    ] {
        let answer = produce(&mut wire, -1, records).await;
        assert_eq!((code(&answer), answer.base_offset), (expected, -1), "{what}: {:?}", answer.error_message);
    }
    assert_eq!(produce(&mut wire, -1, good.clone()).await.base_offset, 0, "nothing of them is in the log");
    assert_eq!(code(&produce(&mut wire, 5, good).await), ErrorCode::InvalidRequiredAcks);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_compacted_topic_wants_keys_and_says_which_record_has_none() {
    let (broker, mut wire, _) = started(&[("cleanup.policy", "compact")]).await;
    let mut builder = BatchBuilder::new(Compression::Lz4);
    builder.append(now_ms(), Some(b"k"), Some(b"v"), &[]).unwrap();
    builder.append(now_ms(), None, Some(b"v"), &[]).unwrap();
    let answer = produce(&mut wire, -1, builder.build().unwrap()).await;
    assert_eq!(code(&answer), ErrorCode::InvalidRecord);
    assert_eq!(answer.record_errors.iter().map(|error| error.batch_index).collect::<Vec<_>>(), [1]);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_idempotent_producer_is_never_doubled() {
    let (broker, mut wire, _) = started(&[]).await;
    let id = wire.ask(&InitProducerIdRequest { transactional_id: None, ..Default::default() }, 4).await;
    assert_eq!((id.error_code, id.producer_epoch), (0, 0));
    let other = wire.ask(&InitProducerIdRequest { transactional_id: None, ..Default::default() }, 4).await;
    assert_ne!(id.producer_id, other.producer_id);
    let numbered = |sequence: i32| {
        let mut builder = BatchBuilder::new(Compression::None);
        builder.append(now_ms(), None, Some(b"x"), &[]).unwrap();
        builder.set_producer(id.producer_id, 0, sequence);
        builder.build().unwrap()
    };
    assert_eq!(produce(&mut wire, -1, numbered(0)).await.base_offset, 0);
    assert_eq!(produce(&mut wire, -1, numbered(1)).await.base_offset, 1);
    let again = produce(&mut wire, -1, numbered(0)).await;
    assert_eq!((again.error_code, again.base_offset), (0, 0), "sent again, answered as before");
    assert_eq!(code(&produce(&mut wire, -1, numbered(5)).await), ErrorCode::OutOfOrderSequenceNumber);
    assert_eq!(values(&wire.ask(&fetch_request(0, 1, 1_000), 12).await).len(), 2);
    let txn = InitProducerIdRequest { transactional_id: Some(Str::from("t")), ..Default::default() };
    assert_eq!(wire.ask(&txn, 4).await.error_code, ErrorCode::InvalidTransactionTimeout.code());
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn acks_0_is_not_answered_and_a_refusal_closes_the_connection() {
    let (broker, mut wire, _) = started(&[]).await;
    wire.send(&produce_request(0, batch(&["quiet"])), 9).await;
    let next = wire.send(&fetch_request(0, 1, 5_000), 12).await;
    assert_eq!(values(&wire.receive::<FetchRequest>(next, 12).await), [(0, "quiet".to_owned())]);
    wire.send(&produce_request(0, Bytes::from_static(b"rubbish")), 9).await;
    assert_eq!(wire.frame().await, None);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_brokers_own_topics_are_not_for_clients() {
    let (broker, mut wire, _) = started(&[]).await;
    let coordinator = FindCoordinatorRequest { key: "g".into(), ..Default::default() };
    assert_eq!(wire.ask(&coordinator, 3).await.error_code, 0);
    let mut request = produce_request(-1, batch(&["x"]));
    request.topic_data[0].name = "__consumer_offsets".into();
    let response = wire.ask(&request, 9).await;
    let answer = &response.responses[0].partition_responses[0];
    assert_eq!(code(answer), ErrorCode::InvalidTopicException);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn log_append_time_is_the_brokers() {
    let (broker, mut wire, _) = started(&[("message.timestamp.type", "LogAppendTime")]).await;
    let mut builder = BatchBuilder::new(Compression::None);
    builder.append(1, None, Some(b"x"), &[]).unwrap();
    let before = now_ms();
    let answer = produce(&mut wire, -1, builder.build().unwrap()).await;
    assert!(answer.log_append_time_ms >= before);
    let response = wire.ask(&fetch_request(0, 1, 1_000), 12).await;
    let records = response.responses[0].partitions[0].records.clone().unwrap();
    let batch = Batches::fetched(records).next().unwrap().unwrap();
    batch.verify_crc().unwrap();
    assert_eq!(batch.records().unwrap().next().unwrap().unwrap().timestamp, answer.log_append_time_ms);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn offsets_are_found_by_place_and_time() {
    let (broker, mut wire, _) = started(&[]).await;
    let start = now_ms() - 1_000;
    for at in 0..3 {
        let mut builder = BatchBuilder::new(Compression::None);
        builder.append(start + at * 10, None, Some(b"x"), &[]).unwrap();
        produce(&mut wire, -1, builder.build().unwrap()).await;
    }
    for (timestamp, expected) in [
        (-2, 0),
        (-1, 3),
        (-3, 2),
        (start, 0),
        (start + 1, 1),
        (start + 20, 2),
        (start + 21, -1),
        (-4, 0),
        (-5, -1),
    ] {
        let partition = ListOffsetsPartition { partition_index: 0, timestamp, ..Default::default() };
        let topic = ListOffsetsTopic { name: "t".into(), partitions: vec![partition], ..Default::default() };
        let response = wire.ask(&ListOffsetsRequest { topics: vec![topic], ..Default::default() }, 9).await;
        assert_eq!(response.topics[0].partitions[0].offset, expected, "timestamp {timestamp}");
    }
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn replicas_that_are_not_there_are_not_promised() {
    let (broker, mut wire, _) = started(&[("min.insync.replicas", "2")]).await;
    assert_eq!(code(&produce(&mut wire, -1, batch(&["x"])).await), ErrorCode::NotEnoughReplicas);
    assert_eq!(code(&produce(&mut wire, 1, batch(&["x"])).await), ErrorCode::None);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn laxer_flush_policies_answer_and_show_records_at_once() {
    for policy in ["interval", "os"] {
        let (broker, mut wire, _) = started(&[("flush.policy", policy), ("flush.messages", "2")]).await;
        for offset in 0..5 {
            assert_eq!(produce(&mut wire, -1, batch(&["x"])).await.base_offset, offset);
        }
        assert_eq!(values(&wire.ask(&fetch_request(0, 1, 1_000), 12).await).len(), 5, "{policy}");
        broker.shutdown().await.unwrap();
    }
}

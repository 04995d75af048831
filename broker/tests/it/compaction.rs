//! A compacted topic from outside: only the last record of each key is left, under load and over a restart.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use riverrun_broker::storage::MemoryStorage;
use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::protocol::messages::ProduceRequest;
use riverrun_core::record::{BatchBuilder, Batches, Compression};

use crate::data::{create, fetch_request, produce_request};
use crate::wire::{DEADLINE, Wire, now_ms};

const KEYS: usize = 10;

fn config(storage: &Arc<MemoryStorage>) -> BrokerConfig {
    BrokerConfig::new("/data")
        .listen("127.0.0.1:0")
        .storage(storage.clone())
        .set("log.cleaner.backoff.ms", "10")
        .set("log.cleaner.min.cleanable.ratio", "0.01")
}

fn batch(key: usize, number: usize) -> Bytes {
    let mut builder = BatchBuilder::new(Compression::None);
    let (key, value) = (format!("key {key}"), format!("{number} {}", "x".repeat(60_000)));
    builder.append(now_ms(), Some(key.as_bytes()), Some(value.as_bytes()), &[]).unwrap();
    builder.build().unwrap()
}

/// Number and offset of each key's last record, and how many records there are.
async fn read_all(wire: &mut Wire) -> (BTreeMap<String, (usize, i64)>, usize) {
    let (mut next, mut count) = (0, 0);
    let mut last = BTreeMap::new();
    loop {
        let response = wire.ask(&fetch_request(next, 0, 0), 12).await;
        let partition = &response.responses[0].partitions[0];
        assert_eq!(partition.error_code, 0);
        let bytes = partition.records.clone().unwrap_or_default();
        if bytes.is_empty() {
            return (last, count);
        }
        for batch in Batches::fetched(bytes) {
            let batch = batch.unwrap();
            batch.verify_crc().unwrap();
            next = batch.next_offset();
            for record in batch.records().unwrap() {
                let record = record.unwrap();
                count += 1;
                let text = |bytes: Option<Bytes>| String::from_utf8(bytes.unwrap().to_vec()).unwrap();
                let number = text(record.value).split(' ').next().unwrap().parse().unwrap();
                last.insert(text(record.key), (number, record.offset));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_compacted_topic_keeps_the_last_record_of_each_key() {
    let storage = Arc::new(MemoryStorage::new());
    let broker = Broker::start(config(&storage)).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[("segment.bytes", "1048576"), ("cleanup.policy", "compact")]).await;
    for number in 0..100 {
        let response =
            wire.ask::<ProduceRequest>(&produce_request(-1, batch(number % KEYS, number)), 9).await;
        assert_eq!(response.responses[0].partition_responses[0].error_code, 0);
    }
    let compacted = async {
        loop {
            let (last, count) = read_all(&mut wire).await;
            assert_eq!(last.len(), KEYS);
            if count < 60 {
                return (last, count);
            }
            tokio::task::yield_now().await;
        }
    };
    let (last, count) = tokio::time::timeout(DEADLINE, compacted).await.expect("a compaction in time");
    for (key, (number, offset)) in &last {
        let key: usize = key.trim_start_matches("key ").parse().unwrap();
        assert_eq!((*number, *offset), (90 + key, 90 + key as i64));
    }
    broker.shutdown().await.unwrap();
    let broker = Broker::start(config(&storage)).await.unwrap();
    let (again, now) = read_all(&mut Wire::to(&broker).await).await;
    assert_eq!(again, last);
    assert!(now <= count);
    broker.shutdown().await.unwrap();
}

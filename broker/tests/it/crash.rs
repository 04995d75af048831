//! The power goes at a random moment, again and again: what was acknowledged is there, once, in order, unchanged.

use std::sync::Arc;

use riverrun_broker::storage::MemoryStorage;
use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::protocol::messages::{MetadataRequest, ProduceRequest};
use riverrun_core::random::{Random, SeededRandom, SystemRandom};

use crate::data::{create, fetch_request, produce_request, values};
use crate::wire::{Wire, batch};

const CYCLES: u64 = 25;

async fn start(storage: &Arc<MemoryStorage>) -> Option<Broker> {
    let config = BrokerConfig::new("/data").listen("127.0.0.1:0").storage(storage.clone());
    Broker::start(config).await.ok()
}

/// Everything in the log, read from its start.
async fn read_all(wire: &mut Wire) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    loop {
        let next = i64::try_from(all.len()).unwrap();
        let response = wire.ask(&fetch_request(next, 0, 0), 12).await;
        let read = values(&response);
        if read.is_empty() {
            return all;
        }
        for (offset, value) in read.into_iter().filter(|(offset, _)| *offset >= next) {
            assert_eq!(offset, i64::try_from(all.len()).unwrap(), "offsets have no gaps");
            all.push(value);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_records_outlive_power_cuts() {
    let seed = SystemRandom::new().next_u64();
    println!("seed {seed}");
    let mut random = SeededRandom::new(seed);
    let storage = Arc::new(MemoryStorage::new());
    let broker = start(&storage).await.unwrap();
    create(&mut Wire::to(&broker).await, &[("segment.bytes", "1048576")]).await;
    broker.shutdown().await.unwrap();
    let mut acknowledged: Vec<String> = Vec::new();
    for cycle in 0..CYCLES {
        let Some(broker) = start(&storage).await else {
            panic!("seed {seed}, cycle {cycle}: it does not start")
        };
        let mut wire = Wire::to(&broker).await;
        wire.ask(&MetadataRequest::default(), 9).await;
        let there = read_all(&mut wire).await;
        let found: Vec<&String> = there.iter().filter(|value| acknowledged.contains(value)).collect();
        assert_eq!(found, acknowledged.iter().collect::<Vec<_>>(), "seed {seed}, cycle {cycle}");
        storage.lose_power_after(random.below(60));
        let mut sent = Vec::new();
        for number in 0..40 {
            let value = format!("{cycle}-{number}");
            sent.push((wire.send(&produce_request(-1, batch(&[&value])), 9).await, value));
        }
        for (id, value) in sent {
            let response = wire.receive::<ProduceRequest>(id, 9).await;
            if response.responses[0].partition_responses[0].error_code == 0 {
                acknowledged.push(value);
            }
        }
        // Without power nothing can be closed in order.
        let _ = broker.shutdown().await;
        storage.crash(&mut random);
    }
    assert!(!acknowledged.is_empty(), "seed {seed}: nothing was ever acknowledged");
}

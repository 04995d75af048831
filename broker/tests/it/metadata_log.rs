use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use riverrun_broker::storage::MemoryStorage;
use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::protocol::messages::delete_topics_request::DeleteTopicState;
use riverrun_core::protocol::messages::*;
use riverrun_core::random::{Random, SeededRandom, SystemRandom};

use crate::topics::topic;
use crate::wire::Wire;

const TOPICS: usize = 10_500;

async fn start(storage: &Arc<MemoryStorage>) -> Broker {
    let config = BrokerConfig::new("/data").listen("127.0.0.1:0").storage(storage.clone());
    Broker::start(config).await.unwrap()
}

/// So many topics that the metadata is written as a snapshot, several times.
#[tokio::test]
async fn a_long_history_becomes_a_snapshot() {
    let storage = Arc::new(MemoryStorage::new());
    let broker = start(&storage).await;
    let mut wire = Wire::to(&broker).await;
    let name = |number: usize| format!("topic-{number:05}");
    let begun = Instant::now();
    let topics = (0..TOPICS).map(|number| topic(&name(number), 1)).collect();
    let created = wire.ask(&CreateTopicsRequest { topics, ..Default::default() }, 7).await;
    assert!(created.topics.iter().all(|topic| topic.error_code == 0));
    println!("{TOPICS} topics made in {:?}", begun.elapsed());
    // Half of them go, in one request.
    let doomed = (0..TOPICS).filter(|number| number % 2 == 0);
    let topics =
        doomed.map(|number| DeleteTopicState { name: Some(name(number).into()), ..Default::default() });
    let deleted = wire.ask(&DeleteTopicsRequest { topics: topics.collect(), ..Default::default() }, 6).await;
    assert!(deleted.responses.iter().all(|topic| topic.error_code == 0));
    let names = async |wire: &mut Wire| {
        let metadata = wire.ask(&MetadataRequest { topics: None, ..Default::default() }, 13).await;
        metadata.topics.into_iter().map(|topic| (topic.name.unwrap(), topic.topic_id)).collect::<Vec<_>>()
    };
    let before = names(&mut wire).await;
    assert_eq!(before.len(), TOPICS / 2);
    broker.shutdown().await.unwrap();

    for _ in 0..2 {
        let begun = Instant::now();
        let broker = start(&storage).await;
        println!("started in {:?}", begun.elapsed());
        let mut wire = Wire::to(&broker).await;
        assert_eq!(names(&mut wire).await, before);
        broker.shutdown().await.unwrap();
    }
}

/// Every change is followed by a snapshot; the power goes in the midst of it, again and again.
#[tokio::test]
async fn what_a_crash_leaves_of_a_snapshot_does_no_harm() {
    let seed = SystemRandom::new().next_u64();
    println!("seed {seed}");
    let mut random = SeededRandom::new(seed);
    let storage = Arc::new(MemoryStorage::new());
    let mut there = BTreeSet::new();
    for cycle in 0..40 {
        let config = BrokerConfig::new("/data").listen("127.0.0.1:0").storage(storage.clone());
        let config = config.set("metadata.log.max.record.bytes.between.snapshots", "1");
        let broker = Broker::start(config).await.unwrap_or_else(|error| panic!("seed {seed}: {error:?}"));
        let mut wire = Wire::to(&broker).await;
        let metadata = wire.ask(&MetadataRequest { topics: None, ..Default::default() }, 13).await;
        let found: BTreeSet<String> =
            metadata.topics.iter().map(|topic| topic.name.as_ref().unwrap().to_string()).collect();
        assert!(there.is_subset(&found), "seed {seed}, cycle {cycle}");
        storage.lose_power_after(random.below(24));
        for number in 0..5 {
            let name = format!("t{cycle}-{number}");
            let request = CreateTopicsRequest { topics: vec![topic(&name, 1)], ..Default::default() };
            if wire.ask(&request, 7).await.topics[0].error_code == 0 {
                there.insert(name);
            }
        }
        // Without power nothing can be closed in order.
        let _ = broker.shutdown().await;
        storage.crash(&mut random);
    }
    assert!(!there.is_empty());
}

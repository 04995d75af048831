//! Several data folders: where partitions go, what a folder that fails takes with it, and what tools are told.

use std::collections::BTreeMap;
use std::sync::Arc;

use riverrun_broker::storage::{Fault, FaultKind, FaultyStorage, MemoryStorage, Storage, StorageOp};
use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::alter_replica_log_dirs_request::{
    AlterReplicaLogDir, AlterReplicaLogDirTopic,
};
use riverrun_core::protocol::messages::create_topics_request::CreatableTopic;
use riverrun_core::protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use riverrun_core::protocol::messages::*;

use crate::topics::topic;
use crate::wire::{Wire, batch};

async fn start(storage: Arc<dyn Storage>) -> Broker {
    let config = BrokerConfig::new("/a,/b").listen("127.0.0.1:0").storage(storage);
    Broker::start(config).await.unwrap()
}

async fn create(wire: &mut Wire, name: &str, partitions: i32) {
    let topics = vec![CreatableTopic { ..topic(name, partitions) }];
    let response = wire.ask(&CreateTopicsRequest { topics, ..Default::default() }, 7).await;
    assert_eq!(response.topics[0].error_code, 0, "{:?}", response.topics[0].error_message);
}

/// The code and base offset of each partition that is written to.
async fn produce(wire: &mut Wire, name: &str, partitions: i32) -> Vec<(ErrorCode, i64)> {
    let partition = |index| PartitionProduceData {
        index,
        records: Some(batch(&[&format!("of {index}")])),
        ..Default::default()
    };
    let topic = TopicProduceData {
        name: name.into(),
        partition_data: (0..partitions).map(partition).collect(),
        ..Default::default()
    };
    let request =
        ProduceRequest { acks: -1, timeout_ms: 10_000, topic_data: vec![topic], ..Default::default() };
    let response = wire.ask(&request, 9).await;
    let answers = &response.responses[0].partition_responses;
    answers.iter().map(|answer| (ErrorCode::from(answer.error_code), answer.base_offset)).collect()
}

/// The code and the partitions of `t` of each folder.
async fn folders(wire: &mut Wire) -> BTreeMap<String, (ErrorCode, Vec<i32>)> {
    let response = wire.ask(&DescribeLogDirsRequest { topics: None, ..Default::default() }, 5).await;
    let view = |result: &describe_log_dirs_response::DescribeLogDirsResult| {
        let topic = result.topics.iter().find(|topic| &*topic.name == "t");
        let partitions = topic.map(|topic| {
            assert!(topic.partitions.iter().all(|partition| partition.partition_size > 0));
            topic.partitions.iter().map(|partition| partition.partition_index).collect()
        });
        (result.log_dir.to_string(), (ErrorCode::from(result.error_code), partitions.unwrap_or_default()))
    };
    response.results.iter().map(view).collect()
}

fn all_well(produced: &[(ErrorCode, i64)], offset: i64) {
    assert!(produced.iter().all(|answer| *answer == (ErrorCode::None, offset)), "{produced:?}");
}

#[tokio::test]
async fn new_partitions_go_where_the_fewest_are_and_stay() {
    let storage = Arc::new(MemoryStorage::new());
    let broker = start(storage.clone()).await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, "t", 9).await;
    all_well(&produce(&mut wire, "t", 9).await, 0);
    let before = folders(&mut wire).await;
    assert_eq!(before.keys().collect::<Vec<_>>(), ["/a", "/b"]);
    // The metadata is in the first.
    assert_eq!((before["/a"].1.len(), before["/b"].1.len()), (4, 5));
    for dir in ["/a", "/b", "/c"] {
        let request = AlterReplicaLogDirsRequest {
            dirs: vec![AlterReplicaLogDir {
                path: dir.into(),
                topics: vec![AlterReplicaLogDirTopic {
                    name: "t".into(),
                    partitions: vec![before["/a"].1[0], 99],
                    ..Default::default()
                }],
                ..Default::default()
            }],
            ..Default::default()
        };
        let response = wire.ask(&request, 2).await;
        let codes: Vec<ErrorCode> =
            response.results[0].partitions.iter().map(|result| ErrorCode::from(result.error_code)).collect();
        let expected = match dir {
            "/a" => [ErrorCode::None, ErrorCode::ReplicaNotAvailable],
            "/b" => [ErrorCode::PolicyViolation, ErrorCode::ReplicaNotAvailable],
            _ => [ErrorCode::LogDirNotFound, ErrorCode::LogDirNotFound],
        };
        assert_eq!(codes, expected, "{dir}");
    }
    broker.shutdown().await.unwrap();
    let broker = start(storage).await;
    let mut wire = Wire::to(&broker).await;
    all_well(&produce(&mut wire, "t", 9).await, 1);
    assert_eq!(folders(&mut wire).await, before);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_missing_folder_takes_its_own_partitions_down_alone() {
    let memory = Arc::new(MemoryStorage::new());
    let broker = start(memory.clone()).await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, "t", 4).await;
    all_well(&produce(&mut wire, "t", 4).await, 0);
    let before = folders(&mut wire).await;
    broker.shutdown().await.unwrap();
    let faulty = Arc::new(FaultyStorage::new(memory.clone()));
    faulty.inject(Fault { op: StorageOp::Lock, path: "/b".to_owned(), skip: 0, kind: FaultKind::Eio });
    let broker = start(faulty).await;
    let mut wire = Wire::to(&broker).await;
    let produced = produce(&mut wire, "t", 4).await;
    for partition in 0..4 {
        let lost = before["/b"].1.contains(&partition);
        let expected = if lost { (ErrorCode::KafkaStorageError, -1) } else { (ErrorCode::None, 1) };
        assert_eq!(produced[usize::try_from(partition).unwrap()], expected, "{partition}");
    }
    let now = folders(&mut wire).await;
    assert_eq!(now["/b"], (ErrorCode::KafkaStorageError, vec![]));
    assert_eq!(now["/a"], before["/a"]);
    create(&mut wire, "new", 2).await;
    all_well(&produce(&mut wire, "new", 2).await, 0);
    broker.shutdown().await.unwrap();
    // The disk is back: nothing of it was made anew meanwhile.
    let broker = start(memory).await;
    let mut wire = Wire::to(&broker).await;
    let produced = produce(&mut wire, "t", 4).await;
    for partition in 0..4 {
        let offset = if before["/b"].1.contains(&partition) { 1 } else { 2 };
        assert_eq!(produced[usize::try_from(partition).unwrap()], (ErrorCode::None, offset), "{partition}");
    }
    broker.shutdown().await.unwrap();
}

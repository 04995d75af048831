//! What only a cluster of several brokers does, as one node of Apache Kafka 4.3.1 answers it.

use riverrun_core::protocol::messages::alter_partition_reassignments_request::{
    ReassignablePartition, ReassignableTopic,
};
use riverrun_core::protocol::messages::describe_quorum_request::{PartitionData, TopicData};
use riverrun_core::protocol::messages::elect_leaders_request::TopicPartitions;
use riverrun_core::protocol::messages::update_features_request::FeatureUpdateKey;
use riverrun_core::protocol::messages::*;
use riverrun_core::protocol::{ErrorCode, Str};

use crate::data::create;
use crate::wire::{Wire, broker};

#[tokio::test]
async fn partitions_stay_where_they_are() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    let mut move_to = async |topic: &str, partition, replicas: Option<Vec<i32>>| {
        let partitions =
            vec![ReassignablePartition { partition_index: partition, replicas, ..Default::default() }];
        let topics = vec![ReassignableTopic { name: topic.into(), partitions, ..Default::default() }];
        let request = AlterPartitionReassignmentsRequest { topics, ..Default::default() };
        wire.ask(&request, 1).await.responses[0].partitions[0].error_code
    };
    for (topic, partition, replicas, code) in [
        ("t", 0, Some(vec![1]), 0),
        ("t", 0, Some(vec![1, 2]), 39),
        ("t", 0, Some(vec![1, 1]), 39),
        ("t", 0, Some(vec![]), 39),
        ("t", 0, None, 85),
        ("t", 7, Some(vec![1]), 3),
        ("zz", 0, Some(vec![1]), 3),
    ] {
        assert_eq!(
            move_to(topic, partition, replicas.clone()).await,
            code,
            "{topic}-{partition} {replicas:?}"
        );
    }
    let mut elect = async |kind, topic: &str, partition| {
        let topics =
            vec![TopicPartitions { topic: topic.into(), partitions: vec![partition], ..Default::default() }];
        let request =
            ElectLeadersRequest { election_type: kind, topic_partitions: Some(topics), ..Default::default() };
        wire.ask(&request, 2).await.replica_election_results[0].partition_result[0].error_code
    };
    assert_eq!(elect(0, "t", 0).await, 84);
    assert_eq!(elect(1, "t", 0).await, 84);
    assert_eq!(elect(0, "t", 9).await, 3);
    assert_eq!(elect(0, "zz", 0).await, 3);
    assert_eq!(elect(7, "t", 0).await, 42);
}

#[tokio::test]
async fn features_are_told_and_changed() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    let mut update = async |name: &str, level, kind| {
        let update = FeatureUpdateKey {
            feature: name.into(),
            max_version_level: level,
            upgrade_type: kind,
            ..Default::default()
        };
        let request = UpdateFeaturesRequest { feature_updates: vec![update], ..Default::default() };
        wire.ask(&request, 2).await.error_code
    };
    const REFUSED: i16 = ErrorCode::InvalidUpdateVersion.code();
    for (name, level, kind, code) in [
        ("nope", 1, 1, REFUSED),
        ("group.version", 9, 1, REFUSED),
        ("group.version", -1, 1, REFUSED),
        ("group.version", 0, 1, REFUSED),
        ("group.version", 1, 9, REFUSED),
        ("metadata.version", 29, 2, REFUSED),
        ("metadata.version", 30, 1, 0),
        ("group.version", 0, 2, 0),
    ] {
        assert_eq!(update(name, level, kind).await, code, "{name} {level} {kind}");
    }
    let named = ApiVersionsRequest {
        client_software_name: Str::from_static("it"),
        client_software_version: Str::from_static("1"),
        ..Default::default()
    };
    let told = wire.ask(&named, 4).await;
    let finalized: Vec<&str> = told.finalized_features.iter().map(|feature| feature.name.as_str()).collect();
    assert!(
        finalized.contains(&"metadata.version") && !finalized.contains(&"group.version"),
        "{finalized:?}"
    );
    assert!(told.supported_features.iter().any(|feature| *feature.name == *"group.version"));
    assert_eq!(told.finalized_features_epoch, 1);
    // Before version 4 nobody can read a range that begins at 0.
    let told = wire.ask(&named, 3).await;
    assert!(told.supported_features.iter().all(|feature| feature.min_version > 0));
}

#[tokio::test]
async fn the_quorum_is_one() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    let mut ask = async |topic: &str| {
        let partitions = vec![PartitionData { partition_index: 0, ..Default::default() }];
        let topics = vec![TopicData { topic_name: topic.into(), partitions, ..Default::default() }];
        wire.ask(&DescribeQuorumRequest { topics, ..Default::default() }, 2)
            .await
            .topics
            .remove(0)
            .partitions
            .remove(0)
    };
    let partition = ask("__cluster_metadata").await;
    assert_eq!((partition.error_code, partition.leader_id, partition.current_voters.len()), (0, 1, 1));
    assert_eq!(partition.high_watermark, partition.current_voters[0].log_end_offset);
    assert_eq!(ask("other").await.error_code, 3);
    let gone = wire.ask(&UnregisterBrokerRequest { broker_id: 5, ..Default::default() }, 0).await;
    assert_eq!(gone.error_code, ErrorCode::BrokerIdNotRegistered.code());
    let acls = wire.ask(&DescribeAclsRequest::default(), 3).await;
    assert_eq!(acls.error_code, ErrorCode::SecurityDisabled.code());
}

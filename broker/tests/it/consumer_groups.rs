//! Groups of the consumer protocol, frame by frame.

use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::client::{Admin, TopicPartition};
use riverrun_core::protocol::messages::consumer_group_heartbeat_request::TopicPartitions;
use riverrun_core::protocol::messages::create_partitions_request::CreatePartitionsTopic;
use riverrun_core::protocol::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use riverrun_core::protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use riverrun_core::protocol::messages::offset_fetch_request::OffsetFetchRequestGroup;
use riverrun_core::protocol::messages::*;
use riverrun_core::protocol::{ErrorCode, Uuid};

use crate::data::create;
use crate::wire::{Wire, broker, client};

fn beat(member_id: &str, member_epoch: i32) -> ConsumerGroupHeartbeatRequest {
    ConsumerGroupHeartbeatRequest {
        group_id: "g".into(),
        member_id: member_id.into(),
        member_epoch,
        instance_id: None,
        rack_id: None,
        subscribed_topic_names: None,
        subscribed_topic_regex: None,
        server_assignor: None,
        topic_partitions: None,
        ..Default::default()
    }
}

fn joining(member_id: &str) -> ConsumerGroupHeartbeatRequest {
    ConsumerGroupHeartbeatRequest {
        rebalance_timeout_ms: 60_000,
        subscribed_topic_names: Some(vec!["t".into()]),
        topic_partitions: Some(vec![]),
        ..beat(member_id, 0)
    }
}

fn owning(topic_id: Uuid, partitions: &[i32]) -> Option<Vec<TopicPartitions>> {
    Some(vec![TopicPartitions { topic_id, partitions: partitions.to_vec(), ..Default::default() }])
}

fn assigned(response: &ConsumerGroupHeartbeatResponse) -> Option<Vec<i32>> {
    let assignment = response.assignment.as_ref()?;
    Some(assignment.topic_partitions.iter().flat_map(|topic| topic.partitions.clone()).collect())
}

async fn add_partitions(wire: &mut Wire, count: i32) {
    let topic = CreatePartitionsTopic { name: "t".into(), count, assignments: None, ..Default::default() };
    let request = CreatePartitionsRequest { topics: vec![topic], timeout_ms: 10_000, ..Default::default() };
    assert_eq!(wire.ask(&request, 3).await.results[0].error_code, 0);
}

fn commit(member_id: &str, member_epoch: i32) -> OffsetCommitRequest {
    OffsetCommitRequest {
        group_id: "g".into(),
        generation_id_or_member_epoch: member_epoch,
        member_id: member_id.into(),
        topics: vec![OffsetCommitRequestTopic {
            name: "t".into(),
            partitions: vec![OffsetCommitRequestPartition { committed_offset: 3, ..Default::default() }],
            ..Default::default()
        }],
        ..Default::default()
    }
}

async fn commit_code(wire: &mut Wire, request: &OffsetCommitRequest, version: i16) -> ErrorCode {
    wire.ask(request, version).await.topics[0].partitions[0].error_code.into()
}

#[tokio::test]
async fn partitions_move_by_heartbeats_and_outlive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let config = || {
        BrokerConfig::new(dir.path()).listen("127.0.0.1:0").set("group.consumer.assignment.interval.ms", "0")
    };
    let broker = Broker::start(config()).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    let topic_id = create(&mut wire, &[]).await;
    let first = wire.ask(&joining("a"), 1).await;
    assert_eq!((first.error_code, first.member_epoch, assigned(&first)), (0, 1, Some(vec![0])));

    // A new partition is found at the next heartbeat, and goes to a second member.
    add_partitions(&mut wire, 2).await;
    let grown = wire.ask(&beat("a", 1), 1).await;
    assert_eq!((grown.member_epoch, assigned(&grown)), (2, Some(vec![0, 1])));
    let second = wire.ask(&joining("b"), 1).await;
    assert_eq!((second.member_epoch, assigned(&second)), (3, Some(vec![])));
    let revoke = wire.ask(&beat("a", 2), 1).await;
    assert_eq!((revoke.member_epoch, assigned(&revoke)), (2, Some(vec![0])));
    assert_eq!(assigned(&wire.ask(&beat("b", 3), 1).await), None);
    broker.shutdown().await.unwrap();

    let broker = Broker::start(config()).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    let revoked = ConsumerGroupHeartbeatRequest { topic_partitions: owning(topic_id, &[0]), ..beat("a", 2) };
    assert_eq!(wire.ask(&revoked, 1).await.member_epoch, 3);
    let granted = wire.ask(&beat("b", 3), 1).await;
    assert_eq!((granted.member_epoch, assigned(&granted)), (3, Some(vec![1])));

    let groups = ConsumerGroupDescribeRequest { group_ids: vec!["g".into()], ..Default::default() };
    let described = wire.ask(&groups, 1).await.groups.remove(0);
    assert_eq!((&*described.group_state, &*described.assignor_name), ("Stable", "uniform"));
    assert_eq!((described.group_epoch, described.assignment_epoch, described.members.len()), (3, 3, 2));
    assert_eq!(described.members[0].assignment.topic_partitions[0].topic_name, "t");
    let listed = wire.ask(&ListGroupsRequest::default(), 5).await.groups.remove(0);
    assert_eq!(
        (&*listed.group_type, &*listed.protocol_type, &*listed.group_state),
        ("consumer", "consumer", "Stable")
    );

    assert_eq!(commit_code(&mut wire, &commit("a", 2), 9).await, ErrorCode::None, "owned since epoch 1");
    assert_eq!(commit_code(&mut wire, &commit("a", 3), 8).await, ErrorCode::UnsupportedVersion);
    assert_eq!(commit_code(&mut wire, &commit("b", 2), 9).await, ErrorCode::StaleMemberEpoch);
    assert_eq!(commit_code(&mut wire, &commit("c", 3), 9).await, ErrorCode::UnknownMemberId);
    for (member_epoch, code) in [(3, ErrorCode::None), (2, ErrorCode::StaleMemberEpoch)] {
        let group = OffsetFetchRequestGroup {
            group_id: "g".into(),
            member_id: Some("a".into()),
            member_epoch,
            topics: None,
            ..Default::default()
        };
        let answer = wire.ask(&OffsetFetchRequest { groups: vec![group], ..Default::default() }, 9).await;
        assert_eq!(ErrorCode::from(answer.groups[0].error_code), code);
    }
    for member_id in ["a", "b"] {
        assert_eq!(wire.ask(&beat(member_id, -1), 1).await.error_code, 0);
    }
    let delete = DeleteGroupsRequest { groups_names: vec!["g".into()], ..Default::default() };
    assert_eq!(wire.ask(&delete, 2).await.results[0].error_code, 0);
    assert_eq!(wire.ask(&ListGroupsRequest::default(), 5).await.groups, vec![]);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn each_kind_of_group_is_described_by_its_own_api() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    assert_eq!(commit_code(&mut wire, &commit("", -1), 9).await, ErrorCode::None);
    let groups = ConsumerGroupDescribeRequest { group_ids: vec!["g".into()], ..Default::default() };
    let described = wire.ask(&groups, 1).await.groups.remove(0);
    assert_eq!(ErrorCode::from(described.error_code), ErrorCode::GroupIdNotFound);
    assert_eq!(wire.ask(&joining("a"), 1).await.error_code, 0);
    assert_eq!(wire.ask(&groups, 1).await.groups[0].error_code, 0);
    let described = Admin::new(&client(&broker).await).describe_group("g").await.unwrap();
    assert_eq!((&*described.group_type, &*described.state), ("consumer", "Stable"));
    assert_eq!(described.members[0].partitions, [TopicPartition::new("t", 0)]);
    let classic = DescribeGroupsRequest { groups: vec!["g".into()], ..Default::default() };
    let described = wire.ask(&classic, 6).await.groups.remove(0);
    assert_eq!(ErrorCode::from(described.error_code), ErrorCode::GroupIdNotFound);
    assert_eq!(described.group_state, "Dead");
    let asked = ApiVersionsRequest {
        client_software_name: "it".into(),
        client_software_version: "1".into(),
        ..Default::default()
    };
    let features = wire.ask(&asked, 4).await.finalized_features;
    assert!(features.iter().any(|feature| feature.name == "group.version" && feature.max_version_level == 1));
    broker.shutdown().await.unwrap();
}

/// What is set on a group holds from its next heartbeat on.
#[tokio::test]
async fn a_group_has_its_own_times() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    let joined = wire.ask(&joining("a"), 1).await;
    assert_eq!(joined.heartbeat_interval_ms, 5_000);
    let interval = AlterableConfig {
        name: "consumer.heartbeat.interval.ms".into(),
        value: Some("7000".into()),
        ..Default::default()
    };
    let group = AlterConfigsResource {
        resource_type: 32,
        resource_name: "g".into(),
        configs: vec![interval],
        ..Default::default()
    };
    let request = IncrementalAlterConfigsRequest { resources: vec![group], ..Default::default() };
    assert_eq!(wire.ask(&request, 1).await.responses[0].error_code, 0);
    assert_eq!(wire.ask(&beat("a", 1), 1).await.heartbeat_interval_ms, 7_000);
    broker.shutdown().await.unwrap();
}

/// A broker that is told so knows classic groups alone.
#[tokio::test]
async fn the_consumer_protocol_can_be_turned_off() {
    let config = BrokerConfig::in_memory().set("group.coordinator.rebalance.protocols", "classic");
    let broker = Broker::start(config).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    let refused = wire.ask(&joining("a"), 1).await;
    assert_eq!(ErrorCode::from(refused.error_code), ErrorCode::UnsupportedVersion);
    broker.shutdown().await.unwrap();
}

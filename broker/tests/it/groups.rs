use std::collections::BTreeSet;
use std::time::Duration;

use riverrun_broker::Broker;
use riverrun_core::client::{
    Admin, Consumer, ConsumerConfig, NewTopic, OffsetReset, Producer, ProducerConfig, ProducerRecord,
};
use riverrun_core::protocol::messages::join_group_request::JoinGroupRequestProtocol;
use riverrun_core::protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use riverrun_core::protocol::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use riverrun_core::protocol::messages::*;
use riverrun_core::protocol::{ErrorCode, Str};

use crate::data::create;
use crate::wire::{DEADLINE, Wire, broker, client};

fn join(member_id: &str) -> JoinGroupRequest {
    JoinGroupRequest {
        group_id: "g".into(),
        session_timeout_ms: 10_000,
        rebalance_timeout_ms: 10_000,
        member_id: member_id.into(),
        protocol_type: "consumer".into(),
        protocols: vec![JoinGroupRequestProtocol { name: "range".into(), ..Default::default() }],
        ..Default::default()
    }
}

#[tokio::test]
async fn a_member_joins_commits_and_reads_back() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    let topic_id = create(&mut wire, &[]).await;
    let first = wire.ask(&join(""), 9).await;
    assert_eq!(first.error_code, ErrorCode::MemberIdRequired.code());
    assert!(first.member_id.starts_with("it-"), "{}", first.member_id);
    let joined = wire.ask(&join(&first.member_id), 9).await;
    assert_eq!((joined.error_code, joined.generation_id, joined.members.len()), (0, 1, 1));
    let sync = SyncGroupRequest {
        group_id: "g".into(),
        generation_id: 1,
        member_id: joined.member_id.clone(),
        ..Default::default()
    };
    assert_eq!(wire.ask(&sync, 5).await.error_code, 0);
    let partition = OffsetCommitRequestPartition {
        committed_offset: 7,
        committed_metadata: Some("a note".into()),
        ..Default::default()
    };
    let commit = |name: &str| OffsetCommitRequest {
        group_id: "g".into(),
        generation_id_or_member_epoch: 1,
        member_id: joined.member_id.clone(),
        topics: vec![OffsetCommitRequestTopic {
            name: name.into(),
            topic_id,
            partitions: vec![partition.clone()],
            ..Default::default()
        }],
        ..Default::default()
    };
    for version in 2..=10 {
        let response = wire.ask(&commit("t"), version).await;
        assert_eq!(response.topics[0].partitions[0].error_code, 0, "version {version}");
    }
    let unknown = wire.ask(&commit("nothing"), 8).await;
    assert_eq!(unknown.topics[0].partitions[0].error_code, ErrorCode::UnknownTopicOrPartition.code());
    let wanted = OffsetFetchRequestTopics {
        name: "t".into(),
        topic_id,
        partition_indexes: vec![0, 1],
        ..Default::default()
    };
    let group =
        OffsetFetchRequestGroup { group_id: "g".into(), topics: Some(vec![wanted]), ..Default::default() };
    for version in 8..=10 {
        let request = OffsetFetchRequest { groups: vec![group.clone()], ..Default::default() };
        let response = wire.ask(&request, version).await;
        let found = &response.groups[0].topics[0].partitions;
        assert_eq!((found[0].committed_offset, found[0].metadata.as_deref()), (7, Some("a note")));
        assert_eq!((found[1].committed_offset, found[1].error_code), (-1, 0));
    }
    let described = wire
        .ask(&DescribeGroupsRequest { groups: vec!["g".into(), "none".into()], ..Default::default() }, 5)
        .await;
    assert_eq!(described.groups[0].group_state, *"Stable");
    assert_eq!(described.groups[0].members[0].client_host, *"/127.0.0.1");
    assert_eq!(described.groups[1].group_state, *"Dead");
    let listed = wire
        .ask(&ListGroupsRequest { states_filter: vec![Str::from("stable")], ..Default::default() }, 5)
        .await;
    assert_eq!(listed.groups.len(), 1);
    let delete = DeleteGroupsRequest { groups_names: vec!["g".into()], ..Default::default() };
    assert_eq!(wire.ask(&delete, 2).await.results[0].error_code, ErrorCode::NonEmptyGroup.code());
    broker.shutdown().await.unwrap();
}

async fn consumer(broker: &Broker) -> Consumer {
    let config = ConsumerConfig::group("workers").auto_offset_reset(OffsetReset::Earliest).auto_commit(false);
    let mut consumer = Consumer::new(&client(broker).await, config).unwrap();
    consumer.subscribe(&["work"]).unwrap();
    consumer
}

/// Polls all members until `done` says so of their assignments.
async fn until(members: &mut [Consumer], seen: &mut BTreeSet<Vec<u8>>, done: impl Fn(&[usize]) -> bool) {
    let deadline = tokio::time::Instant::now() + DEADLINE;
    loop {
        let counts: Vec<usize> = members.iter().map(|member| member.assignment().len()).collect();
        if done(&counts) {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "assignments are {counts:?}");
        for member in members.iter_mut() {
            for (_, record) in member.poll(Duration::from_millis(20)).await.unwrap().iter() {
                seen.insert(record.value.as_ref().unwrap().to_vec());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_of_three_grows_and_shrinks() {
    let broker = broker().await;
    let writer = client(&broker).await;
    Admin::new(&writer).ensure_topic(&NewTopic::new("work").partitions(6)).await.unwrap();
    let producer = Producer::new(&writer, ProducerConfig::default()).unwrap();
    for number in 0..600 {
        producer
            .send(ProducerRecord::new("work", format!("{number}").as_bytes()).partition(number % 6))
            .await
            .unwrap();
    }
    producer.flush().await.unwrap();
    let mut seen = BTreeSet::new();
    let mut members = vec![consumer(&broker).await];
    until(&mut members, &mut seen, |counts| counts == [6]).await;
    members.push(consumer(&broker).await);
    until(&mut members, &mut seen, |counts| counts == [3, 3]).await;
    members.push(consumer(&broker).await);
    until(&mut members, &mut seen, |counts| counts == [2, 2, 2]).await;
    members.remove(0).close(DEADLINE).await.unwrap();
    until(&mut members, &mut seen, |counts| counts == [3, 3]).await;
    members.remove(0).close(DEADLINE).await.unwrap();
    until(&mut members, &mut seen, |counts| counts == [6]).await;
    let deadline = tokio::time::Instant::now() + DEADLINE;
    while seen.len() < 600 {
        assert!(tokio::time::Instant::now() < deadline, "{} of 600 were read", seen.len());
        for (_, record) in members[0].poll(Duration::from_millis(50)).await.unwrap().iter() {
            seen.insert(record.value.as_ref().unwrap().to_vec());
        }
    }
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_topic_made_again_is_read_from_its_start() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    let commit = OffsetCommitRequest {
        group_id: "g".into(),
        generation_id_or_member_epoch: -1,
        topics: vec![OffsetCommitRequestTopic {
            name: "t".into(),
            partitions: vec![OffsetCommitRequestPartition { committed_offset: 9, ..Default::default() }],
            ..Default::default()
        }],
        ..Default::default()
    };
    assert_eq!(wire.ask(&commit, 8).await.topics[0].partitions[0].error_code, 0);
    let deleted = DeleteTopicsRequest { topic_names: vec!["t".into()], ..Default::default() };
    assert_eq!(wire.ask(&deleted, 5).await.responses[0].error_code, 0);
    create(&mut wire, &[]).await;
    let offsets = OffsetFetchRequest { group_id: "g".into(), topics: None, ..Default::default() };
    assert_eq!(wire.ask(&offsets, 7).await.topics.len(), 0);
    let listed = wire.ask(&ListGroupsRequest::default(), 5).await;
    assert_eq!(listed.groups.len(), 0, "nothing is left of the group");
    broker.shutdown().await.unwrap();
}

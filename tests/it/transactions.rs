//! Transactions of our client: against a broker in this process, or with `RIVERRUN_TEST_BOOTSTRAP=host:port` against
//! any running cluster, such as a real Apache Kafka.

#![expect(clippy::unwrap_used, reason = "a test's own functions fail and speak as its tests do")]

use std::collections::BTreeMap;
use std::time::Duration;

use riverrun::ErrorKind;
use riverrun::core::client::{
    Admin, Client, ClientConfig, CommittedOffset, Consumer, ConsumerConfig, GroupMetadata, IsolationLevel,
    NewTopic, Producer, ProducerConfig, ProducerRecord, TopicPartition,
};
use tokio::time::Instant;

use crate::client::{Cluster, Detour, cutting_proxy, fresh};

async fn topic(client: &Client, partitions: i32) -> String {
    let topic = fresh("transactions");
    let new = NewTopic::new(&topic).partitions(partitions).replication_factor(1);
    Admin::new(client).ensure_topic(&new).await.unwrap();
    topic
}

async fn transactional(client: &Client, id: &str) -> Producer {
    let producer = Producer::new(client, ProducerConfig::default().transactional_id(id)).unwrap();
    producer.init_transactions().await.unwrap();
    producer
}

async fn send(producer: &Producer, topic: &str, partition: i32, value: &str) {
    let record = ProducerRecord::new(topic, value.as_bytes()).partition(partition);
    producer.send(record).await.unwrap();
}

/// The values that readers of committed records find in a topic, once all that was begun has ended.
async fn committed(client: &Client, topic: &str) -> Vec<String> {
    let ends = Admin::new(client).end_offsets(topic).await.unwrap();
    let config = ConsumerConfig::default().isolation_level(IsolationLevel::ReadCommitted);
    let mut consumer = Consumer::new(client, config).unwrap();
    let partitions: Vec<_> = ends.keys().map(|at| TopicPartition::new(topic, *at)).collect();
    consumer.assign(&partitions).unwrap();
    partitions.iter().for_each(|partition| consumer.seek_to_beginning(partition).unwrap());
    let mut values = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(30);
    let left = |consumer: &Consumer| {
        let positions = consumer.positions();
        partitions.iter().any(|name| positions.get(name).is_none_or(|at| *at < ends[&name.partition]))
    };
    while left(&consumer) {
        assert!(
            Instant::now() < deadline,
            "read {values:?}, stands at {:?} of {ends:?}",
            consumer.positions()
        );
        let polled = consumer.poll(Duration::from_millis(100)).await.unwrap();
        values.extend(polled.iter().map(|(_, record)| {
            String::from_utf8(record.value.as_deref().unwrap_or_default().to_vec()).unwrap()
        }));
    }
    values
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_committed_is_seen_and_nothing_else() {
    let cluster = Cluster::start().await;
    let client = &cluster.client;
    let topic = topic(client, 3).await;
    let producer = transactional(client, &fresh("id")).await;
    let misused = producer.send(ProducerRecord::new(&topic, b"outside")).await.unwrap_err();
    assert_eq!(misused.kind(), ErrorKind::Invalid, "{misused:?}");
    let mut expected = Vec::new();
    for round in 0..12 {
        producer.begin_transaction().unwrap();
        for partition in 0..3 {
            let value = format!("{round}/{partition}");
            send(&producer, &topic, partition, &value).await;
            expected.extend((round % 3 != 0).then_some(value));
        }
        match round % 3 {
            0 => {
                if round % 2 == 0 {
                    producer.flush().await.unwrap();
                }
                producer.abort_transaction().await.unwrap();
            }
            _ => producer.commit_transaction().await.unwrap(),
        }
    }
    // Nothing in it: nobody hears of it.
    producer.begin_transaction().unwrap();
    producer.commit_transaction().await.unwrap();
    producer.begin_transaction().unwrap();
    producer.abort_transaction().await.unwrap();
    let mut found = committed(client, &topic).await;
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn offsets_are_committed_with_the_records_or_not_at_all() {
    let cluster = Cluster::start().await;
    let client = &cluster.client;
    let (input, output, group) = (topic(client, 1).await, topic(client, 1).await, fresh("group"));
    let source = TopicPartition::new(input.as_str(), 0);
    let offset = |at: i64| {
        let note = CommittedOffset { metadata: format!("note {at}"), ..CommittedOffset::new(at) };
        BTreeMap::from([(source.clone(), note)])
    };
    let producer = transactional(client, &fresh("id")).await;
    let consumer = Consumer::new(client, ConsumerConfig::group(&group)).unwrap();
    let known = async || consumer.committed(std::slice::from_ref(&source)).await.unwrap().remove(&source);
    for (at, commit, expected) in
        [(1, false, None), (2, true, Some(2)), (3, false, Some(2)), (4, true, Some(4))]
    {
        producer.begin_transaction().unwrap();
        send(&producer, &output, 0, &at.to_string()).await;
        let metadata = GroupMetadata::unmanaged(&group);
        producer.send_offsets_to_transaction(&offset(at), &metadata).await.unwrap();
        match commit {
            true => producer.commit_transaction().await.unwrap(),
            false => producer.abort_transaction().await.unwrap(),
        }
        let found = known().await;
        assert_eq!(found.as_ref().map(|found| found.offset), expected);
        let note = expected.map(|at| format!("note {at}"));
        assert_eq!(found.map(|found| found.metadata), note);
    }
    // Offsets alone are a transaction too.
    producer.begin_transaction().unwrap();
    let metadata = GroupMetadata::unmanaged(&group);
    producer.send_offsets_to_transaction(&offset(9), &metadata).await.unwrap();
    producer.commit_transaction().await.unwrap();
    assert_eq!(known().await.unwrap().offset, 9);
    assert_eq!(committed(client, &output).await, ["2", "4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_the_group_does_not_know_is_refused() {
    let cluster = Cluster::start().await;
    let client = &cluster.client;
    let (input, output, group) = (topic(client, 1).await, topic(client, 1).await, fresh("group"));
    let mut member = Consumer::new(client, ConsumerConfig::group(&group).auto_commit(false)).unwrap();
    member.subscribe(&[&input]).unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while member.assignment().is_empty() {
        assert!(Instant::now() < deadline);
        member.poll(Duration::from_millis(50)).await.unwrap();
    }
    let metadata = member.group_metadata().unwrap();
    assert!(metadata.generation() >= 0 && !metadata.member_id().is_empty());
    let offsets = BTreeMap::from([(TopicPartition::new(input.as_str(), 0), CommittedOffset::new(0))]);
    let producer = transactional(client, &fresh("id")).await;
    producer.begin_transaction().unwrap();
    send(&producer, &output, 0, "by a member").await;
    producer.send_offsets_to_transaction(&offsets, &metadata).await.unwrap();
    producer.commit_transaction().await.unwrap();
    member.close(Duration::from_secs(10)).await.unwrap();
    producer.begin_transaction().unwrap();
    send(&producer, &output, 0, "by nobody").await;
    let error = producer.send_offsets_to_transaction(&offsets, &metadata).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Fenced, "{error:?}");
    assert!(producer.commit_transaction().await.is_err());
    producer.abort_transaction().await.unwrap();
    // The producer itself goes on.
    producer.begin_transaction().unwrap();
    send(&producer, &output, 0, "without offsets").await;
    producer.commit_transaction().await.unwrap();
    assert_eq!(committed(client, &output).await, ["by a member", "without offsets"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_producer_fences_the_old_one_and_aborts_what_it_left_open() {
    let cluster = Cluster::start().await;
    let client = &cluster.client;
    let (topic, id) = (topic(client, 1).await, fresh("id"));
    let old = transactional(client, &id).await;
    old.begin_transaction().unwrap();
    send(&old, &topic, 0, "left open").await;
    old.flush().await.unwrap();
    let started = Instant::now();
    let new = transactional(client, &id).await;
    assert!(started.elapsed() < Duration::from_secs(10), "it does not wait for a time-out");
    let error = old.commit_transaction().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Fenced, "{error:?}");
    for error in [old.begin_transaction().unwrap_err(), old.abort_transaction().await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Fenced, "{error:?}");
    }
    new.begin_transaction().unwrap();
    send(&new, &topic, 0, "of the new one").await;
    new.commit_transaction().await.unwrap();
    // The old one hears of it by a record just as well.
    let third = transactional(client, &id).await;
    new.begin_transaction().unwrap();
    send(&new, &topic, 0, "too late").await;
    assert_eq!(new.flush().await.unwrap_err().kind(), ErrorKind::Fenced);
    third.begin_transaction().unwrap();
    third.abort_transaction().await.unwrap();
    assert_eq!(committed(client, &topic).await, ["of the new one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_record_that_fails_the_transaction_is_aborted_and_the_next_one_works() {
    let cluster = Cluster::start().await;
    let client = &cluster.client;
    let topic = fresh("transactions");
    let new = NewTopic::new(&topic).partitions(1).replication_factor(1).config("max.message.bytes", "1000");
    Admin::new(client).ensure_topic(&new).await.unwrap();
    let producer = transactional(client, &fresh("id")).await;
    for round in 0..3 {
        producer.begin_transaction().unwrap();
        send(&producer, &topic, 0, &format!("given up {round}")).await;
        producer.flush().await.unwrap();
        send(&producer, &topic, 0, &"x".repeat(2_000)).await;
        assert!(producer.flush().await.is_err());
        let refused = producer.send(ProducerRecord::new(&topic, b"no more")).await.unwrap_err();
        assert!(refused.message().contains("can only be aborted"), "{refused:?}");
        assert!(producer.commit_transaction().await.is_err());
        producer.abort_transaction().await.unwrap();
        producer.begin_transaction().unwrap();
        send(&producer, &topic, 0, &format!("kept {round}")).await;
        producer.commit_transaction().await.unwrap();
    }
    assert_eq!(committed(client, &topic).await, ["kept 0", "kept 1", "kept 2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_connections_tear_no_transaction() {
    let cluster = Cluster::start().await;
    let direct = &cluster.client;
    let topic = topic(direct, 2).await;
    let port = cutting_proxy(cluster.servers.clone()).await;
    let mut config = ClientConfig::new(&cluster.servers).transport(std::sync::Arc::new(Detour(port)));
    config.reconnect_backoff_max = Duration::from_millis(50);
    config.retry_backoff_max = Duration::from_millis(100);
    let client = Client::lazy(config).unwrap();
    let id = fresh("id");
    let producer = Producer::new(&client, ProducerConfig::default().transactional_id(&id)).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while let Err(error) = producer.init_transactions().await {
        assert!(error.is_retriable() && Instant::now() < deadline, "{error:?}");
    }
    let mut expected = Vec::new();
    for round in 0..40 {
        producer.begin_transaction().unwrap();
        for partition in 0..2 {
            let value = format!("{round}/{partition} {}", "x".repeat(300));
            let record = ProducerRecord::new(&topic, value.as_bytes()).partition(partition);
            while let Err(error) = producer.send(record).await {
                assert!(error.is_retriable() && Instant::now() < deadline, "{error:?}");
            }
            expected.extend((round % 4 != 0).then_some(value));
        }
        loop {
            let ended = match round % 4 {
                0 => producer.abort_transaction().await,
                _ => producer.commit_transaction().await,
            };
            let Err(error) = ended else { break };
            assert!(error.is_retriable() && Instant::now() < deadline, "{error:?}");
        }
    }
    let mut found = committed(direct, &topic).await;
    found.sort();
    expected.sort();
    assert!(found == expected, "{} records of {}", found.len(), expected.len());
}

//! Our client, end to end: against a broker in this process, or with `RIVERRUN_TEST_BOOTSTRAP=host:port` against any
//! running cluster, such as a real Apache Kafka.

#![expect(clippy::unwrap_used, reason = "a test's own functions fail and speak as its tests do")]

use std::time::Duration;

use riverrun::ErrorKind;
use riverrun::broker::{Broker, BrokerConfig};
use riverrun::core::client::admin::ConfigResource;
use riverrun::core::client::transport::{BoxedStream, Connect, Tcp};
use riverrun::core::client::{
    Admin, Client, ClientConfig, Consumer, ConsumerConfig, NewTopic, OffsetReset, OffsetSpec, Producer,
    ProducerConfig, ProducerRecord, TopicPartition,
};
use riverrun::core::record::{Compression, Header, Record};

/// A cluster to test against: a broker in this process, or the one that `RIVERRUN_TEST_BOOTSTRAP` names.
pub(crate) struct Cluster {
    pub(crate) servers: String,
    pub(crate) client: Client,
    broker: Option<Broker>,
}

impl Cluster {
    pub(crate) async fn start() -> Cluster {
        let (servers, broker) = match std::env::var("RIVERRUN_TEST_BOOTSTRAP") {
            Ok(servers) => (servers, None),
            Err(_) => {
                // Who tests groups waits for members that do not come otherwise.
                let config = BrokerConfig::in_memory().set("group.initial.rebalance.delay.ms", "0");
                let broker = Broker::start(config).await.unwrap();
                (broker.bootstrap(), Some(broker))
            }
        };
        let client = Client::connect(ClientConfig::new(&servers)).await.unwrap();
        Cluster { servers, client, broker }
    }

    /// Stops the broker in this process in order.
    pub(crate) async fn stop(self) {
        if let Some(broker) = self.broker {
            broker.shutdown().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_get_consecutive_offsets() {
    let cluster = Cluster::start().await;
    let client = &cluster.client;
    let producer = Producer::new(client, ProducerConfig::default()).unwrap();
    let mut deliveries = Vec::new();
    for n in 0..1_000_u32 {
        let value = n.to_string();
        let record = ProducerRecord::new("client-offsets", value.as_bytes()).partition(0);
        deliveries.push(producer.send(record).await.unwrap());
    }
    let mut offsets = Vec::new();
    for delivery in deliveries {
        offsets.push(delivery.await.unwrap().offset);
    }
    assert!(offsets.windows(2).all(|pair| pair[1] == pair[0] + 1), "{offsets:?}");
    producer.flush().await.unwrap();
}

/// A topic name that no other run has used.
pub(crate) fn fresh(prefix: &str) -> String {
    use riverrun::core::random::{Random, SystemRandom};
    format!("{prefix}-{:016x}", SystemRandom::new().next_u64())
}

/// Polls until `count` records are there or half a minute has passed.
async fn read(consumer: &mut Consumer, count: usize) -> Vec<Record> {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    let mut records = Vec::new();
    while records.len() < count && tokio::time::Instant::now() < deadline {
        let polled = consumer.poll(Duration::from_millis(200)).await.unwrap();
        records.extend(polled.partitions.into_iter().flat_map(|partition| partition.records));
    }
    records
}

#[tokio::test(flavor = "multi_thread")]
async fn every_compression_keeps_keys_values_headers_and_times() {
    let cluster = Cluster::start().await;
    let client = &cluster.client;
    let topic = fresh("client-compression");
    let headers =
        [Header::new("b", Some("1".into())), Header::new("a", None), Header::new("b", Some("2".into()))];
    for compression in Compression::ALL {
        let config = ProducerConfig::default().compression(compression).batch_size(4 << 10);
        let producer = Producer::new(client, config).unwrap();
        for n in 0..1_000_i64 {
            let (key, value) = (n.to_string(), format!("{} {n}", compression.name()));
            let record = ProducerRecord::new(&topic, value.as_bytes())
                .key(key.as_bytes())
                .partition(0)
                .timestamp(1_700_000_000_000 + n)
                .headers(&headers);
            producer.send(record).await.unwrap();
        }
        producer
            .send(ProducerRecord { topic: &topic, partition: Some(0), ..Default::default() })
            .await
            .unwrap();
        producer.flush().await.unwrap();
    }
    let mut consumer = Consumer::new(client, ConsumerConfig::default()).unwrap();
    let partition = TopicPartition::new(topic.as_str(), 0);
    consumer.assign(std::slice::from_ref(&partition)).unwrap();
    consumer.seek_to_beginning(&partition).unwrap();
    let records = read(&mut consumer, 5 * 1_001).await;
    assert_eq!(records.len(), 5 * 1_001);
    for (at, compression) in Compression::ALL.into_iter().enumerate() {
        let (tombstone, full) = records[at * 1_001..(at + 1) * 1_001].split_last().unwrap();
        for (record, n) in full.iter().zip(0_i64..) {
            assert_eq!(record.offset, at as i64 * 1_001 + n);
            assert_eq!(record.timestamp, 1_700_000_000_000 + n);
            assert_eq!(record.key.as_deref(), Some(n.to_string().as_bytes()));
            assert_eq!(record.value.as_deref(), Some(format!("{} {n}", compression.name()).as_bytes()));
            assert_eq!(record.headers, headers);
        }
        assert!(tombstone.key.is_none() && tombstone.value.is_none() && tombstone.headers.is_empty());
    }
    assert_eq!(consumer.position(&partition, Duration::from_secs(5)).await.unwrap(), 5 * 1_001);
    consumer.seek(&partition, 17).unwrap();
    assert_eq!(read(&mut consumer, 1).await[0].offset, 17);
}

#[tokio::test(flavor = "multi_thread")]
async fn committed_offsets_are_where_the_next_member_starts() {
    let cluster = Cluster::start().await;
    let client = &cluster.client;
    let topic = fresh("client-commit");
    let producer = Producer::new(client, ProducerConfig::default()).unwrap();
    for n in 0..100_u32 {
        producer.send(ProducerRecord::new(&topic, n.to_string().as_bytes()).partition(0)).await.unwrap();
    }
    producer.flush().await.unwrap();
    let config = ConsumerConfig::group(fresh("group"))
        .auto_offset_reset(OffsetReset::Earliest)
        .auto_commit(false)
        .max_poll_records(30);
    let mut first = Consumer::new(client, config.clone()).unwrap();
    first.subscribe(&[&topic]).unwrap();
    assert_eq!(read(&mut first, 30).await.len(), 30);
    first.commit().await.unwrap();
    assert_eq!(read(&mut first, 30).await.len(), 30);
    first.close(Duration::from_secs(10)).await.unwrap();
    let mut second = Consumer::new(client, config).unwrap();
    second.subscribe(&[&topic]).unwrap();
    let records = read(&mut second, 70).await;
    assert_eq!(records.iter().map(|record| record.offset).collect::<Vec<_>>(), (30..100).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listening_is_said_at_once() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = Client::connect(ClientConfig::new(&format!("127.0.0.1:{port}"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Retriable);
    assert!(error.message().contains(&format!("nobody listens at 127.0.0.1:{port}")), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_are_made_described_and_removed() {
    let cluster = Cluster::start().await;
    let client = &cluster.client;
    let admin = Admin::new(client);
    let name = fresh("client-admin");
    let topic = NewTopic::new(&name).partitions(3).replication_factor(1).config("cleanup.policy", "compact");
    assert!(admin.ensure_topic(&topic).await.unwrap());
    assert!(!admin.ensure_topic(&topic).await.unwrap());
    let described = admin.describe_topics(&[&name, "no-such-topic"]).await.unwrap();
    assert_eq!(described[&name].as_ref().unwrap().partitions.len(), 3);
    assert_eq!(described["no-such-topic"].as_ref().unwrap_err().kind(), ErrorKind::NotFound);
    assert!(admin.list_topics().await.unwrap().iter().any(|topic| *topic.name == name));
    let configs = admin.describe_configs(&ConfigResource::Topic(name.clone())).await.unwrap();
    assert_eq!(configs["cleanup.policy"].value.as_deref(), Some("compact"));
    let producer = Producer::new(client, ProducerConfig::default()).unwrap();
    for n in 0..3 {
        let record = ProducerRecord::new(&name, b"v").key(b"k").partition(1).timestamp(1_000 + n);
        producer.send(record).await.unwrap().await.unwrap();
    }
    assert_eq!(admin.end_offsets(&name).await.unwrap(), [(0, 0), (1, 3), (2, 0)].into());
    let partition = TopicPartition::new(name.as_str(), 1);
    let at =
        admin.list_offsets(std::slice::from_ref(&partition), OffsetSpec::Timestamp(1_001)).await.unwrap();
    assert_eq!(at[&partition], 1);
    assert!(!admin.describe_cluster().await.unwrap().brokers.is_empty());
    admin.delete_topics(&[&name]).await.unwrap().remove(&name).unwrap().unwrap();
}

/// Polls all members until together they own every partition once, each of them some.
async fn settle(members: &mut [Consumer], partitions: usize) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    loop {
        for member in members.iter_mut() {
            member.poll(Duration::from_millis(50)).await.unwrap();
        }
        let mut owned: Vec<TopicPartition> = members.iter().flat_map(Consumer::assignment).collect();
        owned.sort();
        owned.dedup();
        let all: usize = members.iter().map(|member| member.assignment().len()).sum();
        let everyone = members.iter().all(|member| !member.assignment().is_empty());
        if owned.len() == partitions && all == partitions && everyone {
            return;
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "{} of {partitions} partitions, {all} shares",
            owned.len()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_grows_and_shrinks() {
    let cluster = Cluster::start().await;
    let client = &cluster.client;
    let topic = fresh("client-group");
    Admin::new(client)
        .ensure_topic(&NewTopic::new(&topic).partitions(6).replication_factor(1))
        .await
        .unwrap();
    let group = fresh("group");
    let config = ConsumerConfig {
        heartbeat_interval: Duration::from_millis(200),
        session_timeout: Duration::from_secs(6),
        ..ConsumerConfig::group(&group)
    };
    let mut members = Vec::new();
    for _ in 0..3 {
        let mut member = Consumer::new(client, config.clone()).unwrap();
        member.subscribe(&[&topic]).unwrap();
        members.push(member);
        settle(&mut members, 6).await;
    }
    let described = Admin::new(client).describe_group(&group).await.unwrap();
    assert_eq!((described.state.as_str(), described.members.len()), ("Stable", 3));
    assert!(described.members.iter().all(|member| member.partitions.len() == 2), "{described:?}");
    while members.len() > 1 {
        members.pop().unwrap().close(Duration::from_secs(10)).await.unwrap();
        settle(&mut members, 6).await;
    }
}

/// Forwards connections to `target` and cuts each after a number of bytes from the client that grows from try to try.
#[expect(clippy::disallowed_methods, reason = "the proxy stands where a network would")]
pub(crate) async fn cutting_proxy(target: String) -> u16 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut tries = 0_usize;
        while let Ok((mut near, _)) = listener.accept().await {
            tries += 1;
            let (target, mut allowed) = (target.clone(), 700 + tries * 1_500);
            tokio::spawn(async move {
                let mut far = tokio::net::TcpStream::connect(target).await.unwrap();
                let (mut near_in, mut near_out) = near.split();
                let (mut far_in, mut far_out) = far.split();
                let forward = async {
                    let mut buffer = [0; 512];
                    while let Ok(read @ 1..) = near_in.read(&mut buffer).await {
                        if read > allowed || far_out.write_all(&buffer[..read]).await.is_err() {
                            return;
                        }
                        allowed -= read;
                    }
                };
                tokio::select! { () = forward => {} _ = tokio::io::copy(&mut far_in, &mut near_out) => {} }
            });
        }
    });
    port
}

/// TCP to whatever is asked for by way of one port.
#[derive(Debug)]
pub(crate) struct Detour(pub(crate) u16);

#[async_trait::async_trait]
impl Connect for Detour {
    async fn connect(&self, _host: &str, _port: u16) -> std::io::Result<BoxedStream> {
        Tcp::default().connect("127.0.0.1", self.0).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_connections_neither_lose_nor_double_records() {
    let cluster = Cluster::start().await;
    let (direct, servers) = (&cluster.client, &cluster.servers);
    let topic = fresh("client-dropped");
    Admin::new(direct)
        .ensure_topic(&NewTopic::new(&topic).partitions(1).replication_factor(1))
        .await
        .unwrap();
    let port = cutting_proxy(servers.clone()).await;
    let mut config = ClientConfig::new(servers).transport(std::sync::Arc::new(Detour(port)));
    config.reconnect_backoff_max = Duration::from_millis(50);
    config.retry_backoff_max = Duration::from_millis(100);
    let client = Client::lazy(config).unwrap();
    let producer = Producer::new(&client, ProducerConfig::default().batch_size(1 << 10)).unwrap();
    for n in 0..3_000_u32 {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        // The proxy may cut the connection that learns of the topic.
        while let Err(error) = producer.send(ProducerRecord::new(&topic, n.to_string().as_bytes())).await {
            assert!(error.is_retriable() && tokio::time::Instant::now() < deadline, "{error:?}");
        }
    }
    producer.flush().await.unwrap();
    let mut consumer = Consumer::new(direct, ConsumerConfig::default()).unwrap();
    let partition = TopicPartition::new(topic.as_str(), 0);
    consumer.assign(std::slice::from_ref(&partition)).unwrap();
    consumer.seek_to_beginning(&partition).unwrap();
    let records = read(&mut consumer, 3_000).await;
    for (record, n) in records.iter().zip(0_u32..) {
        assert_eq!(record.value.as_deref(), Some(n.to_string().as_bytes()), "offset {}", record.offset);
    }
    assert_eq!(Admin::new(direct).end_offsets(&topic).await.unwrap()[&0], 3_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_restarts_is_found_again() {
    let folder = tempfile::TempDir::new().unwrap();
    let broker = Broker::start(BrokerConfig::new(folder.path()).listen("127.0.0.1:0")).await.unwrap();
    let address = broker.bootstrap();
    let client = Client::connect(ClientConfig::new(&address)).await.unwrap();
    Admin::new(&client).ensure_topic(&NewTopic::new("t").partitions(1)).await.unwrap();
    let producer = Producer::new(&client, ProducerConfig::default()).unwrap();
    let mut consumer = Consumer::new(&client, ConsumerConfig::default()).unwrap();
    let partition = TopicPartition::new("t", 0);
    consumer.assign(std::slice::from_ref(&partition)).unwrap();
    consumer.seek_to_beginning(&partition).unwrap();
    producer.send(ProducerRecord::new("t", b"before")).await.unwrap().await.unwrap();
    assert_eq!(read(&mut consumer, 1).await.len(), 1);
    broker.shutdown().await.unwrap();
    drop(broker);
    let during = producer.send(ProducerRecord::new("t", b"during")).await.unwrap();
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    let broker = loop {
        match Broker::start(BrokerConfig::new(folder.path()).listen(&address)).await {
            Ok(broker) => break broker,
            Err(error) => assert!(tokio::time::Instant::now() < deadline, "{error:?}"),
        }
    };
    assert_eq!(during.await.unwrap().offset, 1);
    let records = read(&mut consumer, 1).await;
    assert_eq!(records[0].value.as_deref(), Some(&b"during"[..]));
    broker.shutdown().await.unwrap();
}

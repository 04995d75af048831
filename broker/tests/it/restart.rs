use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::ErrorKind;
use riverrun_core::protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use riverrun_core::protocol::messages::*;

use crate::data::{create, fetch_request, produce, values};
use crate::wire::{Wire, batch};

fn config(dir: &std::path::Path) -> BrokerConfig {
    BrokerConfig::new(dir).listen("127.0.0.1:0")
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Broker::embedded(dir.path()).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    let id = create(&mut wire, &[("retention.ms", "-1")]).await;
    produce(&mut wire, -1, batch(&["a", "b"])).await;
    let producer = wire.ask(&InitProducerIdRequest { transactional_id: None, ..Default::default() }, 4).await;
    let commit = OffsetCommitRequest {
        group_id: "g".into(),
        generation_id_or_member_epoch: -1,
        topics: vec![OffsetCommitRequestTopic {
            name: "t".into(),
            partitions: vec![OffsetCommitRequestPartition { committed_offset: 2, ..Default::default() }],
            ..Default::default()
        }],
        ..Default::default()
    };
    assert_eq!(wire.ask(&commit, 8).await.topics[0].partitions[0].error_code, 0);
    let cluster = wire.ask(&DescribeClusterRequest { endpoint_type: 1, ..Default::default() }, 1).await;
    broker.shutdown().await.unwrap();
    assert!(dir.path().join(".kafka_cleanshutdown").exists());

    let broker = Broker::embedded(dir.path()).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    assert_eq!(values(&wire.ask(&fetch_request(0, 1, 1_000), 12).await).len(), 2);
    let metadata = wire.ask(&MetadataRequest { topics: None, ..Default::default() }, 12).await;
    let topic = metadata.topics.iter().find(|topic| topic.name.as_deref() == Some("t")).unwrap();
    assert_eq!((topic.topic_id, topic.partitions[0].leader_epoch), (id, 0));
    assert_eq!(metadata.cluster_id.unwrap(), cluster.cluster_id);
    let offsets = OffsetFetchRequest { group_id: "g".into(), topics: None, ..Default::default() };
    assert_eq!(wire.ask(&offsets, 7).await.topics[0].partitions[0].committed_offset, 2);
    let next = wire.ask(&InitProducerIdRequest { transactional_id: None, ..Default::default() }, 4).await;
    assert!(next.producer_id > producer.producer_id);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_folder_has_one_broker_and_one_node() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Broker::start(config(dir.path())).await.unwrap();
    let second = Broker::start(config(dir.path())).await.unwrap_err();
    assert_eq!(second.kind(), ErrorKind::Fenced);
    assert!(second.to_string().contains(&dir.path().display().to_string()), "{second}");
    broker.shutdown().await.unwrap();
    let other = Broker::start(config(dir.path()).set("node.id", "2")).await.unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Invalid);
    assert!(other.to_string().contains("set node.id=1"), "{other}");
    Broker::start(config(dir.path())).await.unwrap().shutdown().await.unwrap();
}

#[tokio::test]
async fn a_start_that_cannot_be_says_why() {
    let taken = Broker::in_memory().await.unwrap();
    let busy = Broker::start(BrokerConfig::in_memory().listen(&taken.bootstrap())).await.unwrap_err();
    assert!(busy.to_string().contains("another process listens there"), "{busy}");
    let unknown = Broker::start(BrokerConfig::in_memory().set("num.partition", "1")).await.unwrap_err();
    assert!(unknown.to_string().contains("did you mean 'num.partitions'?"), "{unknown}");
    let inert = Broker::start(BrokerConfig::in_memory().set("num.io.threads", "9")).await.unwrap();
    assert_eq!(inert.notices().len(), 1);
    inert.shutdown().await.unwrap();
    taken.shutdown().await.unwrap();
}

use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::protocol::messages::MetadataRequest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::data::{create, fetch_request, produce};
use crate::wire::{Wire, batch, tcp};

/// A metric's value, by its name with its labels.
pub(crate) fn metric(broker: &Broker, name: &str) -> Option<f64> {
    let page = broker.metrics();
    page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

/// Status and body of an answer.
async fn get(broker: &Broker, request: &str) -> (String, String) {
    let mut stream = tcp(&broker.metrics_bound().unwrap().to_string()).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

async fn get_path(broker: &Broker, path: &str) -> (String, String) {
    get(broker, &format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")).await
}

async fn started() -> Broker {
    Broker::start(BrokerConfig::in_memory().set("metrics.listener", "0")).await.unwrap()
}

#[tokio::test]
async fn what_happens_is_counted() {
    let broker = started().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    produce(&mut wire, -1, batch(&["one", "two"])).await;
    let refused = produce(&mut wire, -1, bytes::Bytes::from_static(b"damaged")).await;
    assert_ne!(refused.error_code, 0);
    wire.ask(&fetch_request(0, 1, 0), 12).await;
    let (status, page) = get_path(&broker, "/metrics").await;
    assert_eq!(status, "HTTP/1.1 200 OK");
    for (name, value) in [
        ("kafka_server_BrokerTopicMetrics_MessagesInPerSec_total{topic=\"t\"}", "2"),
        ("kafka_server_BrokerTopicMetrics_MessagesInPerSec_total", "2"),
        ("kafka_server_BrokerTopicMetrics_TotalProduceRequestsPerSec_total{topic=\"t\"}", "2"),
        ("kafka_server_BrokerTopicMetrics_FailedProduceRequestsPerSec_total{topic=\"t\"}", "1"),
        ("kafka_server_BrokerTopicMetrics_TotalFetchRequestsPerSec_total{topic=\"t\"}", "1"),
        ("kafka_network_RequestMetrics_RequestsPerSec_total{request=\"Produce\",version=\"9\"}", "2"),
        ("kafka_network_RequestMetrics_TotalTimeMs_count{request=\"Produce\"}", "2"),
        ("kafka_log_Log_LogEndOffset{topic=\"t\",partition=\"0\"}", "2"),
        ("kafka_controller_KafkaController_GlobalTopicCount", "1"),
        ("kafka_server_socket_server_metrics_connection_count", "1"),
        ("riverrun_log_LogManager_FailedLogs", "0"),
    ] {
        let line = format!("{name} {value}");
        assert!(page.lines().any(|found| found == line), "{line} is not in\n{page}");
    }
    assert!(metric(&broker, "kafka_log_LogFlushStats_LogFlushRateAndTimeMs_count").unwrap() >= 1.0);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_page_holds_every_metric_that_is_declared_and_no_other() {
    let broker = started().await;
    Wire::to(&broker).await.ask(&MetadataRequest::default(), 9).await;
    let page = broker.metrics();
    let reference = BrokerConfig::metrics_reference();
    let declared: Vec<&str> =
        reference.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let shown: Vec<&str> =
        page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    assert!(declared.len() > 40);
    let missing: Vec<_> = declared.iter().filter(|name| !shown.contains(name)).collect();
    let unknown: Vec<_> = shown.iter().filter(|name| !declared.contains(name)).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "not shown: {missing:?}; not declared: {unknown:?}");
    assert_eq!(shown.len(), declared.len(), "a family is begun twice");
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_groups_lag_is_shown_even_before_anybody_asked_for_the_group() {
    use riverrun_core::protocol::messages::OffsetCommitRequest;
    use riverrun_core::protocol::messages::offset_commit_request::{
        OffsetCommitRequestPartition, OffsetCommitRequestTopic,
    };
    let folder = tempfile::TempDir::new().unwrap();
    let config =
        || BrokerConfig::new(folder.path()).listen("127.0.0.1:0").set("offsets.topic.num.partitions", "1");
    let lag = "kafka_consumergroup_lag{consumergroup=\"g\",topic=\"t\",partition=\"0\"}";
    let broker = Broker::start(config()).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    produce(&mut wire, -1, batch(&["one", "two", "three"])).await;
    let partition = OffsetCommitRequestPartition { committed_offset: 1, ..Default::default() };
    let topic =
        OffsetCommitRequestTopic { name: "t".into(), partitions: vec![partition], ..Default::default() };
    let commit = OffsetCommitRequest {
        group_id: "g".into(),
        generation_id_or_member_epoch: -1,
        topics: vec![topic],
        ..Default::default()
    };
    let answer = wire.ask(&commit, 8).await;
    assert_eq!(answer.topics[0].partitions[0].error_code, 0);
    assert_eq!(metric(&broker, lag), Some(2.0));
    broker.shutdown().await.unwrap();

    let broker = Broker::start(config()).await.unwrap();
    let offset = "kafka_consumergroup_current_offset{consumergroup=\"g\",topic=\"t\",partition=\"0\"}";
    let metric_later = {
        let broker = broker.clone();
        tokio::task::spawn_blocking(move || metric(&broker, offset)).await.unwrap()
    };
    assert_eq!(metric_later, Some(1.0));
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn health_says_what_is_wrong() {
    let broker = started().await;
    let (status, body) = get_path(&broker, "/health").await;
    assert_eq!(status, "HTTP/1.1 200 OK");
    let health: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&health["status"], &health["ready"]), (&"ready".into(), &true.into()));
    assert_eq!(get_path(&broker, "/health/live?verbose").await.0, "HTTP/1.1 200 OK");
    assert_eq!(broker.health(), (true, Vec::new()));
    let mut waiting = Wire::to(&broker).await;
    create(&mut waiting, &[]).await;
    broker.shutdown().await.unwrap();
    let (ready, reasons) = broker.health();
    assert!(!ready && reasons[0].contains("shutting down"), "{reasons:?}");
}

#[tokio::test]
async fn a_disk_that_failed_is_named() {
    use std::sync::Arc;

    use riverrun_broker::storage::{Fault, FaultKind, FaultyStorage, MemoryStorage, StorageOp};
    let storage = Arc::new(FaultyStorage::new(Arc::new(MemoryStorage::new())));
    let config = BrokerConfig::in_memory().set("metrics.listener", "0").storage(storage.clone());
    let broker = Broker::start(config).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    produce(&mut wire, -1, batch(&["well"])).await;
    storage.inject(Fault { op: StorageOp::Sync, path: "t-0".to_owned(), skip: 0, kind: FaultKind::Eio });
    assert_ne!(produce(&mut wire, -1, batch(&["lost"])).await.error_code, 0);
    let (status, body) = get_path(&broker, "/health").await;
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable", "the one open partition has failed");
    assert!(body.contains("t-0"), "{body}");
    assert_eq!(metric(&broker, "riverrun_log_LogManager_FailedLogs"), Some(1.0));
    assert_eq!(metric(&broker, "riverrun_log_LogFlushStats_FailedFlushes_total"), Some(1.0));
    // What it cannot flush it cannot close in order either.
    let _ = broker.shutdown().await;
}

#[tokio::test]
async fn other_requests_are_refused_in_http() {
    let broker = started().await;
    for (request, status) in [
        ("POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"),
        ("GET /secrets HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found"),
        ("\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"),
    ] {
        assert_eq!(get(&broker, request).await.0, status, "{request:?}");
    }
    let long = format!("GET /{} HTTP/1.1", "x".repeat(8 << 10));
    assert_eq!(get(&broker, &long).await.0, "HTTP/1.1 400 Bad Request");
    let (status, body) = get(&broker, "HEAD /metrics HTTP/1.0\r\n\r\n").await;
    assert_eq!((status.as_str(), body.as_str()), ("HTTP/1.1 200 OK", ""));
    broker.shutdown().await.unwrap();
}

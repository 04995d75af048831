use std::sync::Arc;
use std::time::Duration;

use super::declared::{Kind, METRICS};
use super::*;

#[test]
fn names_are_prometheus_names_and_each_is_there_once() {
    let mut seen = std::collections::BTreeSet::new();
    for metric in METRICS {
        assert!(seen.insert(metric.name), "{} is declared twice", metric.name);
        assert!(
            metric.name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_'),
            "{}",
            metric.name
        );
        assert!(metric.doc.ends_with('.'), "{}", metric.name);
        assert!(
            !metric.name.starts_with("kafka_")
                || metric.kind != Kind::Counter
                || metric.name.ends_with("_total")
                || metric.name.ends_with("Count"),
            "{}",
            metric.name
        );
    }
}

#[test]
fn kafkas_names_are_mapped_one_to_one() {
    for metric in METRICS.iter().filter(|metric| !metric.mbean.is_empty()) {
        let (domain, properties) = metric.mbean.split_once(':').unwrap();
        let value = |key: &str| properties.split(',').find_map(|property| property.strip_prefix(key));
        let kind = value("type=").unwrap();
        let name = value("name=").or_else(|| value("attribute=")).unwrap();
        let mapped = format!("{}_{kind}_{name}", domain.replace('.', "_")).replace('-', "_");
        let found = metric.name.strip_suffix("_total").unwrap_or(metric.name);
        assert_eq!(found, mapped.strip_suffix("_total").unwrap_or(&mapped));
        let labels: Vec<&str> =
            properties.split(',').filter_map(|property| property.strip_suffix("=*")).collect();
        assert_eq!(metric.labels, labels, "{}", metric.name);
    }
}

#[test]
fn a_page_reads_as_prometheus_wants_it() {
    let metrics = Metrics::default();
    metrics.topics.topic(&Arc::from("a \"b\"\n")).messages_in.add(3);
    metrics.topics.all.messages_in.add(5);
    metrics.flushes.record(Duration::from_micros(100));
    metrics.flushes.record(Duration::from_micros(101));
    metrics.flushes.record(Duration::from_secs(60));
    let mut page = Page::default();
    metrics.topics.write(&mut page);
    page.family(&names::FLUSHES).histogram(&[], &metrics.flushes);
    let text = page.into_text();
    let has = |line: &str| assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    has("# TYPE kafka_server_BrokerTopicMetrics_MessagesInPerSec_total counter");
    has("kafka_server_BrokerTopicMetrics_MessagesInPerSec_total 5");
    has("kafka_server_BrokerTopicMetrics_MessagesInPerSec_total{topic=\"a \\\"b\\\"\\n\"} 3");
    has("kafka_log_LogFlushStats_LogFlushRateAndTimeMs_bucket{le=\"0.1\"} 1");
    has("kafka_log_LogFlushStats_LogFlushRateAndTimeMs_bucket{le=\"0.25\"} 2");
    has("kafka_log_LogFlushStats_LogFlushRateAndTimeMs_bucket{le=\"30000\"} 2");
    has("kafka_log_LogFlushStats_LogFlushRateAndTimeMs_bucket{le=\"+Inf\"} 3");
    has("kafka_log_LogFlushStats_LogFlushRateAndTimeMs_sum 60000.201");
    has("kafka_log_LogFlushStats_LogFlushRateAndTimeMs_count 3");
}

#[test]
fn a_forgotten_topic_is_shown_no_more() {
    let topics = TopicMetrics::default();
    let gone: Arc<str> = Arc::from("gone");
    topics.topic(&gone).bytes_in.add(1);
    topics.forget("gone");
    let mut page = Page::default();
    topics.write(&mut page);
    assert!(!page.into_text().contains("gone"));
}

/// `docs/metrics.md` holds the table; with RIVERRUN_WRITE_DOCS set this test writes it instead of comparing.
#[test]
fn the_documented_table_is_what_is_declared() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/metrics.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (head, _) = text.split_once("| Metric |").expect("a table");
    let wanted = format!("{head}{}", reference());
    if std::env::var_os("RIVERRUN_WRITE_DOCS").is_some() {
        std::fs::write(path, wanted).unwrap();
        return;
    }
    assert!(
        text == wanted,
        "docs/metrics.md is not what is declared: run this test with RIVERRUN_WRITE_DOCS=1"
    );
}

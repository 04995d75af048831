use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::protocol::messages::alter_client_quotas_request::{EntityData, EntryData, OpData};
use riverrun_core::protocol::messages::alter_configs_request as legacy;
use riverrun_core::protocol::messages::describe_client_quotas_request::ComponentData;
use riverrun_core::protocol::messages::describe_configs_request::DescribeConfigsResource;
use riverrun_core::protocol::messages::describe_configs_response::DescribeConfigsResourceResult;
use riverrun_core::protocol::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use riverrun_core::protocol::messages::*;
use riverrun_core::protocol::{ErrorCode, Str};

use crate::data::{create, produce};
use crate::wire::{Wire, batch, broker};

const TOPIC: i8 = 2;
const BROKER: i8 = 4;
const BROKER_LOGGER: i8 = 8;
const CLIENT_METRICS: i8 = 16;
const GROUP: i8 = 32;

const SET: i8 = 0;
const DELETE: i8 = 1;
const APPEND: i8 = 2;
const SUBTRACT: i8 = 3;

type Ops<'a> = &'a [(&'a str, i8, Option<&'a str>)];

async fn alter_as(wire: &mut Wire, kind: i8, name: &str, ops: Ops<'_>, validate_only: bool) -> (i16, String) {
    let configs = ops.iter().map(|(name, operation, value)| AlterableConfig {
        name: (*name).into(),
        config_operation: *operation,
        value: value.map(Str::from),
        ..Default::default()
    });
    let resource = AlterConfigsResource {
        resource_type: kind,
        resource_name: name.into(),
        configs: configs.collect(),
        ..Default::default()
    };
    let request =
        IncrementalAlterConfigsRequest { resources: vec![resource], validate_only, ..Default::default() };
    let response = wire.ask(&request, 1).await.responses.remove(0);
    (response.error_code, response.error_message.map(|text| text.to_string()).unwrap_or_default())
}

async fn alter(wire: &mut Wire, kind: i8, name: &str, ops: Ops<'_>) -> (i16, String) {
    alter_as(wire, kind, name, ops, false).await
}

async fn set(wire: &mut Wire, kind: i8, name: &str, config: &str, value: &str) {
    let (code, text) = alter(wire, kind, name, &[(config, SET, Some(value))]).await;
    assert_eq!(code, 0, "{config}={value}: {text}");
}

async fn describe(wire: &mut Wire, kind: i8, name: &str) -> (i16, Vec<DescribeConfigsResourceResult>) {
    let resource = DescribeConfigsResource {
        resource_type: kind,
        resource_name: name.into(),
        configuration_keys: None,
        ..Default::default()
    };
    let request =
        DescribeConfigsRequest { resources: vec![resource], include_synonyms: true, ..Default::default() };
    let result = wire.ask(&request, 4).await.results.remove(0);
    (result.error_code, result.configs)
}

/// Value and source of one config, then each synonym.
async fn shown(wire: &mut Wire, kind: i8, name: &str, config: &str) -> String {
    let (_, configs) = describe(wire, kind, name).await;
    let Some(found) = configs.into_iter().find(|found| *found.name == *config) else {
        return "none".to_owned();
    };
    let text = |value: Option<Str>| value.map_or("null".to_owned(), |value| value.to_string());
    let mut shown = format!("{} {}", text(found.value), found.config_source);
    for synonym in found.synonyms {
        shown += &format!(", {}={} {}", synonym.name, text(synonym.value), synonym.source);
    }
    shown
}

#[tokio::test]
async fn topics_obey_at_once_and_fall_back_to_what_is_set_on_the_running_broker() {
    let dir = tempfile::tempdir().unwrap();
    let start = || BrokerConfig::new(dir.path()).listen("127.0.0.1:0").set("message.max.bytes", "900000");
    let broker = Broker::start(start()).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    let big = "x".repeat(2_000);
    let codes = async |wire: &mut Wire| produce(wire, -1, batch(&[&big])).await.error_code;
    assert_eq!(codes(&mut wire).await, 0);
    set(&mut wire, TOPIC, "t", "max.message.bytes", "1000").await;
    assert_eq!(codes(&mut wire).await, ErrorCode::MessageTooLarge.code());
    set(&mut wire, BROKER, "", "message.max.bytes", "1500").await;
    set(&mut wire, BROKER, "1", "message.max.bytes", "1600").await;
    assert_eq!(
        shown(&mut wire, TOPIC, "t", "max.message.bytes").await,
        "1000 1, max.message.bytes=1000 1, message.max.bytes=1600 2, message.max.bytes=1500 3, message.max.bytes=900000 4, message.max.bytes=1048588 5"
    );
    assert_eq!(alter(&mut wire, TOPIC, "t", &[("max.message.bytes", DELETE, None)]).await.0, 0);
    // What holds now is the broker's own, which is too small too; then that of all brokers; then that of the start.
    assert_eq!(codes(&mut wire).await, ErrorCode::MessageTooLarge.code());
    assert!(shown(&mut wire, TOPIC, "t", "max.message.bytes").await.starts_with("1600 2"));
    broker.shutdown().await.unwrap();

    let broker = Broker::start(start()).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    assert_eq!(codes(&mut wire).await, ErrorCode::MessageTooLarge.code(), "it is kept");
    assert_eq!(alter(&mut wire, BROKER, "1", &[("message.max.bytes", DELETE, None)]).await.0, 0);
    assert!(shown(&mut wire, TOPIC, "t", "max.message.bytes").await.starts_with("1500 3"));
    assert_eq!(alter(&mut wire, BROKER, "", &[("message.max.bytes", DELETE, None)]).await.0, 0);
    assert!(shown(&mut wire, TOPIC, "t", "max.message.bytes").await.starts_with("900000 4"));
    assert_eq!(codes(&mut wire).await, 0);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn lists_grow_and_shrink() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    for (operation, value, left) in [
        (APPEND, "compact", "delete,compact"),
        (APPEND, "compact", "delete,compact"),
        (SUBTRACT, "delete", "compact"),
        (SUBTRACT, "delete,compact", ""),
        (APPEND, "delete", "delete"),
    ] {
        let (code, text) = alter(&mut wire, TOPIC, "t", &[("cleanup.policy", operation, Some(value))]).await;
        assert_eq!(code, 0, "{text}");
        let (_, configs) = describe(&mut wire, TOPIC, "t").await;
        let found = configs.iter().find(|found| *found.name == *"cleanup.policy").unwrap();
        assert_eq!(found.value.as_deref(), Some(left));
    }
}

/// Codes as Apache Kafka 4.3.1 gives them for the same calls.
#[tokio::test]
async fn wrong_changes_are_refused_as_kafka_does() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    let cases: &[(i8, &str, Ops<'_>, i16)] = &[
        (TOPIC, "t", &[("nope", SET, Some("1"))], 40),
        (TOPIC, "t", &[("nope", DELETE, None)], 0),
        (TOPIC, "t", &[("retention.ms", SET, Some("x"))], 40),
        (TOPIC, "t", &[("retention.ms", SET, None)], 42),
        (TOPIC, "t", &[("retention.ms", SET, Some("1")), ("retention.ms", SET, Some("2"))], 42),
        (TOPIC, "t", &[("retention.ms", APPEND, Some("1"))], 40),
        (TOPIC, "t", &[("cleanup.policy", APPEND, Some("zap"))], 40),
        (
            TOPIC,
            "t",
            &[("min.compaction.lag.ms", SET, Some("9")), ("max.compaction.lag.ms", SET, Some("5"))],
            40,
        ),
        (TOPIC, "t", &[("remote.storage.enable", SET, Some("true"))], 40),
        (TOPIC, "t", &[("follower.replication.throttled.replicas", SET, Some(""))], 0),
        (TOPIC, "t", &[("follower.replication.throttled.replicas", SET, Some("x"))], 40),
        (TOPIC, "t", &[("compression.type", SET, Some(""))], 40),
        (TOPIC, "nonesuch", &[("retention.ms", SET, Some("1"))], 3),
        (TOPIC, "", &[("retention.ms", SET, Some("1"))], 42),
        (TOPIC, "bad name", &[("retention.ms", SET, Some("1"))], 17),
        (BROKER, "1", &[("node.id", SET, Some("9"))], 42),
        (BROKER, "", &[("log.retention.hours", SET, Some("2"))], 42),
        (BROKER, "2", &[("log.retention.ms", SET, Some("9"))], 42),
        (BROKER, "x", &[("log.retention.ms", SET, Some("9"))], 42),
        (BROKER, "", &[("log.retention.ms", SET, Some("x"))], 42),
        (BROKER, "1", &[("ssl.keystore.location", SET, Some("x"))], 42),
        (BROKER, "1", &[("leader.replication.throttled.rate", SET, Some("1000"))], 0),
        (CLIENT_METRICS, "m", &[("interval.ms", SET, Some("1"))], 42),
        (CLIENT_METRICS, "m", &[("interval.ms", SET, Some("x"))], 40),
        (CLIENT_METRICS, "m", &[("nope", SET, Some("x"))], 42),
        (CLIENT_METRICS, "m", &[("match", SET, Some("x"))], 40),
        (CLIENT_METRICS, "m", &[("match", SET, Some("client_id=*"))], 40),
        (CLIENT_METRICS, "m", &[("match", SET, Some("client_id=a.*,client_software_name=Java"))], 0),
        (CLIENT_METRICS, "", &[("interval.ms", SET, Some("1000"))], 42),
        (GROUP, "g", &[("consumer.session.timeout.ms", SET, Some("1"))], 40),
        (GROUP, "g", &[("consumer.session.timeout.ms", SET, Some("50000"))], 0),
        (GROUP, "g", &[("nope", SET, Some("1"))], 40),
        (GROUP, "", &[("consumer.session.timeout.ms", SET, Some("50000"))], 42),
        (1, "g", &[("retention.ms", SET, Some("1"))], 42),
    ];
    for (kind, name, ops, code) in cases {
        assert_eq!(
            alter_as(&mut wire, *kind, name, ops, true).await.0,
            *code,
            "{kind} {name} {ops:?}, validated"
        );
        assert_eq!(alter(&mut wire, *kind, name, ops).await.0, *code, "{kind} {name} {ops:?}");
    }
    assert_eq!(
        shown(&mut wire, GROUP, "g", "consumer.session.timeout.ms").await,
        "50000 8, consumer.session.timeout.ms=50000 8, group.consumer.session.timeout.ms=45000 5"
    );
    assert_eq!(
        shown(&mut wire, BROKER, "1", "leader.replication.throttled.rate").await,
        "1000 2, leader.replication.throttled.rate=1000 2"
    );
    assert_eq!(shown(&mut wire, CLIENT_METRICS, "m", "interval.ms").await, "300000 5");
    for (kind, name, code) in [
        (TOPIC, "nonesuch", 3),
        (TOPIC, "", 17),
        (BROKER, "2", 42),
        (BROKER, "x", 42),
        (GROUP, "", 42),
        (0, "", 42),
    ] {
        assert_eq!(describe(&mut wire, kind, name).await.0, code, "{kind} {name}");
    }
}

#[tokio::test]
async fn validation_alone_changes_nothing_and_legacy_changes_replace_all() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[("retention.ms", "7")]).await;
    alter_as(&mut wire, TOPIC, "t", &[("retention.ms", SET, Some("8"))], true).await;
    assert_eq!(shown(&mut wire, TOPIC, "t", "retention.ms").await, "7 1, retention.ms=7 1");
    let resource = legacy::AlterConfigsResource {
        resource_type: TOPIC,
        resource_name: "t".into(),
        configs: vec![legacy::AlterableConfig {
            name: "segment.ms".into(),
            value: Some("9".into()),
            ..Default::default()
        }],
        ..Default::default()
    };
    let request = AlterConfigsRequest { resources: vec![resource.clone()], ..Default::default() };
    for version in 0..=2 {
        assert_eq!(wire.ask(&request, version).await.responses[0].error_code, 0);
    }
    assert_eq!(shown(&mut wire, TOPIC, "t", "segment.ms").await, "9 1, segment.ms=9 1");
    assert_eq!(shown(&mut wire, TOPIC, "t", "retention.ms").await, "604800000 5");
    let twice = AlterConfigsRequest { resources: vec![resource.clone(), resource], ..Default::default() };
    let codes = wire.ask(&twice, 2).await.responses.into_iter().map(|response| response.error_code);
    assert_eq!(codes.collect::<Vec<_>>(), [42, 42]);
}

#[tokio::test]
async fn resources_with_configs_are_listed() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, &[]).await;
    set(&mut wire, CLIENT_METRICS, "m", "interval.ms", "1000").await;
    set(&mut wire, GROUP, "g", "consumer.session.timeout.ms", "50000").await;
    let mut list = async |version, types: Vec<i8>| {
        let request = ListConfigResourcesRequest { resource_types: types, ..Default::default() };
        let response = wire.ask(&request, version).await;
        let names = response
            .config_resources
            .iter()
            .map(|found| (found.resource_type, found.resource_name.to_string()));
        (response.error_code, names.collect::<Vec<_>>())
    };
    let all = [(GROUP, "g"), (CLIENT_METRICS, "m"), (BROKER_LOGGER, "1"), (BROKER, "1"), (TOPIC, "t")];
    let named = |found: &[(i8, &str)]| found.iter().map(|(kind, name)| (*kind, (*name).to_owned())).collect();
    assert_eq!(list(0, vec![]).await, (0, named(&[(CLIENT_METRICS, "m")])));
    assert_eq!(list(1, vec![]).await, (0, named(&all)));
    assert_eq!(list(1, vec![TOPIC, GROUP]).await, (0, named(&[(GROUP, "g"), (TOPIC, "t")])));
    assert_eq!(list(1, vec![1]).await, (ErrorCode::UnsupportedVersion.code(), vec![]));
}

#[tokio::test]
async fn quotas_are_kept_and_found() {
    let dir = tempfile::tempdir().unwrap();
    let broker = Broker::embedded(dir.path()).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    let entry = |parts: &[(&str, Option<&str>)], key: &str, value: f64| EntryData {
        entity: parts
            .iter()
            .map(|(kind, name)| EntityData {
                entity_type: (*kind).into(),
                entity_name: name.map(Str::from),
                ..Default::default()
            })
            .collect(),
        ops: vec![OpData { key: key.into(), value, ..Default::default() }],
        ..Default::default()
    };
    let entries = vec![
        entry(&[("user", Some("u")), ("client-id", None)], "producer_byte_rate", 1024.0),
        entry(&[("ip", None)], "connection_creation_rate", 5.0),
        entry(&[("user", None)], "nope", 5.0),
    ];
    for version in 0..=1 {
        let request = AlterClientQuotasRequest { entries: entries.clone(), ..Default::default() };
        let codes = wire.ask(&request, version).await.entries.into_iter().map(|entry| entry.error_code);
        assert_eq!(codes.collect::<Vec<_>>(), [0, 0, 42]);
    }
    broker.shutdown().await.unwrap();
    let broker = Broker::embedded(dir.path()).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    let component = |kind: &str, match_type, name: Option<&str>| ComponentData {
        entity_type: kind.into(),
        match_type,
        r#match: name.map(Str::from),
        ..Default::default()
    };
    let mut find = async |components: Vec<ComponentData>, strict| {
        let request = DescribeClientQuotasRequest { components, strict, ..Default::default() };
        let response = wire.ask(&request, 1).await;
        (response.error_code, response.entries.unwrap_or_default().len())
    };
    assert_eq!(find(vec![], false).await, (0, 2));
    assert_eq!(find(vec![component("user", 0, Some("u"))], false).await, (0, 1));
    assert_eq!(find(vec![component("user", 0, Some("u"))], true).await, (0, 0));
    assert_eq!(find(vec![component("user", 2, None), component("client-id", 1, None)], true).await, (0, 1));
    assert_eq!(find(vec![component("ip", 1, None)], true).await, (0, 1));
    assert_eq!(find(vec![component("ip", 1, None), component("user", 1, None)], true).await.0, 42);
    assert_eq!(find(vec![component("host", 1, None)], true).await.0, ErrorCode::UnsupportedVersion.code());
    assert_eq!(find(vec![component("user", 9, None)], true).await.0, 42);
    broker.shutdown().await.unwrap();
}

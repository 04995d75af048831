use riverrun_core::protocol::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use riverrun_core::protocol::messages::delete_topics_request::DeleteTopicState;
use riverrun_core::protocol::messages::describe_configs_request::DescribeConfigsResource;
use riverrun_core::protocol::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use riverrun_core::protocol::messages::metadata_request::MetadataRequestTopic;
use riverrun_core::protocol::messages::*;
use riverrun_core::protocol::{ErrorCode, Str};

use crate::wire::{Wire, broker};

pub(crate) fn topic(name: &str, partitions: i32) -> CreatableTopic {
    CreatableTopic {
        name: name.into(),
        num_partitions: partitions,
        replication_factor: -1,
        ..Default::default()
    }
}

fn with_config(name: &str, config: &str, value: Option<&str>) -> CreatableTopic {
    let config =
        CreatableTopicConfig { name: config.into(), value: value.map(Str::from), ..Default::default() };
    CreatableTopic { configs: vec![config], ..topic(name, 1) }
}

async fn create(
    wire: &mut Wire,
    topics: Vec<CreatableTopic>,
    validate_only: bool,
) -> Vec<(String, ErrorCode)> {
    let request = CreateTopicsRequest { topics, timeout_ms: 1_000, validate_only, ..Default::default() };
    let response = wire.ask(&request, 7).await;
    let outcome = |topic: &create_topics_response::CreatableTopicResult| {
        assert!(topic.error_code == 0 || topic.error_message.is_some(), "an error says what is wrong");
        (topic.name.to_string(), ErrorCode::from(topic.error_code))
    };
    response.topics.iter().map(outcome).collect()
}

async fn names(wire: &mut Wire) -> Vec<String> {
    let all = wire.ask(&MetadataRequest { topics: None, ..Default::default() }, 12).await;
    all.topics.iter().map(|topic| topic.name.as_ref().unwrap().to_string()).collect()
}

#[tokio::test]
async fn each_topic_of_a_request_has_its_own_outcome() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    let assigned = CreatableTopic {
        assignments: vec![CreatableReplicaAssignment {
            partition_index: 0,
            broker_ids: vec![9],
            ..Default::default()
        }],
        ..topic("assigned", -1)
    };
    let outcomes = create(
        &mut wire,
        vec![
            topic("good", 3),
            topic("bad name", 1),
            topic("zero", 0),
            CreatableTopic { replication_factor: 3, ..topic("three", 1) },
            with_config("wrong", "retention.ms", Some("soon")),
            with_config("unknown", "retention.mss", Some("1")),
            with_config("null", "retention.ms", None),
            with_config("tiered", "remote.storage.enable", Some("true")),
            assigned,
            topic("twice", 1),
            topic("twice", 1),
        ],
        false,
    )
    .await;
    let expected = [
        ("good", ErrorCode::None),
        ("bad name", ErrorCode::InvalidTopicException),
        ("zero", ErrorCode::InvalidPartitions),
        ("three", ErrorCode::InvalidReplicationFactor),
        ("wrong", ErrorCode::InvalidConfig),
        ("unknown", ErrorCode::InvalidConfig),
        ("null", ErrorCode::InvalidConfig),
        ("tiered", ErrorCode::InvalidConfig),
        ("assigned", ErrorCode::InvalidReplicaAssignment),
        ("twice", ErrorCode::InvalidRequest),
    ];
    assert_eq!(outcomes, expected.map(|(name, code)| (name.to_owned(), code)));
    assert_eq!(names(&mut wire).await, ["good"]);
    assert_eq!(create(&mut wire, vec![topic("good", 1)], false).await[0].1, ErrorCode::TopicAlreadyExists);
    assert_eq!(create(&mut wire, vec![topic("later", 1)], true).await[0].1, ErrorCode::None);
    assert_eq!(names(&mut wire).await, ["good"], "validate_only makes nothing");
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn topics_are_made_on_first_use_if_the_client_allows_it() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    let asking = |name: &str, allow_auto_topic_creation| MetadataRequest {
        topics: Some(vec![MetadataRequestTopic { name: Some(name.into()), ..Default::default() }]),
        allow_auto_topic_creation,
        ..Default::default()
    };
    let code = |response: MetadataResponse| ErrorCode::from(response.topics[0].error_code);
    assert_eq!(code(wire.ask(&asking("a", false), 4).await), ErrorCode::UnknownTopicOrPartition);
    assert_eq!(code(wire.ask(&asking("a", true), 4).await), ErrorCode::None);
    assert_eq!(code(wire.ask(&asking("b", true), 1).await), ErrorCode::None, "old clients cannot say");
    assert_eq!(code(wire.ask(&asking("no good", true), 12).await), ErrorCode::InvalidTopicException);
    let empty = MetadataRequest { topics: Some(vec![]), ..Default::default() };
    assert_eq!(wire.ask(&empty, 0).await.topics.len(), 2, "version 0: empty is all");
    assert_eq!(wire.ask(&empty, 1).await.topics.len(), 0, "version 1: empty is none");
    let by_id = MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            topic_id: [7; 16].into(),
            name: None,
            ..Default::default()
        }]),
        ..Default::default()
    };
    assert_eq!(code(wire.ask(&by_id, 12).await), ErrorCode::UnknownTopicId);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_topic_made_again_is_another_topic() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    let id = |response: &CreateTopicsResponse| response.topics[0].topic_id;
    let request = CreateTopicsRequest { topics: vec![topic("t", 2)], ..Default::default() };
    let first = id(&wire.ask(&request, 7).await);
    let state = |name: Option<&str>, topic_id| DeleteTopicsRequest {
        topics: vec![DeleteTopicState { name: name.map(Str::from), topic_id, ..Default::default() }],
        ..Default::default()
    };
    let deleted = wire.ask(&state(None, first), 6).await;
    assert_eq!((deleted.responses[0].error_code, deleted.responses[0].name.as_deref()), (0, Some("t")));
    let again = wire.ask(&state(None, first), 6).await;
    assert_eq!(again.responses[0].error_code, ErrorCode::UnknownTopicId.code());
    let missing = wire.ask(&state(Some("t"), Default::default()), 6).await;
    assert_eq!(missing.responses[0].error_code, ErrorCode::UnknownTopicOrPartition.code());
    let second = id(&wire.ask(&request, 7).await);
    assert_ne!(first, second);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn configs_say_where_they_come_from() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, vec![with_config("t", "cleanup.policy", Some("compact"))], false).await;
    let describe = |kind: i8, name: &str| DescribeConfigsRequest {
        resources: vec![DescribeConfigsResource {
            resource_type: kind,
            resource_name: name.into(),
            configuration_keys: None,
            ..Default::default()
        }],
        include_synonyms: true,
        include_documentation: true,
        ..Default::default()
    };
    let topic = wire.ask(&describe(2, "t"), 4).await.results.remove(0);
    assert_eq!(topic.configs.len(), 34, "Kafka's 33 and flush.policy");
    assert!(
        topic.configs.iter().all(|config| config.documentation.as_ref().is_some_and(|doc| !doc.is_empty()))
    );
    let find = |name: &str| topic.configs.iter().find(|config| config.name == *name).unwrap();
    let policy = find("cleanup.policy");
    assert_eq!((policy.value.as_deref(), policy.config_source, policy.config_type), (Some("compact"), 1, 7));
    assert_eq!(policy.synonyms.iter().map(|synonym| synonym.source).collect::<Vec<_>>(), [1, 5]);
    assert_eq!(
        (find("retention.ms").value.as_deref(), find("retention.ms").config_source),
        (Some("604800000"), 5)
    );
    let own = wire.ask(&describe(4, "1"), 4).await.results.remove(0);
    let delay = own.configs.iter().find(|config| config.name == *"group.initial.rebalance.delay.ms").unwrap();
    assert_eq!((delay.value.as_deref(), delay.config_source, delay.read_only), (Some("0"), 4, true));
    let missing = wire.ask(&describe(2, "nothing"), 4).await.results.remove(0);
    assert_eq!(missing.error_code, ErrorCode::UnknownTopicOrPartition.code());
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn configs_change_one_by_one() {
    let broker = broker().await;
    let mut wire = Wire::to(&broker).await;
    create(&mut wire, vec![topic("t", 1)], false).await;
    let alter = |name: &str, operation: i8, value: Option<&str>| IncrementalAlterConfigsRequest {
        resources: vec![AlterConfigsResource {
            resource_type: 2,
            resource_name: "t".into(),
            configs: vec![AlterableConfig {
                name: name.into(),
                config_operation: operation,
                value: value.map(Str::from),
                ..Default::default()
            }],
            ..Default::default()
        }],
        ..Default::default()
    };
    let read = DescribeConfigsRequest {
        resources: vec![DescribeConfigsResource {
            resource_type: 2,
            resource_name: "t".into(),
            configuration_keys: Some(vec!["cleanup.policy".into()]),
            ..Default::default()
        }],
        ..Default::default()
    };
    for (operation, value, result) in [
        (2, Some("compact"), "delete,compact"),
        (3, Some("delete"), "compact"),
        (1, None, "delete"),
        (0, Some("compact"), "compact"),
    ] {
        let response = wire.ask(&alter("cleanup.policy", operation, value), 1).await;
        assert_eq!(response.responses[0].error_code, 0, "{:?}", response.responses[0].error_message);
        let now = wire.ask(&read, 4).await.results.remove(0).configs.remove(0);
        assert_eq!(now.value.as_deref(), Some(result));
    }
    for (name, operation, value) in [
        ("cleanup.policy", 0, Some("burn")),
        ("cleanup.polici", 0, Some("delete")),
        ("retention.ms", 2, Some("1")),
    ] {
        let response = wire.ask(&alter(name, operation, value), 1).await;
        assert_eq!(response.responses[0].error_code, ErrorCode::InvalidConfig.code(), "{name}");
    }
    broker.shutdown().await.unwrap();
}

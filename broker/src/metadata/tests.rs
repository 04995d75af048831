use riverrun_core::protocol::Uuid;

use super::*;
use crate::metadata::record::PartitionRecord;
use crate::metadata::topic_name::TopicNameError;

const DEFAULTS: TopicDefaults = TopicDefaults { partitions: 3, replication_factor: 1 };

fn image() -> ClusterImage {
    let mut image = ClusterImage::default();
    for record in [
        MetadataRecord::Cluster { cluster_id: "cluster".into() },
        MetadataRecord::BrokerRegistered { broker_id: 1, broker_epoch: 0, leader_epoch: 2 },
    ] {
        image.replay(&record).unwrap();
    }
    image
}

fn topic(name: &str) -> NewTopic {
    NewTopic {
        name: name.to_owned(),
        id: Uuid([name.len() as u8; 16]),
        partitions: -1,
        replication_factor: -1,
        assignments: Vec::new(),
        configs: Vec::new(),
        internal: false,
    }
}

/// Decides, replays, and says what came of it.
fn create(image: &mut ClusterImage, topic: &NewTopic) -> String {
    match decide_create_topic(image, DEFAULTS, topic) {
        Ok(records) => {
            for record in &records {
                image.replay(record).unwrap();
            }
            let made = image.topic(&topic.name).unwrap();
            format!("{} partitions, {} replicas", made.partitions.len(), made.partitions[0].replicas.len())
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn names_are_kafkas() {
    let check = |name: &str| check_topic_name(name);
    for good in ["a", "a.b-c_D9", &"x".repeat(249), "..."] {
        assert_eq!(check(good), Ok(()), "{good}");
    }
    assert_eq!(check(""), Err(TopicNameError::Empty));
    assert_eq!(check(".."), Err(TopicNameError::Dots));
    assert_eq!(check(&"x".repeat(250)), Err(TopicNameError::TooLong(250)));
    for (bad, character) in [("a b", ' '), ("a/b", '/'), ("zürich", 'ü'), ("a\0", '\0')] {
        assert_eq!(check(bad), Err(TopicNameError::Character { name: bad.to_owned(), character }));
    }
}

#[test]
fn topics_are_made_as_asked() {
    let mut image = image();
    assert_eq!(create(&mut image, &topic("a.b")), "3 partitions, 1 replicas");
    assert_eq!(create(&mut image, &topic("a.b")), "Topic 'a.b' already exists");
    assert_eq!(
        create(&mut image, &topic("a_b")),
        "topic 'a_b' collides with topic 'a.b': metrics cannot tell '.' from '_'"
    );
    assert_eq!(
        create(&mut image, &NewTopic { partitions: 0, ..topic("none") }),
        "the number of partitions was 0; it must be between 1 and 100000, or -1 for the broker's default"
    );
    assert_eq!(
        create(&mut image, &NewTopic { replication_factor: 3, ..topic("many") }),
        "the replication factor was 3, but the cluster has 1 broker(s)"
    );
    let assigned = |assignments| NewTopic { assignments, ..topic("assigned") };
    assert_eq!(create(&mut image, &assigned(vec![(0, vec![7])])), "partition 0: there is no broker 7");
    assert_eq!(
        create(&mut image, &assigned(vec![(1, vec![1])])),
        "partitions must be numbered from 0 without gaps: 0 is missing"
    );
    assert_eq!(create(&mut image, &assigned(vec![(1, vec![1]), (0, vec![1])])), "2 partitions, 1 replicas");
}

#[test]
fn partitions_are_added_and_topics_deleted() {
    let mut image = image();
    create(&mut image, &topic("t"));
    let error = decide_create_partitions(&image, "t", 3, None).unwrap_err();
    assert_eq!(error.to_string(), "the topic has 3 partitions already; 3 is not more");
    for record in decide_create_partitions(&image, "t", 5, None).unwrap() {
        image.replay(&record).unwrap();
    }
    assert_eq!(image.topic("t").unwrap().partitions.len(), 5);
    let found = image.topic("t").unwrap().clone();
    assert_eq!(image.topic_by_id(found.id), Some(&found));
    for record in decide_delete_topic(&found) {
        image.replay(&record).unwrap();
    }
    assert_eq!((image.topic("t"), image.topic_by_id(found.id)), (None, None));
    assert_eq!(image.colliding_topic("t"), None);
}

#[test]
fn configs_are_set_once_and_go_with_their_topic() {
    let mut image = image();
    let resource = ConfigResource::Topic("t".into());
    create(&mut image, &NewTopic { configs: vec![("retention.ms".into(), "1".into())], ..topic("t") });
    let set = |value: &str| ConfigChange::Set { name: "retention.ms".into(), value: value.into() };
    assert_eq!(decide_alter_configs(&image, &resource, &[set("1")], false), []);
    let replaced = decide_alter_configs(&image, &resource, &[], true);
    assert_eq!(replaced.len(), 1, "what is not named goes back to its default");
    for record in decide_alter_configs(&image, &resource, &[set("2")], false) {
        image.replay(&record).unwrap();
    }
    assert_eq!(image.configs(&resource).unwrap()["retention.ms"], "2");
    let topic = image.topic("t").unwrap().clone();
    for record in decide_delete_topic(&topic) {
        image.replay(&record).unwrap();
    }
    assert_eq!(image.configs(&resource), None);
}

#[test]
fn records_that_do_not_fit_are_refused() {
    let mut image = image();
    let before = image.clone();
    for record in [
        MetadataRecord::TopicDeleted { topic_id: Uuid::ZERO.to_string() },
        MetadataRecord::TopicDeleted { topic_id: "?".into() },
        MetadataRecord::TopicCreated {
            topic_id: Uuid::ZERO.to_string(),
            name: "t".into(),
            internal: false,
            partitions: vec![PartitionRecord { partition: 1, replicas: vec![1] }],
        },
    ] {
        assert!(image.replay(&record).is_err(), "{record:?}");
        assert_eq!(image, before);
    }
}

#[test]
fn records_are_json_that_people_can_read() {
    let record = MetadataRecord::TopicCreated {
        topic_id: "AAAAAAAAAAAAAAAAAAAAAQ".into(),
        name: "t".into(),
        internal: false,
        partitions: vec![PartitionRecord { partition: 0, replicas: vec![1] }],
    };
    insta::assert_snapshot!(serde_json::to_string(&record).unwrap(), @r#"{"type":"topic_created","topic_id":"AAAAAAAAAAAAAAAAAAAAAQ","name":"t","internal":false,"partitions":[{"partition":0,"replicas":[1]}]}"#);
    let config = MetadataRecord::ConfigSet {
        resource: ConfigResource::Topic("t".into()),
        name: "retention.ms".into(),
        value: None,
    };
    insta::assert_snapshot!(serde_json::to_string(&config).unwrap(), @r#"{"type":"config_set","resource":{"kind":"topic","name":"t"},"name":"retention.ms","value":null}"#);
    for record in [record, config] {
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<MetadataRecord>(&text).unwrap(), record);
    }
}

#[test]
fn producer_ids_are_never_given_twice() {
    let mut image = image();
    let (first, records) = decide_producer_ids(&image, 1_000);
    image.replay(&records[0]).unwrap();
    let (second, _) = decide_producer_ids(&image, 1_000);
    assert_eq!((first, second), (0, 1_000));
}

fn alter(image: &mut ClusterImage, entity: &[(&str, Option<&str>)], ops: &[(&str, Option<f64>)]) -> String {
    let change = QuotaChange {
        entity: entity.iter().map(|(kind, name)| ((*kind).to_owned(), name.map(str::to_owned))).collect(),
        ops: ops.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect(),
    };
    match decide_alter_quotas(&image.quotas, &change) {
        Ok((_, records)) => {
            for record in &records {
                let text = serde_json::to_string(record).unwrap();
                let again: MetadataRecord = serde_json::from_str(&text).unwrap();
                assert_eq!(again, *record, "{text}");
                image.replay(&again).unwrap();
            }
            format!("{} record(s)", records.len())
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn quotas_are_checked_as_kafka_does() {
    let mut image = image();
    let rate = "producer_byte_rate";
    for (entity, ops, said) in [
        (&[][..], &[(rate, Some(1.0))][..], "a quota needs an entity: a user, a client-id or an ip"),
        (&[("host", None)], &[], "entity type 'host' is not known; there are user, client-id and ip"),
        (&[("user", Some(""))], &[], "the name of a user must not be empty; null stands for the default"),
        (&[("ip", None), ("user", None)], &[], "an ip cannot be combined with a user or a client-id"),
        (&[("ip", Some("300.1.1.1"))], &[], "'300.1.1.1' is no IP address"),
        (
            &[("ip", None)],
            &[(rate, Some(1.0))],
            "there is no quota 'producer_byte_rate' for this kind of entity",
        ),
        (&[("user", None)], &[(rate, Some(0.0))], "quota producer_byte_rate must be greater than 0"),
        (&[("user", None)], &[(rate, Some(f64::NAN))], "quota producer_byte_rate must be greater than 0"),
        (&[("user", None)], &[(rate, Some(1.5))], "quota producer_byte_rate must be a whole number"),
        (&[("user", None)], &[(rate, Some(1e30))], "the value of quota producer_byte_rate is too large"),
        (&[("user", None)], &[("request_percentage", Some(1.5))], "1 record(s)"),
        (&[("user", None)], &[("request_percentage", Some(1.5))], "0 record(s)"),
        (&[("user", None)], &[("request_percentage", None)], "1 record(s)"),
        (&[("ip", Some("10.0.0.1"))], &[("connection_creation_rate", Some(7.0))], "1 record(s)"),
    ] {
        assert_eq!(alter(&mut image, entity, ops), said, "{entity:?} {ops:?}");
    }
    assert_eq!(image.quotas.connection_rate("10.0.0.1"), Some(7.0));
    assert_eq!(image.quotas.connection_rate("10.0.0.2"), None);
}

#[test]
fn the_most_exact_quota_holds() {
    let mut image = image();
    // From the weakest to the strongest: each, once set, is what holds.
    let steps: [&[(&str, Option<&str>)]; 8] = [
        &[("client-id", None)],
        &[("client-id", Some("c"))],
        &[("user", None)],
        &[("user", None), ("client-id", None)],
        &[("user", None), ("client-id", Some("c"))],
        &[("user", Some("u"))],
        &[("user", Some("u")), ("client-id", None)],
        &[("user", Some("u")), ("client-id", Some("c"))],
    ];
    for (rate, entity) in (1..).zip(steps) {
        alter(&mut image, entity, &[("consumer_byte_rate", Some(f64::from(rate)))]);
        let limits = image.quotas.of("u", "c");
        let limit = limits.consumer_byte_rate.unwrap();
        assert_eq!(limit.value, f64::from(rate), "{entity:?}");
        let of =
            |kind: &str, name: &str| entity.iter().any(|(known, _)| *known == kind).then(|| name.to_owned());
        assert_eq!(limit.bucket, QuotaBucket { user: of("user", "u"), client_id: of("client-id", "c") });
        assert_eq!(limits.producer_byte_rate, None);
    }
    assert_eq!(image.quotas.of("u", "d").consumer_byte_rate.unwrap().value, 7.0);
    assert_eq!(image.quotas.of("v", "d").consumer_byte_rate.unwrap().value, 4.0);
}

/// A cluster with something of everything.
fn full_image() -> ClusterImage {
    let mut image = image();
    for name in ["a", "bb", "ccc"] {
        create(&mut image, &topic(name));
    }
    let grown = decide_create_partitions(&image, "a", 5, None).unwrap();
    let deleted = decide_delete_topic(image.topic("ccc").unwrap());
    let set = |resource, name: &str| MetadataRecord::ConfigSet {
        resource,
        name: name.to_owned(),
        value: Some("1".to_owned()),
    };
    let configs = vec![
        set(ConfigResource::Topic("a".into()), "retention.ms"),
        set(ConfigResource::Broker(String::new()), "log.retention.ms"),
        MetadataRecord::FeatureLevel { name: "group.version".into(), level: 0 },
        MetadataRecord::ProducerIds { next: 3_000 },
    ];
    for record in [grown, deleted, configs].concat() {
        image.replay(&record).unwrap();
    }
    alter(&mut image, &[("user", None)], &[("producer_byte_rate", Some(7.0))]);
    image
}

fn replayed(records: &[MetadataRecord]) -> ClusterImage {
    let mut image = ClusterImage::default();
    for record in records {
        image.replay(record).unwrap();
    }
    image
}

#[test]
fn a_snapshot_makes_the_same_cluster() {
    let image = full_image();
    let gone = [Uuid([9; 16])];
    let records = snapshot(&image, &gone);
    for record in &records {
        let text = serde_json::to_string(record).unwrap();
        assert_eq!(serde_json::from_str::<MetadataRecord>(&text).unwrap(), *record, "{text}");
    }
    assert_eq!(replayed(&records), image);
    let ids = |record: &MetadataRecord| match record {
        MetadataRecord::TopicsGone { topic_ids } => Some(topic_ids.clone()),
        _ => None,
    };
    assert_eq!(records.iter().find_map(ids), Some(vec![gone[0].to_string()]));
}

#[test]
fn a_log_is_read_from_its_last_whole_snapshot_wherever_a_crash_cut_it() {
    let before = snapshot(&full_image(), &[]);
    let change = MetadataRecord::ProducerIds { next: 4_000 };
    let history = [before.clone(), vec![change]].concat();
    let now = replayed(&history);
    let again = snapshot(&now, &[]);
    for cut in 0..=again.len() {
        let log = [&history[..], &again[..cut]].concat();
        let (records, is_cut) = from_last_snapshot(log.clone(), true).unwrap();
        assert_eq!(replayed(&records), now, "cut after {cut}");
        assert_eq!(is_cut, (1..again.len()).contains(&cut));
        // The next start writes a whole one behind the cut one, and may be cut itself.
        for second in 0..=again.len() {
            let log = [&log[..], &again[..second]].concat();
            let (records, _) = from_last_snapshot(log, true).unwrap();
            assert_eq!(replayed(&records), now, "cut after {cut}, then after {second}");
        }
    }
    let (records, _) = from_last_snapshot([&history[3..], &again[..]].concat(), false).unwrap();
    assert_eq!(replayed(&records), now, "what lies before the snapshot does not matter");
    assert_eq!(from_last_snapshot(history[3..].to_vec(), false), None);
}

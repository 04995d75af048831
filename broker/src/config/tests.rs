use super::*;

const KAFKA: &str = include_str!("../../../core/protocol/configs-4.3.json");

#[test]
fn topic_configs_are_kafkas() {
    assert_eq!(TOPIC.differences_from_kafka(KAFKA, "topic").unwrap(), Vec::<String>::new());
}

#[test]
fn broker_configs_are_kafkas_but_for_what_one_node_needs() {
    let differences = BROKER.differences_from_kafka(KAFKA, "broker").unwrap();
    insta::assert_snapshot!(differences.join("\n"));
}

#[test]
fn every_kafka_broker_config_is_obeyed_refused_or_noticed() {
    let file: serde_json::Value = serde_json::from_str(KAFKA).unwrap();
    for row in file["broker"].as_array().unwrap() {
        let name = row["name"].as_str().unwrap();
        if row["internal"].as_bool() != Some(true) {
            let known = BROKER.find(name).is_some();
            let inert = inert::REFUSED.contains(&name) || inert::WITHOUT_EFFECT.contains(&name);
            assert!(known != inert, "{name} must be in exactly one list");
        }
    }
}

#[test]
fn a_mistyped_config_is_named_with_its_nearest() {
    let error = read([("num.partition", "3"), ("node.id", "x"), ("ssl.key.password", "s")]).unwrap_err();
    insta::assert_snapshot!(error.to_string(), @r"
    several configs are wrong:
    unknown config 'num.partition'; did you mean 'num.partitions'?
    config 'ssl.key.password' is not offered by this version; remove it
    config 'node.id' is 'x'; expected an integer, valid: [0,...]
    ");
}

#[test]
fn topics_fall_back_to_the_finest_broker_config() {
    let retention = |given: &[(&str, &str)]| {
        let (config, _) = read(given.iter().copied()).unwrap();
        topic_defaults(&config).get(&keys::RETENTION_MS)
    };
    assert_eq!(retention(&[]), 604_800_000);
    assert_eq!(retention(&[("log.retention.hours", "1")]), 3_600_000);
    assert_eq!(retention(&[("log.retention.hours", "1"), ("log.retention.minutes", "1")]), 60_000);
    assert_eq!(retention(&[("log.retention.minutes", "1"), ("log.retention.ms", "-1")]), -1);
}

#[test]
fn listeners_are_read() {
    let listener = |text: &str| {
        let (config, _) = read([("listeners", text)]).unwrap();
        BrokerSettings::of(&config).map(|settings| (settings.listener.host, settings.listener.port)).ok()
    };
    assert_eq!(listener("PLAINTEXT://:0"), Some((String::new(), 0)));
    assert_eq!(listener("127.0.0.1:9092"), Some(("127.0.0.1".into(), 9092)));
    assert_eq!(listener("PLAINTEXT://[::1]:9092"), Some(("::1".into(), 9092)));
    for bad in ["SSL://:9093", "PLAINTEXT://host", "PLAINTEXT://a:1,PLAINTEXT://b:2"] {
        assert_eq!(listener(bad), None, "{bad}");
    }
}

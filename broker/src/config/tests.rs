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
        topic_defaults(&read(given.iter().copied()).unwrap().config).get(&keys::RETENTION_MS)
    };
    assert_eq!(retention(&[]), 604_800_000);
    assert_eq!(retention(&[("log.retention.hours", "1")]), 3_600_000);
    assert_eq!(retention(&[("log.retention.hours", "1"), ("log.retention.minutes", "1")]), 60_000);
    assert_eq!(retention(&[("log.retention.minutes", "1"), ("log.retention.ms", "-1")]), -1);
}

#[test]
fn listeners_are_read() {
    let listener = |text: &str| {
        BrokerSettings::of(&read([("listeners", text)]).unwrap().config)
            .map(|settings| (settings.listener.host, settings.listener.port))
            .ok()
    };
    assert_eq!(listener("PLAINTEXT://:0"), Some((String::new(), 0)));
    assert_eq!(listener("127.0.0.1:9092"), Some(("127.0.0.1".into(), 9092)));
    assert_eq!(listener("PLAINTEXT://[::1]:9092"), Some(("::1".into(), 9092)));
    for bad in ["SSL://:9093", "PLAINTEXT://host", "PLAINTEXT://a:1,PLAINTEXT://b:2"] {
        assert_eq!(listener(bad), None, "{bad}");
    }
}

#[test]
fn the_table_of_kafkas_broker_configs_is_kafkas() {
    let differences = KAFKA_BROKER.differences_from_kafka(KAFKA, "broker").unwrap();
    // The file writes a word where there is no default.
    let real: Vec<_> = differences.iter().filter(|line| !line.ends_with("Some(\"<required>\")")).collect();
    assert_eq!(real, Vec::<&String>::new());
    let file: serde_json::Value = serde_json::from_str(KAFKA).unwrap();
    let public = file["broker"].as_array().unwrap().iter().filter(|row| row["internal"] != true);
    let names: Vec<&str> = public.map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(KAFKA_BROKER.iter().map(|def| def.name).collect::<Vec<_>>(), names);
}

#[test]
fn group_and_client_metrics_configs_are_kafkas() {
    assert_eq!(GROUP.differences_from_kafka(KAFKA, "group").unwrap(), Vec::<String>::new());
    assert_eq!(CLIENT_METRICS.differences_from_kafka(KAFKA, "client-metrics").unwrap(), Vec::<String>::new());
    let file: serde_json::Value = serde_json::from_str(KAFKA).unwrap();
    for (table, section) in [(GROUP, "group"), (CLIENT_METRICS, "client-metrics"), (TOPIC, "topic")] {
        for row in file[section].as_array().unwrap().iter().filter(|row| row["internal"] != true) {
            assert!(table.find(row["name"].as_str().unwrap()).is_some(), "{section}: {row}");
        }
    }
}

fn overrides(pairs: &[(&str, &str)]) -> Overrides {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_group_stays_within_the_brokers_limits() {
    let broker = read([]).unwrap().config;
    let check = |pairs: &[(&str, &str)]| {
        check_group_configs(&broker, &overrides(pairs)).err().unwrap_or_else(|| "well".to_owned())
    };
    insta::assert_snapshot!(
        [
            check(&[("consumer.session.timeout.ms", "50000")]),
            check(&[("consumer.session.timeout.ms", "1")]),
            check(&[("consumer.session.timeout.ms", "5000000")]),
            check(&[("consumer.heartbeat.interval.ms", "15000"), ("consumer.session.timeout.ms", "60000")]),
            check(&[("consumer.session.timeout", "1")]),
            check(&[("share.auto.offset.reset", "earliest")]),
        ]
        .join("\n"),
        @r"
    well
    consumer.session.timeout.ms must be at least group.consumer.min.session.timeout.ms, which is 45000
    consumer.session.timeout.ms must be at most group.consumer.max.session.timeout.ms, which is 60000
    well
    unknown config 'consumer.session.timeout'; did you mean 'consumer.session.timeout.ms'?
    config 'share.auto.offset.reset' cannot be set: share groups are not offered
    "
    );
}

#[test]
fn what_changes_on_a_running_broker_is_checked() {
    let given = read([("log.retention.ms", "1")]).unwrap().config;
    let check = |pairs: &[(&str, &str)]| {
        let changed = overrides(pairs);
        check_dynamic(&given, None, Some(&changed), &changed).err().unwrap_or_else(|| "well".to_owned())
    };
    insta::assert_snapshot!(
        [
            check(&[("log.retention.ms", "5")]),
            check(&[("log.retention.ms", "x")]),
            check(&[("log.retention.hours", "5")]),
            check(&[("node.id", "5")]),
            check(&[("listeners", "PLAINTEXT://:9092")]),
            check(&[("num.io.threads", "5")]),
            check(&[("ssl.keystore.location", "x")]),
            check(&[("log.retention.m", "5")]),
            check(&[("leader.replication.throttled.rate", "5")]),
        ]
        .join("\n"),
        @r"
    well
    config 'log.retention.ms' is 'x'; expected an integer
    config 'log.retention.hours' cannot change while the broker runs; set it and restart
    config 'node.id' cannot change while the broker runs; set it and restart
    config 'listeners' cannot change while the broker runs; set it and restart
    config 'num.io.threads' cannot be set: it sizes a pool of threads that is not there: all work shares one pool
    config 'ssl.keystore.location' cannot be set: encryption is not offered yet
    unknown config 'log.retention.m'; did you mean 'log.retention.ms'?
    well
    "
    );
    let config =
        effective(&given, Some(&overrides(&[("log.retention.ms", "2"), ("message.max.bytes", "3")])), None);
    assert_eq!(config.get(&broker::LOG_RETENTION_MS), Some(2));
    let own = overrides(&[("log.retention.ms", "4")]);
    let config = effective(&given, Some(&overrides(&[("message.max.bytes", "3")])), Some(&own));
    assert_eq!((config.get(&broker::LOG_RETENTION_MS), config.get(&broker::MESSAGE_MAX_BYTES)), (Some(4), 3));
}

/// Every source file of this crate but tests.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// The constant that declares a config, and the file that it stands in.
fn declaration<'a>(sources: &'a [(String, String)], name: &str) -> Option<(&'a str, &'a str)> {
    let quoted = format!("\"{name}\"");
    sources.iter().filter(|(path, _)| path.contains("/src/config/")).find_map(|(path, text)| {
        let places = text.match_indices(&quoted).map(|(at, _)| at);
        places
            .filter_map(|at| {
                let before = &text[..at];
                let start = before.rfind("const ")? + "const ".len();
                let (constant, rest) = before[start..].split_once(':')?;
                // The name is the first argument of the declaration's first call.
                let declared = rest.contains("ConfigKey") && !rest.contains(';') && !rest.contains('"');
                (declared && rest.matches('(').count() == 1).then_some((path.as_str(), constant.trim()))
            })
            .next()
    })
}

/// A config that is taken must be obeyed: some code reads it, by its key, or by its name where groups' configs are read.
#[test]
fn nothing_is_taken_and_ignored() {
    let sources = sources();
    let uses = |path: &str, text: &str, constant: &str, declared_in: &str| {
        let word = |at: usize| {
            let inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let end = at + constant.len();
            !text[..at].ends_with(inner) && !text[end..].starts_with(inner)
        };
        let all = text.match_indices(constant).filter(|(at, _)| word(*at));
        // In its own file a key stands in its declaration and in the table.
        all.count() > if path == declared_in { 2 } else { 0 }
    };
    let mut ignored = Vec::new();
    for (table, kept) in
        [(&BROKER, &[][..]), (&TOPIC, inert::KEPT_TOPIC), (&CLIENT_METRICS, &[]), (&GROUP, &[])]
    {
        for def in table.iter().filter(|def| !kept.contains(&def.name)) {
            // These are refused when they are set.
            if def.name.starts_with("share.") || def.name.starts_with("streams.") {
                continue;
            }
            let (declared_in, constant) =
                declaration(&sources, def.name).unwrap_or_else(|| panic!("{} is declared nowhere", def.name));
            let by_key = sources.iter().any(|(path, text)| uses(path, text, constant, declared_in));
            let is_default = table.name() == "broker"
                && TOPIC
                    .iter()
                    .flat_map(|topic| synonyms_of(topic.name))
                    .any(|synonym| synonym.broker == def.name);
            let quoted = format!("\"{}\"", def.name);
            let by_name = table.name() == "group"
                && sources
                    .iter()
                    .any(|(path, text)| path.contains("/src/runtime/") && text.contains(&quoted));
            if !by_key && !is_default && !by_name {
                ignored.push(def.name);
            }
        }
    }
    assert_eq!(ignored, Vec::<&str>::new(), "these are taken, but no code reads them");
}

/// `docs/configs.md` holds the reference; with RIVERRUN_WRITE_DOCS set this test writes it. It wants every name there,
/// not every word: what a config does may move from one list to another.
#[test]
fn every_config_is_in_the_reference() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configs.md");
    if std::env::var_os("RIVERRUN_WRITE_DOCS").is_some() {
        std::fs::write(path, crate::BrokerConfig::reference()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap();
    let names = KAFKA_BROKER.iter().chain(BROKER.iter()).chain(TOPIC.iter()).chain(GROUP.iter());
    for def in names.chain(CLIENT_METRICS.iter()).chain(THROTTLES.iter()) {
        let row = format!("| `{}` |", def.name);
        assert!(written.contains(&row), "{} is missing: run this test with RIVERRUN_WRITE_DOCS=1", def.name);
    }
}

use super::*;

const SEGMENT_BYTES: ConfigKey<i32> = ConfigKey::int("segment.bytes", 1_073_741_824).at_least(1_048_576);
const CLEANUP_POLICY: ConfigKey<Vec<String>> =
    ConfigKey::list("cleanup.policy", &["delete"]).one_of(&["compact", "delete"]);
const GZIP_LEVEL: ConfigKey<i32> = ConfigKey::int("compression.gzip.level", -1).between_or(1, 9, -1);
const DIRTY_RATIO: ConfigKey<f64> =
    ConfigKey::double("min.cleanable.dirty.ratio", 0.5).within(0.0, 1.0).doc("Share | of dirt.");
const PREALLOCATE: ConfigKey<bool> = ConfigKey::bool("preallocate", false);
const RETENTION_MS: ConfigKey<i64> = ConfigKey::long("retention.ms", 604_800_000).at_least(-1);
const TYPE: ConfigKey<String> =
    ConfigKey::string("message.timestamp.type", "CreateTime").one_of(&["CreateTime", "LogAppendTime"]);
static TOPIC: ConfigTable = ConfigTable::new(
    "topic",
    &[
        &[SEGMENT_BYTES.def, CLEANUP_POLICY.def, GZIP_LEVEL.def, DIRTY_RATIO.def],
        &[PREALLOCATE.def, RETENTION_MS.def, TYPE.def],
    ],
);

const NAME: ConfigKey<String> = ConfigKey::required("name").non_empty().importance(Importance::High);
const TASKS_MAX: ConfigKey<i16> = ConfigKey::short("tasks.max", 1).at_least(1);
const SECRET: ConfigKey<Option<Password>> = ConfigKey::optional("password");
const RACK: ConfigKey<Option<String>> = ConfigKey::optional("rack");
const RETRY: ConfigKey<String> = ConfigKey::string("retry", "none")
    .checked("none, or a number", |text| text == "none" || text.parse::<u8>().is_ok());
static CONNECTOR: ConfigTable =
    ConfigTable::new("connector", &[&[NAME.def, TASKS_MAX.def, SECRET.def, RACK.def, RETRY.def]])
        .with_prefixes(&["transforms."]);

#[test]
fn declarations_agree_with_kafka() {
    let json = include_str!("../../protocol/configs-4.3.json");
    assert_eq!(TOPIC.differences_from_kafka(json, "topic").unwrap(), Vec::<String>::new());
    const WRONG: ConfigKey<i64> = ConfigKey::long("segment.bytes", 1).importance(Importance::Low);
    static OTHER: ConfigTable = ConfigTable::new("other", &[&[WRONG.def]]);
    assert_eq!(
        OTHER.differences_from_kafka(json, "topic").unwrap(),
        [
            "segment.bytes: type is long, in Kafka int",
            "segment.bytes: importance is low, in Kafka medium",
            "segment.bytes: default is Some(\"1\"), in Kafka Some(\"1073741824\")",
            "segment.bytes: valid is , in Kafka [1048576,...]",
        ]
    );
}

#[test]
fn values_come_typed_or_with_their_default() {
    let config = TOPIC
        .parse([("cleanup.policy", " compact , delete "), ("preallocate", "TRUE"), ("retention.ms", "-1")])
        .unwrap();
    assert_eq!(config.get(&CLEANUP_POLICY), ["compact", "delete"]);
    assert!(config.get(&PREALLOCATE));
    assert_eq!(config.get(&RETENTION_MS), -1);
    assert_eq!(config.get(&SEGMENT_BYTES), 1 << 30);
    assert_eq!(config.get(&DIRTY_RATIO), 0.5);
    assert!(config.is_set("retention.ms") && !config.is_set("segment.bytes"));
    let set: Vec<_> = config.set().map(|(name, value)| (name, value.to_text().unwrap())).collect();
    let wanted = [("cleanup.policy", "compact,delete"), ("preallocate", "true"), ("retention.ms", "-1")];
    assert_eq!(set, wanted.map(|(name, text)| (name, text.to_owned())));
}

#[test]
fn every_error_is_told_at_once() {
    let errors = CONNECTOR
        .parse([
            ("tasks.maxx", "1"),
            ("tasks.max", "0"),
            ("retry", "often"),
            ("zebra", "1"),
            ("transforms.a", "b"),
        ])
        .unwrap_err();
    assert_eq!(
        errors.to_string(),
        "unknown config 'tasks.maxx'; did you mean 'tasks.max'?\n\
         config 'tasks.max' is '0'; expected an integer of 16 bits, valid: [1,...]\n\
         config 'retry' is 'often'; expected a text, valid: none, or a number\n\
         unknown config 'zebra'\n\
         config 'name' is missing; expected a text, valid: not empty"
    );
}

#[test]
fn bounds_hold_at_both_ends() {
    for (name, good, bad) in [
        ("segment.bytes", &["1048576", "2147483647"][..], &["1048575", "2147483648", "", "1.5", "0x10"][..]),
        ("compression.gzip.level", &["1", "9", "-1"], &["0", "10", "-2"]),
        ("min.cleanable.dirty.ratio", &["0", "1", "0.25"], &["-0.1", "1.1", "NaN", "half"]),
        ("cleanup.policy", &["compact", "delete,compact", ""], &["compact,compact", "Compact", "a,"]),
        ("preallocate", &["true", "False"], &["yes", "1", ""]),
        ("message.timestamp.type", &["CreateTime"], &["createtime", ""]),
    ] {
        for text in good {
            assert!(TOPIC.parse_one(name, text).is_ok(), "{name}={text}");
        }
        for text in bad {
            assert!(TOPIC.parse_one(name, text).is_err(), "{name}={text}");
        }
    }
}

#[test]
fn secrets_do_not_print() {
    let config = CONNECTOR.parse([("name", "n"), ("password", "hunter2")]).unwrap();
    assert_eq!(config.get(&SECRET).unwrap().expose(), "hunter2");
    assert!(!format!("{config:?}").contains("hunter2"));
    assert_eq!(config.value("password").unwrap().to_text(), None);
    assert_eq!(config.get(&RACK), None);
}

#[test]
fn a_key_can_be_set_and_removed_later() {
    let mut config = CONNECTOR.parse([("name", "n"), ("transforms.a.type", "b")]).unwrap();
    config.insert("tasks.max", "4").unwrap();
    assert_eq!(config.get(&TASKS_MAX), 4);
    assert!(config.insert("tasks.max", "none").is_err());
    config.remove("tasks.max");
    config.remove("name");
    assert_eq!(config.get(&TASKS_MAX), 1);
    assert_eq!(config.get(&NAME), "n");
    assert_eq!(config.prefixed("transforms.").collect::<Vec<_>>(), [("a.type", "b")]);
}

#[test]
fn reference_is_rendered_in_order() {
    let text = TOPIC.markdown();
    let rows: Vec<_> = text.lines().collect();
    assert_eq!(rows[0], "## topic");
    assert_eq!(rows[4], "| `cleanup.policy` | list | `delete` | [compact, delete] | medium |  |");
    assert!(rows.contains(
        &"| `min.cleanable.dirty.ratio` | double | `0.5` | [0.0,...,1.0] | medium | Share \\| of dirt. |"
    ));
    assert_eq!(rows.len(), 4 + 7);
}

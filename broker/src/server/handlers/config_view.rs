//! Configs as DescribeConfigs and CreateTopics show them: value, source, synonyms.

use riverrun_core::config::{ConfigDef, ConfigKind, ConfigValue};
use riverrun_core::protocol::Str;

use crate::config::synonyms_of;
use crate::runtime::Node;

/// Where a value comes from, under Kafka's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Topic = 1,
    StaticBroker = 4,
    Default = 5,
}

/// One value of one config, with its name at that source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sourced {
    pub(super) name: &'static str,
    pub(super) value: Option<Str>,
    pub(super) source: Source,
}

/// The number of a type in DescribeConfigs.
pub(super) fn type_number(kind: ConfigKind) -> i8 {
    match kind {
        ConfigKind::Bool => 1,
        ConfigKind::String => 2,
        ConfigKind::Int => 3,
        ConfigKind::Short => 4,
        ConfigKind::Long => 5,
        ConfigKind::Double => 6,
        ConfigKind::List => 7,
        ConfigKind::Class => 8,
        ConfigKind::Password => 9,
    }
}

fn shown(value: Option<ConfigValue>) -> Option<Str> {
    value.and_then(|value| value.to_text()).map(Str::from)
}

/// Every value that a topic's config could have, the one that counts first.
pub(super) fn topic_values(node: &Node, own: Option<&String>, def: &ConfigDef) -> Vec<Sourced> {
    let mut values = Vec::new();
    if let Some(own) = own {
        values.push(Sourced { name: def.name, value: Some(Str::from(own)), source: Source::Topic });
    }
    for synonym in synonyms_of(def.name) {
        if node.broker_config.is_set(synonym.broker)
            && let Some(value) = synonym.value(&node.broker_config)
        {
            values.push(Sourced {
                name: synonym.broker,
                value: Some(value.into()),
                source: Source::StaticBroker,
            });
        }
    }
    let default = shown(node.topic_config_default(def.name));
    values.push(Sourced { name: def.name, value: default, source: Source::Default });
    values
}

/// Every value that a broker's config could have, the one that counts first.
pub(super) fn broker_values(node: &Node, def: &ConfigDef) -> Vec<Sourced> {
    let mut values = Vec::new();
    if node.broker_config.is_set(def.name) {
        let value = shown(node.broker_config.value(def.name));
        values.push(Sourced { name: def.name, value, source: Source::StaticBroker });
    }
    let default = shown(node.broker_config_default(def.name));
    values.push(Sourced { name: def.name, value: default, source: Source::Default });
    values
}

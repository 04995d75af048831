//! Configs as DescribeConfigs and CreateTopics show them: value, source, synonyms.

use std::sync::Arc;

use riverrun_core::config::{Config, ConfigDef, ConfigKind};
use riverrun_core::protocol::Str;

use crate::config::{
    BROKER, Given, KAFKA_BROKER, Overrides, group_synonym, inert_reason, is_dynamic, synonyms_of,
};
use crate::metadata::{ClusterImage, ConfigResource};
use crate::runtime::{Live, Node};

/// Where a value comes from, under Kafka's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Topic = 1,
    Broker = 2,
    AllBrokers = 3,
    StaticBroker = 4,
    Default = 5,
    ClientMetrics = 7,
    Group = 8,
}

/// One value that a config could have, under its name at that source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sourced {
    pub(super) name: &'static str,
    pub(super) value: Str,
    pub(super) source: Source,
}

/// One config as a client sees it.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) def: &'static ConfigDef,
    pub(super) value: Option<Str>,
    pub(super) source: Source,
    pub(super) read_only: bool,
    /// The value that counts first.
    pub(super) synonyms: Vec<Sourced>,
    pub(super) doc: &'static str,
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

/// Broker configs that say the same in another unit, the strongest first.
const CHAINS: &[&[&str]] = &[
    &["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
    &["log.roll.ms", "log.roll.hours"],
    &["log.roll.jitter.ms", "log.roll.jitter.hours"],
];

/// What the values of a broker's configs come from.
pub(super) struct View<'a> {
    live: Arc<Live>,
    given: &'a Given,
    of_all: Option<&'a Overrides>,
    own: Option<&'a Overrides>,
}

impl<'a> View<'a> {
    pub(super) fn of(node: &'a Node, image: &'a ClusterImage) -> Self {
        let dynamic = |id: String| image.configs(&ConfigResource::Broker(id)).map(AsRef::as_ref);
        View {
            live: node.live(),
            given: node.configs.given(),
            of_all: dynamic(String::new()),
            own: dynamic(node.settings.node_id.to_string()),
        }
    }

    /// Every value that the broker configs of these names have, the one that counts first. As in Kafka nothing is said
    /// of the others where the first name has no value.
    fn values(&self, names: &[&'static str]) -> Vec<Sourced> {
        let each = |source, value: &dyn Fn(&str) -> Option<String>| -> Vec<Sourced> {
            let found = names.iter().filter_map(|name| Some((*name, value(name)?)));
            found.map(|(name, value)| Sourced { name, value: value.into(), source }).collect()
        };
        let set = |overrides: Option<&Overrides>, name: &str| overrides?.get(name).cloned();
        [
            each(Source::Broker, &|name| set(self.own, name)),
            each(Source::AllBrokers, &|name| set(self.of_all, name)),
            each(Source::StaticBroker, &|name| self.given_value(name)),
            each(Source::Default, &|name| broker_def(name)?.default_value()?.to_text()),
        ]
        .concat()
        .into_iter()
        .skip_while(|sourced| Some(&sourced.name) != names.first())
        .collect()
    }

    fn given_value(&self, name: &str) -> Option<String> {
        let config = &self.given.config;
        let obeyed = || config.is_set(name).then(|| config.value(name)?.to_text()).flatten();
        obeyed().or_else(|| self.given.inert.get(name).cloned())
    }

    /// A config of the broker.
    pub(super) fn broker(&self, def: &'static ConfigDef) -> Shown {
        let chain = CHAINS.iter().find(|chain| chain.contains(&def.name));
        let others = chain.into_iter().copied().flatten().copied().filter(|name| *name != def.name);
        let names: Vec<&'static str> = std::iter::once(def.name).chain(others).collect();
        let synonyms = self.values(&names);
        let first = synonyms.first();
        Shown {
            value: first.map(|sourced| sourced.value.clone()),
            source: first.map_or(Source::Default, |sourced| sourced.source),
            read_only: !is_dynamic(def.name),
            synonyms,
            doc: if BROKER.find(def.name).is_some() { def.doc } else { inert_reason(def.name) },
            def,
        }
    }

    /// A config as it is set for all brokers, if it is.
    pub(super) fn of_all(&self, def: &'static ConfigDef) -> Option<Shown> {
        let value: Str = self.of_all?.get(def.name)?.into();
        let source = Source::AllBrokers;
        let synonyms = vec![Sourced { name: def.name, value: value.clone(), source }];
        Some(Shown { value: Some(value), source, read_only: false, synonyms, doc: def.doc, def })
    }

    /// A config of a topic that has set `own`.
    pub(super) fn topic(&self, def: &'static ConfigDef, own: Option<&String>) -> Shown {
        let names: Vec<&'static str> = synonyms_of(def.name).iter().map(|synonym| synonym.broker).collect();
        self.shown(def, own, Source::Topic, &names, &self.live.topic_defaults)
    }

    /// A config of a group that has set `own`.
    pub(super) fn group(&self, def: &'static ConfigDef, own: Option<&String>) -> Shown {
        let names: Vec<&'static str> = group_synonym(def.name).into_iter().collect();
        self.shown(def, own, Source::Group, &names, &self.live.group_defaults)
    }

    fn shown(
        &self,
        def: &'static ConfigDef,
        own: Option<&String>,
        source: Source,
        names: &[&'static str],
        defaults: &Config,
    ) -> Shown {
        let own = own.map(|value| Sourced { name: def.name, value: value.into(), source });
        let behind = self.values(names);
        let inherited = || defaults.value(def.name).and_then(|value| value.to_text()).map(Str::from);
        let value = own.as_ref().map(|own| own.value.clone()).or_else(inherited);
        let synonyms: Vec<Sourced> = own.into_iter().chain(behind).collect();
        Shown {
            value,
            source: synonyms.first().map_or(Source::Default, |first| first.source),
            read_only: false,
            synonyms,
            doc: def.doc,
            def,
        }
    }
}

/// A config of a client metrics subscription that has set `own`.
pub(super) fn client_metrics(def: &'static ConfigDef, own: Option<&String>) -> Shown {
    let set = own.map(|value| Sourced { name: def.name, value: value.into(), source: Source::ClientMetrics });
    let default = || def.default_value().and_then(|value| value.to_text()).map(Str::from);
    Shown {
        value: set.as_ref().map(|set| set.value.clone()).or_else(default),
        source: set.as_ref().map_or(Source::Default, |set| set.source),
        read_only: false,
        synonyms: set.into_iter().collect(),
        doc: def.doc,
        def,
    }
}

/// A throttle, which a broker has only while it is set.
pub(super) fn throttle(def: &'static ConfigDef, image: &ClusterImage, node_id: i32) -> Option<Shown> {
    let set = |id: String, source| {
        let value = image.configs(&ConfigResource::Broker(id))?.get(def.name)?;
        Some(Sourced { name: def.name, value: value.into(), source })
    };
    let own = set(node_id.to_string(), Source::Broker);
    let synonyms: Vec<Sourced> = own.into_iter().chain(set(String::new(), Source::AllBrokers)).collect();
    let first = synonyms.first()?;
    Some(Shown {
        value: Some(first.value.clone()),
        source: first.source,
        read_only: false,
        doc: def.doc,
        synonyms: synonyms.clone(),
        def,
    })
}

/// Every broker config that is shown: Kafka's, as they are declared here where they are obeyed, then ours.
pub(super) fn broker_defs() -> impl Iterator<Item = &'static ConfigDef> {
    let kafkas = KAFKA_BROKER.iter().map(|def| BROKER.find(def.name).unwrap_or(def));
    kafkas.chain(BROKER.iter().filter(|def| KAFKA_BROKER.find(def.name).is_none()))
}

fn broker_def(name: &str) -> Option<&'static ConfigDef> {
    BROKER.find(name).or_else(|| KAFKA_BROKER.find(name))
}

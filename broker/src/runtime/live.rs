//! The broker's configs as they are now: those of its start and what was set since, which holds at once.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use riverrun_core::config::Config;

use super::node::Node;
use crate::config::{
    BrokerSettings, Given, Overrides, check_dynamic, check_group_configs, check_topic_configs, effective,
    group_defaults, topic_defaults,
};
use crate::metadata::{ClusterImage, ConfigResource};

/// The configs of one moment.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    /// The broker's.
    pub(crate) config: Config,
    /// The same as the values that the rooms work with.
    pub(crate) settings: BrokerSettings,
    /// Those of a topic that sets none of its own.
    pub(crate) topic_defaults: Config,
    /// Those of a group that sets none of its own.
    pub(crate) group_defaults: Config,
}

/// The configs of a broker while it runs.
#[derive(Debug)]
pub(crate) struct LiveConfigs {
    given: Given,
    node_id: i32,
    now: RwLock<Arc<Live>>,
    /// Held while a change is put in force, so that an older one cannot come after a newer one.
    changing: Mutex<()>,
}

impl LiveConfigs {
    /// The configs of the start with those that `image` has kept.
    pub(super) fn new(given: Given, settings: &BrokerSettings, image: &ClusterImage) -> Self {
        let live = compute(&given, settings, image);
        let node_id = settings.node_id;
        LiveConfigs { given, node_id, now: RwLock::new(Arc::new(live)), changing: Mutex::new(()) }
    }

    /// The configs as they are now. Cheap; to be asked for at each use.
    pub(crate) fn now(&self) -> Arc<Live> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the broker was given at its start.
    pub(crate) fn given(&self) -> &Given {
        &self.given
    }

    /// Checks every config that `resource` is to have, of which `changed` are new.
    ///
    /// # Errors
    /// What is wrong with them, and what would be right.
    pub(crate) fn check(
        &self,
        image: &ClusterImage,
        resource: &ConfigResource,
        all: &Overrides,
        changed: &Overrides,
    ) -> Result<(), String> {
        match resource {
            ConfigResource::Topic(_) => check_topic_configs(&self.now().topic_defaults, all),
            ConfigResource::Group(_) => check_group_configs(&self.now().config, all),
            ConfigResource::Broker(id) if id.is_empty() => {
                check_dynamic(&self.given.config, Some(all), of_broker(image, self.node_id), changed)
            }
            ConfigResource::Broker(_) => {
                check_dynamic(&self.given.config, of_all_brokers(image), Some(all), changed)
            }
            ConfigResource::ClientMetrics(_) => Ok(()),
        }
    }
}

fn of_all_brokers(image: &ClusterImage) -> Option<&Overrides> {
    image.configs(&ConfigResource::Broker(String::new())).map(AsRef::as_ref)
}

fn of_broker(image: &ClusterImage, node_id: i32) -> Option<&Overrides> {
    image.configs(&ConfigResource::Broker(node_id.to_string())).map(AsRef::as_ref)
}

fn compute(given: &Given, settings: &BrokerSettings, image: &ClusterImage) -> Live {
    let config = effective(&given.config, of_all_brokers(image), of_broker(image, settings.node_id));
    let live = BrokerSettings::of(&config).unwrap_or_else(|error| {
        // Checked when it was set; another start may have made it wrong.
        tracing::warn!(%error, "what was set on the running broker does not fit its configs and does not hold");
        settings.clone()
    });
    Live {
        settings: live,
        topic_defaults: topic_defaults(&config),
        group_defaults: group_defaults(&config),
        config,
    }
}

impl Node {
    /// The broker's configs as they are now.
    pub(crate) fn live(&self) -> Arc<Live> {
        self.configs.now()
    }

    /// Configs of `resource` have changed: puts them in force.
    pub(crate) fn configs_changed(&self, resource: &ConfigResource) {
        match resource {
            ConfigResource::Topic(name) => {
                if let Some(topic) = self.controller.image().topic(name) {
                    self.logs.reconfigure(name, &self.partitions.of_topic(topic.id));
                }
            }
            ConfigResource::Broker(_) => self.broker_configs_changed(),
            // Read anew at each use.
            ConfigResource::Group(_) | ConfigResource::ClientMetrics(_) => {}
        }
    }

    fn broker_configs_changed(&self) {
        let _changing = self.configs.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let image = self.controller.image();
        let live = Arc::new(compute(&self.configs.given, &self.settings, &image));
        *self.configs.now.write().unwrap_or_else(PoisonError::into_inner) = live.clone();
        self.logs.set_defaults(live.topic_defaults.clone(), &live.settings);
        for topic in image.topics() {
            let open = self.partitions.of_topic(topic.id);
            if !open.is_empty() {
                self.logs.reconfigure(&topic.name, &open);
            }
        }
    }
}

//! Which records a change of configs leads to.

use super::image::ClusterImage;
use super::record::{ConfigResource, MetadataRecord};

/// One change of a config; its value has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConfigChange {
    Set { name: String, value: String },
    Delete { name: String },
}

/// The records that change the configs of `resource`; nothing for what is so already.
///
/// With `replace_all`, a config that is not named goes back to its default.
pub(crate) fn decide_alter_configs(
    image: &ClusterImage,
    resource: &ConfigResource,
    changes: &[ConfigChange],
    replace_all: bool,
) -> Vec<MetadataRecord> {
    let current = image.configs(resource);
    let value_of = |name: &str| current.and_then(|configs| configs.get(name));
    let mut records = Vec::new();
    let mut record = |name: &str, value: Option<&String>| {
        if value_of(name) != value {
            records.push(MetadataRecord::ConfigSet {
                resource: resource.clone(),
                name: name.to_owned(),
                value: value.cloned(),
            });
        }
    };
    for change in changes {
        match change {
            ConfigChange::Set { name, value } => record(name, Some(value)),
            ConfigChange::Delete { name } => record(name, None),
        }
    }
    if replace_all {
        let named = |known: &str| {
            changes.iter().any(|change| match change {
                ConfigChange::Set { name, .. } | ConfigChange::Delete { name } => name == known,
            })
        };
        for name in current.into_iter().flat_map(|configs| configs.keys()).filter(|name| !named(name)) {
            record(name, None);
        }
    }
    records
}

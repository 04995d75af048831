//! The resources that have configs, under Kafka's numbers.

use riverrun_core::config::ConfigDef;
use riverrun_core::protocol::ErrorCode;

use crate::config::{
    CLIENT_METRICS as CLIENT_METRICS_TABLE, GROUP as GROUP_TABLE, TOPIC as TOPIC_TABLE, dynamic_def,
};
use crate::metadata::{ClusterImage, ConfigResource, check_topic_name};

pub(super) const TOPIC: i8 = 2;
pub(super) const BROKER: i8 = 4;
pub(super) const BROKER_LOGGER: i8 = 8;
pub(super) const CLIENT_METRICS: i8 = 16;
pub(super) const GROUP: i8 = 32;

/// Why configs cannot be changed: a code and what is wrong.
pub(super) type Refusal = (ErrorCode, String);

/// The resource whose configs are to change.
pub(super) fn to_change(node_id: i32, number: i8, name: &str) -> Result<ConfigResource, Refusal> {
    let invalid = |text: String| Err((ErrorCode::InvalidRequest, text));
    let name = || name.to_owned();
    Ok(match number {
        TOPIC if name().is_empty() => return invalid("a topic's name must not be empty".to_owned()),
        TOPIC => {
            check_topic_name(&name())
                .map_err(|error| (ErrorCode::InvalidTopicException, error.to_string()))?;
            ConfigResource::Topic(name())
        }
        BROKER if name().is_empty() => ConfigResource::Broker(name()),
        BROKER => match name().parse::<i32>() {
            Ok(asked) if asked == node_id => ConfigResource::Broker(node_id.to_string()),
            Ok(asked) => {
                return invalid(format!(
                    "this is broker {node_id}; configs of broker {asked} cannot change here"
                ));
            }
            Err(_) => return invalid(format!("a broker's id is a number, '{}' is none", name())),
        },
        BROKER_LOGGER => return invalid("levels of loggers do not change while the broker runs".to_owned()),
        CLIENT_METRICS if name().is_empty() => {
            return invalid("the name of a client metrics subscription must not be empty".to_owned());
        }
        CLIENT_METRICS => ConfigResource::ClientMetrics(name()),
        GROUP if name().is_empty() => return invalid("a group's name must not be empty".to_owned()),
        GROUP => ConfigResource::Group(name()),
        other => return invalid(format!("there is no resource type {other}")),
    })
}

/// Fails unless the resource is there; groups and subscriptions always are.
pub(super) fn check_there(image: &ClusterImage, resource: &ConfigResource) -> Result<(), Refusal> {
    match resource {
        ConfigResource::Topic(name) if image.topic(name).is_none() => {
            Err((ErrorCode::UnknownTopicOrPartition, format!("there is no topic '{name}'")))
        }
        _ => Ok(()),
    }
}

/// The declaration of a config of the resource.
pub(super) fn def(resource: &ConfigResource, name: &str) -> Option<&'static ConfigDef> {
    match resource {
        ConfigResource::Topic(_) => TOPIC_TABLE.find(name),
        ConfigResource::Broker(_) => dynamic_def(name),
        ConfigResource::Group(_) => GROUP_TABLE.find(name),
        ConfigResource::ClientMetrics(_) => CLIENT_METRICS_TABLE.find(name),
    }
}

/// The number of a resource's type, and its name.
pub(super) fn number(resource: &ConfigResource) -> (i8, &str) {
    match resource {
        ConfigResource::Topic(name) => (TOPIC, name),
        ConfigResource::Broker(name) => (BROKER, name),
        ConfigResource::Group(name) => (GROUP, name),
        ConfigResource::ClientMetrics(name) => (CLIENT_METRICS, name),
    }
}

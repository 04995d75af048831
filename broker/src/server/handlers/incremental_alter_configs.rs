//! IncrementalAlterConfigs, versions 0 and 1: set, delete, append and subtract on configs of topics.

use std::sync::Arc;

use riverrun_core::config::ConfigKind;
use riverrun_core::protocol::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use riverrun_core::protocol::messages::incremental_alter_configs_response::AlterConfigsResourceResponse;
use riverrun_core::protocol::messages::{IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::describe_configs::{BROKER_RESOURCE, TOPIC_RESOURCE};
use crate::config::{TOPIC, check_topic_config};
use crate::metadata::{ClusterImage, ConfigChange, ConfigResource, decide_alter_configs};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: IncrementalAlterConfigsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let mut responses = Vec::with_capacity(request.resources.len());
        for resource in request.resources {
            let (resource_type, resource_name) = (resource.resource_type, resource.resource_name.clone());
            let outcome = alter(&node, resource, request.validate_only).await;
            let (code, message) = match outcome {
                Ok(()) => (ErrorCode::None, None),
                Err((code, message)) => (code, Some(Str::from(message))),
            };
            responses.push(AlterConfigsResourceResponse {
                error_code: code.code(),
                error_message: message,
                resource_type,
                resource_name,
                ..Default::default()
            });
        }
        Outcome::Done(call.answer(&IncrementalAlterConfigsResponse { responses, ..Default::default() }))
    }))
}

type Altered = Result<(), (ErrorCode, String)>;

async fn alter(node: &Arc<Node>, resource: AlterConfigsResource, validate_only: bool) -> Altered {
    let topic = match resource.resource_type {
        TOPIC_RESOURCE => resource.resource_name.to_string(),
        BROKER_RESOURCE => {
            return Err((ErrorCode::InvalidConfig, "the broker's configs change with a restart only".into()));
        }
        other => {
            return Err((
                ErrorCode::InvalidRequest,
                format!("configs of resource type {other} are not offered"),
            ));
        }
    };
    let name = topic.clone();
    let changed = node
        .controller
        .change(move |image| match changes(image, &topic, &resource.configs) {
            Ok(_) if validate_only => (Vec::new(), Ok(())),
            Ok(changes) => {
                (decide_alter_configs(image, &ConfigResource::Topic(topic), &changes, false), Ok(()))
            }
            Err(error) => (Vec::new(), Err(error)),
        })
        .await
        .map_err(|error| (error.code(), error.to_string()))?;
    if changed.is_ok() && !validate_only {
        node.topic_configs_changed(&name);
    }
    changed
}

fn changes(
    image: &ClusterImage,
    topic: &str,
    asked: &[AlterableConfig],
) -> Result<Vec<ConfigChange>, (ErrorCode, String)> {
    if image.topic(topic).is_none() {
        return Err((ErrorCode::UnknownTopicOrPartition, format!("there is no topic '{topic}'")));
    }
    let own = image.configs(&ConfigResource::Topic(topic.to_owned()));
    let mut changes = Vec::with_capacity(asked.len());
    for config in asked {
        let name = config.name.to_string();
        if asked.iter().filter(|other| other.name == config.name).count() > 1 {
            return Err((ErrorCode::InvalidRequest, format!("config '{name}' is named twice")));
        }
        let given = config.value.as_ref().map(Str::as_str);
        let current = own.and_then(|own| own.get(&name)).map(String::as_str);
        let change = match config.config_operation {
            0 => {
                let value = given
                    .ok_or_else(|| (ErrorCode::InvalidConfig, format!("config '{name}' needs a value")))?;
                ConfigChange::Set { value: value.to_owned(), name }
            }
            1 => ConfigChange::Delete { name },
            2 | 3 => combine(name, config.config_operation == 2, current, given.unwrap_or_default())?,
            other => {
                return Err((
                    ErrorCode::InvalidRequest,
                    format!("operation {other} on '{name}' is not known"),
                ));
            }
        };
        match &change {
            ConfigChange::Set { name, value } => {
                check_topic_config(name, value).map_err(|message| (ErrorCode::InvalidConfig, message))?;
            }
            ConfigChange::Delete { name } => {
                if TOPIC.find(name).is_none() {
                    return Err((ErrorCode::InvalidConfig, format!("unknown config '{name}'")));
                }
            }
        }
        changes.push(change);
    }
    Ok(changes)
}

/// Adds to or takes from a list.
fn combine(
    name: String,
    append: bool,
    current: Option<&str>,
    given: &str,
) -> Result<ConfigChange, (ErrorCode, String)> {
    if TOPIC.find(&name).is_none_or(|def| def.kind != ConfigKind::List) {
        return Err((ErrorCode::InvalidConfig, format!("config '{name}' is no list")));
    }
    let default =
        TOPIC.defaults().ok().and_then(|config| config.value(&name)).and_then(|value| value.to_text());
    let current = current.map(str::to_owned).or(default).unwrap_or_default();
    let split = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let mut items = split(&current);
    let given = split(given);
    if append {
        let fresh: Vec<String> = given.into_iter().filter(|item| !items.contains(item)).collect();
        items.extend(fresh);
    } else {
        items.retain(|item| !given.contains(item));
    }
    Ok(ConfigChange::Set { name, value: items.join(",") })
}

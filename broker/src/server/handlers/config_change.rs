//! Changes of configs: what AlterConfigs and IncrementalAlterConfigs have in common.

use std::sync::Arc;

use riverrun_core::config::ConfigKind;
use riverrun_core::protocol::{ErrorCode, Str};

use super::config_resource::{self as resource, Refusal};
use crate::config::{ClientMetricsError, Overrides, check_client_metrics};
use crate::metadata::{ClusterImage, ConfigChange, ConfigResource, MetadataRecord, decide_alter_configs};
use crate::runtime::Node;
use crate::server::error_map::ToCode;

/// What is asked of one config.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Set(Option<Str>),
    Delete,
    Append(Option<Str>),
    Subtract(Option<Str>),
    Unknown(i8),
}

/// What is asked of one resource.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) resource_type: i8,
    pub(super) resource_name: Str,
    pub(super) ops: Vec<(Str, Op)>,
}

/// A resource's outcome.
pub(super) type Changed = Result<(), Refusal>;

/// Changes each resource as a whole or not at all. With `replace_all`, what is not named goes back to its default.
pub(super) async fn change_all(
    node: &Arc<Node>,
    asked: Vec<Asked>,
    replace_all: bool,
    validate_only: bool,
) -> Vec<Changed> {
    let same = |one: &Asked, other: &Asked| {
        (one.resource_type, &one.resource_name) == (other.resource_type, &other.resource_name)
    };
    let twice: Vec<bool> =
        asked.iter().map(|one| asked.iter().filter(|other| same(one, other)).count() > 1).collect();
    let mut outcomes = Vec::with_capacity(asked.len());
    for (asked, twice) in asked.into_iter().zip(twice) {
        outcomes.push(match twice {
            true => Err((ErrorCode::InvalidRequest, "each resource must be named once".to_owned())),
            false => change(node, asked, replace_all, validate_only).await,
        });
    }
    outcomes
}

async fn change(node: &Arc<Node>, asked: Asked, replace_all: bool, validate_only: bool) -> Changed {
    check_request(&asked)?;
    let resource =
        resource::to_change(node.settings.node_id, asked.resource_type, asked.resource_name.as_str())?;
    let deciding = (node.clone(), resource.clone());
    node.controller
        .change(move |image| {
            let (node, resource) = deciding;
            match decide(&node, image, &resource, &asked.ops, replace_all) {
                Ok(_) if validate_only => (Vec::new(), Ok(())),
                Ok(records) => (records, Ok(())),
                Err(refusal) => (Vec::new(), Err(refusal)),
            }
        })
        .await
        .map_err(|error| (error.code(), error.to_string()))??;
    if !validate_only {
        let node = node.clone();
        let applying = tokio::task::spawn_blocking(move || node.configs_changed(&resource));
        if let Err(error) = applying.await {
            return Err((
                ErrorCode::UnknownServerError,
                format!("the change is kept but not in force: {error}"),
            ));
        }
    }
    Ok(())
}

fn check_request(asked: &Asked) -> Changed {
    for (at, (name, op)) in asked.ops.iter().enumerate() {
        let invalid = |text: String| Err((ErrorCode::InvalidRequest, text));
        if asked.ops[..at].iter().any(|(other, _)| other == name) {
            return invalid(format!("config '{name}' is named twice"));
        }
        match op {
            Op::Set(None) | Op::Append(None) | Op::Subtract(None) => {
                return invalid(format!("config '{name}' needs a value; null is none"));
            }
            Op::Unknown(number) => return invalid(format!("operation {number} on '{name}' is not known")),
            Op::Set(Some(_)) | Op::Append(Some(_)) | Op::Subtract(Some(_)) | Op::Delete => {}
        }
    }
    Ok(())
}

fn decide(
    node: &Node,
    image: &ClusterImage,
    resource: &ConfigResource,
    ops: &[(Str, Op)],
    replace_all: bool,
) -> Result<Vec<MetadataRecord>, Refusal> {
    let before = image.configs(resource);
    let mut after =
        if replace_all { Overrides::new() } else { before.map(|own| (**own).clone()).unwrap_or_default() };
    let mut changed = Overrides::new();
    let mut changes = Vec::with_capacity(ops.len());
    for (name, op) in ops {
        let name = name.to_string();
        let current = before.and_then(|own| own.get(&name)).map(String::as_str);
        let value = match op {
            Op::Set(value) => value.as_ref().map(ToString::to_string),
            Op::Append(value) | Op::Subtract(value) => {
                let is_append = matches!(op, Op::Append(_));
                Some(combine(resource, &name, is_append, current, value.as_deref().unwrap_or_default())?)
            }
            Op::Delete | Op::Unknown(_) => None,
        };
        match value {
            Some(value) => {
                after.insert(name.clone(), value.clone());
                changed.insert(name.clone(), value.clone());
                changes.push(ConfigChange::Set { name, value });
            }
            None => {
                after.remove(&name);
                changes.push(ConfigChange::Delete { name });
            }
        }
    }
    check(node, image, resource, &after, &changed)?;
    resource::check_there(image, resource)?;
    Ok(decide_alter_configs(image, resource, &changes, replace_all))
}

fn check(
    node: &Node,
    image: &ClusterImage,
    resource: &ConfigResource,
    after: &Overrides,
    changed: &Overrides,
) -> Changed {
    if let ConfigResource::ClientMetrics(_) = resource {
        return check_client_metrics(after).map_err(|error| {
            let code = match error {
                ClientMetricsError::Unknown(_) | ClientMetricsError::Interval(_) => ErrorCode::InvalidRequest,
                ClientMetricsError::Config(_) | ClientMetricsError::Pattern { .. } => {
                    ErrorCode::InvalidConfig
                }
            };
            (code, error.to_string())
        });
    }
    // Kafka answers so for brokers (KAFKA-13609).
    let code = match resource {
        ConfigResource::Broker(_) => ErrorCode::InvalidRequest,
        _ => ErrorCode::InvalidConfig,
    };
    node.configs.check(image, resource, after, changed).map_err(|message| (code, message))
}

/// Adds to or takes from a list.
fn combine(
    resource: &ConfigResource,
    name: &str,
    is_append: bool,
    current: Option<&str>,
    given: &str,
) -> Result<String, Refusal> {
    let def = resource::def(resource, name).filter(|def| def.kind == ConfigKind::List);
    let def = def.ok_or_else(|| (ErrorCode::InvalidConfig, format!("config '{name}' is no list")))?;
    let default = || def.default_value().and_then(|value| value.to_text()).unwrap_or_default();
    let split = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let mut items = current.map_or_else(|| split(&default()), split);
    let given = split(given);
    if is_append {
        for item in given {
            if !items.contains(&item) {
                items.push(item);
            }
        }
    } else {
        items.retain(|item| !given.contains(item));
    }
    Ok(items.join(","))
}

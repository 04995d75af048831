//! DescribeConfigs, versions 1 to 4: configs of topics and of this broker.

use std::sync::Arc;

use riverrun_core::config::{ConfigDef, ConfigKind};
use riverrun_core::protocol::messages::describe_configs_request::DescribeConfigsResource;
use riverrun_core::protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use riverrun_core::protocol::messages::{DescribeConfigsRequest, DescribeConfigsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::config_view::{Sourced, broker_values, topic_values, type_number};
use crate::config::{BROKER, TOPIC};
use crate::metadata::ConfigResource;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

pub(super) const TOPIC_RESOURCE: i8 = 2;
pub(super) const BROKER_RESOURCE: i8 = 4;

/// What of a config the client wants to see.
#[derive(Clone, Copy)]
struct Wanted {
    synonyms: bool,
    documentation: bool,
}

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: &DescribeConfigsRequest) -> Outcome {
    let wanted = Wanted { synonyms: request.include_synonyms, documentation: request.include_documentation };
    let results = request.resources.iter().map(|resource| describe(node, wanted, resource)).collect();
    Outcome::Done(call.answer(&DescribeConfigsResponse { results, ..Default::default() }))
}

fn describe(node: &Node, wanted: Wanted, resource: &DescribeConfigsResource) -> DescribeConfigsResult {
    let outcome = match resource.resource_type {
        TOPIC_RESOURCE => describe_topic(node, wanted, resource),
        BROKER_RESOURCE => describe_broker(node, wanted, resource),
        other => {
            Err((ErrorCode::InvalidRequest, format!("configs of resource type {other} are not offered")))
        }
    };
    let mut result = DescribeConfigsResult {
        resource_type: resource.resource_type,
        resource_name: resource.resource_name.clone(),
        ..Default::default()
    };
    match outcome {
        Ok(configs) => result.configs = configs,
        Err((code, message)) => {
            result.error_code = code.code();
            result.error_message = Some(message.into());
        }
    }
    result
}

type Described = Result<Vec<DescribeConfigsResourceResult>, (ErrorCode, String)>;

fn describe_topic(node: &Node, wanted: Wanted, resource: &DescribeConfigsResource) -> Described {
    let image = node.controller.image();
    let name = resource.resource_name.as_str();
    if image.topic(name).is_none() {
        return Err((ErrorCode::UnknownTopicOrPartition, format!("there is no topic '{name}'")));
    }
    let own = image.configs(&ConfigResource::Topic(name.to_owned()));
    let value = |def: &ConfigDef| own.and_then(|own| own.get(def.name));
    Ok(chosen(TOPIC.iter(), resource)
        .map(|def| show(wanted, def, false, topic_values(node, value(def), def)))
        .collect())
}

fn describe_broker(node: &Node, wanted: Wanted, resource: &DescribeConfigsResource) -> Described {
    let name = resource.resource_name.as_str();
    if name.is_empty() {
        // The cluster-wide dynamic defaults, of which there are none.
        return Ok(Vec::new());
    }
    if name.parse() != Ok(node.settings.node_id) {
        let id = node.settings.node_id;
        return Err((
            ErrorCode::InvalidRequest,
            format!("this is broker {id}, configs of broker '{name}' are asked for"),
        ));
    }
    Ok(chosen(BROKER.iter(), resource).map(|def| show(wanted, def, true, broker_values(node, def))).collect())
}

fn chosen<'a>(
    defs: impl Iterator<Item = &'static ConfigDef> + 'a,
    resource: &'a DescribeConfigsResource,
) -> impl Iterator<Item = &'static ConfigDef> + 'a {
    let keys = resource.configuration_keys.as_ref().filter(|keys| !keys.is_empty());
    defs.filter(move |def| keys.is_none_or(|keys| keys.iter().any(|key| *key == *def.name)))
}

fn show(
    wanted: Wanted,
    def: &ConfigDef,
    read_only: bool,
    values: Vec<Sourced>,
) -> DescribeConfigsResourceResult {
    let secret = def.kind == ConfigKind::Password;
    let visible = |value: &Option<Str>| value.clone().filter(|_| !secret);
    let (value, source) =
        values.first().map_or((None, 5), |first| (visible(&first.value), first.source as i8));
    let synonyms = values.iter().filter(|sourced| wanted.synonyms && sourced.value.is_some());
    DescribeConfigsResourceResult {
        name: Str::from_static(def.name),
        value,
        read_only,
        config_source: source,
        is_sensitive: secret,
        synonyms: synonyms
            .map(|sourced| DescribeConfigsSynonym {
                name: Str::from_static(sourced.name),
                value: visible(&sourced.value),
                source: sourced.source as i8,
                ..Default::default()
            })
            .collect(),
        config_type: type_number(def.kind),
        documentation: wanted.documentation.then(|| Str::from_static(def.doc)),
        ..Default::default()
    }
}

//! DescribeConfigs, versions 1 to 4: configs of topics, of this broker, of groups, of client metrics subscriptions.

use std::collections::BTreeMap;
use std::sync::Arc;

use riverrun_core::config::{ConfigDef, ConfigKind, ConfigTable};
use riverrun_core::protocol::messages::describe_configs_request::DescribeConfigsResource;
use riverrun_core::protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use riverrun_core::protocol::messages::{DescribeConfigsRequest, DescribeConfigsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::config_resource as resource;
use super::config_view::{Shown, View, broker_defs, client_metrics, throttle, type_number};
use crate::config::{CLIENT_METRICS, GROUP, THROTTLES, TOPIC, dynamic_def};
use crate::metadata::{ClusterImage, ConfigResource, check_topic_name};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

/// What of a config the client wants to see.
#[derive(Clone, Copy)]
struct Wanted {
    synonyms: bool,
    documentation: bool,
}

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: &DescribeConfigsRequest) -> Outcome {
    let wanted = Wanted { synonyms: request.include_synonyms, documentation: request.include_documentation };
    let image = node.controller.image();
    let results = request.resources.iter().map(|resource| describe(node, &image, wanted, resource)).collect();
    Outcome::Done(call.answer(&DescribeConfigsResponse { results, ..Default::default() }))
}

fn describe(
    node: &Node,
    image: &ClusterImage,
    wanted: Wanted,
    resource: &DescribeConfigsResource,
) -> DescribeConfigsResult {
    let mut result = DescribeConfigsResult {
        resource_type: resource.resource_type,
        resource_name: resource.resource_name.clone(),
        ..Default::default()
    };
    match shown(node, image, resource) {
        Ok(configs) => {
            let chosen = |shown: &Shown| {
                let keys = resource.configuration_keys.as_ref().filter(|keys| !keys.is_empty());
                keys.is_none_or(|keys| keys.iter().any(|key| *key == *shown.def.name))
            };
            result.configs = configs.into_iter().filter(chosen).map(|shown| answer(wanted, shown)).collect();
        }
        Err((code, message)) => {
            result.error_code = code.code();
            result.error_message = Some(message.into());
        }
    }
    result
}

type Described = Result<Vec<Shown>, (ErrorCode, String)>;

fn shown(node: &Node, image: &ClusterImage, asked: &DescribeConfigsResource) -> Described {
    let name = asked.resource_name.as_str();
    let invalid = |text: String| Err((ErrorCode::InvalidRequest, text));
    match asked.resource_type {
        resource::TOPIC => describe_topic(node, image, name),
        resource::BROKER => describe_broker(node, image, name),
        resource::GROUP if name.is_empty() => invalid("a group's name must not be empty".to_owned()),
        resource::GROUP => {
            let view = View::of(node, image);
            Ok(each(&GROUP, image, &ConfigResource::Group(name.to_owned()), |def, own| view.group(def, own)))
        }
        resource::CLIENT_METRICS if name.is_empty() => {
            invalid("the name of a client metrics subscription must not be empty".to_owned())
        }
        resource::CLIENT_METRICS => {
            let resource = ConfigResource::ClientMetrics(name.to_owned());
            Ok(each(&CLIENT_METRICS, image, &resource, client_metrics))
        }
        other => invalid(format!("configs of resource type {other} are not offered")),
    }
}

fn each(
    table: &ConfigTable,
    image: &ClusterImage,
    resource: &ConfigResource,
    show: impl Fn(&'static ConfigDef, Option<&String>) -> Shown,
) -> Vec<Shown> {
    let own: Option<&BTreeMap<String, String>> = image.configs(resource).map(AsRef::as_ref);
    table.iter().map(|def| show(def, own.and_then(|own| own.get(def.name)))).collect()
}

fn describe_topic(node: &Node, image: &ClusterImage, name: &str) -> Described {
    check_topic_name(name).map_err(|error| (ErrorCode::InvalidTopicException, error.to_string()))?;
    if image.topic(name).is_none() {
        return Err((ErrorCode::UnknownTopicOrPartition, format!("there is no topic '{name}'")));
    }
    let view = View::of(node, image);
    Ok(each(&TOPIC, image, &ConfigResource::Topic(name.to_owned()), |def, own| view.topic(def, own)))
}

fn describe_broker(node: &Node, image: &ClusterImage, name: &str) -> Described {
    let id = node.settings.node_id;
    let view = View::of(node, image);
    if name.is_empty() {
        // What was set for all brokers, and nothing else.
        let set = image.configs(&ConfigResource::Broker(String::new()));
        let names = set.into_iter().flat_map(|set| set.keys());
        return Ok(names.filter_map(|name| dynamic_def(name)).filter_map(|def| view.of_all(def)).collect());
    }
    match name.parse::<i32>() {
        Ok(asked) if asked == id => {}
        Ok(asked) => {
            let text = format!("this is broker {id}; configs of broker {asked} are asked for");
            return Err((ErrorCode::InvalidRequest, text));
        }
        Err(_) => {
            return Err((ErrorCode::InvalidRequest, format!("a broker's id is a number, '{name}' is none")));
        }
    }
    let throttles = THROTTLES.iter().filter_map(|def| throttle(def, image, id));
    Ok(broker_defs().map(|def| view.broker(def)).chain(throttles).collect())
}

fn answer(wanted: Wanted, shown: Shown) -> DescribeConfigsResourceResult {
    let secret = shown.def.kind == ConfigKind::Password;
    let synonyms = shown.synonyms.into_iter().filter(|_| wanted.synonyms);
    DescribeConfigsResourceResult {
        name: Str::from_static(shown.def.name),
        value: shown.value.filter(|_| !secret),
        read_only: shown.read_only,
        config_source: shown.source as i8,
        is_sensitive: secret,
        synonyms: synonyms
            .map(|sourced| DescribeConfigsSynonym {
                name: Str::from_static(sourced.name),
                value: Some(sourced.value).filter(|_| !secret),
                source: sourced.source as i8,
                ..Default::default()
            })
            .collect(),
        config_type: type_number(shown.def.kind),
        documentation: wanted.documentation.then(|| Str::from_static(shown.doc)),
        ..Default::default()
    }
}

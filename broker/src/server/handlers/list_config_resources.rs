//! ListConfigResources, versions 0 and 1. Version 0 was called ListClientMetricsResources and lists only those.

use std::collections::BTreeSet;
use std::sync::Arc;

use riverrun_core::protocol::messages::list_config_resources_response::ConfigResource as Listed;
use riverrun_core::protocol::messages::{ListConfigResourcesRequest, ListConfigResourcesResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::config_resource as resource;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

/// The types that can be listed, in Kafka's order.
const TYPES: [i8; 5] =
    [resource::GROUP, resource::CLIENT_METRICS, resource::BROKER_LOGGER, resource::BROKER, resource::TOPIC];

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: &ListConfigResourcesRequest) -> Outcome {
    let asked = &request.resource_types;
    if asked.iter().any(|asked| !TYPES.contains(asked)) {
        return Outcome::Done(call.answer(&ListConfigResourcesResponse {
            error_code: ErrorCode::UnsupportedVersion.code(),
            ..Default::default()
        }));
    }
    let wanted = |kind: &i8| match call.version {
        0 => *kind == resource::CLIENT_METRICS,
        _ => asked.is_empty() || asked.contains(kind),
    };
    let image = node.controller.image();
    let node_id = node.settings.node_id.to_string();
    let mut listed = Vec::new();
    for kind in TYPES.into_iter().filter(wanted) {
        let with_configs = image
            .all_configs()
            .map(|(found, _)| resource::number(found))
            .filter(|(number, _)| *number == kind);
        let mut names: BTreeSet<String> = match kind {
            resource::TOPIC => image.topics().map(|topic| topic.name.to_string()).collect(),
            resource::BROKER | resource::BROKER_LOGGER => BTreeSet::from([node_id.clone()]),
            _ => with_configs.map(|(_, name)| name.to_owned()).collect(),
        };
        names.remove("");
        listed.extend(names.into_iter().map(|name| Listed {
            resource_name: Str::from(name),
            resource_type: kind,
            ..Default::default()
        }));
    }
    Outcome::Done(
        call.answer(&ListConfigResourcesResponse { config_resources: listed, ..Default::default() }),
    )
}

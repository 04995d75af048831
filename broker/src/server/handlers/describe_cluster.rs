//! DescribeCluster, versions 0 to 2.

use std::sync::Arc;

use riverrun_core::protocol::messages::describe_cluster_response::DescribeClusterBroker;
use riverrun_core::protocol::messages::{DescribeClusterRequest, DescribeClusterResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::runtime::Node;
use crate::server::authorized;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

/// Brokers, as opposed to controllers.
const BROKER_ENDPOINTS: i8 = 1;
const CONTROLLER_ENDPOINTS: i8 = 2;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: &DescribeClusterRequest) -> Outcome {
    let image = node.controller.image();
    let cluster_id = image.cluster_id.as_deref().map(Str::from).unwrap_or_default();
    if call.version >= 1 && request.endpoint_type != BROKER_ENDPOINTS {
        let (code, text) = match request.endpoint_type {
            CONTROLLER_ENDPOINTS => (
                ErrorCode::MismatchedEndpointType,
                "this is a broker's endpoint; there is none for controllers alone".to_owned(),
            ),
            other => (ErrorCode::UnsupportedEndpointType, format!("there is no endpoint type {other}")),
        };
        return Outcome::Done(call.answer(&DescribeClusterResponse {
            error_code: code.code(),
            error_message: Some(text.into()),
            controller_id: -1,
            endpoint_type: BROKER_ENDPOINTS,
            ..Default::default()
        }));
    }
    Outcome::Done(call.answer(&DescribeClusterResponse {
        endpoint_type: BROKER_ENDPOINTS,
        cluster_id,
        controller_id: node.settings.node_id,
        brokers: vec![DescribeClusterBroker {
            broker_id: node.settings.node_id,
            host: call.connection.advertised_host.clone(),
            port: i32::from(call.connection.advertised_port),
            rack: node.settings.rack.as_deref().map(Str::from),
            ..Default::default()
        }],
        cluster_authorized_operations: authorized::if_asked(
            request.include_cluster_authorized_operations,
            authorized::CLUSTER,
        ),
        ..Default::default()
    }))
}

//! DescribeCluster, versions 0 to 2.

use std::sync::Arc;

use riverrun_core::protocol::messages::describe_cluster_response::DescribeClusterBroker;
use riverrun_core::protocol::messages::{DescribeClusterRequest, DescribeClusterResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

/// Brokers, as opposed to controllers.
const BROKER_ENDPOINTS: i8 = 1;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: &DescribeClusterRequest) -> Outcome {
    let image = node.controller.image();
    let cluster_id = image.cluster_id.as_deref().map(Str::from).unwrap_or_default();
    if call.version >= 1 && request.endpoint_type != BROKER_ENDPOINTS {
        return Outcome::Done(call.answer(&DescribeClusterResponse {
            error_code: ErrorCode::MismatchedEndpointType.code(),
            error_message: Some("this is a broker's endpoint; there is none for controllers alone".into()),
            cluster_id,
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
        ..Default::default()
    }))
}

//! PushTelemetry, version 0 (KIP-714): a client's metrics.

use std::sync::Arc;

use riverrun_core::protocol::Uuid;
use riverrun_core::protocol::messages::{PushTelemetryRequest, PushTelemetryResponse};

use crate::runtime::{ClientTraits, Node, Push};
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: &PushTelemetryRequest) -> Outcome {
    let push = Push {
        subscription_id: request.subscription_id,
        terminating: request.terminating,
        compression: request.compression_type,
        metrics: &request.metrics,
        bytes_max: usize::try_from(node.settings.telemetry_bytes_max).unwrap_or(0),
    };
    let (image, now_ms) = (node.controller.image(), node.clock.now_ms());
    let taken = node.telemetry.push(&image, traits(call, request.client_instance_id), &push, now_ms);
    let mut response = PushTelemetryResponse::default();
    match taken {
        Ok(numbers) => tracing::debug!(
            client_instance_id = %request.client_instance_id,
            client_id = %call.client_id,
            numbers,
            "a client pushed its metrics"
        ),
        Err(error) => {
            tracing::debug!(
                client_instance_id = %request.client_instance_id,
                client_id = %call.client_id,
                %error,
                "a client's metrics were not taken"
            );
            response.error_code = error.code().code();
        }
    }
    Outcome::Done(call.answer(&response))
}

/// What is known of the client of a call.
pub(super) fn traits(call: &Call, instance_id: Uuid) -> ClientTraits {
    let (software_name, software_version) = call.connection.software();
    ClientTraits {
        instance_id,
        client_id: call.client_id.to_string(),
        software_name,
        software_version,
        source_address: call.connection.peer_host.trim_start_matches('/').to_owned(),
        source_port: call.connection.peer_port,
    }
}

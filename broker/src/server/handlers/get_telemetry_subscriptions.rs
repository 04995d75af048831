//! GetTelemetrySubscriptions, version 0 (KIP-714): what a client shall push.

use std::sync::Arc;

use riverrun_core::protocol::messages::{
    GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse,
};
use riverrun_core::record::Compression;

use super::push_telemetry::traits;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

/// The best first.
const ACCEPTED: [Compression; 4] =
    [Compression::Zstd, Compression::Lz4, Compression::Gzip, Compression::Snappy];

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: &GetTelemetrySubscriptionsRequest) -> Outcome {
    let known = Some(request.client_instance_id).filter(|id| !id.is_zero());
    let instance_id = known.unwrap_or_else(|| node.fresh_uuid());
    let (image, now_ms) = (node.controller.image(), node.clock.now_ms());
    let response = match node.telemetry.subscribe(&image, traits(call, instance_id), now_ms) {
        Ok(plan) => GetTelemetrySubscriptionsResponse {
            client_instance_id: instance_id,
            subscription_id: plan.subscription_id,
            accepted_compression_types: ACCEPTED
                .iter()
                .filter_map(|compression| i8::try_from(compression.id()).ok())
                .collect(),
            push_interval_ms: plan.interval_ms,
            telemetry_max_bytes: node.settings.telemetry_bytes_max,
            delta_temporality: true,
            requested_metrics: plan.metrics.into_iter().map(Into::into).collect(),
            ..Default::default()
        },
        Err(error) => {
            GetTelemetrySubscriptionsResponse { error_code: error.code().code(), ..Default::default() }
        }
    };
    Outcome::Done(call.answer(&response))
}

//! IncrementalAlterConfigs, versions 0 and 1: set, delete, append and subtract.

use std::sync::Arc;

use riverrun_core::protocol::messages::incremental_alter_configs_request::AlterConfigsResource;
use riverrun_core::protocol::messages::incremental_alter_configs_response::AlterConfigsResourceResponse;
use riverrun_core::protocol::messages::{IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::config_change::{Asked, Op, change_all};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: IncrementalAlterConfigsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let asked: Vec<Asked> = request.resources.into_iter().map(asked).collect();
        let outcomes = change_all(&node, asked.clone(), false, request.validate_only).await;
        let responses = asked.into_iter().zip(outcomes).map(|(asked, outcome)| {
            let (code, message) = outcome.err().unwrap_or((ErrorCode::None, String::new()));
            AlterConfigsResourceResponse {
                error_code: code.code(),
                error_message: (code != ErrorCode::None).then(|| Str::from(message)),
                resource_type: asked.resource_type,
                resource_name: asked.resource_name,
                ..Default::default()
            }
        });
        let responses = responses.collect();
        Outcome::Done(call.answer(&IncrementalAlterConfigsResponse { responses, ..Default::default() }))
    }))
}

fn asked(resource: AlterConfigsResource) -> Asked {
    let ops = resource.configs.into_iter().map(|config| {
        let op = match config.config_operation {
            0 => Op::Set(config.value),
            1 => Op::Delete,
            2 => Op::Append(config.value),
            3 => Op::Subtract(config.value),
            other => Op::Unknown(other),
        };
        (config.name, op)
    });
    Asked { resource_type: resource.resource_type, ops: ops.collect(), resource_name: resource.resource_name }
}

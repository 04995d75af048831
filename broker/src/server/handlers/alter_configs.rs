//! AlterConfigs, versions 0 to 2: what is not named goes back to its default.

use std::sync::Arc;

use riverrun_core::protocol::messages::alter_configs_request::AlterConfigsResource;
use riverrun_core::protocol::messages::alter_configs_response::AlterConfigsResourceResponse;
use riverrun_core::protocol::messages::{AlterConfigsRequest, AlterConfigsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::config_change::{Asked, Op, change_all};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: AlterConfigsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let asked: Vec<Asked> = request.resources.into_iter().map(asked).collect();
        let outcomes = change_all(&node, asked.clone(), true, request.validate_only).await;
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
        Outcome::Done(call.answer(&AlterConfigsResponse { responses, ..Default::default() }))
    }))
}

fn asked(resource: AlterConfigsResource) -> Asked {
    Asked {
        resource_type: resource.resource_type,
        ops: resource.configs.into_iter().map(|config| (config.name, Op::Set(config.value))).collect(),
        resource_name: resource.resource_name,
    }
}

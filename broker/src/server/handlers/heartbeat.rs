//! Heartbeat, versions 0 to 4.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::{HeartbeatRequest, HeartbeatResponse};

use super::group_shard::{name, opt_name, with_shard};
use crate::coordinator::group::{self, Reply};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: HeartbeatRequest) -> Outcome {
    let group = name(&request.group_id);
    let call = call.clone();
    let cluster = node.groups.cluster();
    with_shard(node, &group.clone(), move |shard| {
        let reply = shard.map(|shard| {
            shard.submit(|state, now_ms, token| {
                let request = group::HeartbeatRequest {
                    token,
                    group,
                    generation: request.generation_id,
                    member_id: name(&request.member_id),
                    instance_id: opt_name(request.group_instance_id.as_ref()),
                };
                state.decide_heartbeat(now_ms, &cluster, &request)
            })
        });
        Outcome::Later(Box::pin(async move {
            let outcome = match reply {
                Ok(reply) => reply.await,
                Err(error) => Err(error),
            };
            let code = match outcome {
                Ok(Reply::Heartbeat(Ok(()))) => ErrorCode::None,
                Ok(Reply::Heartbeat(Err(error))) => error.code(),
                Ok(_) => ErrorCode::UnknownServerError,
                Err(error) => error.code(),
            };
            call.answer(&HeartbeatResponse { error_code: code.code(), ..Default::default() })
        }))
    })
}

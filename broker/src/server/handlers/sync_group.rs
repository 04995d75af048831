//! SyncGroup, versions 0 to 5.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::{SyncGroupRequest, SyncGroupResponse};

use super::group_shard::{detached, name, opt_name, opt_text, with_shard};
use crate::coordinator::group::{Reply, SyncRequest};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: SyncGroupRequest) -> Outcome {
    let group = name(&request.group_id);
    let call = call.clone();
    let cluster = node.groups.cluster();
    with_shard(node, &group.clone(), move |shard| {
        let reply = shard.map(|shard| {
            shard.submit(|state, now_ms, token| {
                let request = SyncRequest {
                    token,
                    group,
                    generation: request.generation_id,
                    member_id: name(&request.member_id),
                    instance_id: opt_name(request.group_instance_id.as_ref()),
                    protocol_type: opt_name(request.protocol_type.as_ref()),
                    protocol: opt_name(request.protocol_name.as_ref()),
                    assignments: request
                        .assignments
                        .iter()
                        .map(|given| (name(&given.member_id), detached(&given.assignment)))
                        .collect(),
                };
                state.decide_sync(now_ms, &cluster, request)
            })
        });
        Outcome::Later(Box::pin(async move {
            let outcome = match reply {
                Ok(reply) => reply.await,
                Err(error) => Err(error),
            };
            let failed =
                |code: ErrorCode| SyncGroupResponse { error_code: code.code(), ..Default::default() };
            let response = match outcome {
                Ok(Reply::Sync(reply)) => SyncGroupResponse {
                    error_code: reply.error.map_or(ErrorCode::None, |error| error.code()).code(),
                    protocol_type: opt_text(reply.protocol_type.as_ref()),
                    protocol_name: opt_text(reply.protocol.as_ref()),
                    assignment: reply.assignment,
                    ..Default::default()
                },
                Ok(_) => failed(ErrorCode::UnknownServerError),
                Err(error) => failed(error.code()),
            };
            call.answer(&response)
        }))
    })
}

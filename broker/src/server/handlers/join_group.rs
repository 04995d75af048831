//! JoinGroup, versions 0 to 9.

use std::sync::Arc;

use riverrun_core::protocol::messages::join_group_response::JoinGroupResponseMember;
use riverrun_core::protocol::messages::{JoinGroupRequest, JoinGroupResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::group_shard::{detached, name, opt_name, opt_text, text, with_shard};
use crate::coordinator::group::{JoinReply, JoinRequest, Reply};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: JoinGroupRequest) -> Outcome {
    let group = name(&request.group_id);
    let fresh_member_id = fresh_member_id(node, call, &request);
    let call = call.clone();
    let cluster = node.groups.cluster();
    with_shard(node, &group.clone(), move |shard| {
        let member_id = request.member_id.clone();
        let version = call.version;
        let reply = shard.map(|shard| {
            shard.submit(|state, now_ms, token| {
                let request = JoinRequest {
                    token,
                    group,
                    member_id: name(&request.member_id),
                    instance_id: opt_name(request.group_instance_id.as_ref()),
                    client_id: name(&call.client_id),
                    client_host: name(&call.connection.peer_host),
                    session_timeout_ms: request.session_timeout_ms,
                    rebalance_timeout_ms: match call.version {
                        0 => request.session_timeout_ms,
                        _ => request.rebalance_timeout_ms,
                    },
                    protocol_type: name(&request.protocol_type),
                    protocols: request
                        .protocols
                        .iter()
                        .map(|protocol| (name(&protocol.name), detached(&protocol.metadata)))
                        .collect(),
                    require_known_member: call.version >= 4 && request.group_instance_id.is_none(),
                    can_skip_assignment: call.version >= 9,
                    fresh_member_id,
                };
                state.decide_join(now_ms, &cluster, request)
            })
        });
        Outcome::Later(Box::pin(async move {
            let outcome = match reply {
                Ok(reply) => reply.await,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(Reply::Join(reply)) => call.answer(&response(&reply, version)),
                Ok(_) => call.answer(&failed(ErrorCode::UnknownServerError, member_id)),
                Err(error) => call.answer(&failed(error.code(), member_id)),
            }
        }))
    })
}

/// Static members are named after their instance, dynamic ones after their client, as Kafka does.
fn fresh_member_id(node: &Node, call: &Call, request: &JoinGroupRequest) -> Arc<str> {
    let stem = request.group_instance_id.as_ref().unwrap_or(&call.client_id);
    format!("{stem}-{}", node.hyphenated_uuid()).into()
}

fn response(reply: &JoinReply, version: i16) -> JoinGroupResponse {
    JoinGroupResponse {
        error_code: reply.error.map_or(ErrorCode::None, |error| error.code()).code(),
        generation_id: reply.generation,
        protocol_type: opt_text(reply.protocol_type.as_ref()),
        // Nullable only from version 7 on.
        protocol_name: match &reply.protocol {
            None if version < 7 => Some(Str::EMPTY),
            protocol => opt_text(protocol.as_ref()),
        },
        leader: text(&reply.leader),
        skip_assignment: reply.skip_assignment,
        member_id: text(&reply.member_id),
        members: reply
            .members
            .iter()
            .map(|member| JoinGroupResponseMember {
                member_id: text(&member.id),
                group_instance_id: opt_text(member.instance_id.as_ref()),
                metadata: member.metadata.clone(),
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    }
}

fn failed(code: ErrorCode, member_id: Str) -> JoinGroupResponse {
    JoinGroupResponse {
        error_code: code.code(),
        generation_id: -1,
        protocol_name: Some(Str::EMPTY),
        member_id,
        ..Default::default()
    }
}

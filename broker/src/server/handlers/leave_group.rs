//! LeaveGroup, versions 0 to 5: one member up to version 2, many after.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::leave_group_request::MemberIdentity;
use riverrun_core::protocol::messages::leave_group_response::MemberResponse;
use riverrun_core::protocol::messages::{LeaveGroupRequest, LeaveGroupResponse};

use super::group_shard::{name, opt_name, opt_text, text, with_shard};
use crate::coordinator::group::{GroupError, LeaveReply, LeaveRequest, Leaving, Reply};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: LeaveGroupRequest) -> Outcome {
    let group = name(&request.group_id);
    let call = call.clone();
    if group.is_empty() {
        return Outcome::Done(call.answer(&failed(ErrorCode::InvalidGroupId)));
    }
    let cluster = node.groups.cluster();
    with_shard(node, &group.clone(), move |shard| {
        let single = call.version < 3;
        let reply = shard.map(|shard| {
            shard.submit(|state, now_ms, token| {
                let members = if single {
                    vec![Leaving { member_id: name(&request.member_id), instance_id: None }]
                } else {
                    request.members.iter().map(leaving).collect()
                };
                state.decide_leave(now_ms, &cluster, LeaveRequest { token, group, members })
            })
        });
        Outcome::Later(Box::pin(async move {
            let outcome = match reply {
                Ok(reply) => reply.await,
                Err(error) => Err(error),
            };
            let response = match outcome {
                Ok(Reply::Leave(reply)) => response(&reply, single),
                Ok(_) => failed(ErrorCode::UnknownServerError),
                Err(error) => failed(error.code()),
            };
            call.answer(&response)
        }))
    })
}

fn leaving(member: &MemberIdentity) -> Leaving {
    Leaving { member_id: name(&member.member_id), instance_id: opt_name(member.group_instance_id.as_ref()) }
}

fn response(reply: &LeaveReply, single: bool) -> LeaveGroupResponse {
    let code = |error: &Option<GroupError>| error.map_or(ErrorCode::None, |error| error.code()).code();
    if single {
        let error_code = reply.members.first().map_or(0, |(_, _, error)| code(error));
        return LeaveGroupResponse { error_code, ..Default::default() };
    }
    LeaveGroupResponse {
        members: reply
            .members
            .iter()
            .map(|(member_id, instance_id, error)| MemberResponse {
                member_id: text(member_id),
                group_instance_id: opt_text(instance_id.as_ref()),
                error_code: code(error),
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    }
}

fn failed(code: ErrorCode) -> LeaveGroupResponse {
    LeaveGroupResponse { error_code: code.code(), ..Default::default() }
}

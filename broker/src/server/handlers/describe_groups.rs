//! DescribeGroups, versions 0 to 6.

use std::sync::Arc;

use bytes::Bytes;
use riverrun_core::protocol::messages::describe_groups_response::{DescribedGroup, DescribedGroupMember};
use riverrun_core::protocol::messages::{DescribeGroupsRequest, DescribeGroupsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::group_shard::{name, opt_text, text};
use crate::coordinator::group::{ClassicGroup, Group, GroupShard, Phase};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: DescribeGroupsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let mut groups = Vec::with_capacity(request.groups.len());
        for group_id in request.groups {
            let found = match node.load_shard(&name(&group_id)).await {
                Ok(shard) => shard.read(|state| describe(state, &group_id, call.version)).await,
                Err(error) => Err(error),
            };
            groups.push(found.unwrap_or_else(|error| DescribedGroup {
                error_code: error.code().code(),
                group_id,
                ..Default::default()
            }));
        }
        Outcome::Done(call.answer(&DescribeGroupsResponse { groups, ..Default::default() }))
    }))
}

fn describe(state: &GroupShard, group_id: &Str, version: i16) -> DescribedGroup {
    match state.group(group_id) {
        Some(Group::Classic(group)) => describe_classic(group, group_id),
        None if state.knows(group_id) => DescribedGroup {
            group_id: group_id.clone(),
            group_state: Str::from_static(Phase::Empty.name()),
            ..Default::default()
        },
        // A consumer group is no group to this API: its clients ask ConsumerGroupDescribe.
        Some(Group::Consumer(_)) | None => {
            let is_error = version >= 6;
            DescribedGroup {
                error_code: if is_error { ErrorCode::GroupIdNotFound.code() } else { 0 },
                error_message: is_error.then(|| format!("Group {group_id} is not a classic group.").into()),
                group_id: group_id.clone(),
                group_state: Str::from_static("Dead"),
                ..Default::default()
            }
        }
    }
}

fn describe_classic(group: &ClassicGroup, group_id: &Str) -> DescribedGroup {
    // What members say and get belongs to the protocol, which is not chosen in any other phase.
    let stable = group.phase == Phase::Stable;
    let protocol = group.protocol.as_ref().filter(|_| stable);
    DescribedGroup {
        group_id: group_id.clone(),
        group_state: Str::from_static(group.phase.name()),
        protocol_type: opt_text(group.protocol_type.as_ref()).unwrap_or_default(),
        protocol_data: opt_text(protocol).unwrap_or_default(),
        members: group
            .members
            .values()
            .map(|member| DescribedGroupMember {
                member_id: text(&member.id),
                group_instance_id: opt_text(member.instance_id.as_ref()),
                client_id: text(&member.client_id),
                client_host: text(&member.client_host),
                member_metadata: protocol.map_or(Bytes::new(), |protocol| member.metadata_for(protocol)),
                member_assignment: if stable { member.assignment.clone() } else { Bytes::new() },
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    }
}

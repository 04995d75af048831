//! ConsumerGroupDescribe, versions 0 and 1. A classic group is none to it: clients then ask DescribeGroups.

use std::sync::Arc;

use riverrun_core::protocol::messages::consumer_group_describe_response::{
    Assignment, DescribedGroup, Member, TopicPartitions,
};
use riverrun_core::protocol::messages::{ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::group_shard::{name, opt_text, text};
use crate::coordinator::group::{
    Cluster, ConsumerGroup, ConsumerMember, GroupLimits, GroupShard, Partitions, partitions_of,
};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

/// What a member speaks, as the answer's version 1 says it.
const CLASSIC: i8 = 0;
const CONSUMER: i8 = 1;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: ConsumerGroupDescribeRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let mut groups = Vec::with_capacity(request.group_ids.len());
        for group_id in request.group_ids {
            let found = match node.load_shard(&name(&group_id)).await {
                Ok(shard) => {
                    let (cluster, limits) = (node.groups.cluster(), node.groups.limits());
                    shard.read(|state| describe(state, &cluster, limits, &group_id)).await
                }
                Err(error) => Err(error),
            };
            groups.push(found.unwrap_or_else(|error| DescribedGroup {
                error_code: error.code().code(),
                group_id,
                ..Default::default()
            }));
        }
        Outcome::Done(call.answer(&ConsumerGroupDescribeResponse { groups, ..Default::default() }))
    }))
}

fn describe(
    state: &GroupShard,
    cluster: &dyn Cluster,
    limits: &GroupLimits,
    group_id: &Str,
) -> DescribedGroup {
    let Some(group) = state.consumer(group_id) else {
        let message = match state.knows(group_id) {
            true => format!("Group {group_id} is not a consumer group."),
            false => format!("Group {group_id} not found."),
        };
        return DescribedGroup {
            error_code: ErrorCode::GroupIdNotFound.code(),
            error_message: Some(message.into()),
            group_id: group_id.clone(),
            ..Default::default()
        };
    };
    let assignor = group.preferred_assignor().unwrap_or_else(|| limits.default_assignor());
    DescribedGroup {
        group_id: group_id.clone(),
        group_state: Str::from_static(group.state_name()),
        group_epoch: group.epoch,
        assignment_epoch: group.assignment_epoch,
        assignor_name: Str::from_static(assignor.name()),
        members: group.members.values().map(|member| describe_member(group, member, cluster)).collect(),
        ..Default::default()
    }
}

fn describe_member(group: &ConsumerGroup, member: &ConsumerMember, cluster: &dyn Cluster) -> Member {
    let info = &member.info;
    Member {
        member_id: text(&member.id),
        instance_id: opt_text(info.instance_id.as_ref()),
        rack_id: opt_text(info.rack_id.as_ref()),
        member_epoch: member.current.epoch,
        client_id: text(&info.client_id),
        client_host: text(&info.client_host),
        subscribed_topic_names: info.topics.iter().map(text).collect(),
        subscribed_topic_regex: opt_text(info.regex.as_ref()),
        assignment: assignment(&partitions_of(&member.current.assigned), cluster),
        target_assignment: assignment(&group.target(&member.id), cluster),
        member_type: if member.is_classic() { CLASSIC } else { CONSUMER },
        ..Default::default()
    }
}

/// The partitions of topics that are there.
fn assignment(partitions: &Partitions, cluster: &dyn Cluster) -> Assignment {
    let topic = |(topic_id, partitions): (&_, &std::collections::BTreeSet<i32>)| {
        let topic = cluster.topic_by_id(*topic_id)?;
        Some(TopicPartitions {
            topic_id: *topic_id,
            topic_name: text(topic.name),
            partitions: partitions.iter().copied().collect(),
            ..Default::default()
        })
    };
    Assignment { topic_partitions: partitions.iter().filter_map(topic).collect(), ..Default::default() }
}

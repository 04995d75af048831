//! ConsumerGroupHeartbeat, versions 0 and 1 (KIP-848).

use std::sync::Arc;

use riverrun_core::protocol::messages::consumer_group_heartbeat_response::{Assignment, TopicPartitions};
use riverrun_core::protocol::messages::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::group_shard::{name, opt_name, opt_text, with_shard};
use crate::coordinator::group::{ConsumerHeartbeatReply, ConsumerHeartbeatRequest, Partitions, Reply};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::features;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: ConsumerGroupHeartbeatRequest) -> Outcome {
    let level = features::level(&node.controller.image(), features::GROUP_VERSION);
    if !node.settings.group_consumer_protocol || level < 1 {
        return Outcome::Done(call.answer(&failed(ErrorCode::UnsupportedVersion)));
    }
    let group = name(&request.group_id);
    let fresh_member_id = node.fresh_uuid().to_string().into();
    let cluster = node.groups.cluster();
    let call = call.clone();
    with_shard(node, &group.clone(), move |shard| {
        let reply = shard.map(|shard| {
            shard.submit(|state, now_ms, token| {
                let request = ConsumerHeartbeatRequest {
                    token,
                    group,
                    member_id: name(&request.member_id),
                    member_epoch: request.member_epoch,
                    instance_id: opt_name(request.instance_id.as_ref()),
                    rack_id: opt_name(request.rack_id.as_ref()),
                    rebalance_timeout_ms: request.rebalance_timeout_ms,
                    topics: request.subscribed_topic_names.map(|names| names.iter().map(name).collect()),
                    regex: opt_name(request.subscribed_topic_regex.as_ref()),
                    assignor: opt_name(request.server_assignor.as_ref()),
                    owned: request.topic_partitions.map(|topics| {
                        let mut owned = Partitions::new();
                        for topic in topics {
                            owned.entry(topic.topic_id).or_default().extend(topic.partitions);
                        }
                        owned
                    }),
                    client_id: name(&call.client_id),
                    client_host: name(&call.connection.peer_host),
                    brings_own_id: call.version >= 1,
                    fresh_member_id,
                };
                state.decide_consumer_heartbeat(now_ms, &cluster, &request)
            })
        });
        Outcome::Later(Box::pin(async move {
            let outcome = match reply {
                Ok(reply) => reply.await,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(Reply::ConsumerHeartbeat(reply)) => call.answer(&response(&reply)),
                Ok(_) => call.answer(&failed(ErrorCode::UnknownServerError)),
                Err(error) => call.answer(&failed(error.code())),
            }
        }))
    })
}

fn response(reply: &ConsumerHeartbeatReply) -> ConsumerGroupHeartbeatResponse {
    ConsumerGroupHeartbeatResponse {
        error_code: reply.error.map_or(ErrorCode::None, |error| error.code()).code(),
        error_message: reply.error.map(|error| Str::from(error.to_string())),
        member_id: opt_text(reply.member_id.as_ref()),
        member_epoch: reply.member_epoch,
        heartbeat_interval_ms: reply.heartbeat_interval_ms,
        assignment: reply.assignment.as_ref().map(|partitions| Assignment {
            topic_partitions: partitions
                .iter()
                .map(|(topic_id, partitions)| TopicPartitions {
                    topic_id: *topic_id,
                    partitions: partitions.iter().copied().collect(),
                    ..Default::default()
                })
                .collect(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn failed(code: ErrorCode) -> ConsumerGroupHeartbeatResponse {
    ConsumerGroupHeartbeatResponse { error_code: code.code(), ..Default::default() }
}

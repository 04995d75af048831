//! OffsetCommit, versions 2 to 10: topics by name up to version 9, by id after.

use std::sync::Arc;

use riverrun_core::protocol::messages::offset_commit_response::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use riverrun_core::protocol::messages::{OffsetCommitRequest, OffsetCommitResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::group_shard::{name, opt_name, with_shard};
use crate::coordinator::group::{self, OffsetToCommit, Reply};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: OffsetCommitRequest) -> Outcome {
    let mut response = OffsetCommitResponse::default();
    let mut offsets = Vec::new();
    // Where each offset's outcome goes: topic and partition in the response.
    let mut places = Vec::new();
    let image = node.controller.image();
    for topic in &request.topics {
        let found = match call.version {
            ..10 => image.topic(&topic.name),
            _ => image.topic_by_id(topic.topic_id),
        };
        let mut answered = OffsetCommitResponseTopic {
            name: topic.name.clone(),
            topic_id: topic.topic_id,
            ..Default::default()
        };
        for partition in &topic.partitions {
            let exists =
                |count: usize| usize::try_from(partition.partition_index).is_ok_and(|index| index < count);
            let code = match found {
                None if call.version >= 10 => ErrorCode::UnknownTopicId,
                Some(topic) if exists(topic.partitions.len()) => ErrorCode::None,
                _ => ErrorCode::UnknownTopicOrPartition,
            };
            if let Some(found) = found.filter(|_| code == ErrorCode::None) {
                places.push((response.topics.len(), answered.partitions.len()));
                offsets.push(OffsetToCommit {
                    topic: found.name.clone(),
                    topic_id: found.id,
                    partition: partition.partition_index,
                    offset: partition.committed_offset,
                    leader_epoch: partition.committed_leader_epoch,
                    metadata: name(partition.committed_metadata.as_ref().unwrap_or(&Str::EMPTY)),
                });
            }
            answered.partitions.push(OffsetCommitResponsePartition {
                partition_index: partition.partition_index,
                error_code: code.code(),
                ..Default::default()
            });
        }
        response.topics.push(answered);
    }
    if offsets.is_empty() && !response.topics.is_empty() {
        return Outcome::Done(call.answer(&response));
    }
    commit(node, call, &request, offsets, response, places)
}

fn commit(
    node: &Arc<Node>,
    call: &Call,
    request: &OffsetCommitRequest,
    offsets: Vec<OffsetToCommit>,
    mut response: OffsetCommitResponse,
    places: Vec<(usize, usize)>,
) -> Outcome {
    let group = name(&request.group_id);
    let generation = request.generation_id_or_member_epoch;
    let member_id = name(&request.member_id);
    let instance_id = opt_name(request.group_instance_id.as_ref());
    let retention_ms =
        Some(request.retention_time_ms).filter(|_| call.version <= 4).filter(|keep_ms| *keep_ms >= 0);
    let version = call.version;
    let call = call.clone();
    with_shard(node, &group.clone(), move |shard| {
        let reply = shard.map(|shard| {
            shard.submit(|state, now_ms, token| {
                let request = group::OffsetCommitRequest {
                    token,
                    version,
                    group,
                    generation,
                    member_id,
                    instance_id,
                    retention_ms,
                    offsets,
                };
                state.decide_commit(now_ms, &request)
            })
        });
        Outcome::Later(Box::pin(async move {
            let outcome = match reply {
                Ok(reply) => reply.await,
                Err(error) => Err(error),
            };
            let codes: Vec<ErrorCode> = match outcome {
                Ok(Reply::OffsetCommit(outcomes)) => outcomes
                    .iter()
                    .map(|outcome| outcome.map_or_else(|error| error.code(), |()| ErrorCode::None))
                    .collect(),
                Ok(_) => vec![ErrorCode::UnknownServerError; places.len()],
                Err(error) => vec![error.code(); places.len()],
            };
            for ((topic, partition), code) in places.into_iter().zip(codes) {
                response.topics[topic].partitions[partition].error_code = code.code();
            }
            call.answer(&response)
        }))
    })
}

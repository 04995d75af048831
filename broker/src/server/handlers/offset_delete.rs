//! OffsetDelete, version 0.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::offset_delete_response::{
    OffsetDeleteResponsePartition, OffsetDeleteResponseTopic,
};
use riverrun_core::protocol::messages::{OffsetDeleteRequest, OffsetDeleteResponse};

use super::group_shard::{name, with_shard};
use crate::coordinator::group::{Name, Reply};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: OffsetDeleteRequest) -> Outcome {
    let call = call.clone();
    let group = name(&request.group_id);
    let image = node.controller.image();
    with_shard(node, &group.clone(), move |shard| {
        let partitions: Vec<(Name, i32)> = request
            .topics
            .iter()
            .flat_map(|topic| {
                let topic_name = name(&topic.name);
                topic.partitions.iter().map(move |partition| (topic_name.clone(), partition.partition_index))
            })
            .collect();
        let reply = shard.map(|shard| {
            shard.submit(|state, _, token| state.decide_offset_delete(token, &group, &partitions))
        });
        Outcome::Later(Box::pin(async move {
            let outcome = match reply {
                Ok(reply) => reply.await,
                Err(error) => Err(error),
            };
            let outcomes = match outcome {
                Ok(Reply::OffsetDelete(Ok(outcomes))) => outcomes,
                Ok(Reply::OffsetDelete(Err(error))) => return call.answer(&failed(error.code())),
                Ok(_) => return call.answer(&failed(ErrorCode::UnknownServerError)),
                Err(error) => return call.answer(&failed(error.code())),
            };
            let mut codes = outcomes
                .into_iter()
                .map(|outcome| outcome.map_or_else(|error| error.code(), |()| ErrorCode::None));
            let topics = request.topics.iter().map(|topic| {
                let count = image.topic(&topic.name).map_or(0, |topic| topic.partitions.len());
                let partition = |index: i32| {
                    let code = codes.next().unwrap_or(ErrorCode::UnknownServerError);
                    let exists = usize::try_from(index).is_ok_and(|index| index < count);
                    let code = if exists { code } else { ErrorCode::UnknownTopicOrPartition };
                    OffsetDeleteResponsePartition { partition_index: index, error_code: code.code() }
                };
                OffsetDeleteResponseTopic {
                    name: topic.name.clone(),
                    partitions: topic
                        .partitions
                        .iter()
                        .map(|asked| asked.partition_index)
                        .map(partition)
                        .collect(),
                }
            });
            call.answer(&OffsetDeleteResponse { topics: topics.collect(), ..Default::default() })
        }))
    })
}

fn failed(code: ErrorCode) -> OffsetDeleteResponse {
    OffsetDeleteResponse { error_code: code.code(), ..Default::default() }
}

//! OffsetFetch, versions 1 to 10: one group up to version 7, many after; topics by id from version 10 on.

use std::sync::Arc;

use riverrun_core::protocol::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use riverrun_core::protocol::messages::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartition, OffsetFetchResponsePartitions,
    OffsetFetchResponseTopic, OffsetFetchResponseTopics,
};
use riverrun_core::protocol::messages::{OffsetFetchRequest, OffsetFetchResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::group_shard::{name, text};
use crate::coordinator::group::{CommittedOffset, GroupShard, Name};
use crate::metadata::ClusterImage;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: OffsetFetchRequest) -> Outcome {
    let node = node.clone();
    let call = call.clone();
    Outcome::Exclusive(Box::pin(async move {
        let stable = request.require_stable;
        let groups = match call.version {
            ..8 => vec![single_group(request)],
            _ => request.groups,
        };
        let mut reads = Vec::with_capacity(groups.len());
        for group in groups {
            let group_id = group.group_id.clone();
            let by_id = call.version >= 10;
            let read = match node.load_shard(&name(&group_id)).await {
                Ok(shard) => {
                    let image = node.controller.image();
                    Ok(shard.read(|state| read_group(state, &image, &group, by_id, stable)))
                }
                Err(error) => Err(error),
            };
            reads.push((group_id, read));
        }
        Outcome::Later(Box::pin(async move {
            let mut answered = Vec::with_capacity(reads.len());
            for (group_id, read) in reads {
                let outcome = match read {
                    Ok(read) => read.await,
                    Err(error) => Err(error),
                };
                answered.push(outcome.unwrap_or_else(|error| OffsetFetchResponseGroup {
                    group_id,
                    error_code: error.code().code(),
                    ..Default::default()
                }));
            }
            let response = match call.version {
                ..8 => answered.pop().map(single_response).unwrap_or_default(),
                _ => OffsetFetchResponse { groups: answered, ..Default::default() },
            };
            call.answer(&response)
        }))
    }))
}

fn single_group(request: OffsetFetchRequest) -> OffsetFetchRequestGroup {
    let topics = request.topics.map(|topics| {
        let topic =
            |topic: riverrun_core::protocol::messages::offset_fetch_request::OffsetFetchRequestTopic| {
                OffsetFetchRequestTopics {
                    name: topic.name,
                    partition_indexes: topic.partition_indexes,
                    ..Default::default()
                }
            };
        topics.into_iter().map(topic).collect()
    });
    OffsetFetchRequestGroup { group_id: request.group_id, topics, ..Default::default() }
}

fn single_response(group: OffsetFetchResponseGroup) -> OffsetFetchResponse {
    let partition = |partition: OffsetFetchResponsePartitions| OffsetFetchResponsePartition {
        partition_index: partition.partition_index,
        committed_offset: partition.committed_offset,
        committed_leader_epoch: partition.committed_leader_epoch,
        metadata: partition.metadata,
        error_code: partition.error_code,
        ..Default::default()
    };
    OffsetFetchResponse {
        error_code: group.error_code,
        topics: group
            .topics
            .into_iter()
            .map(|topic| OffsetFetchResponseTopic {
                name: topic.name,
                partitions: topic.partitions.into_iter().map(partition).collect(),
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    }
}

fn read_group(
    state: &GroupShard,
    image: &ClusterImage,
    group: &OffsetFetchRequestGroup,
    by_id: bool,
    stable: bool,
) -> OffsetFetchResponseGroup {
    let member_id = group.member_id.as_ref().map(name);
    if let Err(error) = state.check_fetch(&group.group_id, member_id.as_ref(), group.member_epoch) {
        let error_code = error.code().code();
        return OffsetFetchResponseGroup {
            group_id: group.group_id.clone(),
            error_code,
            ..Default::default()
        };
    }
    let topics = match &group.topics {
        Some(topics) => topics
            .iter()
            .map(|topic| read_topic(state, image, &group.group_id, topic, by_id, stable))
            .collect(),
        None => read_all(state, image, &group.group_id, by_id, stable),
    };
    OffsetFetchResponseGroup { group_id: group.group_id.clone(), topics, ..Default::default() }
}

fn read_topic(
    state: &GroupShard,
    image: &ClusterImage,
    group: &Str,
    topic: &OffsetFetchRequestTopics,
    by_id: bool,
    stable: bool,
) -> OffsetFetchResponseTopics {
    let found: Option<Name> = match by_id {
        true => image.topic_by_id(topic.topic_id).map(|topic| topic.name.clone()),
        false => Some(name(&topic.name)),
    };
    let group = name(group);
    let topic_id = topic.topic_id;
    let partition = |index: &i32| match &found {
        Some(topic) if stable && state.is_unstable(&group, topic, *index) => unstable(*index),
        Some(topic) => {
            // An offset of an earlier topic of the same name is none of this one.
            let committed = state.committed(&group, topic, *index);
            partition(*index, committed.filter(|committed| !by_id || committed.is_of(topic_id)))
        }
        None => OffsetFetchResponsePartitions {
            error_code: ErrorCode::UnknownTopicId.code(),
            ..partition(*index, None)
        },
    };
    OffsetFetchResponseTopics {
        name: topic.name.clone(),
        topic_id: topic.topic_id,
        partitions: topic.partition_indexes.iter().map(partition).collect(),
        ..Default::default()
    }
}

fn read_all(
    state: &GroupShard,
    image: &ClusterImage,
    group: &Str,
    by_id: bool,
    stable: bool,
) -> Vec<OffsetFetchResponseTopics> {
    let mut topics: Vec<OffsetFetchResponseTopics> = Vec::new();
    let group_name = name(group);
    for (topic, index, committed) in state.all_committed(group) {
        let topic_id = image.topic(topic).map(|topic| topic.id);
        if by_id && topic_id.is_none() {
            continue;
        }
        if topics.last().is_none_or(|last| *last.name != **topic) {
            topics.push(OffsetFetchResponseTopics {
                name: text(topic),
                topic_id: topic_id.unwrap_or_default(),
                ..Default::default()
            });
        }
        if let Some(last) = topics.last_mut() {
            let open = stable && state.is_unstable(&group_name, topic, index);
            last.partitions.push(if open { unstable(index) } else { partition(index, Some(committed)) });
        }
    }
    topics
}

/// An open transaction has committed here: the client asks again once it has ended.
fn unstable(index: i32) -> OffsetFetchResponsePartitions {
    OffsetFetchResponsePartitions {
        error_code: ErrorCode::UnstableOffsetCommit.code(),
        ..partition(index, None)
    }
}

fn partition(index: i32, committed: Option<&CommittedOffset>) -> OffsetFetchResponsePartitions {
    OffsetFetchResponsePartitions {
        partition_index: index,
        committed_offset: committed.map_or(-1, |committed| committed.offset),
        committed_leader_epoch: committed.map_or(-1, |committed| committed.leader_epoch),
        metadata: Some(committed.map_or(Str::EMPTY, |committed| text(&committed.metadata))),
        ..Default::default()
    }
}

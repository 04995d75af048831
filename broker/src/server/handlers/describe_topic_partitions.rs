//! DescribeTopicPartitions, version 0: partitions of many topics, in pages.

use std::sync::Arc;

use riverrun_core::protocol::messages::describe_topic_partitions_request::Cursor as RequestCursor;
use riverrun_core::protocol::messages::describe_topic_partitions_response::{
    Cursor, DescribeTopicPartitionsResponsePartition, DescribeTopicPartitionsResponseTopic,
};
use riverrun_core::protocol::messages::{DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::metadata::{ClusterImage, TopicImage, check_topic_name};
use crate::runtime::Node;
use crate::server::authorized;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: DescribeTopicPartitionsRequest) -> Outcome {
    let image = node.controller.image();
    let all = request.topics.is_empty();
    let mut names: Vec<Str> = match all {
        true => image.topics().map(|topic| Str::from(&*topic.name)).collect(),
        false => request.topics.into_iter().map(|topic| topic.name).collect(),
    };
    names.sort();
    names.dedup();
    let known = |cursor: &RequestCursor| all || names.contains(&cursor.topic_name);
    if let Some(cursor) = request.cursor.as_ref()
        && (cursor.partition_index < 0 || check_topic_name(&cursor.topic_name).is_err() || !known(cursor))
    {
        let refused = |name| DescribeTopicPartitionsResponseTopic {
            error_code: ErrorCode::InvalidRequest.code(),
            name: Some(name),
            ..Default::default()
        };
        let topics = names.into_iter().map(refused).collect();
        return Outcome::Done(call.answer(&DescribeTopicPartitionsResponse { topics, ..Default::default() }));
    }
    let page_max = node.settings.request_partitions_max;
    let mut first_partition = 0;
    if let Some(cursor) = &request.cursor {
        names.retain(|name| *name >= cursor.topic_name);
        if names.first() == Some(&cursor.topic_name) {
            first_partition = usize::try_from(cursor.partition_index).unwrap_or(0);
        }
    }
    let mut room = usize::try_from(request.response_partition_limit).unwrap_or(page_max).clamp(1, page_max);
    let mut response = DescribeTopicPartitionsResponse::default();
    for name in names {
        if room == 0 {
            response.next_cursor =
                Some(Cursor { topic_name: name, partition_index: 0, ..Default::default() });
            break;
        }
        let Some(topic) = image.topic(&name) else {
            response.topics.push(unknown(name));
            continue;
        };
        let described = describe(&image, topic, first_partition, room);
        let next = first_partition + described.partitions.len();
        room -= described.partitions.len();
        response.topics.push(described);
        if next < topic.partitions.len() {
            let partition_index = i32::try_from(next).unwrap_or(i32::MAX);
            response.next_cursor = Some(Cursor { topic_name: name, partition_index, ..Default::default() });
            break;
        }
        first_partition = 0;
    }
    Outcome::Done(call.answer(&response))
}

fn unknown(name: Str) -> DescribeTopicPartitionsResponseTopic {
    let code = match check_topic_name(&name) {
        Ok(()) => ErrorCode::UnknownTopicOrPartition,
        Err(_) => ErrorCode::InvalidTopicException,
    };
    DescribeTopicPartitionsResponseTopic {
        error_code: code.code(),
        name: Some(name),
        topic_authorized_operations: authorized::TOPIC,
        ..Default::default()
    }
}

fn describe(
    image: &ClusterImage,
    topic: &TopicImage,
    first: usize,
    room: usize,
) -> DescribeTopicPartitionsResponseTopic {
    let page = (0..).zip(&topic.partitions).skip(first).take(room);
    DescribeTopicPartitionsResponseTopic {
        name: Some(Str::from(&*topic.name)),
        topic_id: topic.id,
        is_internal: topic.internal,
        topic_authorized_operations: authorized::TOPIC,
        partitions: page
            .map(|(index, partition)| {
                let leader_id = partition.replicas.first().copied().unwrap_or(-1);
                DescribeTopicPartitionsResponsePartition {
                    partition_index: index,
                    leader_id,
                    leader_epoch: image.leader_epoch(leader_id),
                    replica_nodes: partition.replicas.clone(),
                    isr_nodes: partition.replicas.clone(),
                    // Nullable by the schema, but Java's admin client reads them without looking.
                    eligible_leader_replicas: Some(Vec::new()),
                    last_known_elr: Some(Vec::new()),
                    ..Default::default()
                }
            })
            .collect(),
        ..Default::default()
    }
}

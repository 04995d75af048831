//! AlterPartitionReassignments, versions 0 and 1: with one broker a partition can only stay where it is.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::alter_partition_reassignments_request::ReassignablePartition;
use riverrun_core::protocol::messages::alter_partition_reassignments_response::{
    ReassignablePartitionResponse, ReassignableTopicResponse,
};
use riverrun_core::protocol::messages::{
    AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse,
};

use crate::metadata::ClusterImage;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: AlterPartitionReassignmentsRequest) -> Outcome {
    let image = node.controller.image();
    let responses = request.topics.into_iter().map(|topic| {
        let partition = |asked: ReassignablePartition| {
            let (code, text) = match reassign(&image, &topic.name, &asked) {
                Ok(()) => (ErrorCode::None, None),
                Err((code, text)) => (code, Some(text.into())),
            };
            ReassignablePartitionResponse {
                partition_index: asked.partition_index,
                error_code: code.code(),
                error_message: text,
                ..Default::default()
            }
        };
        ReassignableTopicResponse {
            partitions: topic.partitions.into_iter().map(partition).collect(),
            name: topic.name.clone(),
            ..Default::default()
        }
    });
    Outcome::Done(call.answer(&AlterPartitionReassignmentsResponse {
        allow_replication_factor_change: request.allow_replication_factor_change,
        responses: responses.collect(),
        ..Default::default()
    }))
}

fn reassign(
    image: &ClusterImage,
    topic: &str,
    asked: &ReassignablePartition,
) -> Result<(), (ErrorCode, String)> {
    let unknown = |text: String| Err((ErrorCode::UnknownTopicOrPartition, text));
    let invalid = |text: String| Err((ErrorCode::InvalidReplicaAssignment, text));
    let Some(found) = image.topic(topic) else {
        return unknown(format!("there is no topic '{topic}'"));
    };
    let index = usize::try_from(asked.partition_index).unwrap_or(usize::MAX);
    if found.partitions.get(index).is_none() {
        return unknown(format!("topic '{topic}' has no partition {}", asked.partition_index));
    }
    let Some(replicas) = &asked.replicas else {
        return Err((ErrorCode::NoReassignmentInProgress, "the partition is not being moved".to_owned()));
    };
    if let Some(other) = replicas.iter().find(|id| !image.brokers.contains_key(id)) {
        return invalid(format!("there is no broker {other}"));
    }
    match replicas.as_slice() {
        // It is there already.
        [_] => Ok(()),
        [] => invalid("a partition needs a broker".to_owned()),
        [first, ..] => invalid(format!("broker {first} is named more than once")),
    }
}

//! ElectLeaders, versions 0 to 2: with one replica the leader is always the preferred one, and no election is needed.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::elect_leaders_request::TopicPartitions;
use riverrun_core::protocol::messages::elect_leaders_response::{PartitionResult, ReplicaElectionResult};
use riverrun_core::protocol::messages::{ElectLeadersRequest, ElectLeadersResponse};

use crate::metadata::ClusterImage;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

/// The kinds of an election: of the preferred replica, of one that may miss records.
const ELECTION_TYPES: std::ops::RangeInclusive<i8> = 0..=1;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: ElectLeadersRequest) -> Outcome {
    let image = node.controller.image();
    let kind = request.election_type;
    let unknown = (!ELECTION_TYPES.contains(&kind)).then(|| {
        (ErrorCode::InvalidRequest, format!("election type {kind} is not known; there are 0 and 1"))
    });
    let results = match request.topic_partitions {
        // All partitions: only those that were elected are told, which are none.
        None => image
            .topics()
            .map(|topic| ReplicaElectionResult { topic: (&*topic.name).into(), ..Default::default() })
            .collect(),
        Some(topics) => topics
            .into_iter()
            .map(|TopicPartitions { topic, partitions, .. }| ReplicaElectionResult {
                partition_result: partitions
                    .into_iter()
                    .map(|partition| {
                        let outcome = unknown.clone().unwrap_or_else(|| elect(&image, &topic, partition));
                        PartitionResult {
                            partition_id: partition,
                            error_code: outcome.0.code(),
                            error_message: Some(outcome.1.into()),
                            ..Default::default()
                        }
                    })
                    .collect(),
                topic,
                ..Default::default()
            })
            .collect(),
    };
    Outcome::Done(call.answer(&ElectLeadersResponse {
        error_code: unknown.map_or(ErrorCode::None, |(code, _)| code).code(),
        replica_election_results: results,
        ..Default::default()
    }))
}

fn elect(image: &ClusterImage, topic: &str, partition: i32) -> (ErrorCode, String) {
    let found = image.topic(topic);
    let index = usize::try_from(partition).unwrap_or(usize::MAX);
    match found.map(|topic| topic.partitions.get(index)) {
        None => (ErrorCode::UnknownTopicOrPartition, format!("there is no topic '{topic}'")),
        Some(None) => {
            (ErrorCode::UnknownTopicOrPartition, format!("topic '{topic}' has no partition {partition}"))
        }
        Some(Some(_)) => {
            (ErrorCode::ElectionNotNeeded, "the preferred replica leads the partition already".to_owned())
        }
    }
}

//! DescribeProducers, version 0: who writes into a partition with a producer id, and whose transaction is open there.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::describe_producers_request::TopicRequest;
use riverrun_core::protocol::messages::describe_producers_response::{
    PartitionResponse, ProducerState, TopicResponse,
};
use riverrun_core::protocol::messages::{DescribeProducersRequest, DescribeProducersResponse};

use crate::metadata::ClusterImage;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: DescribeProducersRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    let image = node.controller.image();
    // Opening a log reads files.
    Outcome::Later(Box::pin(async move {
        let answering = tokio::task::spawn_blocking(move || {
            let topic = |topic: &TopicRequest| TopicResponse {
                name: topic.name.clone(),
                partitions: topic
                    .partition_indexes
                    .iter()
                    .map(|index| describe(&node, &image, &topic.name, *index))
                    .collect(),
                ..Default::default()
            };
            let topics = request.topics.iter().map(topic).collect();
            DescribeProducersResponse { topics, ..Default::default() }
        });
        match answering.await {
            Ok(response) => call.answer(&response),
            Err(error) => super::cut_short(&error),
        }
    }))
}

fn describe(node: &Node, image: &ClusterImage, topic: &str, index: i32) -> PartitionResponse {
    let mut response = PartitionResponse { partition_index: index, ..Default::default() };
    let found = image.topic(topic).and_then(|topic| node.partitions.get(topic, index));
    let opened = match &found {
        Some(partition) => partition.open().map_err(|error| error.code()),
        None => Err(ErrorCode::UnknownTopicOrPartition),
    };
    if let Err(code) = opened {
        response.error_code = code.code();
        return response;
    }
    for (producer_id, state) in found.iter().filter_map(|found| found.log()).flat_map(|log| log.producers()) {
        response.active_producers.push(ProducerState {
            producer_id,
            producer_epoch: state.epoch.into(),
            last_sequence: state.last_sequence(),
            last_timestamp: state.last_timestamp,
            coordinator_epoch: state.coordinator_epoch,
            current_txn_start_offset: state.transaction_start.unwrap_or(-1),
            ..Default::default()
        });
    }
    response
}

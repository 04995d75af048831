//! CreatePartitions, versions 0 to 3.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::create_partitions_request::CreatePartitionsTopic;
use riverrun_core::protocol::messages::create_partitions_response::CreatePartitionsTopicResult;
use riverrun_core::protocol::messages::{CreatePartitionsRequest, CreatePartitionsResponse};

use crate::metadata::decide_create_partitions;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

/// The first version whose clients know that a quota may refuse them (KIP-599).
const STRICT_VERSION: i16 = 3;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: CreatePartitionsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let mut results = Vec::with_capacity(request.topics.len());
        let mut throttle_time_ms = 0;
        for topic in request.topics {
            let name = topic.name.clone();
            let (code, message) =
                match call.mutates(&node, added(&node, &topic), call.version >= STRICT_VERSION) {
                    Ok(throttle_ms) => {
                        throttle_time_ms = throttle_time_ms.max(throttle_ms);
                        match create(&node, topic, request.validate_only).await {
                            Ok(()) => (ErrorCode::None, None),
                            Err((code, message)) => (code, Some(message.into())),
                        }
                    }
                    Err(exceeded) => {
                        throttle_time_ms = throttle_time_ms.max(exceeded.throttle_ms());
                        (exceeded.code(), Some(exceeded.to_string().into()))
                    }
                };
            results.push(CreatePartitionsTopicResult {
                name,
                error_code: code.code(),
                error_message: message,
                ..Default::default()
            });
        }
        let response = CreatePartitionsResponse { throttle_time_ms, results, ..Default::default() };
        Outcome::Done(call.answer(&response))
    }))
}

/// How many partitions are to be made.
fn added(node: &Node, topic: &CreatePartitionsTopic) -> usize {
    let before = node.controller.image().topic(&topic.name).map_or(0, |topic| topic.partitions.len());
    usize::try_from(topic.count).unwrap_or(0).saturating_sub(before)
}

async fn create(
    node: &Arc<Node>,
    topic: CreatePartitionsTopic,
    validate_only: bool,
) -> Result<(), (ErrorCode, String)> {
    let assignments: Vec<Vec<i32>> =
        topic.assignments.into_iter().flatten().map(|assignment| assignment.broker_ids).collect();
    let decided = node
        .controller
        .change(move |image| match decide_create_partitions(image, &topic.name, topic.count, &assignments) {
            Ok(_) if validate_only => (Vec::new(), Ok(())),
            Ok(records) => (records, Ok(())),
            Err(error) => (Vec::new(), Err(error)),
        })
        .await
        .map_err(|error| (error.code(), error.to_string()))?;
    decided.map_err(|error| (error.code(), error.to_string()))
}

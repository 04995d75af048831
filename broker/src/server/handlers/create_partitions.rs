//! CreatePartitions, versions 0 to 3.

use std::collections::BTreeMap;
use std::sync::Arc;

use riverrun_core::protocol::messages::create_partitions_request::CreatePartitionsTopic;
use riverrun_core::protocol::messages::create_partitions_response::CreatePartitionsTopicResult;
use riverrun_core::protocol::messages::{CreatePartitionsRequest, CreatePartitionsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

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
        let mut counts: BTreeMap<Str, usize> = BTreeMap::new();
        for topic in &request.topics {
            *counts.entry(topic.name.clone()).or_default() += 1;
        }
        for topic in request.topics {
            let name = topic.name.clone();
            let Some(count) = counts.remove(&name) else { continue };
            if count > 1 {
                results.push(CreatePartitionsTopicResult {
                    error_code: ErrorCode::InvalidRequest.code(),
                    error_message: Some(format!("topic '{name}' is named twice").into()),
                    name,
                    ..Default::default()
                });
                continue;
            }
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
    let assignments: Option<Vec<Vec<i32>>> = topic
        .assignments
        .map(|assignments| assignments.into_iter().map(|assignment| assignment.broker_ids).collect());
    let decided = node
        .controller
        .change(move |image| {
            match decide_create_partitions(image, &topic.name, topic.count, assignments.as_deref()) {
                Ok(_) if validate_only => (Vec::new(), Ok(())),
                Ok(records) => (records, Ok(())),
                Err(error) => (Vec::new(), Err(error)),
            }
        })
        .await
        .map_err(|error| (error.code(), error.to_string()))?;
    decided.map_err(|error| (error.code(), error.to_string()))
}

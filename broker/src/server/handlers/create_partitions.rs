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

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: CreatePartitionsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let mut results = Vec::with_capacity(request.topics.len());
        for topic in request.topics {
            let name = topic.name.clone();
            let (code, message) = match create(&node, topic, request.validate_only).await {
                Ok(()) => (ErrorCode::None, None),
                Err((code, message)) => (code, Some(message.into())),
            };
            results.push(CreatePartitionsTopicResult {
                name,
                error_code: code.code(),
                error_message: message,
                ..Default::default()
            });
        }
        Outcome::Done(call.answer(&CreatePartitionsResponse { results, ..Default::default() }))
    }))
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

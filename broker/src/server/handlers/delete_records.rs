//! DeleteRecords, versions 0 to 2.

use std::sync::Arc;

use riverrun_core::protocol::messages::delete_records_response::{
    DeleteRecordsPartitionResult, DeleteRecordsTopicResult,
};
use riverrun_core::protocol::messages::{DeleteRecordsRequest, DeleteRecordsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::metadata::ClusterImage;
use crate::runtime::{Node, PartitionError};
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: DeleteRecordsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    let image = node.controller.image();
    Outcome::Later(Box::pin(async move {
        let answering = tokio::task::spawn_blocking(move || delete_all(&node, &image, &request));
        match answering.await {
            Ok(response) => call.answer(&response),
            Err(error) => super::cut_short(&error),
        }
    }))
}

fn delete_all(node: &Node, image: &ClusterImage, request: &DeleteRecordsRequest) -> DeleteRecordsResponse {
    let mut response = DeleteRecordsResponse::default();
    for topic in &request.topics {
        let mut answered = DeleteRecordsTopicResult { name: topic.name.clone(), ..Default::default() };
        for wanted in &topic.partitions {
            let deleted = delete(node, image, &topic.name, wanted.partition_index, wanted.offset);
            answered.partitions.push(DeleteRecordsPartitionResult {
                partition_index: wanted.partition_index,
                low_watermark: *deleted.as_ref().unwrap_or(&-1),
                error_code: deleted.err().map_or(0, |code| code.code()),
                ..Default::default()
            });
        }
        response.topics.push(answered);
    }
    // The new starts must outlive a crash before they are answered.
    if let Err(error) = node.checkpoint() {
        tracing::error!(error = &error as &dyn std::error::Error, "the log starts could not be made durable");
        for partition in response.topics.iter_mut().flat_map(|topic| &mut topic.partitions) {
            partition.error_code = ErrorCode::KafkaStorageError.code();
        }
    }
    response
}

fn delete(node: &Node, image: &ClusterImage, topic: &Str, index: i32, offset: i64) -> Result<i64, ErrorCode> {
    let topic = image.topic(topic).ok_or(ErrorCode::UnknownTopicOrPartition)?;
    if topic.internal {
        return Err(ErrorCode::InvalidTopicException);
    }
    let partition = node.partitions.get(topic, index).ok_or(ErrorCode::UnknownTopicOrPartition)?;
    partition.open().map_err(|error| error.code())?;
    let log = partition.log().ok_or(ErrorCode::NotLeaderOrFollower)?;
    if !log.config().delete {
        return Err(ErrorCode::PolicyViolation);
    }
    log.delete_records(offset).map_err(|error| PartitionError::from(error).code())
}

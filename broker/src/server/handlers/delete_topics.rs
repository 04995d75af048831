//! DeleteTopics, versions 1 to 6: by name up to version 5, by name or id after.

use std::sync::Arc;

use riverrun_core::protocol::messages::delete_topics_request::DeleteTopicState;
use riverrun_core::protocol::messages::delete_topics_response::DeletableTopicResult;
use riverrun_core::protocol::messages::{DeleteTopicsRequest, DeleteTopicsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::runtime::{Node, TopicRef};
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

/// The first version whose clients know that a quota may refuse them (KIP-599).
const STRICT_VERSION: i16 = 5;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: DeleteTopicsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let asked: Vec<DeleteTopicState> = match call.version {
            ..6 => {
                let by_name = |name| DeleteTopicState { name: Some(name), ..Default::default() };
                request.topic_names.into_iter().map(by_name).collect()
            }
            _ => request.topics,
        };
        let mut responses = Vec::with_capacity(asked.len());
        let mut throttle_time_ms = 0;
        for topic in asked {
            match call.mutates(&node, partitions(&node, &topic), call.version >= STRICT_VERSION) {
                Ok(throttle_ms) => {
                    throttle_time_ms = throttle_time_ms.max(throttle_ms);
                    responses.push(delete(&node, topic).await);
                }
                Err(exceeded) => {
                    throttle_time_ms = throttle_time_ms.max(exceeded.throttle_ms());
                    responses.push(DeletableTopicResult {
                        name: topic.name,
                        topic_id: topic.topic_id,
                        error_code: exceeded.code().code(),
                        error_message: Some(exceeded.to_string().into()),
                        ..Default::default()
                    });
                }
            }
        }
        let response = DeleteTopicsResponse { throttle_time_ms, responses, ..Default::default() };
        Outcome::Done(call.answer(&response))
    }))
}

/// How many partitions go with a topic; none if there is no such topic.
fn partitions(node: &Node, topic: &DeleteTopicState) -> usize {
    let image = node.controller.image();
    let found = match &topic.name {
        Some(name) => image.topic(name),
        None => image.topic_by_id(topic.topic_id),
    };
    found.map_or(0, |topic| topic.partitions.len())
}

async fn delete(node: &Arc<Node>, topic: DeleteTopicState) -> DeletableTopicResult {
    let mut result =
        DeletableTopicResult { name: topic.name.clone(), topic_id: topic.topic_id, ..Default::default() };
    if !node.settings.delete_topic_enable {
        result.error_code = ErrorCode::TopicDeletionDisabled.code();
        result.error_message = Some("delete.topic.enable is false".into());
        return result;
    }
    let which = match &topic.name {
        Some(name) => TopicRef::Name(name.to_string()),
        None => TopicRef::Id(topic.topic_id),
    };
    match node.delete_topic(which).await {
        Ok(Some(deleted)) => {
            result.name = Some(Str::from(&*deleted.name));
            result.topic_id = deleted.id;
        }
        Ok(None) => {
            let code = match topic.name {
                Some(_) => ErrorCode::UnknownTopicOrPartition,
                None => ErrorCode::UnknownTopicId,
            };
            result.error_code = code.code();
        }
        Err(error) => {
            result.error_code = error.code().code();
            result.error_message = Some(error.to_string().into());
        }
    }
    result
}

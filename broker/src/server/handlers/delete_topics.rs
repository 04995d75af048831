//! DeleteTopics, versions 1 to 6: by name up to version 5, by name or id after.

use std::collections::BTreeMap;
use std::sync::Arc;

use riverrun_core::protocol::messages::delete_topics_request::DeleteTopicState;
use riverrun_core::protocol::messages::delete_topics_response::DeletableTopicResult;
use riverrun_core::protocol::messages::{DeleteTopicsRequest, DeleteTopicsResponse};
use riverrun_core::protocol::{ErrorCode, Str, Uuid};

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
        let mut counts: BTreeMap<(Option<Str>, Uuid), usize> = BTreeMap::new();
        for topic in &asked {
            *counts.entry((topic.name.clone(), topic.topic_id)).or_default() += 1;
        }
        let mut responses = Vec::with_capacity(asked.len());
        let mut wanted = Vec::new();
        let mut throttle_time_ms = 0;
        for topic in asked {
            let Some(count) = counts.remove(&(topic.name.clone(), topic.topic_id)) else { continue };
            let by_one = topic.name.is_some() == topic.topic_id.is_zero();
            if count > 1 || !by_one {
                let text = "each topic must be named once, by its name or by its id";
                responses.push(refused(topic, ErrorCode::InvalidRequest, text.to_owned()));
                continue;
            }
            match call.mutates(&node, partitions(&node, &topic), call.version >= STRICT_VERSION) {
                Ok(throttle_ms) => {
                    throttle_time_ms = throttle_time_ms.max(throttle_ms);
                    wanted.push((responses.len(), topic.clone()));
                    responses.push(refused(topic, ErrorCode::None, String::new()));
                }
                Err(exceeded) => {
                    throttle_time_ms = throttle_time_ms.max(exceeded.throttle_ms());
                    responses.push(refused(topic, exceeded.code(), exceeded.to_string()));
                }
            }
        }
        delete(&node, wanted, &mut responses).await;
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

/// Deletes the topics and puts what came of it into their places.
async fn delete(
    node: &Arc<Node>,
    wanted: Vec<(usize, DeleteTopicState)>,
    responses: &mut [DeletableTopicResult],
) {
    if !node.settings.delete_topic_enable {
        for (place, topic) in wanted {
            let text = "delete.topic.enable is false".to_owned();
            responses[place] = refused(topic, ErrorCode::TopicDeletionDisabled, text);
        }
        return;
    }
    let which = wanted.iter().map(|(_, topic)| match &topic.name {
        Some(name) => TopicRef::Name(name.to_string()),
        None => TopicRef::Id(topic.topic_id),
    });
    match node.delete_topics(which.collect()).await {
        Ok(deleted) => {
            for ((place, topic), deleted) in wanted.into_iter().zip(deleted) {
                responses[place] = match (deleted, &topic.name) {
                    (Some(deleted), _) => DeletableTopicResult {
                        name: Some(Str::from(&*deleted.name)),
                        topic_id: deleted.id,
                        ..Default::default()
                    },
                    (None, Some(name)) => {
                        let text = format!("there is no topic '{name}'");
                        refused(topic, ErrorCode::UnknownTopicOrPartition, text)
                    }
                    (None, None) => {
                        let text = "no topic has this id".to_owned();
                        refused(topic, ErrorCode::UnknownTopicId, text)
                    }
                };
            }
        }
        Err(error) => {
            for (place, topic) in wanted {
                responses[place] = refused(topic, error.code(), error.to_string());
            }
        }
    }
}

fn refused(topic: DeleteTopicState, code: ErrorCode, text: String) -> DeletableTopicResult {
    DeletableTopicResult {
        name: topic.name,
        topic_id: topic.topic_id,
        error_code: code.code(),
        error_message: (!text.is_empty()).then(|| text.into()),
        ..Default::default()
    }
}

//! CreateTopics, versions 2 to 7.

use std::collections::BTreeMap;
use std::sync::Arc;

use riverrun_core::config::ConfigDef;
use riverrun_core::protocol::messages::create_topics_request::CreatableTopic;
use riverrun_core::protocol::messages::create_topics_response::{
    CreatableTopicConfigs, CreatableTopicResult,
};
use riverrun_core::protocol::messages::{CreateTopicsRequest, CreateTopicsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::config_view::View;
use crate::config::{Overrides, TOPIC, check_topic_configs};
use crate::metadata::{NewTopic, TopicError};
use crate::runtime::{CreatedTopic, Node};
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

/// The first version whose clients know that a quota may refuse them (KIP-599).
const STRICT_VERSION: i16 = 6;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: CreateTopicsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let mut results = Vec::with_capacity(request.topics.len());
        let mut wanted = Vec::new();
        let mut throttle_time_ms = 0;
        let mut counts: BTreeMap<&Str, usize> = BTreeMap::new();
        for topic in &request.topics {
            *counts.entry(&topic.name).or_default() += 1;
        }
        for topic in &request.topics {
            let Some(count) = counts.remove(&topic.name) else { continue };
            let twice = count > 1;
            match new_topic(&node, topic) {
                _ if twice => results.push(failed(
                    &topic.name,
                    ErrorCode::InvalidRequest,
                    format!("topic '{}' is named twice", topic.name),
                )),
                Ok(new) => {
                    match call.mutates(&node, partitions(&node, &new), call.version >= STRICT_VERSION) {
                        Ok(throttle_ms) => throttle_time_ms = throttle_time_ms.max(throttle_ms),
                        Err(exceeded) => {
                            throttle_time_ms = throttle_time_ms.max(exceeded.throttle_ms());
                            results.push(failed(&topic.name, exceeded.code(), exceeded.to_string()));
                            continue;
                        }
                    }
                    results.push(CreatableTopicResult { name: topic.name.clone(), ..Default::default() });
                    wanted.push((results.len() - 1, new));
                }
                Err(error) => results.push(failed(&topic.name, error.code(), error.to_string())),
            }
        }
        let places: Vec<usize> = wanted.iter().map(|(place, _)| *place).collect();
        let topics: Vec<NewTopic> = wanted.into_iter().map(|(_, topic)| topic).collect();
        match node.create_topics(topics.clone(), request.validate_only).await {
            Ok(outcomes) => {
                let image = node.controller.image();
                let view = View::of(&node, &image);
                let defaults: Vec<CreatableTopicConfigs> =
                    TOPIC.iter().map(|def| shown(&view, def, None)).collect();
                for ((place, topic), outcome) in places.into_iter().zip(&topics).zip(outcomes) {
                    results[place] = match outcome {
                        Ok(created) => succeeded(&view, &defaults, topic, &created),
                        Err(error) => failed(&Str::from(&topic.name), error.code(), error.to_string()),
                    };
                }
            }
            Err(error) => {
                for (place, topic) in places.into_iter().zip(&topics) {
                    results[place] = failed(&Str::from(&topic.name), error.code(), error.to_string());
                }
            }
        }
        Outcome::Done(call.answer(&CreateTopicsResponse {
            throttle_time_ms,
            topics: results,
            ..Default::default()
        }))
    }))
}

/// How many partitions a topic is to have.
fn partitions(node: &Node, topic: &NewTopic) -> usize {
    match (topic.assignments.len(), usize::try_from(topic.partitions)) {
        (0, Ok(partitions)) => partitions,
        (0, Err(_)) => usize::try_from(node.settings.num_partitions).unwrap_or(1),
        (assigned, _) => assigned,
    }
}

fn new_topic(node: &Node, topic: &CreatableTopic) -> Result<NewTopic, TopicError> {
    let mut configs = Overrides::new();
    for config in &topic.configs {
        let Some(value) = &config.value else {
            return Err(TopicError::Config(format!("config '{}' needs a value; null is none", config.name)));
        };
        configs.insert(config.name.to_string(), value.to_string());
    }
    if !configs.is_empty() {
        check_topic_configs(&node.live().topic_defaults, &configs).map_err(TopicError::Config)?;
    }
    let assignments = topic
        .assignments
        .iter()
        .map(|assignment| (assignment.partition_index, assignment.broker_ids.clone()))
        .collect();
    Ok(NewTopic {
        name: topic.name.to_string(),
        id: node.fresh_uuid(),
        partitions: topic.num_partitions,
        replication_factor: topic.replication_factor,
        assignments,
        configs: configs.into_iter().collect(),
        internal: node.internal_topic(&topic.name).is_some(),
    })
}

fn shown(view: &View<'_>, def: &'static ConfigDef, own: Option<&String>) -> CreatableTopicConfigs {
    let shown = view.topic(def, own);
    CreatableTopicConfigs {
        name: Str::from_static(def.name),
        value: shown.value,
        read_only: shown.read_only,
        config_source: shown.source as i8,
        ..Default::default()
    }
}

fn succeeded(
    view: &View<'_>,
    defaults: &[CreatableTopicConfigs],
    topic: &NewTopic,
    created: &CreatedTopic,
) -> CreatableTopicResult {
    let mut configs = defaults.to_vec();
    for (name, value) in &topic.configs {
        let place = TOPIC.iter().position(|def| def.name == name);
        if let Some((place, def)) = place.zip(TOPIC.find(name)) {
            configs[place] = shown(view, def, Some(value));
        }
    }
    CreatableTopicResult {
        name: Str::from(&topic.name),
        topic_id: topic.id,
        num_partitions: created.partitions,
        replication_factor: created.replication_factor,
        configs: Some(configs),
        ..Default::default()
    }
}

fn failed(name: &Str, code: ErrorCode, message: String) -> CreatableTopicResult {
    CreatableTopicResult {
        name: name.clone(),
        error_code: code.code(),
        error_message: Some(message.into()),
        configs: Some(Vec::new()),
        ..Default::default()
    }
}

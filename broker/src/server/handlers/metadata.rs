//! Metadata, versions 0 to 13: brokers, topics, partitions; topics that are not there are made if that is wanted.

use std::collections::BTreeSet;
use std::sync::Arc;

use riverrun_core::protocol::messages::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use riverrun_core::protocol::messages::{MetadataRequest, MetadataResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::metadata::{ClusterImage, NewTopic, PartitionImage, TopicImage, check_topic_name};
use crate::runtime::Node;
use crate::server::authorized;
use crate::server::connection::Call;
use crate::server::outcome::{Answer, Outcome};

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: MetadataRequest) -> Outcome {
    let image = node.controller.image();
    let missing = match &request.topics {
        Some(topics)
            if node.settings.auto_create_topics
                && (call.version < 4 || request.allow_auto_topic_creation) =>
        {
            let missing = |name: &&Str| image.topic(name).is_none() && check_topic_name(name).is_ok();
            topics.iter().filter_map(|topic| topic.name.as_ref()).filter(missing).cloned().collect()
        }
        _ => Vec::new(),
    };
    if missing.is_empty() {
        return Outcome::Done(answer(node, call, &request, &image));
    }
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        for name in missing {
            if let Err(error) = node.create_topic(auto_created(&node, &name)).await {
                tracing::warn!(topic = %name, %error, "the topic could not be made on first use");
            }
        }
        let image = node.controller.image();
        Outcome::Done(answer(&node, &call, &request, &image))
    }))
}

fn auto_created(node: &Node, name: &str) -> NewTopic {
    node.internal_topic(name).unwrap_or_else(|| NewTopic {
        name: name.to_owned(),
        id: node.fresh_uuid(),
        partitions: -1,
        replication_factor: -1,
        assignments: Vec::new(),
        configs: Vec::new(),
        internal: false,
    })
}

fn answer(node: &Node, call: &Call, request: &MetadataRequest, image: &ClusterImage) -> Answer {
    let all = |topics: &Vec<_>| call.version == 0 && topics.is_empty();
    let describe = |image: &ClusterImage, topic: &TopicImage| MetadataResponseTopic {
        topic_authorized_operations: authorized::if_asked(
            request.include_topic_authorized_operations,
            authorized::TOPIC,
        ),
        ..describe(image, topic)
    };
    let topics = match &request.topics {
        // Ids came with version 10, to be obeyed from 12 on.
        Some(topics) if call.version < 12 && topics.iter().any(|topic| !topic.topic_id.is_zero()) => {
            return call.answer(&MetadataResponse {
                controller_id: -1,
                topics: topics.iter().map(|topic| refused(topic.name.clone())).collect(),
                ..Default::default()
            });
        }
        Some(topics) if !all(topics) => {
            let mut seen = BTreeSet::new();
            let asked = topics.iter().filter(|topic| seen.insert((&topic.name, topic.topic_id)));
            asked
                .map(|topic| match &topic.name {
                    Some(name) if topic.topic_id.is_zero() => match image.topic(name) {
                        Some(found) => describe(image, found),
                        None => unknown(name),
                    },
                    _ => match image.topic_by_id(topic.topic_id) {
                        Some(found) => describe(image, found),
                        None => MetadataResponseTopic {
                            error_code: ErrorCode::UnknownTopicId.code(),
                            topic_id: topic.topic_id,
                            // Nullable only from version 12 on.
                            name: (call.version < 12).then_some(Str::EMPTY),
                            ..Default::default()
                        },
                    },
                })
                .collect()
        }
        _ => image.topics().map(|topic| describe(image, topic)).collect(),
    };
    call.answer(&MetadataResponse {
        brokers: vec![MetadataResponseBroker {
            node_id: node.settings.node_id,
            host: call.connection.advertised_host.clone(),
            port: i32::from(call.connection.advertised_port),
            rack: node.settings.rack.as_deref().map(Str::from),
            ..Default::default()
        }],
        cluster_id: image.cluster_id.as_deref().map(Str::from),
        controller_id: node.settings.node_id,
        topics,
        cluster_authorized_operations: authorized::if_asked(
            request.include_cluster_authorized_operations,
            authorized::CLUSTER,
        ),
        ..Default::default()
    })
}

fn refused(name: Option<Str>) -> MetadataResponseTopic {
    MetadataResponseTopic {
        error_code: ErrorCode::InvalidRequest.code(),
        name: Some(name.unwrap_or_default()),
        ..Default::default()
    }
}

fn unknown(name: &Str) -> MetadataResponseTopic {
    let code = match check_topic_name(name) {
        Ok(()) => ErrorCode::UnknownTopicOrPartition,
        Err(_) => ErrorCode::InvalidTopicException,
    };
    MetadataResponseTopic { error_code: code.code(), name: Some(name.clone()), ..Default::default() }
}

fn describe(image: &ClusterImage, topic: &TopicImage) -> MetadataResponseTopic {
    let partition = |(index, partition): (i32, &PartitionImage)| {
        let leader_id = partition.replicas.first().copied().unwrap_or(-1);
        MetadataResponsePartition {
            partition_index: index,
            leader_id,
            leader_epoch: image.leader_epoch(leader_id),
            replica_nodes: partition.replicas.clone(),
            isr_nodes: partition.replicas.clone(),
            ..Default::default()
        }
    };
    MetadataResponseTopic {
        name: Some(Str::from(&*topic.name)),
        topic_id: topic.id,
        is_internal: topic.internal,
        partitions: (0..).zip(&topic.partitions).map(partition).collect(),
        ..Default::default()
    }
}

//! DescribeQuorum, versions 0 to 2: a quorum of one, which is always its own leader.

use std::sync::Arc;

use riverrun_core::protocol::messages::describe_quorum_request::{
    PartitionData as Asked, TopicData as AskedTopic,
};
use riverrun_core::protocol::messages::describe_quorum_response::{
    Listener, Node as QuorumNode, PartitionData, ReplicaState, TopicData,
};
use riverrun_core::protocol::messages::{DescribeQuorumRequest, DescribeQuorumResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::runtime::{METADATA_TOPIC, Node};
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: DescribeQuorumRequest) -> Outcome {
    let mut response = DescribeQuorumResponse { error_message: Some(Str::EMPTY), ..Default::default() };
    for topic in request.topics {
        let AskedTopic { topic_name, partitions, .. } = topic;
        let is_ours = topic_name.as_str() == METADATA_TOPIC;
        let partitions = partitions.into_iter().map(|asked| describe(node, is_ours, &asked)).collect();
        response.topics.push(TopicData { topic_name, partitions, ..Default::default() });
    }
    let found = |topic: &TopicData| topic.partitions.iter().any(|partition| partition.error_code == 0);
    if response.topics.iter().any(found) {
        response.nodes.push(QuorumNode {
            node_id: node.settings.node_id,
            listeners: vec![Listener {
                name: Str::from_static("PLAINTEXT"),
                host: call.connection.advertised_host.clone(),
                port: call.connection.advertised_port,
                ..Default::default()
            }],
            ..Default::default()
        });
    }
    Outcome::Done(call.answer(&response))
}

fn describe(node: &Node, is_ours: bool, asked: &Asked) -> PartitionData {
    let mut partition = PartitionData { partition_index: asked.partition_index, ..Default::default() };
    if !is_ours || asked.partition_index != 0 {
        partition.error_code = ErrorCode::UnknownTopicOrPartition.code();
        partition.error_message = Some("this is no partition of the quorum".into());
        return partition;
    }
    let image = node.controller.image();
    let (now_ms, node_id) = (node.clock.now_ms(), node.settings.node_id);
    let end = i64::try_from(image.version).unwrap_or(i64::MAX);
    partition.error_message = Some(Str::EMPTY);
    partition.leader_id = node_id;
    partition.leader_epoch = image.leader_epoch(node_id);
    partition.high_watermark = end;
    partition.current_voters = vec![ReplicaState {
        replica_id: node_id,
        log_end_offset: end,
        last_fetch_timestamp: now_ms,
        last_caught_up_timestamp: now_ms,
        ..Default::default()
    }];
    partition
}

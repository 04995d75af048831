//! AlterReplicaLogDirs, versions 1 and 2. A partition stays where it is: asking for that succeeds, a move to another
//! folder is refused with POLICY_VIOLATION.

use std::sync::Arc;

use riverrun_core::protocol::messages::alter_replica_log_dirs_response::{
    AlterReplicaLogDirPartitionResult, AlterReplicaLogDirTopicResult,
};
use riverrun_core::protocol::messages::{AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: AlterReplicaLogDirsRequest) -> Outcome {
    let mut response = AlterReplicaLogDirsResponse::default();
    for dir in &request.dirs {
        for topic in &dir.topics {
            let result = |index: &i32| AlterReplicaLogDirPartitionResult {
                partition_index: *index,
                error_code: outcome(node, &dir.path, &topic.name, *index).code(),
                ..Default::default()
            };
            response.results.push(AlterReplicaLogDirTopicResult {
                topic_name: topic.name.clone(),
                partitions: topic.partitions.iter().map(result).collect(),
                ..Default::default()
            });
        }
    }
    Outcome::Done(call.answer(&response))
}

fn outcome(node: &Node, dir: &str, topic: &Str, partition: i32) -> ErrorCode {
    if !node.has_log_folder(dir) {
        return ErrorCode::LogDirNotFound;
    }
    match node.log_folder_of(topic, partition) {
        None => ErrorCode::ReplicaNotAvailable,
        Some(now) if now == dir => ErrorCode::None,
        Some(_) => ErrorCode::PolicyViolation,
    }
}

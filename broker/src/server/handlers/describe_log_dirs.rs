//! DescribeLogDirs, versions 1 to 5: the data folders and the bytes of each partition in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic,
};
use riverrun_core::protocol::messages::{DescribeLogDirsRequest, DescribeLogDirsResponse};

use crate::runtime::{FolderView, Node};
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

/// How Kafka says that the size of a volume is not known.
const UNKNOWN_BYTES: i64 = -1;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: DescribeLogDirsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Later(Box::pin(async move {
        // Of partitions that are not open the files are looked at.
        let views = tokio::task::spawn_blocking(move || node.log_folders()).await;
        match views {
            Ok(views) => {
                let results = views.into_iter().map(|view| describe(&request, view)).collect();
                call.answer(&DescribeLogDirsResponse { results, ..Default::default() })
            }
            Err(error) => super::cut_short(&error),
        }
    }))
}

fn describe(request: &DescribeLogDirsRequest, view: FolderView) -> DescribeLogDirsResult {
    let mut topics: BTreeMap<Arc<str>, Vec<DescribeLogDirsPartition>> = BTreeMap::new();
    let wanted = |topic: &str, partition: i32| {
        request.topics.as_ref().is_none_or(|topics| {
            topics.iter().any(|asked| *asked.topic == *topic && asked.partitions.contains(&partition))
        })
    };
    for (id, size) in view.partitions {
        if wanted(&id.topic, id.partition) {
            topics.entry(id.topic).or_default().push(DescribeLogDirsPartition {
                partition_index: id.partition,
                partition_size: i64::try_from(size).unwrap_or(i64::MAX),
                ..Default::default()
            });
        }
    }
    let topics = topics.into_iter().map(|(name, partitions)| DescribeLogDirsTopic {
        name: name.to_string().into(),
        partitions,
        ..Default::default()
    });
    DescribeLogDirsResult {
        error_code: if view.is_online { 0 } else { ErrorCode::KafkaStorageError.code() },
        log_dir: view.path.into(),
        topics: topics.collect(),
        total_bytes: UNKNOWN_BYTES,
        usable_bytes: UNKNOWN_BYTES,
        ..Default::default()
    }
}

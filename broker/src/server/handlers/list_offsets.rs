//! ListOffsets, versions 1 to 11.

use std::sync::Arc;

use riverrun_core::protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use riverrun_core::protocol::messages::list_offsets_response::{
    ListOffsetsPartitionResponse, ListOffsetsTopicResponse,
};
use riverrun_core::protocol::messages::{ListOffsetsRequest, ListOffsetsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::log::{OffsetSpec, ReadBound};
use crate::metadata::ClusterImage;
use crate::runtime::{Node, PartitionError};
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

const LATEST: i64 = -1;
const EARLIEST: i64 = -2;
const MAX_TIMESTAMP: i64 = -3;
const EARLIEST_LOCAL: i64 = -4;
const LATEST_TIERED: i64 = -5;
const EARLIEST_PENDING_UPLOAD: i64 = -6;
const READ_COMMITTED: i8 = 1;
/// The first version that can say the leader epoch.
const LEADER_EPOCH_VERSION: i16 = 4;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: ListOffsetsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    let image = node.controller.image();
    let version = call.version;
    // Opening a log and searching by time read files.
    Outcome::Later(Box::pin(async move {
        let answering = tokio::task::spawn_blocking(move || {
            let committed = request.isolation_level == READ_COMMITTED;
            let topic = |topic: &ListOffsetsTopic| ListOffsetsTopicResponse {
                name: topic.name.clone(),
                partitions: topic
                    .partitions
                    .iter()
                    .map(|wanted| {
                        let mut answer = answer(&node, &image, &topic.name, wanted, committed);
                        if version < LEADER_EPOCH_VERSION {
                            answer.leader_epoch = -1;
                        }
                        answer
                    })
                    .collect(),
                ..Default::default()
            };
            ListOffsetsResponse { topics: request.topics.iter().map(topic).collect(), ..Default::default() }
        });
        match answering.await {
            Ok(response) => call.answer(&response),
            Err(error) => super::cut_short(&error),
        }
    }))
}

fn answer(
    node: &Node,
    image: &ClusterImage,
    topic: &Str,
    wanted: &ListOffsetsPartition,
    committed: bool,
) -> ListOffsetsPartitionResponse {
    let mut response = ListOffsetsPartitionResponse {
        partition_index: wanted.partition_index,
        offset: -1,
        timestamp: -1,
        leader_epoch: -1,
        ..Default::default()
    };
    match find(node, image, topic, wanted, committed) {
        Ok(Some((offset, timestamp, leader_epoch))) => {
            response.offset = offset;
            response.timestamp = timestamp;
            response.leader_epoch = leader_epoch;
        }
        Ok(None) => {}
        Err(code) => response.error_code = code.code(),
    }
    response
}

/// Offset, timestamp and leader epoch.
fn find(
    node: &Node,
    image: &ClusterImage,
    topic: &Str,
    wanted: &ListOffsetsPartition,
    committed: bool,
) -> Result<Option<(i64, i64, i32)>, ErrorCode> {
    let topic = image.topic(topic).ok_or(ErrorCode::UnknownTopicOrPartition)?;
    let partition =
        node.partitions.get(topic, wanted.partition_index).ok_or(ErrorCode::UnknownTopicOrPartition)?;
    let ours = partition.leader_epoch();
    match wanted.current_leader_epoch {
        theirs if theirs >= 0 && theirs < ours => return Err(ErrorCode::FencedLeaderEpoch),
        theirs if theirs > ours => return Err(ErrorCode::UnknownLeaderEpoch),
        _ => {}
    }
    let spec = match wanted.timestamp {
        LATEST => OffsetSpec::Latest,
        EARLIEST | EARLIEST_LOCAL => OffsetSpec::Earliest,
        MAX_TIMESTAMP => OffsetSpec::MaxTimestamp,
        // Nothing is ever tiered.
        LATEST_TIERED | EARLIEST_PENDING_UPLOAD => return Ok(None),
        timestamp if timestamp >= 0 => OffsetSpec::Since(timestamp),
        _ => return Err(ErrorCode::InvalidRequest),
    };
    partition.open().map_err(|error| error.code())?;
    let log = partition.log().ok_or(ErrorCode::NotLeaderOrFollower)?;
    let bound = if committed { ReadBound::LastStable } else { ReadBound::HighWatermark };
    let found = log.offset_within(spec, bound).map_err(|error| PartitionError::from(error).code())?;
    Ok(found.map(|found| (found.offset, found.timestamp, found.leader_epoch)))
}

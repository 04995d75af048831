//! OffsetForLeaderEpoch, versions 2 to 4.

use std::sync::Arc;

use riverrun_core::protocol::messages::offset_for_leader_epoch_request::{
    OffsetForLeaderPartition, OffsetForLeaderTopic,
};
use riverrun_core::protocol::messages::offset_for_leader_epoch_response::{
    EpochEndOffset, OffsetForLeaderTopicResult,
};
use riverrun_core::protocol::messages::{OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::metadata::ClusterImage;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: OffsetForLeaderEpochRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    let image = node.controller.image();
    // Opening a log reads files.
    Outcome::Later(Box::pin(async move {
        let answering = tokio::task::spawn_blocking(move || {
            let topic = |topic: &OffsetForLeaderTopic| OffsetForLeaderTopicResult {
                topic: topic.topic.clone(),
                partitions: topic
                    .partitions
                    .iter()
                    .map(|wanted| answer(&node, &image, &topic.topic, wanted))
                    .collect(),
                ..Default::default()
            };
            let topics = request.topics.iter().map(topic).collect();
            OffsetForLeaderEpochResponse { topics, ..Default::default() }
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
    wanted: &OffsetForLeaderPartition,
) -> EpochEndOffset {
    let mut response = EpochEndOffset {
        partition: wanted.partition,
        leader_epoch: -1,
        end_offset: -1,
        ..Default::default()
    };
    match find(node, image, topic, wanted) {
        Ok(Some((leader_epoch, end_offset))) => {
            response.leader_epoch = leader_epoch;
            response.end_offset = end_offset;
        }
        Ok(None) => {}
        Err(code) => response.error_code = code.code(),
    }
    response
}

fn find(
    node: &Node,
    image: &ClusterImage,
    topic: &Str,
    wanted: &OffsetForLeaderPartition,
) -> Result<Option<(i32, i64)>, ErrorCode> {
    let topic = image.topic(topic).ok_or(ErrorCode::UnknownTopicOrPartition)?;
    let partition = node.partitions.get(topic, wanted.partition).ok_or(ErrorCode::UnknownTopicOrPartition)?;
    let ours = partition.leader_epoch();
    match wanted.current_leader_epoch {
        theirs if theirs >= 0 && theirs < ours => return Err(ErrorCode::FencedLeaderEpoch),
        theirs if theirs > ours => return Err(ErrorCode::UnknownLeaderEpoch),
        _ => {}
    }
    partition.open().map_err(|error| error.code())?;
    let log = partition.log().ok_or(ErrorCode::NotLeaderOrFollower)?;
    if wanted.leader_epoch == ours {
        // The epoch under which we lead ends where the log does, even if nothing was written under it yet.
        return Ok(Some((ours, log.log_end_offset())));
    }
    Ok(log.end_offset_of_epoch(wanted.leader_epoch))
}

//! WriteTxnMarkers, versions 1 and 2: transactions are ended in their partitions, by a broker or by an operator who
//! aborts one that hangs.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::write_txn_markers_request::WritableTxnMarker;
use riverrun_core::protocol::messages::write_txn_markers_response::{
    WritableTxnMarkerPartitionResult, WritableTxnMarkerResult, WritableTxnMarkerTopicResult,
};
use riverrun_core::protocol::messages::{WriteTxnMarkersRequest, WriteTxnMarkersResponse};

use crate::log::Marker;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: WriteTxnMarkersRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let mut markers = Vec::with_capacity(request.markers.len());
        for marker in &request.markers {
            markers.push(write(&node, marker).await);
        }
        Outcome::Done(call.answer(&WriteTxnMarkersResponse { markers, ..Default::default() }))
    }))
}

async fn write(node: &Arc<Node>, wanted: &WritableTxnMarker) -> WritableTxnMarkerResult {
    let marker = Marker {
        producer_id: wanted.producer_id,
        producer_epoch: wanted.producer_epoch,
        commit: wanted.transaction_result,
        coordinator_epoch: wanted.coordinator_epoch,
        transaction_version: wanted.transaction_version,
    };
    let image = node.controller.image();
    let mut topics = Vec::with_capacity(wanted.topics.len());
    for topic in &wanted.topics {
        let found = image.topic(&topic.name);
        let mut partitions = Vec::with_capacity(topic.partition_indexes.len());
        for index in &topic.partition_indexes {
            let code = match found.and_then(|found| node.partitions.get(found, *index)) {
                None => ErrorCode::UnknownTopicOrPartition,
                Some(_) => match node.end_in_partition(&topic.name, *index, &marker).await {
                    Ok(()) => ErrorCode::None,
                    Err(error) => error.code(),
                },
            };
            partitions.push(WritableTxnMarkerPartitionResult {
                partition_index: *index,
                error_code: code.code(),
                ..Default::default()
            });
        }
        topics.push(WritableTxnMarkerTopicResult {
            name: topic.name.clone(),
            partitions,
            ..Default::default()
        });
    }
    WritableTxnMarkerResult { producer_id: wanted.producer_id, topics, ..Default::default() }
}

//! AddOffsetsToTxn, versions 0 to 4: the offsets of a group become part of a transaction.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::{AddOffsetsToTxnRequest, AddOffsetsToTxnResponse};

use super::group_shard::name;
use crate::coordinator::transaction::{AddRequest, ProducerIdAndEpoch};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

/// The first version whose clients know PRODUCER_FENCED.
const FENCED_VERSION: i16 = 2;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: AddOffsetsToTxnRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let decided = async {
            let partitions = node.offsets_partition_of(&request.group_id).await;
            let partitions = partitions.map_err(|error| error.code())?;
            let id = name(&request.transactional_id);
            let add = AddRequest {
                transactional_id: id.clone(),
                producer: ProducerIdAndEpoch {
                    producer_id: request.producer_id,
                    epoch: request.producer_epoch,
                },
                partitions,
                version: 0,
            };
            let decided = node.decide_transaction(&id, |state, now_ms| state.decide_add(now_ms, add));
            decided.await.map_err(|error| error.code())
        };
        let code = match decided.await {
            Ok(()) => ErrorCode::None,
            Err(ErrorCode::ProducerFenced) if call.version < FENCED_VERSION => {
                ErrorCode::InvalidProducerEpoch
            }
            Err(code) => code,
        };
        let response = AddOffsetsToTxnResponse { error_code: code.code(), ..Default::default() };
        Outcome::Done(call.answer(&response))
    }))
}

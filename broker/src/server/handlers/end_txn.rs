//! EndTxn, versions 0 to 5: a transaction is committed or aborted. From version 5 on the producer gets another epoch for
//! its next one (KIP-890).

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::{EndTxnRequest, EndTxnResponse};
use riverrun_core::record::{NO_PRODUCER_EPOCH, NO_PRODUCER_ID};

use super::group_shard::name;
use crate::coordinator::transaction::{EndRequest, ProducerIdAndEpoch};
use crate::runtime::{Node, TRANSACTION_VERSION};
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

/// The first version that raises the epoch.
const RAISING_VERSION: i16 = 5;
/// The first version whose clients know PRODUCER_FENCED.
const FENCED_VERSION: i16 = 2;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: EndTxnRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let id = name(&request.transactional_id);
        let raises = call.version >= RAISING_VERSION;
        let decided = async {
            let mut end = EndRequest {
                transactional_id: id.clone(),
                producer: ProducerIdAndEpoch {
                    producer_id: request.producer_id,
                    epoch: request.producer_epoch,
                },
                commit: request.committed,
                version: if raises { TRANSACTION_VERSION } else { 0 },
                fresh_producer_id: NO_PRODUCER_ID,
            };
            if raises && node.needs_producer_id(&id).await {
                let fresh = node.producer_ids.take_or_allocate(&node.controller).await;
                end.fresh_producer_id = fresh.map_err(|error| error.code())?;
            }
            let decided = node.decide_transaction(&id, |state, now_ms| state.decide_end(now_ms, &end));
            decided.await.map_err(|error| error.code())
        };
        let decided = decided.await;
        let code = match decided {
            Ok(_) => ErrorCode::None,
            Err(ErrorCode::ProducerFenced) if call.version < FENCED_VERSION => {
                ErrorCode::InvalidProducerEpoch
            }
            Err(code) => code,
        };
        let producer = decided.ok().filter(|_| raises);
        let response = EndTxnResponse {
            error_code: code.code(),
            producer_id: producer.map_or(NO_PRODUCER_ID, |producer| producer.producer_id),
            producer_epoch: producer.map_or(NO_PRODUCER_EPOCH, |producer| producer.epoch),
            ..Default::default()
        };
        Outcome::Done(call.answer(&response))
    }))
}

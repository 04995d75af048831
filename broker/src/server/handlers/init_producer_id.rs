//! InitProducerId, versions 0 to 5: a producer id, for idempotence alone or for a transactional id.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::{InitProducerIdRequest, InitProducerIdResponse};
use riverrun_core::record::{NO_PRODUCER_EPOCH, NO_PRODUCER_ID};

use super::group_shard::name;
use crate::coordinator::transaction::{InitRequest, Name, ProducerIdAndEpoch};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::{Answer, Outcome};

/// The first version whose clients know PRODUCER_FENCED.
const FENCED_VERSION: i16 = 4;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: &InitProducerIdRequest) -> Outcome {
    let expected = match (request.producer_id, request.producer_epoch) {
        (NO_PRODUCER_ID, NO_PRODUCER_EPOCH) => None,
        (NO_PRODUCER_ID, _) | (_, NO_PRODUCER_EPOCH) => {
            return Outcome::Done(answer(call, Err(ErrorCode::InvalidRequest)));
        }
        (producer_id, epoch) => Some(ProducerIdAndEpoch { producer_id, epoch }),
    };
    if let Some(transactional_id) = &request.transactional_id {
        return transactional(node, call, name(transactional_id), request.transaction_timeout_ms, expected);
    }
    // A producer without transactions gets a fresh id each time, whatever id it names: its old one may have
    // sequences in flight.
    let fresh = |producer_id| ProducerIdAndEpoch { producer_id, epoch: 0 };
    if let Some(id) = node.producer_ids.take() {
        return Outcome::Done(answer(call, Ok(fresh(id))));
    }
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let id = node.producer_ids.take_or_allocate(&node.controller).await;
        Outcome::Done(answer(&call, id.map(fresh).map_err(|error| error.code())))
    }))
}

fn transactional(
    node: &Arc<Node>,
    call: &Call,
    transactional_id: Name,
    timeout_ms: i32,
    expected: Option<ProducerIdAndEpoch>,
) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let decided = async {
            let fresh_producer_id = node.producer_ids.take_or_allocate(&node.controller).await;
            let fresh_producer_id = fresh_producer_id.map_err(|error| error.code())?;
            let id = transactional_id.clone();
            let request = InitRequest { transactional_id, timeout_ms, expected, fresh_producer_id };
            let decided = node.decide_transaction(&id, |state, now_ms| state.decide_init(now_ms, &request));
            decided.await.map_err(|error| error.code())
        };
        let decided = decided.await.map_err(|code| match code {
            ErrorCode::ProducerFenced if call.version < FENCED_VERSION => ErrorCode::InvalidProducerEpoch,
            code => code,
        });
        Outcome::Done(answer(&call, decided))
    }))
}

fn answer(call: &Call, producer: Result<ProducerIdAndEpoch, ErrorCode>) -> Answer {
    let code = producer.err().unwrap_or(ErrorCode::None);
    call.answer(&InitProducerIdResponse {
        error_code: code.code(),
        producer_id: producer.map_or(NO_PRODUCER_ID, |producer| producer.producer_id),
        producer_epoch: producer.map_or(NO_PRODUCER_EPOCH, |producer| producer.epoch),
        ..Default::default()
    })
}

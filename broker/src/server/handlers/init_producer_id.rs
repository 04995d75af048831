//! InitProducerId, versions 0 to 5, for idempotent producers. Transactional ids are refused: transactions are not
//! offered yet.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::{InitProducerIdRequest, InitProducerIdResponse};

use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::{Answer, Outcome};

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: &InitProducerIdRequest) -> Outcome {
    if request.transactional_id.is_some() {
        // An error that clients do not retry: it would not go away.
        return Outcome::Done(answer(call, Err(ErrorCode::UnsupportedVersion)));
    }
    // A producer without transactions gets a fresh id each time, whatever id it names: its old one may have
    // sequences in flight.
    if let Some(id) = node.producer_ids.take() {
        return Outcome::Done(answer(call, Ok(id)));
    }
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let id = node.producer_ids.take_or_allocate(&node.controller).await;
        Outcome::Done(answer(&call, id.map_err(|error| error.code())))
    }))
}

fn answer(call: &Call, id: Result<i64, ErrorCode>) -> Answer {
    call.answer(&match id {
        Ok(producer_id) => InitProducerIdResponse { producer_id, producer_epoch: 0, ..Default::default() },
        Err(code) => InitProducerIdResponse {
            error_code: code.code(),
            producer_id: -1,
            producer_epoch: -1,
            ..Default::default()
        },
    })
}

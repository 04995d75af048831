//! UnregisterBroker, version 0: the one broker there is runs and stays.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::{UnregisterBrokerRequest, UnregisterBrokerResponse};

use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: &UnregisterBrokerRequest) -> Outcome {
    let (code, text) = match request.broker_id {
        id if id == node.settings.node_id => {
            (ErrorCode::InvalidRequest, format!("broker {id} runs, and it is the only one"))
        }
        id => (ErrorCode::BrokerIdNotRegistered, format!("there is no broker {id}")),
    };
    Outcome::Done(call.answer(&UnregisterBrokerResponse {
        error_code: code.code(),
        error_message: Some(text.into()),
        ..Default::default()
    }))
}

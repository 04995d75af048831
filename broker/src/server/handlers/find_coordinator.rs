//! FindCoordinator, versions 0 to 6: one node coordinates every group and every transaction.

use std::sync::Arc;

use riverrun_core::protocol::messages::find_coordinator_response::Coordinator;
use riverrun_core::protocol::messages::{FindCoordinatorRequest, FindCoordinatorResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::outcome::{Answer, Outcome};

const GROUP: i8 = 0;
const TRANSACTION: i8 = 1;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: FindCoordinatorRequest) -> Outcome {
    let is_there = match request.key_type {
        GROUP => node.has_offsets_topic(),
        TRANSACTION => node.has_transactions_topic(),
        _ => true,
    };
    if is_there {
        return Outcome::Done(answer(node, call, &request, true));
    }
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let made = match request.key_type {
            GROUP => node.ensure_offsets_topic().await,
            _ => node.ensure_transactions_topic().await,
        };
        if let Err(error) = &made {
            tracing::error!(%error, "a coordinator's topic could not be made");
        }
        Outcome::Done(answer(&node, &call, &request, made.is_ok()))
    }))
}

fn answer(node: &Node, call: &Call, request: &FindCoordinatorRequest, is_there: bool) -> Answer {
    let (code, message) = match request.key_type {
        GROUP | TRANSACTION if is_there => (ErrorCode::None, None),
        GROUP | TRANSACTION => {
            (ErrorCode::CoordinatorNotAvailable, Some("the coordinator's topic could not be made"))
        }
        _ => (ErrorCode::InvalidRequest, Some("coordinators of this key type are not offered")),
    };
    let found = code == ErrorCode::None;
    let host = if found { call.connection.advertised_host.clone() } else { Str::EMPTY };
    let port = if found { i32::from(call.connection.advertised_port) } else { -1 };
    let node_id = if found { node.settings.node_id } else { -1 };
    let message = message.map(Str::from_static);
    let response = if call.version < 4 {
        FindCoordinatorResponse {
            error_code: code.code(),
            error_message: message,
            node_id,
            host,
            port,
            ..Default::default()
        }
    } else {
        let coordinator = |key: &Str| Coordinator {
            key: key.clone(),
            node_id,
            host: host.clone(),
            port,
            error_code: code.code(),
            error_message: message.clone(),
            ..Default::default()
        };
        let coordinators = request.coordinator_keys.iter().map(coordinator).collect();
        FindCoordinatorResponse { coordinators, ..Default::default() }
    };
    call.answer(&response)
}

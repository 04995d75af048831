//! A producer id for a producer without transactions: any broker gives one.

use super::super::cluster::{Client, Lane};
use super::super::error::broker_error;
use super::queue::Identity;
use crate::Result;
use crate::protocol::ErrorCode;
use crate::protocol::messages::{InitProducerIdRequest, InitProducerIdResponse};

/// The last version of InitProducerId without two-phase commit.
pub(super) const INIT_STABLE: i16 = 5;

/// Gets a producer id from the cluster, again where it may help.
pub(super) async fn ask_identity(client: &Client, lane: Lane) -> Result<Identity> {
    let build = |_| InitProducerIdRequest {
        transactional_id: None,
        transaction_timeout_ms: i32::MAX,
        ..Default::default()
    };
    let attempt = |_| async {
        let node = client.any_node(lane).await?;
        let timeout = client.config().request_timeout;
        let response: InitProducerIdResponse =
            client.request::<InitProducerIdRequest>(node, lane, INIT_STABLE, timeout, build).await?;
        match ErrorCode::from(response.error_code) {
            ErrorCode::None => {
                Ok(Identity { producer_id: response.producer_id, epoch: response.producer_epoch })
            }
            code => Err(broker_error(code, None, "getting a producer id")),
        }
    };
    client.retrying(client.config().api_timeout, attempt).await
}

//! SaslHandshake and SaslAuthenticate: Kafka's answers on a listener that wants no authentication.

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::{SaslAuthenticateResponse, SaslHandshakeResponse};

use crate::server::connection::Call;
use crate::server::outcome::Outcome;

const ILLEGAL: i16 = ErrorCode::IllegalSaslState.code();

pub(crate) fn handshake(call: &Call) -> Outcome {
    Outcome::Done(call.answer(&SaslHandshakeResponse { error_code: ILLEGAL, ..Default::default() }))
}

pub(crate) fn authenticate(call: &Call) -> Outcome {
    let text = "this listener wants no authentication; connect without SASL";
    Outcome::Done(call.answer(&SaslAuthenticateResponse {
        error_code: ILLEGAL,
        error_message: Some(text.into()),
        ..Default::default()
    }))
}

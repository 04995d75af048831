//! The four APIs of delegation tokens: Kafka's answer on a listener without authentication.

use riverrun_core::protocol::messages::{
    CreateDelegationTokenResponse, DescribeDelegationTokenResponse, ExpireDelegationTokenResponse,
    RenewDelegationTokenResponse,
};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::server::connection::Call;
use crate::server::outcome::Outcome;

const REFUSED: i16 = ErrorCode::DelegationTokenRequestNotAllowed.code();
const USER: Str = Str::from_static("User");
const ANONYMOUS: Str = Str::from_static("ANONYMOUS");

pub(crate) fn create(call: &Call) -> Outcome {
    let since_3 = |text| if call.version >= 3 { text } else { Str::EMPTY };
    Outcome::Done(call.answer(&CreateDelegationTokenResponse {
        error_code: REFUSED,
        principal_type: USER,
        principal_name: ANONYMOUS,
        token_requester_principal_type: since_3(USER),
        token_requester_principal_name: since_3(ANONYMOUS),
        issue_timestamp_ms: -1,
        expiry_timestamp_ms: -1,
        max_timestamp_ms: -1,
        ..Default::default()
    }))
}

pub(crate) fn renew(call: &Call) -> Outcome {
    Outcome::Done(call.answer(&RenewDelegationTokenResponse {
        error_code: REFUSED,
        expiry_timestamp_ms: -1,
        ..Default::default()
    }))
}

pub(crate) fn expire(call: &Call) -> Outcome {
    Outcome::Done(call.answer(&ExpireDelegationTokenResponse {
        error_code: REFUSED,
        expiry_timestamp_ms: -1,
        ..Default::default()
    }))
}

pub(crate) fn describe(call: &Call) -> Outcome {
    Outcome::Done(call.answer(&DescribeDelegationTokenResponse { error_code: REFUSED, ..Default::default() }))
}

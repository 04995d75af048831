//! ListPartitionReassignments, version 0: with one broker nothing moves, ever.

use riverrun_core::protocol::messages::{
    ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse,
};

use crate::server::connection::Call;
use crate::server::outcome::Outcome;

pub(crate) fn handle(call: &Call, _: &ListPartitionReassignmentsRequest) -> Outcome {
    Outcome::Done(call.answer(&ListPartitionReassignmentsResponse::default()))
}

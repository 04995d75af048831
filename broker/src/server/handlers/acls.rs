//! DescribeAcls, CreateAcls and DeleteAcls, versions 1 to 3: Kafka's answer where no authorizer is configured.

use riverrun_core::protocol::messages::create_acls_response::AclCreationResult;
use riverrun_core::protocol::messages::delete_acls_response::DeleteAclsFilterResult;
use riverrun_core::protocol::messages::{
    CreateAclsRequest, CreateAclsResponse, DeleteAclsRequest, DeleteAclsResponse, DescribeAclsRequest,
    DescribeAclsResponse,
};
use riverrun_core::protocol::{ErrorCode, Str};

use crate::server::connection::Call;
use crate::server::outcome::Outcome;

const DISABLED: i16 = ErrorCode::SecurityDisabled.code();
const WHY: Str = Str::from_static("no authorizer is configured: everybody may do everything");

pub(crate) fn describe(call: &Call, _: &DescribeAclsRequest) -> Outcome {
    Outcome::Done(call.answer(&DescribeAclsResponse {
        error_code: DISABLED,
        error_message: Some(WHY),
        ..Default::default()
    }))
}

pub(crate) fn create(call: &Call, request: &CreateAclsRequest) -> Outcome {
    let refused = AclCreationResult { error_code: DISABLED, error_message: Some(WHY), ..Default::default() };
    let results = vec![refused; request.creations.len()];
    Outcome::Done(call.answer(&CreateAclsResponse { results, ..Default::default() }))
}

pub(crate) fn delete(call: &Call, request: &DeleteAclsRequest) -> Outcome {
    let refused =
        DeleteAclsFilterResult { error_code: DISABLED, error_message: Some(WHY), ..Default::default() };
    let filter_results = vec![refused; request.filters.len()];
    Outcome::Done(call.answer(&DeleteAclsResponse { filter_results, ..Default::default() }))
}

//! DeleteGroups, versions 0 to 2.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::delete_groups_response::DeletableGroupResult;
use riverrun_core::protocol::messages::{DeleteGroupsRequest, DeleteGroupsResponse};

use super::group_shard::name;
use crate::coordinator::group::Reply;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: DeleteGroupsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let mut results = Vec::with_capacity(request.groups_names.len());
        for group_id in request.groups_names {
            let group = name(&group_id);
            let outcome = match node.load_shard(&group).await {
                Ok(shard) => shard.submit(|state, _, token| state.decide_delete(token, &group)).await,
                Err(error) => Err(error),
            };
            let code = match outcome {
                Ok(Reply::Delete(Ok(()))) => ErrorCode::None,
                Ok(Reply::Delete(Err(error))) => error.code(),
                Ok(_) => ErrorCode::UnknownServerError,
                Err(error) => error.code(),
            };
            results.push(DeletableGroupResult { group_id, error_code: code.code(), ..Default::default() });
        }
        Outcome::Done(call.answer(&DeleteGroupsResponse { results, ..Default::default() }))
    }))
}

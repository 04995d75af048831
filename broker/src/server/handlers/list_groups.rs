//! ListGroups, versions 0 to 5.

use std::sync::Arc;

use riverrun_core::protocol::Str;
use riverrun_core::protocol::messages::list_groups_response::ListedGroup;
use riverrun_core::protocol::messages::{ListGroupsRequest, ListGroupsResponse};

use super::group_shard::text;
use crate::coordinator::group::GroupOverview;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: ListGroupsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let mut response = ListGroupsResponse::default();
        let listing = node.clone();
        let shards = tokio::task::spawn_blocking(move || listing.written_shards());
        for shard in shards.await.unwrap_or_default() {
            let listed = match shard.load().await {
                Ok(()) => shard.read(|state| state.list()).await,
                Err(error) => Err(error),
            };
            match listed {
                Ok(groups) => {
                    let wanted = groups.iter().filter(|group| is_wanted(group, &request));
                    response.groups.extend(wanted.map(entry));
                }
                Err(error) => response.error_code = error.code().code(),
            }
        }
        Outcome::Done(call.answer(&response))
    }))
}

fn is_wanted(group: &GroupOverview, request: &ListGroupsRequest) -> bool {
    let has = |filter: &[Str], word: &str| {
        filter.is_empty() || filter.iter().any(|wanted| wanted.trim().eq_ignore_ascii_case(word))
    };
    has(&request.states_filter, group.state) && has(&request.types_filter, group.kind)
}

fn entry(group: &GroupOverview) -> ListedGroup {
    ListedGroup {
        group_id: text(&group.group),
        protocol_type: text(&group.protocol_type),
        group_state: Str::from_static(group.state),
        group_type: Str::from_static(group.kind),
        ..Default::default()
    }
}

//! What the handlers of the group APIs share: finding the shard, and texts on their way in and out of state.

use std::sync::Arc;

use bytes::Bytes;
use riverrun_core::protocol::Str;

use crate::coordinator::group::Name;
use crate::runtime::{GroupsError, Node, ShardDriver};
use crate::server::outcome::Outcome;

/// Runs `then` with the shard of `group`: now if it is loaded, else as soon as it is.
pub(super) fn with_shard(
    node: &Arc<Node>,
    group: &Name,
    then: impl FnOnce(Result<Arc<ShardDriver>, GroupsError>) -> Outcome + Send + 'static,
) -> Outcome {
    if let Some(shard) = node.loaded_shard(group) {
        return then(Ok(shard));
    }
    let node = node.clone();
    let group = group.clone();
    Outcome::Exclusive(Box::pin(async move { then(node.load_shard(&group).await) }))
}

/// A text that state may keep.
pub(super) fn name(text: &Str) -> Name {
    Arc::from(text.as_str())
}

pub(super) fn opt_name(text: Option<&Str>) -> Option<Name> {
    text.map(name)
}

/// A text of state as a response carries it.
pub(super) fn text(name: &Name) -> Str {
    Str::from(&**name)
}

pub(super) fn opt_text(name: Option<&Name>) -> Option<Str> {
    name.map(text)
}

/// Bytes that state may keep: not a slice that holds a whole request alive.
pub(super) fn detached(bytes: &Bytes) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

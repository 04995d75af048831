//! ShareGroupHeartbeatRequest: a request of API 76, versions 1 to 1, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareGroupHeartbeatRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupHeartbeatRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub member_id: Str,
    /// All versions.
    pub member_epoch: i32,
    /// All versions, nullable, default null.
    pub rack_id: Option<Str>,
    /// All versions, nullable, default null.
    pub subscribed_topic_names: Option<Vec<Str>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupHeartbeatRequest {
    const NAME: &'static str = "ShareGroupHeartbeatRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=1;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group_id: reader.string(true, "ShareGroupHeartbeatRequest.group_id"),
            member_id: reader.string(true, "ShareGroupHeartbeatRequest.member_id"),
            member_epoch: reader.int32("ShareGroupHeartbeatRequest.member_epoch"),
            rack_id: reader.opt_string(true, true, "ShareGroupHeartbeatRequest.rack_id"),
            subscribed_topic_names: reader.opt_strings(true, true, "ShareGroupHeartbeatRequest.subscribed_topic_names"),
            unknown_tagged_fields: reader.tags(true, "ShareGroupHeartbeatRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.group_id, "ShareGroupHeartbeatRequest.group_id");
        writer.string(true, &self.member_id, "ShareGroupHeartbeatRequest.member_id");
        writer.int32(self.member_epoch);
        writer.opt_string(true, true, &self.rack_id, "ShareGroupHeartbeatRequest.rack_id");
        writer.opt_strings(true, true, &self.subscribed_topic_names, "ShareGroupHeartbeatRequest.subscribed_topic_names");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

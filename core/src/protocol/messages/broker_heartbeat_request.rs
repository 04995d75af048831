//! BrokerHeartbeatRequest: a request of API 63, versions 0 to 2, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `BrokerHeartbeatRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerHeartbeatRequest {
    /// All versions.
    pub broker_id: i32,
    /// All versions, default -1.
    pub broker_epoch: i64,
    /// All versions.
    pub current_metadata_offset: i64,
    /// All versions.
    pub want_fence: bool,
    /// All versions.
    pub want_shut_down: bool,
    /// Versions 1+, tag 0.
    pub offline_log_dirs: Vec<Uuid>,
    /// Version 2, tag 1, nullable, default null.
    pub cordoned_log_dirs: Option<Vec<Uuid>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for BrokerHeartbeatRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            current_metadata_offset: 0,
            want_fence: false,
            want_shut_down: false,
            offline_log_dirs: Vec::new(),
            cordoned_log_dirs: None,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for BrokerHeartbeatRequest {
    const NAME: &'static str = "BrokerHeartbeatRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let mut message = Self {
            broker_id: reader.int32("BrokerHeartbeatRequest.broker_id"),
            broker_epoch: reader.int64("BrokerHeartbeatRequest.broker_epoch"),
            current_metadata_offset: reader.int64("BrokerHeartbeatRequest.current_metadata_offset"),
            want_fence: reader.bool("BrokerHeartbeatRequest.want_fence"),
            want_shut_down: reader.bool("BrokerHeartbeatRequest.want_shut_down"),
            offline_log_dirs: Vec::new(),
            cordoned_log_dirs: None,
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("BrokerHeartbeatRequest", &mut unknown, &mut |reader, tag| {
            match tag {
                0 if version >= 1 => message.offline_log_dirs = reader.uuids(true, "BrokerHeartbeatRequest.offline_log_dirs"),
                1 if version == 2 => message.cordoned_log_dirs = reader.opt_uuids(true, true, "BrokerHeartbeatRequest.cordoned_log_dirs"),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.broker_id);
        writer.int64(self.broker_epoch);
        writer.int64(self.current_metadata_offset);
        writer.bool(self.want_fence);
        writer.bool(self.want_shut_down);
        if version < 1 && !self.offline_log_dirs.is_empty() {
            writer.reject("BrokerHeartbeatRequest.offline_log_dirs");
        }
        if version < 2 && self.cordoned_log_dirs.is_some() {
            writer.reject("BrokerHeartbeatRequest.cordoned_log_dirs");
        }
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if version >= 1 && !self.offline_log_dirs.is_empty() {
            let mark = writer.begin_tag(&mut tags, 0);
            writer.uuids(true, &self.offline_log_dirs, "BrokerHeartbeatRequest.offline_log_dirs");
            writer.end_tag(mark);
        }
        if version == 2 && self.cordoned_log_dirs.is_some() {
            let mark = writer.begin_tag(&mut tags, 1);
            writer.opt_uuids(true, true, &self.cordoned_log_dirs, "BrokerHeartbeatRequest.cordoned_log_dirs");
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

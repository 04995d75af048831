//! HeartbeatRequest: a request of API 12, versions 0 to 4, flexible from 4.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `HeartbeatRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeartbeatRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub generation_id: i32,
    /// All versions.
    pub member_id: Str,
    /// Versions 3+, nullable, default null.
    pub group_instance_id: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for HeartbeatRequest {
    const NAME: &'static str = "HeartbeatRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            group_id: reader.string(flexible, "HeartbeatRequest.group_id"),
            generation_id: reader.int32("HeartbeatRequest.generation_id"),
            member_id: reader.string(flexible, "HeartbeatRequest.member_id"),
            group_instance_id: if version >= 3 { reader.opt_string(flexible, true, "HeartbeatRequest.group_instance_id") } else { None },
            unknown_tagged_fields: reader.tags(flexible, "HeartbeatRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.string(flexible, &self.group_id, "HeartbeatRequest.group_id");
        writer.int32(self.generation_id);
        writer.string(flexible, &self.member_id, "HeartbeatRequest.member_id");
        if version >= 3 {
            writer.opt_string(flexible, true, &self.group_instance_id, "HeartbeatRequest.group_instance_id");
        } else if self.group_instance_id.is_some() {
            writer.reject("HeartbeatRequest.group_instance_id");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

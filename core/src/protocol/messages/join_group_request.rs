//! JoinGroupRequest: a request of API 11, versions 0 to 9, flexible from 6.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `JoinGroupRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinGroupRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub session_timeout_ms: i32,
    /// Versions 1+, default -1, dropped where the version lacks it.
    pub rebalance_timeout_ms: i32,
    /// All versions.
    pub member_id: Str,
    /// Versions 5+, nullable, default null.
    pub group_instance_id: Option<Str>,
    /// All versions.
    pub protocol_type: Str,
    /// All versions.
    pub protocols: Vec<JoinGroupRequestProtocol>,
    /// Versions 8+, nullable, default null, dropped where the version lacks it.
    pub reason: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for JoinGroupRequest {
    fn default() -> Self {
        Self {
            group_id: Str::EMPTY,
            session_timeout_ms: 0,
            rebalance_timeout_ms: -1,
            member_id: Str::EMPTY,
            group_instance_id: None,
            protocol_type: Str::EMPTY,
            protocols: Vec::new(),
            reason: None,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for JoinGroupRequest {
    const NAME: &'static str = "JoinGroupRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=9;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            group_id: reader.string(flexible, "JoinGroupRequest.group_id"),
            session_timeout_ms: reader.int32("JoinGroupRequest.session_timeout_ms"),
            rebalance_timeout_ms: if version >= 1 { reader.int32("JoinGroupRequest.rebalance_timeout_ms") } else { -1 },
            member_id: reader.string(flexible, "JoinGroupRequest.member_id"),
            group_instance_id: if version >= 5 { reader.opt_string(flexible, true, "JoinGroupRequest.group_instance_id") } else { None },
            protocol_type: reader.string(flexible, "JoinGroupRequest.protocol_type"),
            protocols: reader.structs(flexible, version, match version { 0..=5 => 6, _ => 3 }, "JoinGroupRequest.protocols", JoinGroupRequestProtocol::read),
            reason: if version >= 8 { reader.opt_string(flexible, true, "JoinGroupRequest.reason") } else { None },
            unknown_tagged_fields: reader.tags(flexible, "JoinGroupRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.string(flexible, &self.group_id, "JoinGroupRequest.group_id");
        writer.int32(self.session_timeout_ms);
        if version >= 1 {
            writer.int32(self.rebalance_timeout_ms);
        }
        writer.string(flexible, &self.member_id, "JoinGroupRequest.member_id");
        if version >= 5 {
            writer.opt_string(flexible, true, &self.group_instance_id, "JoinGroupRequest.group_instance_id");
        } else if self.group_instance_id.is_some() {
            writer.reject("JoinGroupRequest.group_instance_id");
        }
        writer.string(flexible, &self.protocol_type, "JoinGroupRequest.protocol_type");
        writer.structs(flexible, version, &self.protocols, "JoinGroupRequest.protocols", JoinGroupRequestProtocol::write);
        if version >= 8 {
            writer.opt_string(flexible, true, &self.reason, "JoinGroupRequest.reason");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`JoinGroupRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JoinGroupRequestProtocol {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub metadata: Bytes,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl JoinGroupRequestProtocol {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            name: reader.string(flexible, "JoinGroupRequestProtocol.name"),
            metadata: reader.bytes(flexible, "JoinGroupRequestProtocol.metadata"),
            unknown_tagged_fields: reader.tags(flexible, "JoinGroupRequestProtocol"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.string(flexible, &self.name, "JoinGroupRequestProtocol.name");
        writer.bytes(flexible, &self.metadata, "JoinGroupRequestProtocol.metadata");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

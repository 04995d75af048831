//! GroupMetadataValue: the value of a coordinator's record of type 2, versions 0 to 4, flexible from 4.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `GroupMetadataValue`.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupMetadataValue {
    /// All versions.
    pub protocol_type: Str,
    /// All versions.
    pub generation: i32,
    /// All versions, nullable.
    pub protocol: Option<Str>,
    /// All versions, nullable.
    pub leader: Option<Str>,
    /// Versions 2+, default -1, dropped where the version lacks it.
    pub current_state_timestamp: i64,
    /// All versions.
    pub members: Vec<MemberMetadata>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for GroupMetadataValue {
    fn default() -> Self {
        Self {
            protocol_type: Str::EMPTY,
            generation: 0,
            protocol: Some(Str::EMPTY),
            leader: Some(Str::EMPTY),
            current_state_timestamp: -1,
            members: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for GroupMetadataValue {
    const NAME: &'static str = "GroupMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            protocol_type: reader.string(flexible, "GroupMetadataValue.protocol_type"),
            generation: reader.int32("GroupMetadataValue.generation"),
            protocol: reader.opt_string(flexible, true, "GroupMetadataValue.protocol"),
            leader: reader.opt_string(flexible, true, "GroupMetadataValue.leader"),
            current_state_timestamp: if version >= 2 { reader.int64("GroupMetadataValue.current_state_timestamp") } else { -1 },
            members: reader.structs(flexible, version, match version { 0 => 18, 1..=2 => 22, 3 => 24, _ => 15 }, "GroupMetadataValue.members", MemberMetadata::read),
            unknown_tagged_fields: reader.tags(flexible, "GroupMetadataValue"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.string(flexible, &self.protocol_type, "GroupMetadataValue.protocol_type");
        writer.int32(self.generation);
        writer.opt_string(flexible, true, &self.protocol, "GroupMetadataValue.protocol");
        writer.opt_string(flexible, true, &self.leader, "GroupMetadataValue.leader");
        if version >= 2 {
            writer.int64(self.current_state_timestamp);
        }
        writer.structs(flexible, version, &self.members, "GroupMetadataValue.members", MemberMetadata::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`GroupMetadataValue`].
#[derive(Clone, Debug, PartialEq)]
pub struct MemberMetadata {
    /// All versions.
    pub member_id: Str,
    /// Versions 3+, nullable, default null, dropped where the version lacks it.
    pub group_instance_id: Option<Str>,
    /// All versions.
    pub client_id: Str,
    /// All versions.
    pub client_host: Str,
    /// Versions 1+, default -1, dropped where the version lacks it.
    pub rebalance_timeout: i32,
    /// All versions.
    pub session_timeout: i32,
    /// All versions.
    pub subscription: Bytes,
    /// All versions.
    pub assignment: Bytes,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MemberMetadata {
    fn default() -> Self {
        Self {
            member_id: Str::EMPTY,
            group_instance_id: None,
            client_id: Str::EMPTY,
            client_host: Str::EMPTY,
            rebalance_timeout: -1,
            session_timeout: 0,
            subscription: Bytes::new(),
            assignment: Bytes::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl MemberMetadata {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            member_id: reader.string(flexible, "MemberMetadata.member_id"),
            group_instance_id: if version >= 3 { reader.opt_string(flexible, true, "MemberMetadata.group_instance_id") } else { None },
            client_id: reader.string(flexible, "MemberMetadata.client_id"),
            client_host: reader.string(flexible, "MemberMetadata.client_host"),
            rebalance_timeout: if version >= 1 { reader.int32("MemberMetadata.rebalance_timeout") } else { -1 },
            session_timeout: reader.int32("MemberMetadata.session_timeout"),
            subscription: reader.bytes(flexible, "MemberMetadata.subscription"),
            assignment: reader.bytes(flexible, "MemberMetadata.assignment"),
            unknown_tagged_fields: reader.tags(flexible, "MemberMetadata"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.string(flexible, &self.member_id, "MemberMetadata.member_id");
        if version >= 3 {
            writer.opt_string(flexible, true, &self.group_instance_id, "MemberMetadata.group_instance_id");
        }
        writer.string(flexible, &self.client_id, "MemberMetadata.client_id");
        writer.string(flexible, &self.client_host, "MemberMetadata.client_host");
        if version >= 1 {
            writer.int32(self.rebalance_timeout);
        }
        writer.int32(self.session_timeout);
        writer.bytes(flexible, &self.subscription, "MemberMetadata.subscription");
        writer.bytes(flexible, &self.assignment, "MemberMetadata.assignment");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

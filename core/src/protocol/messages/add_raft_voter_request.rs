//! AddRaftVoterRequest: a request of API 80, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AddRaftVoterRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct AddRaftVoterRequest {
    /// All versions, nullable.
    pub cluster_id: Option<Str>,
    /// All versions.
    pub timeout_ms: i32,
    /// All versions.
    pub voter_id: i32,
    /// All versions.
    pub voter_directory_id: Uuid,
    /// All versions.
    pub listeners: Vec<Listener>,
    /// Version 1, default true.
    pub ack_when_committed: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AddRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(Str::EMPTY),
            timeout_ms: 0,
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            listeners: Vec::new(),
            ack_when_committed: true,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for AddRaftVoterRequest {
    const NAME: &'static str = "AddRaftVoterRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            cluster_id: reader.opt_string(true, true, "AddRaftVoterRequest.cluster_id"),
            timeout_ms: reader.int32("AddRaftVoterRequest.timeout_ms"),
            voter_id: reader.int32("AddRaftVoterRequest.voter_id"),
            voter_directory_id: reader.uuid("AddRaftVoterRequest.voter_directory_id"),
            listeners: reader.structs(true, version, 5, "AddRaftVoterRequest.listeners", Listener::read),
            ack_when_committed: if version == 1 { reader.bool("AddRaftVoterRequest.ack_when_committed") } else { true },
            unknown_tagged_fields: reader.tags(true, "AddRaftVoterRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.opt_string(true, true, &self.cluster_id, "AddRaftVoterRequest.cluster_id");
        writer.int32(self.timeout_ms);
        writer.int32(self.voter_id);
        writer.uuid(self.voter_directory_id);
        writer.structs(true, version, &self.listeners, "AddRaftVoterRequest.listeners", Listener::write);
        if version == 1 {
            writer.bool(self.ack_when_committed);
        } else if !self.ack_when_committed {
            writer.reject("AddRaftVoterRequest.ack_when_committed");
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AddRaftVoterRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listener {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: u16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Listener {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "Listener.name"),
            host: reader.string(true, "Listener.host"),
            port: reader.uint16("Listener.port"),
            unknown_tagged_fields: reader.tags(true, "Listener"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "Listener.name");
        writer.string(true, &self.host, "Listener.host");
        writer.uint16(self.port);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

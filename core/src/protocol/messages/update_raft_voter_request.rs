//! UpdateRaftVoterRequest: a request of API 82, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `UpdateRaftVoterRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateRaftVoterRequest {
    /// All versions, nullable.
    pub cluster_id: Option<Str>,
    /// All versions.
    pub current_leader_epoch: i32,
    /// All versions.
    pub voter_id: i32,
    /// All versions.
    pub voter_directory_id: Uuid,
    /// All versions.
    pub listeners: Vec<Listener>,
    /// All versions.
    pub kraft_version_feature: KRaftVersionFeature,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for UpdateRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(Str::EMPTY),
            current_leader_epoch: 0,
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            listeners: Vec::new(),
            kraft_version_feature: KRaftVersionFeature::default(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for UpdateRaftVoterRequest {
    const NAME: &'static str = "UpdateRaftVoterRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            cluster_id: reader.opt_string(true, true, "UpdateRaftVoterRequest.cluster_id"),
            current_leader_epoch: reader.int32("UpdateRaftVoterRequest.current_leader_epoch"),
            voter_id: reader.int32("UpdateRaftVoterRequest.voter_id"),
            voter_directory_id: reader.uuid("UpdateRaftVoterRequest.voter_directory_id"),
            listeners: reader.structs(true, version, 5, "UpdateRaftVoterRequest.listeners", Listener::read),
            kraft_version_feature: KRaftVersionFeature::read(reader, version),
            unknown_tagged_fields: reader.tags(true, "UpdateRaftVoterRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.opt_string(true, true, &self.cluster_id, "UpdateRaftVoterRequest.cluster_id");
        writer.int32(self.current_leader_epoch);
        writer.int32(self.voter_id);
        writer.uuid(self.voter_directory_id);
        writer.structs(true, version, &self.listeners, "UpdateRaftVoterRequest.listeners", Listener::write);
        self.kraft_version_feature.write(writer, version);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`UpdateRaftVoterRequest`].
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

/// A struct of [`UpdateRaftVoterRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KRaftVersionFeature {
    /// All versions.
    pub min_supported_version: i16,
    /// All versions.
    pub max_supported_version: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl KRaftVersionFeature {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            min_supported_version: reader.int16("KRaftVersionFeature.min_supported_version"),
            max_supported_version: reader.int16("KRaftVersionFeature.max_supported_version"),
            unknown_tagged_fields: reader.tags(true, "KRaftVersionFeature"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int16(self.min_supported_version);
        writer.int16(self.max_supported_version);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

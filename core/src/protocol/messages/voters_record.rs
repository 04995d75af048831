//! VotersRecord: data, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `VotersRecord`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VotersRecord {
    /// All versions.
    pub version: i16,
    /// All versions.
    pub voters: Vec<Voter>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for VotersRecord {
    const NAME: &'static str = "VotersRecord";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            version: reader.int16("VotersRecord.version"),
            voters: reader.structs(true, version, 27, "VotersRecord.voters", Voter::read),
            unknown_tagged_fields: reader.tags(true, "VotersRecord"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int16(self.version);
        writer.structs(true, version, &self.voters, "VotersRecord.voters", Voter::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`VotersRecord`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Voter {
    /// All versions.
    pub voter_id: i32,
    /// All versions.
    pub voter_directory_id: Uuid,
    /// All versions.
    pub endpoints: Vec<Endpoint>,
    /// All versions.
    pub kraft_version_feature: KRaftVersionFeature,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Voter {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            voter_id: reader.int32("Voter.voter_id"),
            voter_directory_id: reader.uuid("Voter.voter_directory_id"),
            endpoints: reader.structs(true, version, 5, "Voter.endpoints", Endpoint::read),
            kraft_version_feature: KRaftVersionFeature::read(reader, version),
            unknown_tagged_fields: reader.tags(true, "Voter"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.voter_id);
        writer.uuid(self.voter_directory_id);
        writer.structs(true, version, &self.endpoints, "Voter.endpoints", Endpoint::write);
        self.kraft_version_feature.write(writer, version);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`VotersRecord`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoint {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: u16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Endpoint {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "Endpoint.name"),
            host: reader.string(true, "Endpoint.host"),
            port: reader.uint16("Endpoint.port"),
            unknown_tagged_fields: reader.tags(true, "Endpoint"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "Endpoint.name");
        writer.string(true, &self.host, "Endpoint.host");
        writer.uint16(self.port);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`VotersRecord`].
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

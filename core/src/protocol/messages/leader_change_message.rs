//! LeaderChangeMessage: data, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `LeaderChangeMessage`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaderChangeMessage {
    /// All versions.
    pub version: i16,
    /// All versions.
    pub leader_id: i32,
    /// All versions.
    pub voters: Vec<Voter>,
    /// All versions.
    pub granting_voters: Vec<Voter>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for LeaderChangeMessage {
    const NAME: &'static str = "LeaderChangeMessage";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            version: reader.int16("LeaderChangeMessage.version"),
            leader_id: reader.int32("LeaderChangeMessage.leader_id"),
            voters: reader.structs(true, version, match version { 0 => 5, _ => 21 }, "LeaderChangeMessage.voters", Voter::read),
            granting_voters: reader.structs(true, version, match version { 0 => 5, _ => 21 }, "LeaderChangeMessage.granting_voters", Voter::read),
            unknown_tagged_fields: reader.tags(true, "LeaderChangeMessage"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int16(self.version);
        writer.int32(self.leader_id);
        writer.structs(true, version, &self.voters, "LeaderChangeMessage.voters", Voter::write);
        writer.structs(true, version, &self.granting_voters, "LeaderChangeMessage.granting_voters", Voter::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`LeaderChangeMessage`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Voter {
    /// All versions.
    pub voter_id: i32,
    /// Version 1.
    pub voter_directory_id: Uuid,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Voter {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            voter_id: reader.int32("Voter.voter_id"),
            voter_directory_id: if version == 1 { reader.uuid("Voter.voter_directory_id") } else { Uuid::ZERO },
            unknown_tagged_fields: reader.tags(true, "Voter"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.voter_id);
        if version == 1 {
            writer.uuid(self.voter_directory_id);
        } else if !self.voter_directory_id.is_zero() {
            writer.reject("Voter.voter_directory_id");
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

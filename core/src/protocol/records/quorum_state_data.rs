//! QuorumStateData: data, versions 0 to 1, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `QuorumStateData`.
#[derive(Clone, Debug, PartialEq)]
pub struct QuorumStateData {
    /// Version 0.
    pub cluster_id: Str,
    /// All versions, default -1.
    pub leader_id: i32,
    /// All versions, default -1.
    pub leader_epoch: i32,
    /// All versions, default -1.
    pub voted_id: i32,
    /// Version 1.
    pub voted_directory_id: Uuid,
    /// Version 0.
    pub applied_offset: i64,
    /// Version 0, nullable.
    pub current_voters: Option<Vec<Voter>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for QuorumStateData {
    fn default() -> Self {
        Self {
            cluster_id: Str::EMPTY,
            leader_id: -1,
            leader_epoch: -1,
            voted_id: -1,
            voted_directory_id: Uuid::ZERO,
            applied_offset: 0,
            current_voters: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for QuorumStateData {
    const NAME: &'static str = "QuorumStateData";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            cluster_id: if version == 0 { reader.string(true, "QuorumStateData.cluster_id") } else { Str::EMPTY },
            leader_id: reader.int32("QuorumStateData.leader_id"),
            leader_epoch: reader.int32("QuorumStateData.leader_epoch"),
            voted_id: reader.int32("QuorumStateData.voted_id"),
            voted_directory_id: if version == 1 { reader.uuid("QuorumStateData.voted_directory_id") } else { Uuid::ZERO },
            applied_offset: if version == 0 { reader.int64("QuorumStateData.applied_offset") } else { 0 },
            current_voters: if version == 0 { reader.opt_structs(true, true, version, 5, "QuorumStateData.current_voters", Voter::read) } else { Some(Vec::new()) },
            unknown_tagged_fields: reader.tags(true, "QuorumStateData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        if version == 0 {
            writer.string(true, &self.cluster_id, "QuorumStateData.cluster_id");
        } else if !self.cluster_id.is_empty() {
            writer.reject("QuorumStateData.cluster_id");
        }
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.int32(self.voted_id);
        if version == 1 {
            writer.uuid(self.voted_directory_id);
        } else if !self.voted_directory_id.is_zero() {
            writer.reject("QuorumStateData.voted_directory_id");
        }
        if version == 0 {
            writer.int64(self.applied_offset);
        } else if self.applied_offset != 0 {
            writer.reject("QuorumStateData.applied_offset");
        }
        if version == 0 {
            writer.opt_structs(true, true, version, &self.current_voters, "QuorumStateData.current_voters", Voter::write);
        } else if self.current_voters.as_ref().is_none_or(|value| !value.is_empty()) {
            writer.reject("QuorumStateData.current_voters");
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`QuorumStateData`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Voter {
    /// All versions.
    pub voter_id: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Voter {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            voter_id: reader.int32("Voter.voter_id"),
            unknown_tagged_fields: reader.tags(true, "Voter"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.voter_id);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

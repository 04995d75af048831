//! RemoveRaftVoterRequest: a request of API 81, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `RemoveRaftVoterRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoveRaftVoterRequest {
    /// All versions, nullable.
    pub cluster_id: Option<Str>,
    /// All versions.
    pub voter_id: i32,
    /// All versions.
    pub voter_directory_id: Uuid,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for RemoveRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(Str::EMPTY),
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for RemoveRaftVoterRequest {
    const NAME: &'static str = "RemoveRaftVoterRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            cluster_id: reader.opt_string(true, true, "RemoveRaftVoterRequest.cluster_id"),
            voter_id: reader.int32("RemoveRaftVoterRequest.voter_id"),
            voter_directory_id: reader.uuid("RemoveRaftVoterRequest.voter_directory_id"),
            unknown_tagged_fields: reader.tags(true, "RemoveRaftVoterRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.opt_string(true, true, &self.cluster_id, "RemoveRaftVoterRequest.cluster_id");
        writer.int32(self.voter_id);
        writer.uuid(self.voter_directory_id);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

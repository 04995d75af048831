//! ElectLeadersResponse: a response of API 43, versions 0 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ElectLeadersResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ElectLeadersResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// Versions 1+.
    pub error_code: i16,
    /// All versions.
    pub replica_election_results: Vec<ReplicaElectionResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ElectLeadersResponse {
    const NAME: &'static str = "ElectLeadersResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            throttle_time_ms: reader.int32("ElectLeadersResponse.throttle_time_ms"),
            error_code: if version >= 1 { reader.int16("ElectLeadersResponse.error_code") } else { 0 },
            replica_election_results: reader.structs(flexible, version, match version { 0..=1 => 6, _ => 3 }, "ElectLeadersResponse.replica_election_results", ReplicaElectionResult::read),
            unknown_tagged_fields: reader.tags(flexible, "ElectLeadersResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int32(self.throttle_time_ms);
        if version >= 1 {
            writer.int16(self.error_code);
        } else if self.error_code != 0 {
            writer.reject("ElectLeadersResponse.error_code");
        }
        writer.structs(flexible, version, &self.replica_election_results, "ElectLeadersResponse.replica_election_results", ReplicaElectionResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ElectLeadersResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplicaElectionResult {
    /// All versions.
    pub topic: Str,
    /// All versions.
    pub partition_result: Vec<PartitionResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ReplicaElectionResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            topic: reader.string(flexible, "ReplicaElectionResult.topic"),
            partition_result: reader.structs(flexible, version, 8, "ReplicaElectionResult.partition_result", PartitionResult::read),
            unknown_tagged_fields: reader.tags(flexible, "ReplicaElectionResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.string(flexible, &self.topic, "ReplicaElectionResult.topic");
        writer.structs(flexible, version, &self.partition_result, "ReplicaElectionResult.partition_result", PartitionResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ElectLeadersResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionResult {
    /// All versions.
    pub partition_id: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionResult {
    fn default() -> Self {
        Self {
            partition_id: 0,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl PartitionResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            partition_id: reader.int32("PartitionResult.partition_id"),
            error_code: reader.int16("PartitionResult.error_code"),
            error_message: reader.opt_string(flexible, true, "PartitionResult.error_message"),
            unknown_tagged_fields: reader.tags(flexible, "PartitionResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int32(self.partition_id);
        writer.int16(self.error_code);
        writer.opt_string(flexible, true, &self.error_message, "PartitionResult.error_message");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! AlterPartitionReassignmentsResponse: a response of API 45, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterPartitionReassignmentsResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterPartitionReassignmentsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// Version 1, default true, dropped where the version lacks it.
    pub allow_replication_factor_change: bool,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// All versions.
    pub responses: Vec<ReassignableTopicResponse>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AlterPartitionReassignmentsResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            allow_replication_factor_change: true,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            responses: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for AlterPartitionReassignmentsResponse {
    const NAME: &'static str = "AlterPartitionReassignmentsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("AlterPartitionReassignmentsResponse.throttle_time_ms"),
            allow_replication_factor_change: if version == 1 { reader.bool("AlterPartitionReassignmentsResponse.allow_replication_factor_change") } else { true },
            error_code: reader.int16("AlterPartitionReassignmentsResponse.error_code"),
            error_message: reader.opt_string(true, true, "AlterPartitionReassignmentsResponse.error_message"),
            responses: reader.structs(true, version, 3, "AlterPartitionReassignmentsResponse.responses", ReassignableTopicResponse::read),
            unknown_tagged_fields: reader.tags(true, "AlterPartitionReassignmentsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        if version == 1 {
            writer.bool(self.allow_replication_factor_change);
        }
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "AlterPartitionReassignmentsResponse.error_message");
        writer.structs(true, version, &self.responses, "AlterPartitionReassignmentsResponse.responses", ReassignableTopicResponse::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterPartitionReassignmentsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReassignableTopicResponse {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<ReassignablePartitionResponse>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ReassignableTopicResponse {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: reader.string(true, "ReassignableTopicResponse.name"),
            partitions: reader.structs(true, version, 8, "ReassignableTopicResponse.partitions", ReassignablePartitionResponse::read),
            unknown_tagged_fields: reader.tags(true, "ReassignableTopicResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.name, "ReassignableTopicResponse.name");
        writer.structs(true, version, &self.partitions, "ReassignableTopicResponse.partitions", ReassignablePartitionResponse::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterPartitionReassignmentsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct ReassignablePartitionResponse {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ReassignablePartitionResponse {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl ReassignablePartitionResponse {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("ReassignablePartitionResponse.partition_index"),
            error_code: reader.int16("ReassignablePartitionResponse.error_code"),
            error_message: reader.opt_string(true, true, "ReassignablePartitionResponse.error_message"),
            unknown_tagged_fields: reader.tags(true, "ReassignablePartitionResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "ReassignablePartitionResponse.error_message");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

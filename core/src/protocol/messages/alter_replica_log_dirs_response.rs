//! AlterReplicaLogDirsResponse: a response of API 34, versions 1 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterReplicaLogDirsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterReplicaLogDirsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub results: Vec<AlterReplicaLogDirTopicResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterReplicaLogDirsResponse {
    const NAME: &'static str = "AlterReplicaLogDirsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            throttle_time_ms: reader.int32("AlterReplicaLogDirsResponse.throttle_time_ms"),
            results: reader.structs(flexible, version, match version { 1 => 6, _ => 3 }, "AlterReplicaLogDirsResponse.results", AlterReplicaLogDirTopicResult::read),
            unknown_tagged_fields: reader.tags(flexible, "AlterReplicaLogDirsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.results, "AlterReplicaLogDirsResponse.results", AlterReplicaLogDirTopicResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterReplicaLogDirsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterReplicaLogDirTopicResult {
    /// All versions.
    pub topic_name: Str,
    /// All versions.
    pub partitions: Vec<AlterReplicaLogDirPartitionResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AlterReplicaLogDirTopicResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            topic_name: reader.string(flexible, "AlterReplicaLogDirTopicResult.topic_name"),
            partitions: reader.structs(flexible, version, match version { 1 => 6, _ => 7 }, "AlterReplicaLogDirTopicResult.partitions", AlterReplicaLogDirPartitionResult::read),
            unknown_tagged_fields: reader.tags(flexible, "AlterReplicaLogDirTopicResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.string(flexible, &self.topic_name, "AlterReplicaLogDirTopicResult.topic_name");
        writer.structs(flexible, version, &self.partitions, "AlterReplicaLogDirTopicResult.partitions", AlterReplicaLogDirPartitionResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterReplicaLogDirsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterReplicaLogDirPartitionResult {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AlterReplicaLogDirPartitionResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            partition_index: reader.int32("AlterReplicaLogDirPartitionResult.partition_index"),
            error_code: reader.int16("AlterReplicaLogDirPartitionResult.error_code"),
            unknown_tagged_fields: reader.tags(flexible, "AlterReplicaLogDirPartitionResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! DeleteRecordsResponse: a response of API 21, versions 0 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DeleteRecordsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteRecordsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub topics: Vec<DeleteRecordsTopicResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteRecordsResponse {
    const NAME: &'static str = "DeleteRecordsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            throttle_time_ms: reader.int32("DeleteRecordsResponse.throttle_time_ms"),
            topics: reader.structs(flexible, version, match version { 0..=1 => 6, _ => 3 }, "DeleteRecordsResponse.topics", DeleteRecordsTopicResult::read),
            unknown_tagged_fields: reader.tags(flexible, "DeleteRecordsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.topics, "DeleteRecordsResponse.topics", DeleteRecordsTopicResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteRecordsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteRecordsTopicResult {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<DeleteRecordsPartitionResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DeleteRecordsTopicResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            name: reader.string(flexible, "DeleteRecordsTopicResult.name"),
            partitions: reader.structs(flexible, version, match version { 0..=1 => 14, _ => 15 }, "DeleteRecordsTopicResult.partitions", DeleteRecordsPartitionResult::read),
            unknown_tagged_fields: reader.tags(flexible, "DeleteRecordsTopicResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.string(flexible, &self.name, "DeleteRecordsTopicResult.name");
        writer.structs(flexible, version, &self.partitions, "DeleteRecordsTopicResult.partitions", DeleteRecordsPartitionResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteRecordsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteRecordsPartitionResult {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub low_watermark: i64,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DeleteRecordsPartitionResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            partition_index: reader.int32("DeleteRecordsPartitionResult.partition_index"),
            low_watermark: reader.int64("DeleteRecordsPartitionResult.low_watermark"),
            error_code: reader.int16("DeleteRecordsPartitionResult.error_code"),
            unknown_tagged_fields: reader.tags(flexible, "DeleteRecordsPartitionResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int32(self.partition_index);
        writer.int64(self.low_watermark);
        writer.int16(self.error_code);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

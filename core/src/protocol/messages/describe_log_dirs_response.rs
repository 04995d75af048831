//! DescribeLogDirsResponse: a response of API 35, versions 1 to 5, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeLogDirsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeLogDirsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// Versions 3+, dropped where the version lacks it.
    pub error_code: i16,
    /// All versions.
    pub results: Vec<DescribeLogDirsResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeLogDirsResponse {
    const NAME: &'static str = "DescribeLogDirsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            throttle_time_ms: reader.int32("DescribeLogDirsResponse.throttle_time_ms"),
            error_code: if version >= 3 { reader.int16("DescribeLogDirsResponse.error_code") } else { 0 },
            results: reader.structs(flexible, version, match version { 1 => 8, 2..=3 => 5, 4 => 21, _ => 22 }, "DescribeLogDirsResponse.results", DescribeLogDirsResult::read),
            unknown_tagged_fields: reader.tags(flexible, "DescribeLogDirsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        if version >= 3 {
            writer.int16(self.error_code);
        }
        writer.structs(flexible, version, &self.results, "DescribeLogDirsResponse.results", DescribeLogDirsResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeLogDirsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeLogDirsResult {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub log_dir: Str,
    /// All versions.
    pub topics: Vec<DescribeLogDirsTopic>,
    /// Versions 4+, default -1, dropped where the version lacks it.
    pub total_bytes: i64,
    /// Versions 4+, default -1, dropped where the version lacks it.
    pub usable_bytes: i64,
    /// Version 5, default false, dropped where the version lacks it.
    pub is_cordoned: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeLogDirsResult {
    fn default() -> Self {
        Self {
            error_code: 0,
            log_dir: Str::EMPTY,
            topics: Vec::new(),
            total_bytes: -1,
            usable_bytes: -1,
            is_cordoned: false,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribeLogDirsResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            error_code: reader.int16("DescribeLogDirsResult.error_code"),
            log_dir: reader.string(flexible, "DescribeLogDirsResult.log_dir"),
            topics: reader.structs(flexible, version, match version { 1 => 6, _ => 3 }, "DescribeLogDirsResult.topics", DescribeLogDirsTopic::read),
            total_bytes: if version >= 4 { reader.int64("DescribeLogDirsResult.total_bytes") } else { -1 },
            usable_bytes: if version >= 4 { reader.int64("DescribeLogDirsResult.usable_bytes") } else { -1 },
            is_cordoned: if version == 5 { reader.bool("DescribeLogDirsResult.is_cordoned") } else { false },
            unknown_tagged_fields: reader.tags(flexible, "DescribeLogDirsResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.string(flexible, &self.log_dir, "DescribeLogDirsResult.log_dir");
        writer.structs(flexible, version, &self.topics, "DescribeLogDirsResult.topics", DescribeLogDirsTopic::write);
        if version >= 4 {
            writer.int64(self.total_bytes);
        }
        if version >= 4 {
            writer.int64(self.usable_bytes);
        }
        if version == 5 {
            writer.bool(self.is_cordoned);
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeLogDirsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeLogDirsTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<DescribeLogDirsPartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DescribeLogDirsTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            name: reader.string(flexible, "DescribeLogDirsTopic.name"),
            partitions: reader.structs(flexible, version, match version { 1 => 21, _ => 22 }, "DescribeLogDirsTopic.partitions", DescribeLogDirsPartition::read),
            unknown_tagged_fields: reader.tags(flexible, "DescribeLogDirsTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(flexible, &self.name, "DescribeLogDirsTopic.name");
        writer.structs(flexible, version, &self.partitions, "DescribeLogDirsTopic.partitions", DescribeLogDirsPartition::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeLogDirsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeLogDirsPartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub partition_size: i64,
    /// All versions.
    pub offset_lag: i64,
    /// All versions.
    pub is_future_key: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DescribeLogDirsPartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            partition_index: reader.int32("DescribeLogDirsPartition.partition_index"),
            partition_size: reader.int64("DescribeLogDirsPartition.partition_size"),
            offset_lag: reader.int64("DescribeLogDirsPartition.offset_lag"),
            is_future_key: reader.bool("DescribeLogDirsPartition.is_future_key"),
            unknown_tagged_fields: reader.tags(flexible, "DescribeLogDirsPartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int32(self.partition_index);
        writer.int64(self.partition_size);
        writer.int64(self.offset_lag);
        writer.bool(self.is_future_key);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

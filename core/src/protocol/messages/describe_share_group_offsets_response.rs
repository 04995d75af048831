//! DescribeShareGroupOffsetsResponse: a response of API 90, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeShareGroupOffsetsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeShareGroupOffsetsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub groups: Vec<DescribeShareGroupOffsetsResponseGroup>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeShareGroupOffsetsResponse {
    const NAME: &'static str = "DescribeShareGroupOffsetsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("DescribeShareGroupOffsetsResponse.throttle_time_ms"),
            groups: reader.structs(true, version, 6, "DescribeShareGroupOffsetsResponse.groups", DescribeShareGroupOffsetsResponseGroup::read),
            unknown_tagged_fields: reader.tags(true, "DescribeShareGroupOffsetsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.structs(true, version, &self.groups, "DescribeShareGroupOffsetsResponse.groups", DescribeShareGroupOffsetsResponseGroup::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeShareGroupOffsetsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeShareGroupOffsetsResponseGroup {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub topics: Vec<DescribeShareGroupOffsetsResponseTopic>,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DescribeShareGroupOffsetsResponseGroup {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(true, "DescribeShareGroupOffsetsResponseGroup.group_id"),
            topics: reader.structs(true, version, 19, "DescribeShareGroupOffsetsResponseGroup.topics", DescribeShareGroupOffsetsResponseTopic::read),
            error_code: reader.int16("DescribeShareGroupOffsetsResponseGroup.error_code"),
            error_message: reader.opt_string(true, true, "DescribeShareGroupOffsetsResponseGroup.error_message"),
            unknown_tagged_fields: reader.tags(true, "DescribeShareGroupOffsetsResponseGroup"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.group_id, "DescribeShareGroupOffsetsResponseGroup.group_id");
        writer.structs(true, version, &self.topics, "DescribeShareGroupOffsetsResponseGroup.topics", DescribeShareGroupOffsetsResponseTopic::write);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "DescribeShareGroupOffsetsResponseGroup.error_message");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeShareGroupOffsetsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeShareGroupOffsetsResponseTopic {
    /// All versions.
    pub topic_name: Str,
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<DescribeShareGroupOffsetsResponsePartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DescribeShareGroupOffsetsResponseTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_name: reader.string(true, "DescribeShareGroupOffsetsResponseTopic.topic_name"),
            topic_id: reader.uuid("DescribeShareGroupOffsetsResponseTopic.topic_id"),
            partitions: reader.structs(true, version, match version { 0 => 20, _ => 28 }, "DescribeShareGroupOffsetsResponseTopic.partitions", DescribeShareGroupOffsetsResponsePartition::read),
            unknown_tagged_fields: reader.tags(true, "DescribeShareGroupOffsetsResponseTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.topic_name, "DescribeShareGroupOffsetsResponseTopic.topic_name");
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "DescribeShareGroupOffsetsResponseTopic.partitions", DescribeShareGroupOffsetsResponsePartition::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeShareGroupOffsetsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeShareGroupOffsetsResponsePartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub start_offset: i64,
    /// All versions.
    pub leader_epoch: i32,
    /// Version 1, default -1, dropped where the version lacks it.
    pub lag: i64,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeShareGroupOffsetsResponsePartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            start_offset: 0,
            leader_epoch: 0,
            lag: -1,
            error_code: 0,
            error_message: None,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribeShareGroupOffsetsResponsePartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            partition_index: reader.int32("DescribeShareGroupOffsetsResponsePartition.partition_index"),
            start_offset: reader.int64("DescribeShareGroupOffsetsResponsePartition.start_offset"),
            leader_epoch: reader.int32("DescribeShareGroupOffsetsResponsePartition.leader_epoch"),
            lag: if version == 1 { reader.int64("DescribeShareGroupOffsetsResponsePartition.lag") } else { -1 },
            error_code: reader.int16("DescribeShareGroupOffsetsResponsePartition.error_code"),
            error_message: reader.opt_string(true, true, "DescribeShareGroupOffsetsResponsePartition.error_message"),
            unknown_tagged_fields: reader.tags(true, "DescribeShareGroupOffsetsResponsePartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition_index);
        writer.int64(self.start_offset);
        writer.int32(self.leader_epoch);
        if version == 1 {
            writer.int64(self.lag);
        }
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "DescribeShareGroupOffsetsResponsePartition.error_message");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

//! AlterPartitionResponse: a response of API 56, versions 2 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterPartitionResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterPartitionResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub topics: Vec<TopicData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterPartitionResponse {
    const NAME: &'static str = "AlterPartitionResponse";
    const VERSIONS: RangeInclusive<i16> = 2..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("AlterPartitionResponse.throttle_time_ms"),
            error_code: reader.int16("AlterPartitionResponse.error_code"),
            topics: reader.structs(true, version, 18, "AlterPartitionResponse.topics", TopicData::read),
            unknown_tagged_fields: reader.tags(true, "AlterPartitionResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.structs(true, version, &self.topics, "AlterPartitionResponse.topics", TopicData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterPartitionResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicData {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("TopicData.topic_id"),
            partitions: reader.structs(true, version, 21, "TopicData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "TopicData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "TopicData.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterPartitionResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub leader_id: i32,
    /// All versions.
    pub leader_epoch: i32,
    /// All versions.
    pub isr: Vec<i32>,
    /// All versions, default 0.
    pub leader_recovery_state: i8,
    /// All versions.
    pub partition_epoch: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            error_code: reader.int16("PartitionData.error_code"),
            leader_id: reader.int32("PartitionData.leader_id"),
            leader_epoch: reader.int32("PartitionData.leader_epoch"),
            isr: reader.int32s(true, "PartitionData.isr"),
            leader_recovery_state: reader.int8("PartitionData.leader_recovery_state"),
            partition_epoch: reader.int32("PartitionData.partition_epoch"),
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.int32s(true, &self.isr, "PartitionData.isr");
        writer.int8(self.leader_recovery_state);
        writer.int32(self.partition_epoch);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

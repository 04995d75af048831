//! OffsetForLeaderEpochResponse: a response of API 23, versions 2 to 4, flexible from 4.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `OffsetForLeaderEpochResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetForLeaderEpochResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub topics: Vec<OffsetForLeaderTopicResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for OffsetForLeaderEpochResponse {
    const NAME: &'static str = "OffsetForLeaderEpochResponse";
    const VERSIONS: RangeInclusive<i16> = 2..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            throttle_time_ms: reader.int32("OffsetForLeaderEpochResponse.throttle_time_ms"),
            topics: reader.structs(flexible, version, match version { 2..=3 => 6, _ => 3 }, "OffsetForLeaderEpochResponse.topics", OffsetForLeaderTopicResult::read),
            unknown_tagged_fields: reader.tags(flexible, "OffsetForLeaderEpochResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.topics, "OffsetForLeaderEpochResponse.topics", OffsetForLeaderTopicResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetForLeaderEpochResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetForLeaderTopicResult {
    /// All versions.
    pub topic: Str,
    /// All versions.
    pub partitions: Vec<EpochEndOffset>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OffsetForLeaderTopicResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            topic: reader.string(flexible, "OffsetForLeaderTopicResult.topic"),
            partitions: reader.structs(flexible, version, match version { 2..=3 => 18, _ => 19 }, "OffsetForLeaderTopicResult.partitions", EpochEndOffset::read),
            unknown_tagged_fields: reader.tags(flexible, "OffsetForLeaderTopicResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.string(flexible, &self.topic, "OffsetForLeaderTopicResult.topic");
        writer.structs(flexible, version, &self.partitions, "OffsetForLeaderTopicResult.partitions", EpochEndOffset::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetForLeaderEpochResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct EpochEndOffset {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub partition: i32,
    /// All versions, default -1.
    pub leader_epoch: i32,
    /// All versions, default -1.
    pub end_offset: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        Self {
            error_code: 0,
            partition: 0,
            leader_epoch: -1,
            end_offset: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl EpochEndOffset {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            error_code: reader.int16("EpochEndOffset.error_code"),
            partition: reader.int32("EpochEndOffset.partition"),
            leader_epoch: reader.int32("EpochEndOffset.leader_epoch"),
            end_offset: reader.int64("EpochEndOffset.end_offset"),
            unknown_tagged_fields: reader.tags(flexible, "EpochEndOffset"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.int16(self.error_code);
        writer.int32(self.partition);
        writer.int32(self.leader_epoch);
        writer.int64(self.end_offset);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

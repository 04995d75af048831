//! OffsetCommitResponse: a response of API 8, versions 2 to 10, flexible from 8.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `OffsetCommitResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetCommitResponse {
    /// Versions 3+, dropped where the version lacks it.
    pub throttle_time_ms: i32,
    /// All versions.
    pub topics: Vec<OffsetCommitResponseTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for OffsetCommitResponse {
    const NAME: &'static str = "OffsetCommitResponse";
    const VERSIONS: RangeInclusive<i16> = 2..=10;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 8;
        Self {
            throttle_time_ms: if version >= 3 { reader.int32("OffsetCommitResponse.throttle_time_ms") } else { 0 },
            topics: reader.structs(flexible, version, match version { 2..=7 => 6, 8..=9 => 3, _ => 18 }, "OffsetCommitResponse.topics", OffsetCommitResponseTopic::read),
            unknown_tagged_fields: reader.tags(flexible, "OffsetCommitResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 8;
        if version >= 3 {
            writer.int32(self.throttle_time_ms);
        }
        writer.structs(flexible, version, &self.topics, "OffsetCommitResponse.topics", OffsetCommitResponseTopic::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetCommitResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetCommitResponseTopic {
    /// Versions 2 to 9, dropped where the version lacks it.
    pub name: Str,
    /// Version 10, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<OffsetCommitResponsePartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OffsetCommitResponseTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 8;
        Self {
            name: if version <= 9 { reader.string(flexible, "OffsetCommitResponseTopic.name") } else { Str::EMPTY },
            topic_id: if version == 10 { reader.uuid("OffsetCommitResponseTopic.topic_id") } else { Uuid::ZERO },
            partitions: reader.structs(flexible, version, match version { 2..=7 => 6, _ => 7 }, "OffsetCommitResponseTopic.partitions", OffsetCommitResponsePartition::read),
            unknown_tagged_fields: reader.tags(flexible, "OffsetCommitResponseTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 8;
        if version <= 9 {
            writer.string(flexible, &self.name, "OffsetCommitResponseTopic.name");
        }
        if version == 10 {
            writer.uuid(self.topic_id);
        }
        writer.structs(flexible, version, &self.partitions, "OffsetCommitResponseTopic.partitions", OffsetCommitResponsePartition::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetCommitResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetCommitResponsePartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OffsetCommitResponsePartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 8;
        Self {
            partition_index: reader.int32("OffsetCommitResponsePartition.partition_index"),
            error_code: reader.int16("OffsetCommitResponsePartition.error_code"),
            unknown_tagged_fields: reader.tags(flexible, "OffsetCommitResponsePartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 8;
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

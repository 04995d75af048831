//! TxnOffsetCommitResponse: a response of API 28, versions 0 to 5, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `TxnOffsetCommitResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TxnOffsetCommitResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub topics: Vec<TxnOffsetCommitResponseTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for TxnOffsetCommitResponse {
    const NAME: &'static str = "TxnOffsetCommitResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            throttle_time_ms: reader.int32("TxnOffsetCommitResponse.throttle_time_ms"),
            topics: reader.structs(flexible, version, match version { 0..=2 => 6, _ => 3 }, "TxnOffsetCommitResponse.topics", TxnOffsetCommitResponseTopic::read),
            unknown_tagged_fields: reader.tags(flexible, "TxnOffsetCommitResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.topics, "TxnOffsetCommitResponse.topics", TxnOffsetCommitResponseTopic::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`TxnOffsetCommitResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TxnOffsetCommitResponseTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<TxnOffsetCommitResponsePartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TxnOffsetCommitResponseTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            name: reader.string(flexible, "TxnOffsetCommitResponseTopic.name"),
            partitions: reader.structs(flexible, version, match version { 0..=2 => 6, _ => 7 }, "TxnOffsetCommitResponseTopic.partitions", TxnOffsetCommitResponsePartition::read),
            unknown_tagged_fields: reader.tags(flexible, "TxnOffsetCommitResponseTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(flexible, &self.name, "TxnOffsetCommitResponseTopic.name");
        writer.structs(flexible, version, &self.partitions, "TxnOffsetCommitResponseTopic.partitions", TxnOffsetCommitResponsePartition::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`TxnOffsetCommitResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TxnOffsetCommitResponsePartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TxnOffsetCommitResponsePartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            partition_index: reader.int32("TxnOffsetCommitResponsePartition.partition_index"),
            error_code: reader.int16("TxnOffsetCommitResponsePartition.error_code"),
            unknown_tagged_fields: reader.tags(flexible, "TxnOffsetCommitResponsePartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! ListOffsetsResponse: a response of API 2, versions 1 to 11, flexible from 6.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ListOffsetsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListOffsetsResponse {
    /// Versions 2+, dropped where the version lacks it.
    pub throttle_time_ms: i32,
    /// All versions.
    pub topics: Vec<ListOffsetsTopicResponse>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListOffsetsResponse {
    const NAME: &'static str = "ListOffsetsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=11;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            throttle_time_ms: if version >= 2 { reader.int32("ListOffsetsResponse.throttle_time_ms") } else { 0 },
            topics: reader.structs(flexible, version, match version { 1..=5 => 6, _ => 3 }, "ListOffsetsResponse.topics", ListOffsetsTopicResponse::read),
            unknown_tagged_fields: reader.tags(flexible, "ListOffsetsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version >= 2 {
            writer.int32(self.throttle_time_ms);
        }
        writer.structs(flexible, version, &self.topics, "ListOffsetsResponse.topics", ListOffsetsTopicResponse::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ListOffsetsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListOffsetsTopicResponse {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<ListOffsetsPartitionResponse>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ListOffsetsTopicResponse {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            name: reader.string(flexible, "ListOffsetsTopicResponse.name"),
            partitions: reader.structs(flexible, version, match version { 1..=3 => 22, 4..=5 => 26, _ => 27 }, "ListOffsetsTopicResponse.partitions", ListOffsetsPartitionResponse::read),
            unknown_tagged_fields: reader.tags(flexible, "ListOffsetsTopicResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.string(flexible, &self.name, "ListOffsetsTopicResponse.name");
        writer.structs(flexible, version, &self.partitions, "ListOffsetsTopicResponse.partitions", ListOffsetsPartitionResponse::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ListOffsetsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct ListOffsetsPartitionResponse {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, default -1.
    pub timestamp: i64,
    /// All versions, default -1.
    pub offset: i64,
    /// Versions 4+, default -1.
    pub leader_epoch: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ListOffsetsPartitionResponse {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: 0,
            timestamp: -1,
            offset: -1,
            leader_epoch: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl ListOffsetsPartitionResponse {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            partition_index: reader.int32("ListOffsetsPartitionResponse.partition_index"),
            error_code: reader.int16("ListOffsetsPartitionResponse.error_code"),
            timestamp: reader.int64("ListOffsetsPartitionResponse.timestamp"),
            offset: reader.int64("ListOffsetsPartitionResponse.offset"),
            leader_epoch: if version >= 4 { reader.int32("ListOffsetsPartitionResponse.leader_epoch") } else { -1 },
            unknown_tagged_fields: reader.tags(flexible, "ListOffsetsPartitionResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.int64(self.timestamp);
        writer.int64(self.offset);
        if version >= 4 {
            writer.int32(self.leader_epoch);
        } else if self.leader_epoch != -1 {
            writer.reject("ListOffsetsPartitionResponse.leader_epoch");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

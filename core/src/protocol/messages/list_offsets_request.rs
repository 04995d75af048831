//! ListOffsetsRequest: a request of API 2, versions 1 to 11, flexible from 6.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ListOffsetsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListOffsetsRequest {
    /// All versions.
    pub replica_id: i32,
    /// Versions 2+.
    pub isolation_level: i8,
    /// All versions.
    pub topics: Vec<ListOffsetsTopic>,
    /// Versions 10+, dropped where the version lacks it.
    pub timeout_ms: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListOffsetsRequest {
    const NAME: &'static str = "ListOffsetsRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=11;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            replica_id: reader.int32("ListOffsetsRequest.replica_id"),
            isolation_level: if version >= 2 { reader.int8("ListOffsetsRequest.isolation_level") } else { 0 },
            topics: reader.structs(flexible, version, match version { 1..=5 => 6, _ => 3 }, "ListOffsetsRequest.topics", ListOffsetsTopic::read),
            timeout_ms: if version >= 10 { reader.int32("ListOffsetsRequest.timeout_ms") } else { 0 },
            unknown_tagged_fields: reader.tags(flexible, "ListOffsetsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.int32(self.replica_id);
        if version >= 2 {
            writer.int8(self.isolation_level);
        } else if self.isolation_level != 0 {
            writer.reject("ListOffsetsRequest.isolation_level");
        }
        writer.structs(flexible, version, &self.topics, "ListOffsetsRequest.topics", ListOffsetsTopic::write);
        if version >= 10 {
            writer.int32(self.timeout_ms);
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ListOffsetsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListOffsetsTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<ListOffsetsPartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ListOffsetsTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            name: reader.string(flexible, "ListOffsetsTopic.name"),
            partitions: reader.structs(flexible, version, match version { 1..=3 => 12, 4..=5 => 16, _ => 17 }, "ListOffsetsTopic.partitions", ListOffsetsPartition::read),
            unknown_tagged_fields: reader.tags(flexible, "ListOffsetsTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.string(flexible, &self.name, "ListOffsetsTopic.name");
        writer.structs(flexible, version, &self.partitions, "ListOffsetsTopic.partitions", ListOffsetsPartition::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ListOffsetsRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct ListOffsetsPartition {
    /// All versions.
    pub partition_index: i32,
    /// Versions 4+, default -1, dropped where the version lacks it.
    pub current_leader_epoch: i32,
    /// All versions.
    pub timestamp: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ListOffsetsPartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            current_leader_epoch: -1,
            timestamp: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl ListOffsetsPartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            partition_index: reader.int32("ListOffsetsPartition.partition_index"),
            current_leader_epoch: if version >= 4 { reader.int32("ListOffsetsPartition.current_leader_epoch") } else { -1 },
            timestamp: reader.int64("ListOffsetsPartition.timestamp"),
            unknown_tagged_fields: reader.tags(flexible, "ListOffsetsPartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.int32(self.partition_index);
        if version >= 4 {
            writer.int32(self.current_leader_epoch);
        }
        writer.int64(self.timestamp);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

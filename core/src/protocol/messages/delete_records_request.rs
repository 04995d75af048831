//! DeleteRecordsRequest: a request of API 21, versions 0 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DeleteRecordsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteRecordsRequest {
    /// All versions.
    pub topics: Vec<DeleteRecordsTopic>,
    /// All versions.
    pub timeout_ms: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteRecordsRequest {
    const NAME: &'static str = "DeleteRecordsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            topics: reader.structs(flexible, version, match version { 0..=1 => 6, _ => 3 }, "DeleteRecordsRequest.topics", DeleteRecordsTopic::read),
            timeout_ms: reader.int32("DeleteRecordsRequest.timeout_ms"),
            unknown_tagged_fields: reader.tags(flexible, "DeleteRecordsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.structs(flexible, version, &self.topics, "DeleteRecordsRequest.topics", DeleteRecordsTopic::write);
        writer.int32(self.timeout_ms);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteRecordsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteRecordsTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<DeleteRecordsPartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DeleteRecordsTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            name: reader.string(flexible, "DeleteRecordsTopic.name"),
            partitions: reader.structs(flexible, version, match version { 0..=1 => 12, _ => 13 }, "DeleteRecordsTopic.partitions", DeleteRecordsPartition::read),
            unknown_tagged_fields: reader.tags(flexible, "DeleteRecordsTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.string(flexible, &self.name, "DeleteRecordsTopic.name");
        writer.structs(flexible, version, &self.partitions, "DeleteRecordsTopic.partitions", DeleteRecordsPartition::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteRecordsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteRecordsPartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub offset: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DeleteRecordsPartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            partition_index: reader.int32("DeleteRecordsPartition.partition_index"),
            offset: reader.int64("DeleteRecordsPartition.offset"),
            unknown_tagged_fields: reader.tags(flexible, "DeleteRecordsPartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int32(self.partition_index);
        writer.int64(self.offset);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

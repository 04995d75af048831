//! ReadShareGroupStateSummaryRequest: a request of API 87, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ReadShareGroupStateSummaryRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadShareGroupStateSummaryRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub topics: Vec<ReadStateSummaryData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ReadShareGroupStateSummaryRequest {
    const NAME: &'static str = "ReadShareGroupStateSummaryRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(true, "ReadShareGroupStateSummaryRequest.group_id"),
            topics: reader.structs(true, version, 18, "ReadShareGroupStateSummaryRequest.topics", ReadStateSummaryData::read),
            unknown_tagged_fields: reader.tags(true, "ReadShareGroupStateSummaryRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.group_id, "ReadShareGroupStateSummaryRequest.group_id");
        writer.structs(true, version, &self.topics, "ReadShareGroupStateSummaryRequest.topics", ReadStateSummaryData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ReadShareGroupStateSummaryRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadStateSummaryData {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ReadStateSummaryData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("ReadStateSummaryData.topic_id"),
            partitions: reader.structs(true, version, 9, "ReadStateSummaryData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "ReadStateSummaryData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "ReadStateSummaryData.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ReadShareGroupStateSummaryRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition: i32,
    /// All versions.
    pub leader_epoch: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition: reader.int32("PartitionData.partition"),
            leader_epoch: reader.int32("PartitionData.leader_epoch"),
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition);
        writer.int32(self.leader_epoch);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

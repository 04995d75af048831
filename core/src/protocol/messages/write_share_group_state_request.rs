//! WriteShareGroupStateRequest: a request of API 85, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `WriteShareGroupStateRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WriteShareGroupStateRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub topics: Vec<WriteStateData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for WriteShareGroupStateRequest {
    const NAME: &'static str = "WriteShareGroupStateRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(true, "WriteShareGroupStateRequest.group_id"),
            topics: reader.structs(true, version, 18, "WriteShareGroupStateRequest.topics", WriteStateData::read),
            unknown_tagged_fields: reader.tags(true, "WriteShareGroupStateRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.group_id, "WriteShareGroupStateRequest.group_id");
        writer.structs(true, version, &self.topics, "WriteShareGroupStateRequest.topics", WriteStateData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`WriteShareGroupStateRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WriteStateData {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl WriteStateData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("WriteStateData.topic_id"),
            partitions: reader.structs(true, version, match version { 0 => 22, _ => 26 }, "WriteStateData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "WriteStateData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "WriteStateData.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`WriteShareGroupStateRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition: i32,
    /// All versions.
    pub state_epoch: i32,
    /// All versions.
    pub leader_epoch: i32,
    /// All versions.
    pub start_offset: i64,
    /// Version 1, default -1, dropped where the version lacks it.
    pub delivery_complete_count: i32,
    /// All versions.
    pub state_batches: Vec<StateBatch>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionData {
    fn default() -> Self {
        Self {
            partition: 0,
            state_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
            state_batches: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl PartitionData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            partition: reader.int32("PartitionData.partition"),
            state_epoch: reader.int32("PartitionData.state_epoch"),
            leader_epoch: reader.int32("PartitionData.leader_epoch"),
            start_offset: reader.int64("PartitionData.start_offset"),
            delivery_complete_count: if version == 1 { reader.int32("PartitionData.delivery_complete_count") } else { -1 },
            state_batches: reader.structs(true, version, 20, "PartitionData.state_batches", StateBatch::read),
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition);
        writer.int32(self.state_epoch);
        writer.int32(self.leader_epoch);
        writer.int64(self.start_offset);
        if version == 1 {
            writer.int32(self.delivery_complete_count);
        }
        writer.structs(true, version, &self.state_batches, "PartitionData.state_batches", StateBatch::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`WriteShareGroupStateRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StateBatch {
    /// All versions.
    pub first_offset: i64,
    /// All versions.
    pub last_offset: i64,
    /// All versions.
    pub delivery_state: i8,
    /// All versions.
    pub delivery_count: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl StateBatch {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            first_offset: reader.int64("StateBatch.first_offset"),
            last_offset: reader.int64("StateBatch.last_offset"),
            delivery_state: reader.int8("StateBatch.delivery_state"),
            delivery_count: reader.int16("StateBatch.delivery_count"),
            unknown_tagged_fields: reader.tags(true, "StateBatch"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int64(self.first_offset);
        writer.int64(self.last_offset);
        writer.int8(self.delivery_state);
        writer.int16(self.delivery_count);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

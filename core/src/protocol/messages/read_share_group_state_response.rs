//! ReadShareGroupStateResponse: a response of API 84, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ReadShareGroupStateResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadShareGroupStateResponse {
    /// All versions.
    pub results: Vec<ReadStateResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ReadShareGroupStateResponse {
    const NAME: &'static str = "ReadShareGroupStateResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            results: reader.structs(true, version, 18, "ReadShareGroupStateResponse.results", ReadStateResult::read),
            unknown_tagged_fields: reader.tags(true, "ReadShareGroupStateResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.results, "ReadShareGroupStateResponse.results", ReadStateResult::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ReadShareGroupStateResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadStateResult {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ReadStateResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("ReadStateResult.topic_id"),
            partitions: reader.structs(true, version, 21, "ReadStateResult.partitions", PartitionResult::read),
            unknown_tagged_fields: reader.tags(true, "ReadStateResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "ReadStateResult.partitions", PartitionResult::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ReadShareGroupStateResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionResult {
    /// All versions.
    pub partition: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// All versions.
    pub state_epoch: i32,
    /// All versions.
    pub start_offset: i64,
    /// All versions.
    pub state_batches: Vec<StateBatch>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            partition: reader.int32("PartitionResult.partition"),
            error_code: reader.int16("PartitionResult.error_code"),
            error_message: reader.opt_string(true, true, "PartitionResult.error_message"),
            state_epoch: reader.int32("PartitionResult.state_epoch"),
            start_offset: reader.int64("PartitionResult.start_offset"),
            state_batches: reader.structs(true, version, 20, "PartitionResult.state_batches", StateBatch::read),
            unknown_tagged_fields: reader.tags(true, "PartitionResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "PartitionResult.error_message");
        writer.int32(self.state_epoch);
        writer.int64(self.start_offset);
        writer.structs(true, version, &self.state_batches, "PartitionResult.state_batches", StateBatch::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ReadShareGroupStateResponse`].
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

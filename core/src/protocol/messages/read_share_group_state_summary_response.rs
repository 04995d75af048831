//! ReadShareGroupStateSummaryResponse: a response of API 87, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ReadShareGroupStateSummaryResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadShareGroupStateSummaryResponse {
    /// All versions.
    pub results: Vec<ReadStateSummaryResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ReadShareGroupStateSummaryResponse {
    const NAME: &'static str = "ReadShareGroupStateSummaryResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            results: reader.structs(true, version, 18, "ReadShareGroupStateSummaryResponse.results", ReadStateSummaryResult::read),
            unknown_tagged_fields: reader.tags(true, "ReadShareGroupStateSummaryResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.results, "ReadShareGroupStateSummaryResponse.results", ReadStateSummaryResult::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ReadShareGroupStateSummaryResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadStateSummaryResult {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ReadStateSummaryResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("ReadStateSummaryResult.topic_id"),
            partitions: reader.structs(true, version, match version { 0 => 24, _ => 28 }, "ReadStateSummaryResult.partitions", PartitionResult::read),
            unknown_tagged_fields: reader.tags(true, "ReadStateSummaryResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "ReadStateSummaryResult.partitions", PartitionResult::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ReadShareGroupStateSummaryResponse`].
#[derive(Clone, Debug, PartialEq)]
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
    pub leader_epoch: i32,
    /// All versions.
    pub start_offset: i64,
    /// Version 1, default -1, dropped where the version lacks it.
    pub delivery_complete_count: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionResult {
    fn default() -> Self {
        Self {
            partition: 0,
            error_code: 0,
            error_message: None,
            state_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl PartitionResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            partition: reader.int32("PartitionResult.partition"),
            error_code: reader.int16("PartitionResult.error_code"),
            error_message: reader.opt_string(true, true, "PartitionResult.error_message"),
            state_epoch: reader.int32("PartitionResult.state_epoch"),
            leader_epoch: reader.int32("PartitionResult.leader_epoch"),
            start_offset: reader.int64("PartitionResult.start_offset"),
            delivery_complete_count: if version == 1 { reader.int32("PartitionResult.delivery_complete_count") } else { -1 },
            unknown_tagged_fields: reader.tags(true, "PartitionResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "PartitionResult.error_message");
        writer.int32(self.state_epoch);
        writer.int32(self.leader_epoch);
        writer.int64(self.start_offset);
        if version == 1 {
            writer.int32(self.delivery_complete_count);
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

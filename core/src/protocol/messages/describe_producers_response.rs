//! DescribeProducersResponse: a response of API 61, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeProducersResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeProducersResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub topics: Vec<TopicResponse>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeProducersResponse {
    const NAME: &'static str = "DescribeProducersResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("DescribeProducersResponse.throttle_time_ms"),
            topics: reader.structs(true, version, 3, "DescribeProducersResponse.topics", TopicResponse::read),
            unknown_tagged_fields: reader.tags(true, "DescribeProducersResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.structs(true, version, &self.topics, "DescribeProducersResponse.topics", TopicResponse::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeProducersResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicResponse {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<PartitionResponse>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicResponse {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: reader.string(true, "TopicResponse.name"),
            partitions: reader.structs(true, version, 9, "TopicResponse.partitions", PartitionResponse::read),
            unknown_tagged_fields: reader.tags(true, "TopicResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.name, "TopicResponse.name");
        writer.structs(true, version, &self.partitions, "TopicResponse.partitions", PartitionResponse::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeProducersResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionResponse {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// All versions.
    pub active_producers: Vec<ProducerState>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionResponse {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            partition_index: reader.int32("PartitionResponse.partition_index"),
            error_code: reader.int16("PartitionResponse.error_code"),
            error_message: reader.opt_string(true, true, "PartitionResponse.error_message"),
            active_producers: reader.structs(true, version, 37, "PartitionResponse.active_producers", ProducerState::read),
            unknown_tagged_fields: reader.tags(true, "PartitionResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "PartitionResponse.error_message");
        writer.structs(true, version, &self.active_producers, "PartitionResponse.active_producers", ProducerState::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeProducersResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct ProducerState {
    /// All versions.
    pub producer_id: i64,
    /// All versions.
    pub producer_epoch: i32,
    /// All versions, default -1.
    pub last_sequence: i32,
    /// All versions, default -1.
    pub last_timestamp: i64,
    /// All versions.
    pub coordinator_epoch: i32,
    /// All versions, default -1.
    pub current_txn_start_offset: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ProducerState {
    fn default() -> Self {
        Self {
            producer_id: 0,
            producer_epoch: 0,
            last_sequence: -1,
            last_timestamp: -1,
            coordinator_epoch: 0,
            current_txn_start_offset: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl ProducerState {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            producer_id: reader.int64("ProducerState.producer_id"),
            producer_epoch: reader.int32("ProducerState.producer_epoch"),
            last_sequence: reader.int32("ProducerState.last_sequence"),
            last_timestamp: reader.int64("ProducerState.last_timestamp"),
            coordinator_epoch: reader.int32("ProducerState.coordinator_epoch"),
            current_txn_start_offset: reader.int64("ProducerState.current_txn_start_offset"),
            unknown_tagged_fields: reader.tags(true, "ProducerState"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int64(self.producer_id);
        writer.int32(self.producer_epoch);
        writer.int32(self.last_sequence);
        writer.int64(self.last_timestamp);
        writer.int32(self.coordinator_epoch);
        writer.int64(self.current_txn_start_offset);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

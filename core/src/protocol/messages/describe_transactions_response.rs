//! DescribeTransactionsResponse: a response of API 65, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeTransactionsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeTransactionsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub transaction_states: Vec<TransactionState>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeTransactionsResponse {
    const NAME: &'static str = "DescribeTransactionsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("DescribeTransactionsResponse.throttle_time_ms"),
            transaction_states: reader.structs(true, version, 28, "DescribeTransactionsResponse.transaction_states", TransactionState::read),
            unknown_tagged_fields: reader.tags(true, "DescribeTransactionsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.structs(true, version, &self.transaction_states, "DescribeTransactionsResponse.transaction_states", TransactionState::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeTransactionsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransactionState {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub transactional_id: Str,
    /// All versions.
    pub transaction_state: Str,
    /// All versions.
    pub transaction_timeout_ms: i32,
    /// All versions.
    pub transaction_start_time_ms: i64,
    /// All versions.
    pub producer_id: i64,
    /// All versions.
    pub producer_epoch: i16,
    /// All versions.
    pub topics: Vec<TopicData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TransactionState {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            error_code: reader.int16("TransactionState.error_code"),
            transactional_id: reader.string(true, "TransactionState.transactional_id"),
            transaction_state: reader.string(true, "TransactionState.transaction_state"),
            transaction_timeout_ms: reader.int32("TransactionState.transaction_timeout_ms"),
            transaction_start_time_ms: reader.int64("TransactionState.transaction_start_time_ms"),
            producer_id: reader.int64("TransactionState.producer_id"),
            producer_epoch: reader.int16("TransactionState.producer_epoch"),
            topics: reader.structs(true, version, 3, "TransactionState.topics", TopicData::read),
            unknown_tagged_fields: reader.tags(true, "TransactionState"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int16(self.error_code);
        writer.string(true, &self.transactional_id, "TransactionState.transactional_id");
        writer.string(true, &self.transaction_state, "TransactionState.transaction_state");
        writer.int32(self.transaction_timeout_ms);
        writer.int64(self.transaction_start_time_ms);
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        writer.structs(true, version, &self.topics, "TransactionState.topics", TopicData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeTransactionsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicData {
    /// All versions.
    pub topic: Str,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicData {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic: reader.string(true, "TopicData.topic"),
            partitions: reader.int32s(true, "TopicData.partitions"),
            unknown_tagged_fields: reader.tags(true, "TopicData"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.topic, "TopicData.topic");
        writer.int32s(true, &self.partitions, "TopicData.partitions");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

//! AddPartitionsToTxnResponse: a response of API 24, versions 0 to 5, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AddPartitionsToTxnResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// Versions 4+, dropped where the version lacks it.
    pub error_code: i16,
    /// Versions 4+.
    pub results_by_transaction: Vec<AddPartitionsToTxnResult>,
    /// Versions 0 to 3.
    pub results_by_topic_v3_and_below: Vec<AddPartitionsToTxnTopicResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AddPartitionsToTxnResponse {
    const NAME: &'static str = "AddPartitionsToTxnResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            throttle_time_ms: reader.int32("AddPartitionsToTxnResponse.throttle_time_ms"),
            error_code: if version >= 4 { reader.int16("AddPartitionsToTxnResponse.error_code") } else { 0 },
            results_by_transaction: if version >= 4 { reader.structs(flexible, version, 3, "AddPartitionsToTxnResponse.results_by_transaction", AddPartitionsToTxnResult::read) } else { Vec::new() },
            results_by_topic_v3_and_below: if version <= 3 { reader.structs(flexible, version, match version { 0..=2 => 6, _ => 3 }, "AddPartitionsToTxnResponse.results_by_topic_v3_and_below", AddPartitionsToTxnTopicResult::read) } else { Vec::new() },
            unknown_tagged_fields: reader.tags(flexible, "AddPartitionsToTxnResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.int32(self.throttle_time_ms);
        if version >= 4 {
            writer.int16(self.error_code);
        }
        if version >= 4 {
            writer.structs(flexible, version, &self.results_by_transaction, "AddPartitionsToTxnResponse.results_by_transaction", AddPartitionsToTxnResult::write);
        } else if !self.results_by_transaction.is_empty() {
            writer.reject("AddPartitionsToTxnResponse.results_by_transaction");
        }
        if version <= 3 {
            writer.structs(flexible, version, &self.results_by_topic_v3_and_below, "AddPartitionsToTxnResponse.results_by_topic_v3_and_below", AddPartitionsToTxnTopicResult::write);
        } else if !self.results_by_topic_v3_and_below.is_empty() {
            writer.reject("AddPartitionsToTxnResponse.results_by_topic_v3_and_below");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AddPartitionsToTxnResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnResult {
    /// All versions.
    pub transactional_id: Str,
    /// All versions.
    pub topic_results: Vec<AddPartitionsToTxnTopicResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AddPartitionsToTxnResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            transactional_id: reader.string(true, "AddPartitionsToTxnResult.transactional_id"),
            topic_results: reader.structs(true, version, 3, "AddPartitionsToTxnResult.topic_results", AddPartitionsToTxnTopicResult::read),
            unknown_tagged_fields: reader.tags(true, "AddPartitionsToTxnResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.transactional_id, "AddPartitionsToTxnResult.transactional_id");
        writer.structs(true, version, &self.topic_results, "AddPartitionsToTxnResult.topic_results", AddPartitionsToTxnTopicResult::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AddPartitionsToTxnResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnTopicResult {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub results_by_partition: Vec<AddPartitionsToTxnPartitionResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AddPartitionsToTxnTopicResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            name: reader.string(flexible, "AddPartitionsToTxnTopicResult.name"),
            results_by_partition: reader.structs(flexible, version, match version { 0..=2 => 6, _ => 7 }, "AddPartitionsToTxnTopicResult.results_by_partition", AddPartitionsToTxnPartitionResult::read),
            unknown_tagged_fields: reader.tags(flexible, "AddPartitionsToTxnTopicResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(flexible, &self.name, "AddPartitionsToTxnTopicResult.name");
        writer.structs(flexible, version, &self.results_by_partition, "AddPartitionsToTxnTopicResult.results_by_partition", AddPartitionsToTxnPartitionResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AddPartitionsToTxnResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnPartitionResult {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub partition_error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AddPartitionsToTxnPartitionResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            partition_index: reader.int32("AddPartitionsToTxnPartitionResult.partition_index"),
            partition_error_code: reader.int16("AddPartitionsToTxnPartitionResult.partition_error_code"),
            unknown_tagged_fields: reader.tags(flexible, "AddPartitionsToTxnPartitionResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.int32(self.partition_index);
        writer.int16(self.partition_error_code);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

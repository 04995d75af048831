//! AddPartitionsToTxnRequest: a request of API 24, versions 0 to 5, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AddPartitionsToTxnRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnRequest {
    /// Versions 4+.
    pub transactions: Vec<AddPartitionsToTxnTransaction>,
    /// Versions 0 to 3.
    pub v3_and_below_transactional_id: Str,
    /// Versions 0 to 3.
    pub v3_and_below_producer_id: i64,
    /// Versions 0 to 3.
    pub v3_and_below_producer_epoch: i16,
    /// Versions 0 to 3.
    pub v3_and_below_topics: Vec<AddPartitionsToTxnTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AddPartitionsToTxnRequest {
    const NAME: &'static str = "AddPartitionsToTxnRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            transactions: if version >= 4 { reader.structs(flexible, version, 14, "AddPartitionsToTxnRequest.transactions", AddPartitionsToTxnTransaction::read) } else { Vec::new() },
            v3_and_below_transactional_id: if version <= 3 { reader.string(flexible, "AddPartitionsToTxnRequest.v3_and_below_transactional_id") } else { Str::EMPTY },
            v3_and_below_producer_id: if version <= 3 { reader.int64("AddPartitionsToTxnRequest.v3_and_below_producer_id") } else { 0 },
            v3_and_below_producer_epoch: if version <= 3 { reader.int16("AddPartitionsToTxnRequest.v3_and_below_producer_epoch") } else { 0 },
            v3_and_below_topics: if version <= 3 { reader.structs(flexible, version, match version { 0..=2 => 6, _ => 3 }, "AddPartitionsToTxnRequest.v3_and_below_topics", AddPartitionsToTxnTopic::read) } else { Vec::new() },
            unknown_tagged_fields: reader.tags(flexible, "AddPartitionsToTxnRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version >= 4 {
            writer.structs(flexible, version, &self.transactions, "AddPartitionsToTxnRequest.transactions", AddPartitionsToTxnTransaction::write);
        } else if !self.transactions.is_empty() {
            writer.reject("AddPartitionsToTxnRequest.transactions");
        }
        if version <= 3 {
            writer.string(flexible, &self.v3_and_below_transactional_id, "AddPartitionsToTxnRequest.v3_and_below_transactional_id");
        } else if !self.v3_and_below_transactional_id.is_empty() {
            writer.reject("AddPartitionsToTxnRequest.v3_and_below_transactional_id");
        }
        if version <= 3 {
            writer.int64(self.v3_and_below_producer_id);
        } else if self.v3_and_below_producer_id != 0 {
            writer.reject("AddPartitionsToTxnRequest.v3_and_below_producer_id");
        }
        if version <= 3 {
            writer.int16(self.v3_and_below_producer_epoch);
        } else if self.v3_and_below_producer_epoch != 0 {
            writer.reject("AddPartitionsToTxnRequest.v3_and_below_producer_epoch");
        }
        if version <= 3 {
            writer.structs(flexible, version, &self.v3_and_below_topics, "AddPartitionsToTxnRequest.v3_and_below_topics", AddPartitionsToTxnTopic::write);
        } else if !self.v3_and_below_topics.is_empty() {
            writer.reject("AddPartitionsToTxnRequest.v3_and_below_topics");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AddPartitionsToTxnRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnTransaction {
    /// All versions.
    pub transactional_id: Str,
    /// All versions.
    pub producer_id: i64,
    /// All versions.
    pub producer_epoch: i16,
    /// All versions, default false.
    pub verify_only: bool,
    /// All versions.
    pub topics: Vec<AddPartitionsToTxnTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AddPartitionsToTxnTransaction {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            transactional_id: reader.string(true, "AddPartitionsToTxnTransaction.transactional_id"),
            producer_id: reader.int64("AddPartitionsToTxnTransaction.producer_id"),
            producer_epoch: reader.int16("AddPartitionsToTxnTransaction.producer_epoch"),
            verify_only: reader.bool("AddPartitionsToTxnTransaction.verify_only"),
            topics: reader.structs(true, version, 3, "AddPartitionsToTxnTransaction.topics", AddPartitionsToTxnTopic::read),
            unknown_tagged_fields: reader.tags(true, "AddPartitionsToTxnTransaction"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.transactional_id, "AddPartitionsToTxnTransaction.transactional_id");
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        writer.bool(self.verify_only);
        writer.structs(true, version, &self.topics, "AddPartitionsToTxnTransaction.topics", AddPartitionsToTxnTopic::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AddPartitionsToTxnRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddPartitionsToTxnTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AddPartitionsToTxnTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            name: reader.string(flexible, "AddPartitionsToTxnTopic.name"),
            partitions: reader.int32s(flexible, "AddPartitionsToTxnTopic.partitions"),
            unknown_tagged_fields: reader.tags(flexible, "AddPartitionsToTxnTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(flexible, &self.name, "AddPartitionsToTxnTopic.name");
        writer.int32s(flexible, &self.partitions, "AddPartitionsToTxnTopic.partitions");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

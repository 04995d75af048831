//! TransactionLogValue: the value of a coordinator's record of type 0, versions 0 to 1, flexible from 1.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `TransactionLogValue`.
#[derive(Clone, Debug, PartialEq)]
pub struct TransactionLogValue {
    /// All versions.
    pub producer_id: i64,
    /// Version 1, tag 0, default -1.
    pub previous_producer_id: i64,
    /// Version 1, tag 1, default -1.
    pub next_producer_id: i64,
    /// All versions.
    pub producer_epoch: i16,
    /// Version 1, tag 3, default -1.
    pub next_producer_epoch: i16,
    /// All versions.
    pub transaction_timeout_ms: i32,
    /// All versions.
    pub transaction_status: i8,
    /// All versions, nullable.
    pub transaction_partitions: Option<Vec<PartitionsSchema>>,
    /// All versions.
    pub transaction_last_update_timestamp_ms: i64,
    /// All versions.
    pub transaction_start_timestamp_ms: i64,
    /// Version 1, tag 2, default 0.
    pub client_transaction_version: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for TransactionLogValue {
    fn default() -> Self {
        Self {
            producer_id: 0,
            previous_producer_id: -1,
            next_producer_id: -1,
            producer_epoch: 0,
            next_producer_epoch: -1,
            transaction_timeout_ms: 0,
            transaction_status: 0,
            transaction_partitions: Some(Vec::new()),
            transaction_last_update_timestamp_ms: 0,
            transaction_start_timestamp_ms: 0,
            client_transaction_version: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for TransactionLogValue {
    const NAME: &'static str = "TransactionLogValue";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        let mut message = Self {
            producer_id: reader.int64("TransactionLogValue.producer_id"),
            previous_producer_id: -1,
            next_producer_id: -1,
            producer_epoch: reader.int16("TransactionLogValue.producer_epoch"),
            next_producer_epoch: -1,
            transaction_timeout_ms: reader.int32("TransactionLogValue.transaction_timeout_ms"),
            transaction_status: reader.int8("TransactionLogValue.transaction_status"),
            transaction_partitions: reader.opt_structs(flexible, true, version, match version { 0 => 6, _ => 3 }, "TransactionLogValue.transaction_partitions", PartitionsSchema::read),
            transaction_last_update_timestamp_ms: reader.int64("TransactionLogValue.transaction_last_update_timestamp_ms"),
            transaction_start_timestamp_ms: reader.int64("TransactionLogValue.transaction_start_timestamp_ms"),
            client_transaction_version: 0,
            unknown_tagged_fields: TaggedFields::new(),
        };
        if flexible {
            let mut unknown = TaggedFields::new();
            reader.each_tag("TransactionLogValue", &mut unknown, &mut |reader, tag| {
                match tag {
                    0 => message.previous_producer_id = reader.int64("TransactionLogValue.previous_producer_id"),
                    1 => message.next_producer_id = reader.int64("TransactionLogValue.next_producer_id"),
                    3 => message.next_producer_epoch = reader.int16("TransactionLogValue.next_producer_epoch"),
                    2 => message.client_transaction_version = reader.int16("TransactionLogValue.client_transaction_version"),
                    _ => return false,
                }
                true
            });
            message.unknown_tagged_fields = unknown;
        }
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        writer.int32(self.transaction_timeout_ms);
        writer.int8(self.transaction_status);
        writer.opt_structs(flexible, true, version, &self.transaction_partitions, "TransactionLogValue.transaction_partitions", PartitionsSchema::write);
        writer.int64(self.transaction_last_update_timestamp_ms);
        writer.int64(self.transaction_start_timestamp_ms);
        if version < 1 && self.previous_producer_id != -1 {
            writer.reject("TransactionLogValue.previous_producer_id");
        }
        if version < 1 && self.next_producer_id != -1 {
            writer.reject("TransactionLogValue.next_producer_id");
        }
        if version < 1 && self.client_transaction_version != 0 {
            writer.reject("TransactionLogValue.client_transaction_version");
        }
        if version < 1 && self.next_producer_epoch != -1 {
            writer.reject("TransactionLogValue.next_producer_epoch");
        }
        if flexible {
            let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
            if self.previous_producer_id != -1 {
                let mark = writer.begin_tag(&mut tags, 0);
                writer.int64(self.previous_producer_id);
                writer.end_tag(mark);
            }
            if self.next_producer_id != -1 {
                let mark = writer.begin_tag(&mut tags, 1);
                writer.int64(self.next_producer_id);
                writer.end_tag(mark);
            }
            if self.client_transaction_version != 0 {
                let mark = writer.begin_tag(&mut tags, 2);
                writer.int16(self.client_transaction_version);
                writer.end_tag(mark);
            }
            if self.next_producer_epoch != -1 {
                let mark = writer.begin_tag(&mut tags, 3);
                writer.int16(self.next_producer_epoch);
                writer.end_tag(mark);
            }
            writer.end_tags(tags);
        } else {
            writer.tags(false, &self.unknown_tagged_fields);
        }
    }
}

/// A struct of [`TransactionLogValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionsSchema {
    /// All versions.
    pub topic: Str,
    /// All versions.
    pub partition_ids: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionsSchema {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            topic: reader.string(flexible, "PartitionsSchema.topic"),
            partition_ids: reader.int32s(flexible, "PartitionsSchema.partition_ids"),
            unknown_tagged_fields: reader.tags(flexible, "PartitionsSchema"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.string(flexible, &self.topic, "PartitionsSchema.topic");
        writer.int32s(flexible, &self.partition_ids, "PartitionsSchema.partition_ids");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! InitProducerIdRequest: a request of API 22, versions 0 to 6, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `InitProducerIdRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct InitProducerIdRequest {
    /// All versions, nullable.
    pub transactional_id: Option<Str>,
    /// All versions.
    pub transaction_timeout_ms: i32,
    /// Versions 3+, default -1.
    pub producer_id: i64,
    /// Versions 3+, default -1.
    pub producer_epoch: i16,
    /// Version 6, default false.
    pub enable_2pc: bool,
    /// Version 6, default false.
    pub keep_prepared_txn: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for InitProducerIdRequest {
    fn default() -> Self {
        Self {
            transactional_id: Some(Str::EMPTY),
            transaction_timeout_ms: 0,
            producer_id: -1,
            producer_epoch: -1,
            enable_2pc: false,
            keep_prepared_txn: false,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for InitProducerIdRequest {
    const NAME: &'static str = "InitProducerIdRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=6;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            transactional_id: reader.opt_string(flexible, true, "InitProducerIdRequest.transactional_id"),
            transaction_timeout_ms: reader.int32("InitProducerIdRequest.transaction_timeout_ms"),
            producer_id: if version >= 3 { reader.int64("InitProducerIdRequest.producer_id") } else { -1 },
            producer_epoch: if version >= 3 { reader.int16("InitProducerIdRequest.producer_epoch") } else { -1 },
            enable_2pc: if version == 6 { reader.bool("InitProducerIdRequest.enable_2pc") } else { false },
            keep_prepared_txn: if version == 6 { reader.bool("InitProducerIdRequest.keep_prepared_txn") } else { false },
            unknown_tagged_fields: reader.tags(flexible, "InitProducerIdRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.opt_string(flexible, true, &self.transactional_id, "InitProducerIdRequest.transactional_id");
        writer.int32(self.transaction_timeout_ms);
        if version >= 3 {
            writer.int64(self.producer_id);
        } else if self.producer_id != -1 {
            writer.reject("InitProducerIdRequest.producer_id");
        }
        if version >= 3 {
            writer.int16(self.producer_epoch);
        } else if self.producer_epoch != -1 {
            writer.reject("InitProducerIdRequest.producer_epoch");
        }
        if version == 6 {
            writer.bool(self.enable_2pc);
        } else if self.enable_2pc {
            writer.reject("InitProducerIdRequest.enable_2pc");
        }
        if version == 6 {
            writer.bool(self.keep_prepared_txn);
        } else if self.keep_prepared_txn {
            writer.reject("InitProducerIdRequest.keep_prepared_txn");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

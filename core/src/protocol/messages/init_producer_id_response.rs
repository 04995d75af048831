//! InitProducerIdResponse: a response of API 22, versions 0 to 6, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `InitProducerIdResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct InitProducerIdResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, default -1.
    pub producer_id: i64,
    /// All versions.
    pub producer_epoch: i16,
    /// Version 6, default -1.
    pub ongoing_txn_producer_id: i64,
    /// Version 6, default -1.
    pub ongoing_txn_producer_epoch: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for InitProducerIdResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            producer_id: -1,
            producer_epoch: 0,
            ongoing_txn_producer_id: -1,
            ongoing_txn_producer_epoch: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for InitProducerIdResponse {
    const NAME: &'static str = "InitProducerIdResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=6;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            throttle_time_ms: reader.int32("InitProducerIdResponse.throttle_time_ms"),
            error_code: reader.int16("InitProducerIdResponse.error_code"),
            producer_id: reader.int64("InitProducerIdResponse.producer_id"),
            producer_epoch: reader.int16("InitProducerIdResponse.producer_epoch"),
            ongoing_txn_producer_id: if version == 6 { reader.int64("InitProducerIdResponse.ongoing_txn_producer_id") } else { -1 },
            ongoing_txn_producer_epoch: if version == 6 { reader.int16("InitProducerIdResponse.ongoing_txn_producer_epoch") } else { -1 },
            unknown_tagged_fields: reader.tags(flexible, "InitProducerIdResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        if version == 6 {
            writer.int64(self.ongoing_txn_producer_id);
        } else if self.ongoing_txn_producer_id != -1 {
            writer.reject("InitProducerIdResponse.ongoing_txn_producer_id");
        }
        if version == 6 {
            writer.int16(self.ongoing_txn_producer_epoch);
        } else if self.ongoing_txn_producer_epoch != -1 {
            writer.reject("InitProducerIdResponse.ongoing_txn_producer_epoch");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! ListTransactionsResponse: a response of API 66, versions 0 to 2, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ListTransactionsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListTransactionsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub unknown_state_filters: Vec<Str>,
    /// All versions.
    pub transaction_states: Vec<TransactionState>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListTransactionsResponse {
    const NAME: &'static str = "ListTransactionsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("ListTransactionsResponse.throttle_time_ms"),
            error_code: reader.int16("ListTransactionsResponse.error_code"),
            unknown_state_filters: reader.strings(true, "ListTransactionsResponse.unknown_state_filters"),
            transaction_states: reader.structs(true, version, 11, "ListTransactionsResponse.transaction_states", TransactionState::read),
            unknown_tagged_fields: reader.tags(true, "ListTransactionsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.strings(true, &self.unknown_state_filters, "ListTransactionsResponse.unknown_state_filters");
        writer.structs(true, version, &self.transaction_states, "ListTransactionsResponse.transaction_states", TransactionState::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ListTransactionsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransactionState {
    /// All versions.
    pub transactional_id: Str,
    /// All versions.
    pub producer_id: i64,
    /// All versions.
    pub transaction_state: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TransactionState {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            transactional_id: reader.string(true, "TransactionState.transactional_id"),
            producer_id: reader.int64("TransactionState.producer_id"),
            transaction_state: reader.string(true, "TransactionState.transaction_state"),
            unknown_tagged_fields: reader.tags(true, "TransactionState"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.transactional_id, "TransactionState.transactional_id");
        writer.int64(self.producer_id);
        writer.string(true, &self.transaction_state, "TransactionState.transaction_state");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

//! ListTransactionsRequest: a request of API 66, versions 0 to 2, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ListTransactionsRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct ListTransactionsRequest {
    /// All versions.
    pub state_filters: Vec<Str>,
    /// All versions.
    pub producer_id_filters: Vec<i64>,
    /// Versions 1+, default -1.
    pub duration_filter: i64,
    /// Version 2, nullable, default null.
    pub transactional_id_pattern: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ListTransactionsRequest {
    fn default() -> Self {
        Self {
            state_filters: Vec::new(),
            producer_id_filters: Vec::new(),
            duration_filter: -1,
            transactional_id_pattern: None,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for ListTransactionsRequest {
    const NAME: &'static str = "ListTransactionsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            state_filters: reader.strings(true, "ListTransactionsRequest.state_filters"),
            producer_id_filters: reader.int64s(true, "ListTransactionsRequest.producer_id_filters"),
            duration_filter: if version >= 1 { reader.int64("ListTransactionsRequest.duration_filter") } else { -1 },
            transactional_id_pattern: if version == 2 { reader.opt_string(true, true, "ListTransactionsRequest.transactional_id_pattern") } else { None },
            unknown_tagged_fields: reader.tags(true, "ListTransactionsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.strings(true, &self.state_filters, "ListTransactionsRequest.state_filters");
        writer.int64s(true, &self.producer_id_filters, "ListTransactionsRequest.producer_id_filters");
        if version >= 1 {
            writer.int64(self.duration_filter);
        } else if self.duration_filter != -1 {
            writer.reject("ListTransactionsRequest.duration_filter");
        }
        if version == 2 {
            writer.opt_string(true, true, &self.transactional_id_pattern, "ListTransactionsRequest.transactional_id_pattern");
        } else if self.transactional_id_pattern.is_some() {
            writer.reject("ListTransactionsRequest.transactional_id_pattern");
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

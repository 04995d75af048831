//! RequestHeader: a header, versions 0 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `RequestHeader`.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestHeader {
    /// All versions.
    pub request_api_key: i16,
    /// All versions.
    pub request_api_version: i16,
    /// All versions.
    pub correlation_id: i32,
    /// Versions 1+, nullable.
    pub client_id: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for RequestHeader {
    fn default() -> Self {
        Self {
            request_api_key: 0,
            request_api_version: 0,
            correlation_id: 0,
            client_id: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for RequestHeader {
    const NAME: &'static str = "RequestHeader";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            request_api_key: reader.int16("RequestHeader.request_api_key"),
            request_api_version: reader.int16("RequestHeader.request_api_version"),
            correlation_id: reader.int32("RequestHeader.correlation_id"),
            client_id: if version >= 1 { reader.opt_string(false, true, "RequestHeader.client_id") } else { Some(Str::EMPTY) },
            unknown_tagged_fields: reader.tags(flexible, "RequestHeader"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int16(self.request_api_key);
        writer.int16(self.request_api_version);
        writer.int32(self.correlation_id);
        if version >= 1 {
            writer.opt_string(false, true, &self.client_id, "RequestHeader.client_id");
        } else if self.client_id.as_ref().is_none_or(|value| !value.is_empty()) {
            writer.reject("RequestHeader.client_id");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

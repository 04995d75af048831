//! EnvelopeRequest: a request of API 58, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `EnvelopeRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvelopeRequest {
    /// All versions.
    pub request_data: Bytes,
    /// All versions, nullable.
    pub request_principal: Option<Bytes>,
    /// All versions.
    pub client_host_address: Bytes,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for EnvelopeRequest {
    fn default() -> Self {
        Self {
            request_data: Bytes::new(),
            request_principal: Some(Bytes::new()),
            client_host_address: Bytes::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for EnvelopeRequest {
    const NAME: &'static str = "EnvelopeRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            request_data: reader.bytes(true, "EnvelopeRequest.request_data"),
            request_principal: reader.opt_bytes(true, true, "EnvelopeRequest.request_principal"),
            client_host_address: reader.bytes(true, "EnvelopeRequest.client_host_address"),
            unknown_tagged_fields: reader.tags(true, "EnvelopeRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.bytes(true, &self.request_data, "EnvelopeRequest.request_data");
        writer.opt_bytes(true, true, &self.request_principal, "EnvelopeRequest.request_principal");
        writer.bytes(true, &self.client_host_address, "EnvelopeRequest.client_host_address");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

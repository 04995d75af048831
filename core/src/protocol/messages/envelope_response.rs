//! EnvelopeResponse: a response of API 58, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `EnvelopeResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EnvelopeResponse {
    /// All versions, nullable, default null.
    pub response_data: Option<Bytes>,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for EnvelopeResponse {
    const NAME: &'static str = "EnvelopeResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            response_data: reader.opt_bytes(true, true, "EnvelopeResponse.response_data"),
            error_code: reader.int16("EnvelopeResponse.error_code"),
            unknown_tagged_fields: reader.tags(true, "EnvelopeResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.opt_bytes(true, true, &self.response_data, "EnvelopeResponse.response_data");
        writer.int16(self.error_code);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

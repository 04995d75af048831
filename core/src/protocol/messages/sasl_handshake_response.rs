//! SaslHandshakeResponse: a response of API 17, versions 0 to 1, never flexible.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `SaslHandshakeResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaslHandshakeResponse {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub mechanisms: Vec<Str>,
}

impl Message for SaslHandshakeResponse {
    const NAME: &'static str = "SaslHandshakeResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            error_code: reader.int16("SaslHandshakeResponse.error_code"),
            mechanisms: reader.strings(false, "SaslHandshakeResponse.mechanisms"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int16(self.error_code);
        writer.strings(false, &self.mechanisms, "SaslHandshakeResponse.mechanisms");
    }
}

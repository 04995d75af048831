//! SaslHandshakeRequest: a request of API 17, versions 0 to 1, never flexible.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `SaslHandshakeRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaslHandshakeRequest {
    /// All versions.
    pub mechanism: Str,
}

impl Message for SaslHandshakeRequest {
    const NAME: &'static str = "SaslHandshakeRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            mechanism: reader.string(false, "SaslHandshakeRequest.mechanism"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.mechanism, "SaslHandshakeRequest.mechanism");
    }
}

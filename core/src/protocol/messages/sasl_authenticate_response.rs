//! SaslAuthenticateResponse: a response of API 36, versions 0 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `SaslAuthenticateResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct SaslAuthenticateResponse {
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// All versions.
    pub auth_bytes: Bytes,
    /// Versions 1+, default 0, dropped where the version lacks it.
    pub session_lifetime_ms: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for SaslAuthenticateResponse {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(Str::EMPTY),
            auth_bytes: Bytes::new(),
            session_lifetime_ms: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for SaslAuthenticateResponse {
    const NAME: &'static str = "SaslAuthenticateResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            error_code: reader.int16("SaslAuthenticateResponse.error_code"),
            error_message: reader.opt_string(flexible, true, "SaslAuthenticateResponse.error_message"),
            auth_bytes: reader.bytes(flexible, "SaslAuthenticateResponse.auth_bytes"),
            session_lifetime_ms: if version >= 1 { reader.int64("SaslAuthenticateResponse.session_lifetime_ms") } else { 0 },
            unknown_tagged_fields: reader.tags(flexible, "SaslAuthenticateResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.int16(self.error_code);
        writer.opt_string(flexible, true, &self.error_message, "SaslAuthenticateResponse.error_message");
        writer.bytes(flexible, &self.auth_bytes, "SaslAuthenticateResponse.auth_bytes");
        if version >= 1 {
            writer.int64(self.session_lifetime_ms);
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

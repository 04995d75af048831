//! SaslAuthenticateRequest: a request of API 36, versions 0 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `SaslAuthenticateRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaslAuthenticateRequest {
    /// All versions.
    pub auth_bytes: Bytes,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for SaslAuthenticateRequest {
    const NAME: &'static str = "SaslAuthenticateRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            auth_bytes: reader.bytes(flexible, "SaslAuthenticateRequest.auth_bytes"),
            unknown_tagged_fields: reader.tags(flexible, "SaslAuthenticateRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.bytes(flexible, &self.auth_bytes, "SaslAuthenticateRequest.auth_bytes");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

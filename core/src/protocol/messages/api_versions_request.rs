//! ApiVersionsRequest: a request of API 18, versions 0 to 4, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ApiVersionsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApiVersionsRequest {
    /// Versions 3+, dropped where the version lacks it.
    pub client_software_name: Str,
    /// Versions 3+, dropped where the version lacks it.
    pub client_software_version: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ApiVersionsRequest {
    const NAME: &'static str = "ApiVersionsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            client_software_name: if version >= 3 { reader.string(flexible, "ApiVersionsRequest.client_software_name") } else { Str::EMPTY },
            client_software_version: if version >= 3 { reader.string(flexible, "ApiVersionsRequest.client_software_version") } else { Str::EMPTY },
            unknown_tagged_fields: reader.tags(flexible, "ApiVersionsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version >= 3 {
            writer.string(flexible, &self.client_software_name, "ApiVersionsRequest.client_software_name");
        }
        if version >= 3 {
            writer.string(flexible, &self.client_software_version, "ApiVersionsRequest.client_software_version");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! DefaultPrincipalData: data, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DefaultPrincipalData`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DefaultPrincipalData {
    /// All versions.
    pub r#type: Str,
    /// All versions.
    pub name: Str,
    /// All versions.
    pub token_authenticated: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DefaultPrincipalData {
    const NAME: &'static str = "DefaultPrincipalData";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            r#type: reader.string(true, "DefaultPrincipalData.type"),
            name: reader.string(true, "DefaultPrincipalData.name"),
            token_authenticated: reader.bool("DefaultPrincipalData.token_authenticated"),
            unknown_tagged_fields: reader.tags(true, "DefaultPrincipalData"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.r#type, "DefaultPrincipalData.type");
        writer.string(true, &self.name, "DefaultPrincipalData.name");
        writer.bool(self.token_authenticated);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

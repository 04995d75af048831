//! AlterUserScramCredentialsRequest: a request of API 51, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterUserScramCredentialsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterUserScramCredentialsRequest {
    /// All versions.
    pub deletions: Vec<ScramCredentialDeletion>,
    /// All versions.
    pub upsertions: Vec<ScramCredentialUpsertion>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterUserScramCredentialsRequest {
    const NAME: &'static str = "AlterUserScramCredentialsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            deletions: reader.structs(true, version, 3, "AlterUserScramCredentialsRequest.deletions", ScramCredentialDeletion::read),
            upsertions: reader.structs(true, version, 9, "AlterUserScramCredentialsRequest.upsertions", ScramCredentialUpsertion::read),
            unknown_tagged_fields: reader.tags(true, "AlterUserScramCredentialsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.deletions, "AlterUserScramCredentialsRequest.deletions", ScramCredentialDeletion::write);
        writer.structs(true, version, &self.upsertions, "AlterUserScramCredentialsRequest.upsertions", ScramCredentialUpsertion::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterUserScramCredentialsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScramCredentialDeletion {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub mechanism: i8,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ScramCredentialDeletion {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "ScramCredentialDeletion.name"),
            mechanism: reader.int8("ScramCredentialDeletion.mechanism"),
            unknown_tagged_fields: reader.tags(true, "ScramCredentialDeletion"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "ScramCredentialDeletion.name");
        writer.int8(self.mechanism);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterUserScramCredentialsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScramCredentialUpsertion {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub mechanism: i8,
    /// All versions.
    pub iterations: i32,
    /// All versions.
    pub salt: Bytes,
    /// All versions.
    pub salted_password: Bytes,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ScramCredentialUpsertion {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "ScramCredentialUpsertion.name"),
            mechanism: reader.int8("ScramCredentialUpsertion.mechanism"),
            iterations: reader.int32("ScramCredentialUpsertion.iterations"),
            salt: reader.bytes(true, "ScramCredentialUpsertion.salt"),
            salted_password: reader.bytes(true, "ScramCredentialUpsertion.salted_password"),
            unknown_tagged_fields: reader.tags(true, "ScramCredentialUpsertion"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "ScramCredentialUpsertion.name");
        writer.int8(self.mechanism);
        writer.int32(self.iterations);
        writer.bytes(true, &self.salt, "ScramCredentialUpsertion.salt");
        writer.bytes(true, &self.salted_password, "ScramCredentialUpsertion.salted_password");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

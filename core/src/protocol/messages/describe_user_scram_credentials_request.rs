//! DescribeUserScramCredentialsRequest: a request of API 50, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeUserScramCredentialsRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeUserScramCredentialsRequest {
    /// All versions, nullable.
    pub users: Option<Vec<UserName>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeUserScramCredentialsRequest {
    fn default() -> Self {
        Self {
            users: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for DescribeUserScramCredentialsRequest {
    const NAME: &'static str = "DescribeUserScramCredentialsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            users: reader.opt_structs(true, true, version, 2, "DescribeUserScramCredentialsRequest.users", UserName::read),
            unknown_tagged_fields: reader.tags(true, "DescribeUserScramCredentialsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.opt_structs(true, true, version, &self.users, "DescribeUserScramCredentialsRequest.users", UserName::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeUserScramCredentialsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserName {
    /// All versions.
    pub name: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl UserName {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "UserName.name"),
            unknown_tagged_fields: reader.tags(true, "UserName"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "UserName.name");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

//! DescribeDelegationTokenRequest: a request of API 41, versions 1 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeDelegationTokenRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeDelegationTokenRequest {
    /// All versions, nullable.
    pub owners: Option<Vec<DescribeDelegationTokenOwner>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeDelegationTokenRequest {
    fn default() -> Self {
        Self {
            owners: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for DescribeDelegationTokenRequest {
    const NAME: &'static str = "DescribeDelegationTokenRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            owners: reader.opt_structs(flexible, true, version, match version { 1 => 4, _ => 3 }, "DescribeDelegationTokenRequest.owners", DescribeDelegationTokenOwner::read),
            unknown_tagged_fields: reader.tags(flexible, "DescribeDelegationTokenRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.opt_structs(flexible, true, version, &self.owners, "DescribeDelegationTokenRequest.owners", DescribeDelegationTokenOwner::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeDelegationTokenRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeDelegationTokenOwner {
    /// All versions.
    pub principal_type: Str,
    /// All versions.
    pub principal_name: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DescribeDelegationTokenOwner {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            principal_type: reader.string(flexible, "DescribeDelegationTokenOwner.principal_type"),
            principal_name: reader.string(flexible, "DescribeDelegationTokenOwner.principal_name"),
            unknown_tagged_fields: reader.tags(flexible, "DescribeDelegationTokenOwner"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(flexible, &self.principal_type, "DescribeDelegationTokenOwner.principal_type");
        writer.string(flexible, &self.principal_name, "DescribeDelegationTokenOwner.principal_name");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! CreateDelegationTokenRequest: a request of API 38, versions 1 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `CreateDelegationTokenRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateDelegationTokenRequest {
    /// Version 3, nullable.
    pub owner_principal_type: Option<Str>,
    /// Version 3, nullable.
    pub owner_principal_name: Option<Str>,
    /// All versions.
    pub renewers: Vec<CreatableRenewers>,
    /// All versions.
    pub max_lifetime_ms: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CreateDelegationTokenRequest {
    fn default() -> Self {
        Self {
            owner_principal_type: Some(Str::EMPTY),
            owner_principal_name: Some(Str::EMPTY),
            renewers: Vec::new(),
            max_lifetime_ms: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for CreateDelegationTokenRequest {
    const NAME: &'static str = "CreateDelegationTokenRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            owner_principal_type: if version == 3 { reader.opt_string(flexible, true, "CreateDelegationTokenRequest.owner_principal_type") } else { Some(Str::EMPTY) },
            owner_principal_name: if version == 3 { reader.opt_string(flexible, true, "CreateDelegationTokenRequest.owner_principal_name") } else { Some(Str::EMPTY) },
            renewers: reader.structs(flexible, version, match version { 1 => 4, _ => 3 }, "CreateDelegationTokenRequest.renewers", CreatableRenewers::read),
            max_lifetime_ms: reader.int64("CreateDelegationTokenRequest.max_lifetime_ms"),
            unknown_tagged_fields: reader.tags(flexible, "CreateDelegationTokenRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        if version == 3 {
            writer.opt_string(flexible, true, &self.owner_principal_type, "CreateDelegationTokenRequest.owner_principal_type");
        } else if self.owner_principal_type.as_ref().is_none_or(|value| !value.is_empty()) {
            writer.reject("CreateDelegationTokenRequest.owner_principal_type");
        }
        if version == 3 {
            writer.opt_string(flexible, true, &self.owner_principal_name, "CreateDelegationTokenRequest.owner_principal_name");
        } else if self.owner_principal_name.as_ref().is_none_or(|value| !value.is_empty()) {
            writer.reject("CreateDelegationTokenRequest.owner_principal_name");
        }
        writer.structs(flexible, version, &self.renewers, "CreateDelegationTokenRequest.renewers", CreatableRenewers::write);
        writer.int64(self.max_lifetime_ms);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`CreateDelegationTokenRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatableRenewers {
    /// All versions.
    pub principal_type: Str,
    /// All versions.
    pub principal_name: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl CreatableRenewers {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            principal_type: reader.string(flexible, "CreatableRenewers.principal_type"),
            principal_name: reader.string(flexible, "CreatableRenewers.principal_name"),
            unknown_tagged_fields: reader.tags(flexible, "CreatableRenewers"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(flexible, &self.principal_type, "CreatableRenewers.principal_type");
        writer.string(flexible, &self.principal_name, "CreatableRenewers.principal_name");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! DescribeDelegationTokenResponse: a response of API 41, versions 1 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeDelegationTokenResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeDelegationTokenResponse {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub tokens: Vec<DescribedDelegationToken>,
    /// All versions.
    pub throttle_time_ms: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeDelegationTokenResponse {
    const NAME: &'static str = "DescribeDelegationTokenResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            error_code: reader.int16("DescribeDelegationTokenResponse.error_code"),
            tokens: reader.structs(flexible, version, match version { 1 => 38, 2 => 30, _ => 32 }, "DescribeDelegationTokenResponse.tokens", DescribedDelegationToken::read),
            throttle_time_ms: reader.int32("DescribeDelegationTokenResponse.throttle_time_ms"),
            unknown_tagged_fields: reader.tags(flexible, "DescribeDelegationTokenResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.structs(flexible, version, &self.tokens, "DescribeDelegationTokenResponse.tokens", DescribedDelegationToken::write);
        writer.int32(self.throttle_time_ms);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeDelegationTokenResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribedDelegationToken {
    /// All versions.
    pub principal_type: Str,
    /// All versions.
    pub principal_name: Str,
    /// Version 3.
    pub token_requester_principal_type: Str,
    /// Version 3.
    pub token_requester_principal_name: Str,
    /// All versions.
    pub issue_timestamp: i64,
    /// All versions.
    pub expiry_timestamp: i64,
    /// All versions.
    pub max_timestamp: i64,
    /// All versions.
    pub token_id: Str,
    /// All versions.
    pub hmac: Bytes,
    /// All versions.
    pub renewers: Vec<DescribedDelegationTokenRenewer>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DescribedDelegationToken {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            principal_type: reader.string(flexible, "DescribedDelegationToken.principal_type"),
            principal_name: reader.string(flexible, "DescribedDelegationToken.principal_name"),
            token_requester_principal_type: if version == 3 { reader.string(flexible, "DescribedDelegationToken.token_requester_principal_type") } else { Str::EMPTY },
            token_requester_principal_name: if version == 3 { reader.string(flexible, "DescribedDelegationToken.token_requester_principal_name") } else { Str::EMPTY },
            issue_timestamp: reader.int64("DescribedDelegationToken.issue_timestamp"),
            expiry_timestamp: reader.int64("DescribedDelegationToken.expiry_timestamp"),
            max_timestamp: reader.int64("DescribedDelegationToken.max_timestamp"),
            token_id: reader.string(flexible, "DescribedDelegationToken.token_id"),
            hmac: reader.bytes(flexible, "DescribedDelegationToken.hmac"),
            renewers: reader.structs(flexible, version, match version { 1 => 4, _ => 3 }, "DescribedDelegationToken.renewers", DescribedDelegationTokenRenewer::read),
            unknown_tagged_fields: reader.tags(flexible, "DescribedDelegationToken"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(flexible, &self.principal_type, "DescribedDelegationToken.principal_type");
        writer.string(flexible, &self.principal_name, "DescribedDelegationToken.principal_name");
        if version == 3 {
            writer.string(flexible, &self.token_requester_principal_type, "DescribedDelegationToken.token_requester_principal_type");
        } else if !self.token_requester_principal_type.is_empty() {
            writer.reject("DescribedDelegationToken.token_requester_principal_type");
        }
        if version == 3 {
            writer.string(flexible, &self.token_requester_principal_name, "DescribedDelegationToken.token_requester_principal_name");
        } else if !self.token_requester_principal_name.is_empty() {
            writer.reject("DescribedDelegationToken.token_requester_principal_name");
        }
        writer.int64(self.issue_timestamp);
        writer.int64(self.expiry_timestamp);
        writer.int64(self.max_timestamp);
        writer.string(flexible, &self.token_id, "DescribedDelegationToken.token_id");
        writer.bytes(flexible, &self.hmac, "DescribedDelegationToken.hmac");
        writer.structs(flexible, version, &self.renewers, "DescribedDelegationToken.renewers", DescribedDelegationTokenRenewer::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeDelegationTokenResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribedDelegationTokenRenewer {
    /// All versions.
    pub principal_type: Str,
    /// All versions.
    pub principal_name: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DescribedDelegationTokenRenewer {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            principal_type: reader.string(flexible, "DescribedDelegationTokenRenewer.principal_type"),
            principal_name: reader.string(flexible, "DescribedDelegationTokenRenewer.principal_name"),
            unknown_tagged_fields: reader.tags(flexible, "DescribedDelegationTokenRenewer"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(flexible, &self.principal_type, "DescribedDelegationTokenRenewer.principal_type");
        writer.string(flexible, &self.principal_name, "DescribedDelegationTokenRenewer.principal_name");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

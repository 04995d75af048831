//! CreateDelegationTokenResponse: a response of API 38, versions 1 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `CreateDelegationTokenResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateDelegationTokenResponse {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub principal_type: Str,
    /// All versions.
    pub principal_name: Str,
    /// Version 3.
    pub token_requester_principal_type: Str,
    /// Version 3.
    pub token_requester_principal_name: Str,
    /// All versions.
    pub issue_timestamp_ms: i64,
    /// All versions.
    pub expiry_timestamp_ms: i64,
    /// All versions.
    pub max_timestamp_ms: i64,
    /// All versions.
    pub token_id: Str,
    /// All versions.
    pub hmac: Bytes,
    /// All versions.
    pub throttle_time_ms: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for CreateDelegationTokenResponse {
    const NAME: &'static str = "CreateDelegationTokenResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            error_code: reader.int16("CreateDelegationTokenResponse.error_code"),
            principal_type: reader.string(flexible, "CreateDelegationTokenResponse.principal_type"),
            principal_name: reader.string(flexible, "CreateDelegationTokenResponse.principal_name"),
            token_requester_principal_type: if version == 3 { reader.string(flexible, "CreateDelegationTokenResponse.token_requester_principal_type") } else { Str::EMPTY },
            token_requester_principal_name: if version == 3 { reader.string(flexible, "CreateDelegationTokenResponse.token_requester_principal_name") } else { Str::EMPTY },
            issue_timestamp_ms: reader.int64("CreateDelegationTokenResponse.issue_timestamp_ms"),
            expiry_timestamp_ms: reader.int64("CreateDelegationTokenResponse.expiry_timestamp_ms"),
            max_timestamp_ms: reader.int64("CreateDelegationTokenResponse.max_timestamp_ms"),
            token_id: reader.string(flexible, "CreateDelegationTokenResponse.token_id"),
            hmac: reader.bytes(flexible, "CreateDelegationTokenResponse.hmac"),
            throttle_time_ms: reader.int32("CreateDelegationTokenResponse.throttle_time_ms"),
            unknown_tagged_fields: reader.tags(flexible, "CreateDelegationTokenResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.string(flexible, &self.principal_type, "CreateDelegationTokenResponse.principal_type");
        writer.string(flexible, &self.principal_name, "CreateDelegationTokenResponse.principal_name");
        if version == 3 {
            writer.string(flexible, &self.token_requester_principal_type, "CreateDelegationTokenResponse.token_requester_principal_type");
        } else if !self.token_requester_principal_type.is_empty() {
            writer.reject("CreateDelegationTokenResponse.token_requester_principal_type");
        }
        if version == 3 {
            writer.string(flexible, &self.token_requester_principal_name, "CreateDelegationTokenResponse.token_requester_principal_name");
        } else if !self.token_requester_principal_name.is_empty() {
            writer.reject("CreateDelegationTokenResponse.token_requester_principal_name");
        }
        writer.int64(self.issue_timestamp_ms);
        writer.int64(self.expiry_timestamp_ms);
        writer.int64(self.max_timestamp_ms);
        writer.string(flexible, &self.token_id, "CreateDelegationTokenResponse.token_id");
        writer.bytes(flexible, &self.hmac, "CreateDelegationTokenResponse.hmac");
        writer.int32(self.throttle_time_ms);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

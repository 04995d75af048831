//! DescribeUserScramCredentialsResponse: a response of API 50, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeUserScramCredentialsResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeUserScramCredentialsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// All versions.
    pub results: Vec<DescribeUserScramCredentialsResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeUserScramCredentialsResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            results: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for DescribeUserScramCredentialsResponse {
    const NAME: &'static str = "DescribeUserScramCredentialsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("DescribeUserScramCredentialsResponse.throttle_time_ms"),
            error_code: reader.int16("DescribeUserScramCredentialsResponse.error_code"),
            error_message: reader.opt_string(true, true, "DescribeUserScramCredentialsResponse.error_message"),
            results: reader.structs(true, version, 6, "DescribeUserScramCredentialsResponse.results", DescribeUserScramCredentialsResult::read),
            unknown_tagged_fields: reader.tags(true, "DescribeUserScramCredentialsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "DescribeUserScramCredentialsResponse.error_message");
        writer.structs(true, version, &self.results, "DescribeUserScramCredentialsResponse.results", DescribeUserScramCredentialsResult::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeUserScramCredentialsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeUserScramCredentialsResult {
    /// All versions.
    pub user: Str,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// All versions.
    pub credential_infos: Vec<CredentialInfo>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeUserScramCredentialsResult {
    fn default() -> Self {
        Self {
            user: Str::EMPTY,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            credential_infos: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribeUserScramCredentialsResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            user: reader.string(true, "DescribeUserScramCredentialsResult.user"),
            error_code: reader.int16("DescribeUserScramCredentialsResult.error_code"),
            error_message: reader.opt_string(true, true, "DescribeUserScramCredentialsResult.error_message"),
            credential_infos: reader.structs(true, version, 6, "DescribeUserScramCredentialsResult.credential_infos", CredentialInfo::read),
            unknown_tagged_fields: reader.tags(true, "DescribeUserScramCredentialsResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.user, "DescribeUserScramCredentialsResult.user");
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "DescribeUserScramCredentialsResult.error_message");
        writer.structs(true, version, &self.credential_infos, "DescribeUserScramCredentialsResult.credential_infos", CredentialInfo::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeUserScramCredentialsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CredentialInfo {
    /// All versions.
    pub mechanism: i8,
    /// All versions.
    pub iterations: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl CredentialInfo {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            mechanism: reader.int8("CredentialInfo.mechanism"),
            iterations: reader.int32("CredentialInfo.iterations"),
            unknown_tagged_fields: reader.tags(true, "CredentialInfo"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int8(self.mechanism);
        writer.int32(self.iterations);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

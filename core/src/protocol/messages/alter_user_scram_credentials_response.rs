//! AlterUserScramCredentialsResponse: a response of API 51, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterUserScramCredentialsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterUserScramCredentialsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub results: Vec<AlterUserScramCredentialsResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterUserScramCredentialsResponse {
    const NAME: &'static str = "AlterUserScramCredentialsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("AlterUserScramCredentialsResponse.throttle_time_ms"),
            results: reader.structs(true, version, 5, "AlterUserScramCredentialsResponse.results", AlterUserScramCredentialsResult::read),
            unknown_tagged_fields: reader.tags(true, "AlterUserScramCredentialsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.structs(true, version, &self.results, "AlterUserScramCredentialsResponse.results", AlterUserScramCredentialsResult::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterUserScramCredentialsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct AlterUserScramCredentialsResult {
    /// All versions.
    pub user: Str,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AlterUserScramCredentialsResult {
    fn default() -> Self {
        Self {
            user: Str::EMPTY,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl AlterUserScramCredentialsResult {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            user: reader.string(true, "AlterUserScramCredentialsResult.user"),
            error_code: reader.int16("AlterUserScramCredentialsResult.error_code"),
            error_message: reader.opt_string(true, true, "AlterUserScramCredentialsResult.error_message"),
            unknown_tagged_fields: reader.tags(true, "AlterUserScramCredentialsResult"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.user, "AlterUserScramCredentialsResult.user");
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "AlterUserScramCredentialsResult.error_message");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

//! UpdateFeaturesResponse: a response of API 57, versions 0 to 2, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `UpdateFeaturesResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateFeaturesResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// Versions 0 to 1, dropped where the version lacks it.
    pub results: Vec<UpdatableFeatureResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for UpdateFeaturesResponse {
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

impl Message for UpdateFeaturesResponse {
    const NAME: &'static str = "UpdateFeaturesResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("UpdateFeaturesResponse.throttle_time_ms"),
            error_code: reader.int16("UpdateFeaturesResponse.error_code"),
            error_message: reader.opt_string(true, true, "UpdateFeaturesResponse.error_message"),
            results: if version <= 1 { reader.structs(true, version, 5, "UpdateFeaturesResponse.results", UpdatableFeatureResult::read) } else { Vec::new() },
            unknown_tagged_fields: reader.tags(true, "UpdateFeaturesResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "UpdateFeaturesResponse.error_message");
        if version <= 1 {
            writer.structs(true, version, &self.results, "UpdateFeaturesResponse.results", UpdatableFeatureResult::write);
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`UpdateFeaturesResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct UpdatableFeatureResult {
    /// All versions.
    pub feature: Str,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for UpdatableFeatureResult {
    fn default() -> Self {
        Self {
            feature: Str::EMPTY,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl UpdatableFeatureResult {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            feature: reader.string(true, "UpdatableFeatureResult.feature"),
            error_code: reader.int16("UpdatableFeatureResult.error_code"),
            error_message: reader.opt_string(true, true, "UpdatableFeatureResult.error_message"),
            unknown_tagged_fields: reader.tags(true, "UpdatableFeatureResult"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.feature, "UpdatableFeatureResult.feature");
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "UpdatableFeatureResult.error_message");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

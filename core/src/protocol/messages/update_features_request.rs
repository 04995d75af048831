//! UpdateFeaturesRequest: a request of API 57, versions 0 to 2, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `UpdateFeaturesRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateFeaturesRequest {
    /// All versions, default 60000.
    pub timeout_ms: i32,
    /// All versions.
    pub feature_updates: Vec<FeatureUpdateKey>,
    /// Versions 1+, default false.
    pub validate_only: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for UpdateFeaturesRequest {
    fn default() -> Self {
        Self {
            timeout_ms: 60000,
            feature_updates: Vec::new(),
            validate_only: false,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for UpdateFeaturesRequest {
    const NAME: &'static str = "UpdateFeaturesRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            timeout_ms: reader.int32("UpdateFeaturesRequest.timeout_ms"),
            feature_updates: reader.structs(true, version, 5, "UpdateFeaturesRequest.feature_updates", FeatureUpdateKey::read),
            validate_only: if version >= 1 { reader.bool("UpdateFeaturesRequest.validate_only") } else { false },
            unknown_tagged_fields: reader.tags(true, "UpdateFeaturesRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.timeout_ms);
        writer.structs(true, version, &self.feature_updates, "UpdateFeaturesRequest.feature_updates", FeatureUpdateKey::write);
        if version >= 1 {
            writer.bool(self.validate_only);
        } else if self.validate_only {
            writer.reject("UpdateFeaturesRequest.validate_only");
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`UpdateFeaturesRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureUpdateKey {
    /// All versions.
    pub feature: Str,
    /// All versions.
    pub max_version_level: i16,
    /// Version 0.
    pub allow_downgrade: bool,
    /// Versions 1+, default 1.
    pub upgrade_type: i8,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for FeatureUpdateKey {
    fn default() -> Self {
        Self {
            feature: Str::EMPTY,
            max_version_level: 0,
            allow_downgrade: false,
            upgrade_type: 1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl FeatureUpdateKey {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            feature: reader.string(true, "FeatureUpdateKey.feature"),
            max_version_level: reader.int16("FeatureUpdateKey.max_version_level"),
            allow_downgrade: if version == 0 { reader.bool("FeatureUpdateKey.allow_downgrade") } else { false },
            upgrade_type: if version >= 1 { reader.int8("FeatureUpdateKey.upgrade_type") } else { 1 },
            unknown_tagged_fields: reader.tags(true, "FeatureUpdateKey"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.feature, "FeatureUpdateKey.feature");
        writer.int16(self.max_version_level);
        if version == 0 {
            writer.bool(self.allow_downgrade);
        } else if self.allow_downgrade {
            writer.reject("FeatureUpdateKey.allow_downgrade");
        }
        if version >= 1 {
            writer.int8(self.upgrade_type);
        } else if self.upgrade_type != 1 {
            writer.reject("FeatureUpdateKey.upgrade_type");
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

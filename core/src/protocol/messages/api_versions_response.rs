//! ApiVersionsResponse: a response of API 18, versions 0 to 4, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ApiVersionsResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiVersionsResponse {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub api_keys: Vec<ApiVersion>,
    /// Versions 1+, dropped where the version lacks it.
    pub throttle_time_ms: i32,
    /// Versions 3+, tag 0, dropped where the version lacks it.
    pub supported_features: Vec<SupportedFeatureKey>,
    /// Versions 3+, tag 1, default -1, dropped where the version lacks it.
    pub finalized_features_epoch: i64,
    /// Versions 3+, tag 2, dropped where the version lacks it.
    pub finalized_features: Vec<FinalizedFeatureKey>,
    /// Versions 3+, tag 3, default false, dropped where the version lacks it.
    pub zk_migration_ready: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ApiVersionsResponse {
    fn default() -> Self {
        Self {
            error_code: 0,
            api_keys: Vec::new(),
            throttle_time_ms: 0,
            supported_features: Vec::new(),
            finalized_features_epoch: -1,
            finalized_features: Vec::new(),
            zk_migration_ready: false,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for ApiVersionsResponse {
    const NAME: &'static str = "ApiVersionsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        let mut message = Self {
            error_code: reader.int16("ApiVersionsResponse.error_code"),
            api_keys: reader.structs(flexible, version, match version { 0..=2 => 6, _ => 7 }, "ApiVersionsResponse.api_keys", ApiVersion::read),
            throttle_time_ms: if version >= 1 { reader.int32("ApiVersionsResponse.throttle_time_ms") } else { 0 },
            supported_features: Vec::new(),
            finalized_features_epoch: -1,
            finalized_features: Vec::new(),
            zk_migration_ready: false,
            unknown_tagged_fields: TaggedFields::new(),
        };
        if flexible {
            let mut unknown = TaggedFields::new();
            reader.each_tag("ApiVersionsResponse", &mut unknown, &mut |reader, tag| {
                match tag {
                    0 => message.supported_features = reader.structs(true, version, 6, "ApiVersionsResponse.supported_features", SupportedFeatureKey::read),
                    1 => message.finalized_features_epoch = reader.int64("ApiVersionsResponse.finalized_features_epoch"),
                    2 => message.finalized_features = reader.structs(true, version, 6, "ApiVersionsResponse.finalized_features", FinalizedFeatureKey::read),
                    3 => message.zk_migration_ready = reader.bool("ApiVersionsResponse.zk_migration_ready"),
                    _ => return false,
                }
                true
            });
            message.unknown_tagged_fields = unknown;
        }
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.int16(self.error_code);
        writer.structs(flexible, version, &self.api_keys, "ApiVersionsResponse.api_keys", ApiVersion::write);
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        if flexible {
            let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
            if !self.supported_features.is_empty() {
                let mark = writer.begin_tag(&mut tags, 0);
                writer.structs(true, version, &self.supported_features, "ApiVersionsResponse.supported_features", SupportedFeatureKey::write);
                writer.end_tag(mark);
            }
            if self.finalized_features_epoch != -1 {
                let mark = writer.begin_tag(&mut tags, 1);
                writer.int64(self.finalized_features_epoch);
                writer.end_tag(mark);
            }
            if !self.finalized_features.is_empty() {
                let mark = writer.begin_tag(&mut tags, 2);
                writer.structs(true, version, &self.finalized_features, "ApiVersionsResponse.finalized_features", FinalizedFeatureKey::write);
                writer.end_tag(mark);
            }
            if self.zk_migration_ready {
                let mark = writer.begin_tag(&mut tags, 3);
                writer.bool(self.zk_migration_ready);
                writer.end_tag(mark);
            }
            writer.end_tags(tags);
        } else {
            writer.tags(false, &self.unknown_tagged_fields);
        }
    }
}

/// A struct of [`ApiVersionsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApiVersion {
    /// All versions.
    pub api_key: i16,
    /// All versions.
    pub min_version: i16,
    /// All versions.
    pub max_version: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ApiVersion {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            api_key: reader.int16("ApiVersion.api_key"),
            min_version: reader.int16("ApiVersion.min_version"),
            max_version: reader.int16("ApiVersion.max_version"),
            unknown_tagged_fields: reader.tags(flexible, "ApiVersion"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.int16(self.api_key);
        writer.int16(self.min_version);
        writer.int16(self.max_version);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ApiVersionsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SupportedFeatureKey {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub min_version: i16,
    /// All versions.
    pub max_version: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl SupportedFeatureKey {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "SupportedFeatureKey.name"),
            min_version: reader.int16("SupportedFeatureKey.min_version"),
            max_version: reader.int16("SupportedFeatureKey.max_version"),
            unknown_tagged_fields: reader.tags(true, "SupportedFeatureKey"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "SupportedFeatureKey.name");
        writer.int16(self.min_version);
        writer.int16(self.max_version);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ApiVersionsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FinalizedFeatureKey {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub max_version_level: i16,
    /// All versions.
    pub min_version_level: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl FinalizedFeatureKey {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "FinalizedFeatureKey.name"),
            max_version_level: reader.int16("FinalizedFeatureKey.max_version_level"),
            min_version_level: reader.int16("FinalizedFeatureKey.min_version_level"),
            unknown_tagged_fields: reader.tags(true, "FinalizedFeatureKey"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "FinalizedFeatureKey.name");
        writer.int16(self.max_version_level);
        writer.int16(self.min_version_level);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

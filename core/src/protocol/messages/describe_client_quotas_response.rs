//! DescribeClientQuotasResponse: a response of API 48, versions 0 to 1, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeClientQuotasResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeClientQuotasResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// All versions, nullable.
    pub entries: Option<Vec<EntryData>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeClientQuotasResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            entries: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for DescribeClientQuotasResponse {
    const NAME: &'static str = "DescribeClientQuotasResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            throttle_time_ms: reader.int32("DescribeClientQuotasResponse.throttle_time_ms"),
            error_code: reader.int16("DescribeClientQuotasResponse.error_code"),
            error_message: reader.opt_string(flexible, true, "DescribeClientQuotasResponse.error_message"),
            entries: reader.opt_structs(flexible, true, version, match version { 0 => 8, _ => 3 }, "DescribeClientQuotasResponse.entries", EntryData::read),
            unknown_tagged_fields: reader.tags(flexible, "DescribeClientQuotasResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(flexible, true, &self.error_message, "DescribeClientQuotasResponse.error_message");
        writer.opt_structs(flexible, true, version, &self.entries, "DescribeClientQuotasResponse.entries", EntryData::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeClientQuotasResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntryData {
    /// All versions.
    pub entity: Vec<EntityData>,
    /// All versions.
    pub values: Vec<ValueData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl EntryData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            entity: reader.structs(flexible, version, match version { 0 => 4, _ => 3 }, "EntryData.entity", EntityData::read),
            values: reader.structs(flexible, version, 10, "EntryData.values", ValueData::read),
            unknown_tagged_fields: reader.tags(flexible, "EntryData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.structs(flexible, version, &self.entity, "EntryData.entity", EntityData::write);
        writer.structs(flexible, version, &self.values, "EntryData.values", ValueData::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeClientQuotasResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct EntityData {
    /// All versions.
    pub entity_type: Str,
    /// All versions, nullable.
    pub entity_name: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for EntityData {
    fn default() -> Self {
        Self {
            entity_type: Str::EMPTY,
            entity_name: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl EntityData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            entity_type: reader.string(flexible, "EntityData.entity_type"),
            entity_name: reader.opt_string(flexible, true, "EntityData.entity_name"),
            unknown_tagged_fields: reader.tags(flexible, "EntityData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.string(flexible, &self.entity_type, "EntityData.entity_type");
        writer.opt_string(flexible, true, &self.entity_name, "EntityData.entity_name");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeClientQuotasResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValueData {
    /// All versions.
    pub key: Str,
    /// All versions.
    pub value: f64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ValueData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            key: reader.string(flexible, "ValueData.key"),
            value: reader.float64("ValueData.value"),
            unknown_tagged_fields: reader.tags(flexible, "ValueData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.string(flexible, &self.key, "ValueData.key");
        writer.float64(self.value);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

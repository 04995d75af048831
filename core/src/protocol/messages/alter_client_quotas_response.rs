//! AlterClientQuotasResponse: a response of API 49, versions 0 to 1, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterClientQuotasResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterClientQuotasResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub entries: Vec<EntryData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterClientQuotasResponse {
    const NAME: &'static str = "AlterClientQuotasResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            throttle_time_ms: reader.int32("AlterClientQuotasResponse.throttle_time_ms"),
            entries: reader.structs(flexible, version, match version { 0 => 8, _ => 5 }, "AlterClientQuotasResponse.entries", EntryData::read),
            unknown_tagged_fields: reader.tags(flexible, "AlterClientQuotasResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.entries, "AlterClientQuotasResponse.entries", EntryData::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterClientQuotasResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct EntryData {
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// All versions.
    pub entity: Vec<EntityData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for EntryData {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(Str::EMPTY),
            entity: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl EntryData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            error_code: reader.int16("EntryData.error_code"),
            error_message: reader.opt_string(flexible, true, "EntryData.error_message"),
            entity: reader.structs(flexible, version, match version { 0 => 4, _ => 3 }, "EntryData.entity", EntityData::read),
            unknown_tagged_fields: reader.tags(flexible, "EntryData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.int16(self.error_code);
        writer.opt_string(flexible, true, &self.error_message, "EntryData.error_message");
        writer.structs(flexible, version, &self.entity, "EntryData.entity", EntityData::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterClientQuotasResponse`].
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

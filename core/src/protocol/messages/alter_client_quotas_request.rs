//! AlterClientQuotasRequest: a request of API 49, versions 0 to 1, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterClientQuotasRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterClientQuotasRequest {
    /// All versions.
    pub entries: Vec<EntryData>,
    /// All versions.
    pub validate_only: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterClientQuotasRequest {
    const NAME: &'static str = "AlterClientQuotasRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            entries: reader.structs(flexible, version, match version { 0 => 8, _ => 3 }, "AlterClientQuotasRequest.entries", EntryData::read),
            validate_only: reader.bool("AlterClientQuotasRequest.validate_only"),
            unknown_tagged_fields: reader.tags(flexible, "AlterClientQuotasRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.structs(flexible, version, &self.entries, "AlterClientQuotasRequest.entries", EntryData::write);
        writer.bool(self.validate_only);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterClientQuotasRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntryData {
    /// All versions.
    pub entity: Vec<EntityData>,
    /// All versions.
    pub ops: Vec<OpData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl EntryData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            entity: reader.structs(flexible, version, match version { 0 => 4, _ => 3 }, "EntryData.entity", EntityData::read),
            ops: reader.structs(flexible, version, 11, "EntryData.ops", OpData::read),
            unknown_tagged_fields: reader.tags(flexible, "EntryData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.structs(flexible, version, &self.entity, "EntryData.entity", EntityData::write);
        writer.structs(flexible, version, &self.ops, "EntryData.ops", OpData::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterClientQuotasRequest`].
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

/// A struct of [`AlterClientQuotasRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpData {
    /// All versions.
    pub key: Str,
    /// All versions.
    pub value: f64,
    /// All versions.
    pub remove: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OpData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            key: reader.string(flexible, "OpData.key"),
            value: reader.float64("OpData.value"),
            remove: reader.bool("OpData.remove"),
            unknown_tagged_fields: reader.tags(flexible, "OpData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.string(flexible, &self.key, "OpData.key");
        writer.float64(self.value);
        writer.bool(self.remove);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! DescribeClientQuotasRequest: a request of API 48, versions 0 to 1, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeClientQuotasRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeClientQuotasRequest {
    /// All versions.
    pub components: Vec<ComponentData>,
    /// All versions.
    pub strict: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeClientQuotasRequest {
    const NAME: &'static str = "DescribeClientQuotasRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            components: reader.structs(flexible, version, match version { 0 => 5, _ => 4 }, "DescribeClientQuotasRequest.components", ComponentData::read),
            strict: reader.bool("DescribeClientQuotasRequest.strict"),
            unknown_tagged_fields: reader.tags(flexible, "DescribeClientQuotasRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.structs(flexible, version, &self.components, "DescribeClientQuotasRequest.components", ComponentData::write);
        writer.bool(self.strict);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeClientQuotasRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentData {
    /// All versions.
    pub entity_type: Str,
    /// All versions.
    pub match_type: i8,
    /// All versions, nullable.
    pub r#match: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ComponentData {
    fn default() -> Self {
        Self {
            entity_type: Str::EMPTY,
            match_type: 0,
            r#match: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl ComponentData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            entity_type: reader.string(flexible, "ComponentData.entity_type"),
            match_type: reader.int8("ComponentData.match_type"),
            r#match: reader.opt_string(flexible, true, "ComponentData.match"),
            unknown_tagged_fields: reader.tags(flexible, "ComponentData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.string(flexible, &self.entity_type, "ComponentData.entity_type");
        writer.int8(self.match_type);
        writer.opt_string(flexible, true, &self.r#match, "ComponentData.match");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

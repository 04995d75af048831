//! DeleteTopicsResponse: a response of API 20, versions 1 to 6, flexible from 4.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DeleteTopicsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteTopicsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub responses: Vec<DeletableTopicResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteTopicsResponse {
    const NAME: &'static str = "DeleteTopicsResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=6;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 4;
        Self {
            throttle_time_ms: reader.int32("DeleteTopicsResponse.throttle_time_ms"),
            responses: reader.structs(flexible, version, match version { 1..=4 => 4, 5 => 5, _ => 21 }, "DeleteTopicsResponse.responses", DeletableTopicResult::read),
            unknown_tagged_fields: reader.tags(flexible, "DeleteTopicsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.int32(self.throttle_time_ms);
        writer.structs(flexible, version, &self.responses, "DeleteTopicsResponse.responses", DeletableTopicResult::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteTopicsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DeletableTopicResult {
    /// All versions, nullable at version 6.
    pub name: Option<Str>,
    /// Version 6, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// All versions.
    pub error_code: i16,
    /// Versions 5+, nullable, default null, dropped where the version lacks it.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DeletableTopicResult {
    fn default() -> Self {
        Self {
            name: Some(Str::EMPTY),
            topic_id: Uuid::ZERO,
            error_code: 0,
            error_message: None,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DeletableTopicResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 4;
        Self {
            name: reader.opt_string(flexible, version == 6, "DeletableTopicResult.name"),
            topic_id: if version == 6 { reader.uuid("DeletableTopicResult.topic_id") } else { Uuid::ZERO },
            error_code: reader.int16("DeletableTopicResult.error_code"),
            error_message: if version >= 5 { reader.opt_string(flexible, true, "DeletableTopicResult.error_message") } else { None },
            unknown_tagged_fields: reader.tags(flexible, "DeletableTopicResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.opt_string(flexible, version == 6, &self.name, "DeletableTopicResult.name");
        if version == 6 {
            writer.uuid(self.topic_id);
        }
        writer.int16(self.error_code);
        if version >= 5 {
            writer.opt_string(flexible, true, &self.error_message, "DeletableTopicResult.error_message");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

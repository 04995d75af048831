//! DeleteTopicsRequest: a request of API 20, versions 1 to 6, flexible from 4.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DeleteTopicsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteTopicsRequest {
    /// Version 6.
    pub topics: Vec<DeleteTopicState>,
    /// Versions 1 to 5, dropped where the version lacks it.
    pub topic_names: Vec<Str>,
    /// All versions.
    pub timeout_ms: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteTopicsRequest {
    const NAME: &'static str = "DeleteTopicsRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=6;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 4;
        Self {
            topics: if version == 6 { reader.structs(flexible, version, 18, "DeleteTopicsRequest.topics", DeleteTopicState::read) } else { Vec::new() },
            topic_names: if version <= 5 { reader.strings(flexible, "DeleteTopicsRequest.topic_names") } else { Vec::new() },
            timeout_ms: reader.int32("DeleteTopicsRequest.timeout_ms"),
            unknown_tagged_fields: reader.tags(flexible, "DeleteTopicsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version == 6 {
            writer.structs(flexible, version, &self.topics, "DeleteTopicsRequest.topics", DeleteTopicState::write);
        } else if !self.topics.is_empty() {
            writer.reject("DeleteTopicsRequest.topics");
        }
        if version <= 5 {
            writer.strings(flexible, &self.topic_names, "DeleteTopicsRequest.topic_names");
        }
        writer.int32(self.timeout_ms);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteTopicsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteTopicState {
    /// All versions, nullable, default null.
    pub name: Option<Str>,
    /// All versions.
    pub topic_id: Uuid,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DeleteTopicState {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.opt_string(true, true, "DeleteTopicState.name"),
            topic_id: reader.uuid("DeleteTopicState.topic_id"),
            unknown_tagged_fields: reader.tags(true, "DeleteTopicState"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.opt_string(true, true, &self.name, "DeleteTopicState.name");
        writer.uuid(self.topic_id);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

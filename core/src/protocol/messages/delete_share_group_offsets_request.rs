//! DeleteShareGroupOffsetsRequest: a request of API 92, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DeleteShareGroupOffsetsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteShareGroupOffsetsRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub topics: Vec<DeleteShareGroupOffsetsRequestTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteShareGroupOffsetsRequest {
    const NAME: &'static str = "DeleteShareGroupOffsetsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(true, "DeleteShareGroupOffsetsRequest.group_id"),
            topics: reader.structs(true, version, 2, "DeleteShareGroupOffsetsRequest.topics", DeleteShareGroupOffsetsRequestTopic::read),
            unknown_tagged_fields: reader.tags(true, "DeleteShareGroupOffsetsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.group_id, "DeleteShareGroupOffsetsRequest.group_id");
        writer.structs(true, version, &self.topics, "DeleteShareGroupOffsetsRequest.topics", DeleteShareGroupOffsetsRequestTopic::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteShareGroupOffsetsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteShareGroupOffsetsRequestTopic {
    /// All versions.
    pub topic_name: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DeleteShareGroupOffsetsRequestTopic {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic_name: reader.string(true, "DeleteShareGroupOffsetsRequestTopic.topic_name"),
            unknown_tagged_fields: reader.tags(true, "DeleteShareGroupOffsetsRequestTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.topic_name, "DeleteShareGroupOffsetsRequestTopic.topic_name");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

//! DescribeProducersRequest: a request of API 61, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeProducersRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeProducersRequest {
    /// All versions.
    pub topics: Vec<TopicRequest>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeProducersRequest {
    const NAME: &'static str = "DescribeProducersRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topics: reader.structs(true, version, 3, "DescribeProducersRequest.topics", TopicRequest::read),
            unknown_tagged_fields: reader.tags(true, "DescribeProducersRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.topics, "DescribeProducersRequest.topics", TopicRequest::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeProducersRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicRequest {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partition_indexes: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicRequest {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "TopicRequest.name"),
            partition_indexes: reader.int32s(true, "TopicRequest.partition_indexes"),
            unknown_tagged_fields: reader.tags(true, "TopicRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "TopicRequest.name");
        writer.int32s(true, &self.partition_indexes, "TopicRequest.partition_indexes");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

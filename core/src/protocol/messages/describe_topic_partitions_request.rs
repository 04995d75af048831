//! DescribeTopicPartitionsRequest: a request of API 75, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeTopicPartitionsRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeTopicPartitionsRequest {
    /// All versions.
    pub topics: Vec<TopicRequest>,
    /// All versions, default 2000.
    pub response_partition_limit: i32,
    /// All versions, nullable, default null.
    pub cursor: Option<Cursor>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeTopicPartitionsRequest {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            response_partition_limit: 2000,
            cursor: None,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for DescribeTopicPartitionsRequest {
    const NAME: &'static str = "DescribeTopicPartitionsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topics: reader.structs(true, version, 2, "DescribeTopicPartitionsRequest.topics", TopicRequest::read),
            response_partition_limit: reader.int32("DescribeTopicPartitionsRequest.response_partition_limit"),
            cursor: reader.opt_struct(true, version, "DescribeTopicPartitionsRequest.cursor", Cursor::read),
            unknown_tagged_fields: reader.tags(true, "DescribeTopicPartitionsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.topics, "DescribeTopicPartitionsRequest.topics", TopicRequest::write);
        writer.int32(self.response_partition_limit);
        writer.opt_struct(true, version, &self.cursor, "DescribeTopicPartitionsRequest.cursor", Cursor::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeTopicPartitionsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicRequest {
    /// All versions.
    pub name: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicRequest {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "TopicRequest.name"),
            unknown_tagged_fields: reader.tags(true, "TopicRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "TopicRequest.name");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeTopicPartitionsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cursor {
    /// All versions.
    pub topic_name: Str,
    /// All versions.
    pub partition_index: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Cursor {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic_name: reader.string(true, "Cursor.topic_name"),
            partition_index: reader.int32("Cursor.partition_index"),
            unknown_tagged_fields: reader.tags(true, "Cursor"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.topic_name, "Cursor.topic_name");
        writer.int32(self.partition_index);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

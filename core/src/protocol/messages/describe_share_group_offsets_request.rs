//! DescribeShareGroupOffsetsRequest: a request of API 90, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeShareGroupOffsetsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeShareGroupOffsetsRequest {
    /// All versions.
    pub groups: Vec<DescribeShareGroupOffsetsRequestGroup>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeShareGroupOffsetsRequest {
    const NAME: &'static str = "DescribeShareGroupOffsetsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            groups: reader.structs(true, version, 3, "DescribeShareGroupOffsetsRequest.groups", DescribeShareGroupOffsetsRequestGroup::read),
            unknown_tagged_fields: reader.tags(true, "DescribeShareGroupOffsetsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.groups, "DescribeShareGroupOffsetsRequest.groups", DescribeShareGroupOffsetsRequestGroup::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeShareGroupOffsetsRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeShareGroupOffsetsRequestGroup {
    /// All versions.
    pub group_id: Str,
    /// All versions, nullable.
    pub topics: Option<Vec<DescribeShareGroupOffsetsRequestTopic>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeShareGroupOffsetsRequestGroup {
    fn default() -> Self {
        Self {
            group_id: Str::EMPTY,
            topics: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribeShareGroupOffsetsRequestGroup {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(true, "DescribeShareGroupOffsetsRequestGroup.group_id"),
            topics: reader.opt_structs(true, true, version, 3, "DescribeShareGroupOffsetsRequestGroup.topics", DescribeShareGroupOffsetsRequestTopic::read),
            unknown_tagged_fields: reader.tags(true, "DescribeShareGroupOffsetsRequestGroup"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.group_id, "DescribeShareGroupOffsetsRequestGroup.group_id");
        writer.opt_structs(true, true, version, &self.topics, "DescribeShareGroupOffsetsRequestGroup.topics", DescribeShareGroupOffsetsRequestTopic::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeShareGroupOffsetsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeShareGroupOffsetsRequestTopic {
    /// All versions.
    pub topic_name: Str,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DescribeShareGroupOffsetsRequestTopic {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic_name: reader.string(true, "DescribeShareGroupOffsetsRequestTopic.topic_name"),
            partitions: reader.int32s(true, "DescribeShareGroupOffsetsRequestTopic.partitions"),
            unknown_tagged_fields: reader.tags(true, "DescribeShareGroupOffsetsRequestTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.topic_name, "DescribeShareGroupOffsetsRequestTopic.topic_name");
        writer.int32s(true, &self.partitions, "DescribeShareGroupOffsetsRequestTopic.partitions");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

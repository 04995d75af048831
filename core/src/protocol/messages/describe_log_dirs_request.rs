//! DescribeLogDirsRequest: a request of API 35, versions 1 to 5, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeLogDirsRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeLogDirsRequest {
    /// All versions, nullable.
    pub topics: Option<Vec<DescribableLogDirTopic>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeLogDirsRequest {
    fn default() -> Self {
        Self {
            topics: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for DescribeLogDirsRequest {
    const NAME: &'static str = "DescribeLogDirsRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            topics: reader.opt_structs(flexible, true, version, match version { 1 => 6, _ => 3 }, "DescribeLogDirsRequest.topics", DescribableLogDirTopic::read),
            unknown_tagged_fields: reader.tags(flexible, "DescribeLogDirsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.opt_structs(flexible, true, version, &self.topics, "DescribeLogDirsRequest.topics", DescribableLogDirTopic::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeLogDirsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribableLogDirTopic {
    /// All versions.
    pub topic: Str,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DescribableLogDirTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            topic: reader.string(flexible, "DescribableLogDirTopic.topic"),
            partitions: reader.int32s(flexible, "DescribableLogDirTopic.partitions"),
            unknown_tagged_fields: reader.tags(flexible, "DescribableLogDirTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(flexible, &self.topic, "DescribableLogDirTopic.topic");
        writer.int32s(flexible, &self.partitions, "DescribableLogDirTopic.partitions");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

//! ListPartitionReassignmentsRequest: a request of API 46, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ListPartitionReassignmentsRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPartitionReassignmentsRequest {
    /// All versions, default 60000.
    pub timeout_ms: i32,
    /// All versions, nullable, default null.
    pub topics: Option<Vec<ListPartitionReassignmentsTopics>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ListPartitionReassignmentsRequest {
    fn default() -> Self {
        Self {
            timeout_ms: 60000,
            topics: None,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for ListPartitionReassignmentsRequest {
    const NAME: &'static str = "ListPartitionReassignmentsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            timeout_ms: reader.int32("ListPartitionReassignmentsRequest.timeout_ms"),
            topics: reader.opt_structs(true, true, version, 3, "ListPartitionReassignmentsRequest.topics", ListPartitionReassignmentsTopics::read),
            unknown_tagged_fields: reader.tags(true, "ListPartitionReassignmentsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.timeout_ms);
        writer.opt_structs(true, true, version, &self.topics, "ListPartitionReassignmentsRequest.topics", ListPartitionReassignmentsTopics::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ListPartitionReassignmentsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListPartitionReassignmentsTopics {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partition_indexes: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ListPartitionReassignmentsTopics {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "ListPartitionReassignmentsTopics.name"),
            partition_indexes: reader.int32s(true, "ListPartitionReassignmentsTopics.partition_indexes"),
            unknown_tagged_fields: reader.tags(true, "ListPartitionReassignmentsTopics"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "ListPartitionReassignmentsTopics.name");
        writer.int32s(true, &self.partition_indexes, "ListPartitionReassignmentsTopics.partition_indexes");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

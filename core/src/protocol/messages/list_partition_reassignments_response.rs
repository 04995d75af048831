//! ListPartitionReassignmentsResponse: a response of API 46, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ListPartitionReassignmentsResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPartitionReassignmentsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub error_message: Option<Str>,
    /// All versions.
    pub topics: Vec<OngoingTopicReassignment>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ListPartitionReassignmentsResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for ListPartitionReassignmentsResponse {
    const NAME: &'static str = "ListPartitionReassignmentsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("ListPartitionReassignmentsResponse.throttle_time_ms"),
            error_code: reader.int16("ListPartitionReassignmentsResponse.error_code"),
            error_message: reader.opt_string(true, true, "ListPartitionReassignmentsResponse.error_message"),
            topics: reader.structs(true, version, 3, "ListPartitionReassignmentsResponse.topics", OngoingTopicReassignment::read),
            unknown_tagged_fields: reader.tags(true, "ListPartitionReassignmentsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "ListPartitionReassignmentsResponse.error_message");
        writer.structs(true, version, &self.topics, "ListPartitionReassignmentsResponse.topics", OngoingTopicReassignment::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ListPartitionReassignmentsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OngoingTopicReassignment {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<OngoingPartitionReassignment>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OngoingTopicReassignment {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: reader.string(true, "OngoingTopicReassignment.name"),
            partitions: reader.structs(true, version, 8, "OngoingTopicReassignment.partitions", OngoingPartitionReassignment::read),
            unknown_tagged_fields: reader.tags(true, "OngoingTopicReassignment"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.name, "OngoingTopicReassignment.name");
        writer.structs(true, version, &self.partitions, "OngoingTopicReassignment.partitions", OngoingPartitionReassignment::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ListPartitionReassignmentsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OngoingPartitionReassignment {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub replicas: Vec<i32>,
    /// All versions.
    pub adding_replicas: Vec<i32>,
    /// All versions.
    pub removing_replicas: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OngoingPartitionReassignment {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("OngoingPartitionReassignment.partition_index"),
            replicas: reader.int32s(true, "OngoingPartitionReassignment.replicas"),
            adding_replicas: reader.int32s(true, "OngoingPartitionReassignment.adding_replicas"),
            removing_replicas: reader.int32s(true, "OngoingPartitionReassignment.removing_replicas"),
            unknown_tagged_fields: reader.tags(true, "OngoingPartitionReassignment"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
        writer.int32s(true, &self.replicas, "OngoingPartitionReassignment.replicas");
        writer.int32s(true, &self.adding_replicas, "OngoingPartitionReassignment.adding_replicas");
        writer.int32s(true, &self.removing_replicas, "OngoingPartitionReassignment.removing_replicas");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

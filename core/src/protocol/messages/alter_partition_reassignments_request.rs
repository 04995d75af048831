//! AlterPartitionReassignmentsRequest: a request of API 45, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterPartitionReassignmentsRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterPartitionReassignmentsRequest {
    /// All versions, default 60000.
    pub timeout_ms: i32,
    /// Version 1, default true.
    pub allow_replication_factor_change: bool,
    /// All versions.
    pub topics: Vec<ReassignableTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AlterPartitionReassignmentsRequest {
    fn default() -> Self {
        Self {
            timeout_ms: 60000,
            allow_replication_factor_change: true,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for AlterPartitionReassignmentsRequest {
    const NAME: &'static str = "AlterPartitionReassignmentsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            timeout_ms: reader.int32("AlterPartitionReassignmentsRequest.timeout_ms"),
            allow_replication_factor_change: if version == 1 { reader.bool("AlterPartitionReassignmentsRequest.allow_replication_factor_change") } else { true },
            topics: reader.structs(true, version, 3, "AlterPartitionReassignmentsRequest.topics", ReassignableTopic::read),
            unknown_tagged_fields: reader.tags(true, "AlterPartitionReassignmentsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.timeout_ms);
        if version == 1 {
            writer.bool(self.allow_replication_factor_change);
        } else if !self.allow_replication_factor_change {
            writer.reject("AlterPartitionReassignmentsRequest.allow_replication_factor_change");
        }
        writer.structs(true, version, &self.topics, "AlterPartitionReassignmentsRequest.topics", ReassignableTopic::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterPartitionReassignmentsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReassignableTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<ReassignablePartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ReassignableTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: reader.string(true, "ReassignableTopic.name"),
            partitions: reader.structs(true, version, 6, "ReassignableTopic.partitions", ReassignablePartition::read),
            unknown_tagged_fields: reader.tags(true, "ReassignableTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.name, "ReassignableTopic.name");
        writer.structs(true, version, &self.partitions, "ReassignableTopic.partitions", ReassignablePartition::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterPartitionReassignmentsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReassignablePartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions, nullable, default null.
    pub replicas: Option<Vec<i32>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ReassignablePartition {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("ReassignablePartition.partition_index"),
            replicas: reader.opt_int32s(true, true, "ReassignablePartition.replicas"),
            unknown_tagged_fields: reader.tags(true, "ReassignablePartition"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
        writer.opt_int32s(true, true, &self.replicas, "ReassignablePartition.replicas");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

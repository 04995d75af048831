//! DescribeTopicPartitionsResponse: a response of API 75, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeTopicPartitionsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeTopicPartitionsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub topics: Vec<DescribeTopicPartitionsResponseTopic>,
    /// All versions, nullable, default null.
    pub next_cursor: Option<Cursor>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeTopicPartitionsResponse {
    const NAME: &'static str = "DescribeTopicPartitionsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("DescribeTopicPartitionsResponse.throttle_time_ms"),
            topics: reader.structs(true, version, 26, "DescribeTopicPartitionsResponse.topics", DescribeTopicPartitionsResponseTopic::read),
            next_cursor: reader.opt_struct(true, version, "DescribeTopicPartitionsResponse.next_cursor", Cursor::read),
            unknown_tagged_fields: reader.tags(true, "DescribeTopicPartitionsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.structs(true, version, &self.topics, "DescribeTopicPartitionsResponse.topics", DescribeTopicPartitionsResponseTopic::write);
        writer.opt_struct(true, version, &self.next_cursor, "DescribeTopicPartitionsResponse.next_cursor", Cursor::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeTopicPartitionsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeTopicPartitionsResponseTopic {
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable.
    pub name: Option<Str>,
    /// All versions.
    pub topic_id: Uuid,
    /// All versions, default false.
    pub is_internal: bool,
    /// All versions.
    pub partitions: Vec<DescribeTopicPartitionsResponsePartition>,
    /// All versions, default -2147483648.
    pub topic_authorized_operations: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeTopicPartitionsResponseTopic {
    fn default() -> Self {
        Self {
            error_code: 0,
            name: Some(Str::EMPTY),
            topic_id: Uuid::ZERO,
            is_internal: false,
            partitions: Vec::new(),
            topic_authorized_operations: i32::MIN,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribeTopicPartitionsResponseTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            error_code: reader.int16("DescribeTopicPartitionsResponseTopic.error_code"),
            name: reader.opt_string(true, true, "DescribeTopicPartitionsResponseTopic.name"),
            topic_id: reader.uuid("DescribeTopicPartitionsResponseTopic.topic_id"),
            is_internal: reader.bool("DescribeTopicPartitionsResponseTopic.is_internal"),
            partitions: reader.structs(true, version, 20, "DescribeTopicPartitionsResponseTopic.partitions", DescribeTopicPartitionsResponsePartition::read),
            topic_authorized_operations: reader.int32("DescribeTopicPartitionsResponseTopic.topic_authorized_operations"),
            unknown_tagged_fields: reader.tags(true, "DescribeTopicPartitionsResponseTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.name, "DescribeTopicPartitionsResponseTopic.name");
        writer.uuid(self.topic_id);
        writer.bool(self.is_internal);
        writer.structs(true, version, &self.partitions, "DescribeTopicPartitionsResponseTopic.partitions", DescribeTopicPartitionsResponsePartition::write);
        writer.int32(self.topic_authorized_operations);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeTopicPartitionsResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeTopicPartitionsResponsePartition {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub leader_id: i32,
    /// All versions, default -1.
    pub leader_epoch: i32,
    /// All versions.
    pub replica_nodes: Vec<i32>,
    /// All versions.
    pub isr_nodes: Vec<i32>,
    /// All versions, nullable, default null.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// All versions, nullable, default null.
    pub last_known_elr: Option<Vec<i32>>,
    /// All versions.
    pub offline_replicas: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeTopicPartitionsResponsePartition {
    fn default() -> Self {
        Self {
            error_code: 0,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            eligible_leader_replicas: None,
            last_known_elr: None,
            offline_replicas: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribeTopicPartitionsResponsePartition {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            error_code: reader.int16("DescribeTopicPartitionsResponsePartition.error_code"),
            partition_index: reader.int32("DescribeTopicPartitionsResponsePartition.partition_index"),
            leader_id: reader.int32("DescribeTopicPartitionsResponsePartition.leader_id"),
            leader_epoch: reader.int32("DescribeTopicPartitionsResponsePartition.leader_epoch"),
            replica_nodes: reader.int32s(true, "DescribeTopicPartitionsResponsePartition.replica_nodes"),
            isr_nodes: reader.int32s(true, "DescribeTopicPartitionsResponsePartition.isr_nodes"),
            eligible_leader_replicas: reader.opt_int32s(true, true, "DescribeTopicPartitionsResponsePartition.eligible_leader_replicas"),
            last_known_elr: reader.opt_int32s(true, true, "DescribeTopicPartitionsResponsePartition.last_known_elr"),
            offline_replicas: reader.int32s(true, "DescribeTopicPartitionsResponsePartition.offline_replicas"),
            unknown_tagged_fields: reader.tags(true, "DescribeTopicPartitionsResponsePartition"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int16(self.error_code);
        writer.int32(self.partition_index);
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.int32s(true, &self.replica_nodes, "DescribeTopicPartitionsResponsePartition.replica_nodes");
        writer.int32s(true, &self.isr_nodes, "DescribeTopicPartitionsResponsePartition.isr_nodes");
        writer.opt_int32s(true, true, &self.eligible_leader_replicas, "DescribeTopicPartitionsResponsePartition.eligible_leader_replicas");
        writer.opt_int32s(true, true, &self.last_known_elr, "DescribeTopicPartitionsResponsePartition.last_known_elr");
        writer.int32s(true, &self.offline_replicas, "DescribeTopicPartitionsResponsePartition.offline_replicas");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeTopicPartitionsResponse`].
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

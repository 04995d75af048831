//! DescribeQuorumResponse: a response of API 55, versions 0 to 2, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeQuorumResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeQuorumResponse {
    /// All versions.
    pub error_code: i16,
    /// Version 2, nullable, dropped where the version lacks it.
    pub error_message: Option<Str>,
    /// All versions.
    pub topics: Vec<TopicData>,
    /// Version 2.
    pub nodes: Vec<Node>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeQuorumResponse {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: Some(Str::EMPTY),
            topics: Vec::new(),
            nodes: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for DescribeQuorumResponse {
    const NAME: &'static str = "DescribeQuorumResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            error_code: reader.int16("DescribeQuorumResponse.error_code"),
            error_message: if version == 2 { reader.opt_string(true, true, "DescribeQuorumResponse.error_message") } else { Some(Str::EMPTY) },
            topics: reader.structs(true, version, 3, "DescribeQuorumResponse.topics", TopicData::read),
            nodes: if version == 2 { reader.structs(true, version, 6, "DescribeQuorumResponse.nodes", Node::read) } else { Vec::new() },
            unknown_tagged_fields: reader.tags(true, "DescribeQuorumResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int16(self.error_code);
        if version == 2 {
            writer.opt_string(true, true, &self.error_message, "DescribeQuorumResponse.error_message");
        }
        writer.structs(true, version, &self.topics, "DescribeQuorumResponse.topics", TopicData::write);
        if version == 2 {
            writer.structs(true, version, &self.nodes, "DescribeQuorumResponse.nodes", Node::write);
        } else if !self.nodes.is_empty() {
            writer.reject("DescribeQuorumResponse.nodes");
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeQuorumResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicData {
    /// All versions.
    pub topic_name: Str,
    /// All versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_name: reader.string(true, "TopicData.topic_name"),
            partitions: reader.structs(true, version, match version { 0..=1 => 25, _ => 26 }, "TopicData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "TopicData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.topic_name, "TopicData.topic_name");
        writer.structs(true, version, &self.partitions, "TopicData.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeQuorumResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// Version 2, nullable, dropped where the version lacks it.
    pub error_message: Option<Str>,
    /// All versions.
    pub leader_id: i32,
    /// All versions.
    pub leader_epoch: i32,
    /// All versions.
    pub high_watermark: i64,
    /// All versions.
    pub current_voters: Vec<ReplicaState>,
    /// All versions.
    pub observers: Vec<ReplicaState>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionData {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: 0,
            error_message: Some(Str::EMPTY),
            leader_id: 0,
            leader_epoch: 0,
            high_watermark: 0,
            current_voters: Vec::new(),
            observers: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl PartitionData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            error_code: reader.int16("PartitionData.error_code"),
            error_message: if version == 2 { reader.opt_string(true, true, "PartitionData.error_message") } else { Some(Str::EMPTY) },
            leader_id: reader.int32("PartitionData.leader_id"),
            leader_epoch: reader.int32("PartitionData.leader_epoch"),
            high_watermark: reader.int64("PartitionData.high_watermark"),
            current_voters: reader.structs(true, version, match version { 0 => 13, 1 => 29, _ => 45 }, "PartitionData.current_voters", ReplicaState::read),
            observers: reader.structs(true, version, match version { 0 => 13, 1 => 29, _ => 45 }, "PartitionData.observers", ReplicaState::read),
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        if version == 2 {
            writer.opt_string(true, true, &self.error_message, "PartitionData.error_message");
        }
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.int64(self.high_watermark);
        writer.structs(true, version, &self.current_voters, "PartitionData.current_voters", ReplicaState::write);
        writer.structs(true, version, &self.observers, "PartitionData.observers", ReplicaState::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeQuorumResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// All versions.
    pub node_id: i32,
    /// All versions.
    pub listeners: Vec<Listener>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Node {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            node_id: reader.int32("Node.node_id"),
            listeners: reader.structs(true, version, 5, "Node.listeners", Listener::read),
            unknown_tagged_fields: reader.tags(true, "Node"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.node_id);
        writer.structs(true, version, &self.listeners, "Node.listeners", Listener::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeQuorumResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listener {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: u16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Listener {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "Listener.name"),
            host: reader.string(true, "Listener.host"),
            port: reader.uint16("Listener.port"),
            unknown_tagged_fields: reader.tags(true, "Listener"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "Listener.name");
        writer.string(true, &self.host, "Listener.host");
        writer.uint16(self.port);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeQuorumResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicaState {
    /// All versions.
    pub replica_id: i32,
    /// Version 2.
    pub replica_directory_id: Uuid,
    /// All versions.
    pub log_end_offset: i64,
    /// Versions 1+, default -1, dropped where the version lacks it.
    pub last_fetch_timestamp: i64,
    /// Versions 1+, default -1, dropped where the version lacks it.
    pub last_caught_up_timestamp: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self {
            replica_id: 0,
            replica_directory_id: Uuid::ZERO,
            log_end_offset: 0,
            last_fetch_timestamp: -1,
            last_caught_up_timestamp: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl ReplicaState {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            replica_id: reader.int32("ReplicaState.replica_id"),
            replica_directory_id: if version == 2 { reader.uuid("ReplicaState.replica_directory_id") } else { Uuid::ZERO },
            log_end_offset: reader.int64("ReplicaState.log_end_offset"),
            last_fetch_timestamp: if version >= 1 { reader.int64("ReplicaState.last_fetch_timestamp") } else { -1 },
            last_caught_up_timestamp: if version >= 1 { reader.int64("ReplicaState.last_caught_up_timestamp") } else { -1 },
            unknown_tagged_fields: reader.tags(true, "ReplicaState"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.replica_id);
        if version == 2 {
            writer.uuid(self.replica_directory_id);
        } else if !self.replica_directory_id.is_zero() {
            writer.reject("ReplicaState.replica_directory_id");
        }
        writer.int64(self.log_end_offset);
        if version >= 1 {
            writer.int64(self.last_fetch_timestamp);
        }
        if version >= 1 {
            writer.int64(self.last_caught_up_timestamp);
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

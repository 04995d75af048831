//! BeginQuorumEpochRequest: a request of API 53, versions 0 to 1, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `BeginQuorumEpochRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct BeginQuorumEpochRequest {
    /// All versions, nullable, default null.
    pub cluster_id: Option<Str>,
    /// Version 1, default -1, dropped where the version lacks it.
    pub voter_id: i32,
    /// All versions.
    pub topics: Vec<TopicData>,
    /// Version 1, dropped where the version lacks it.
    pub leader_endpoints: Vec<LeaderEndpoint>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for BeginQuorumEpochRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            voter_id: -1,
            topics: Vec::new(),
            leader_endpoints: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for BeginQuorumEpochRequest {
    const NAME: &'static str = "BeginQuorumEpochRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            cluster_id: reader.opt_string(flexible, true, "BeginQuorumEpochRequest.cluster_id"),
            voter_id: if version == 1 { reader.int32("BeginQuorumEpochRequest.voter_id") } else { -1 },
            topics: reader.structs(flexible, version, match version { 0 => 6, _ => 3 }, "BeginQuorumEpochRequest.topics", TopicData::read),
            leader_endpoints: if version == 1 { reader.structs(flexible, version, 5, "BeginQuorumEpochRequest.leader_endpoints", LeaderEndpoint::read) } else { Vec::new() },
            unknown_tagged_fields: reader.tags(flexible, "BeginQuorumEpochRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.opt_string(flexible, true, &self.cluster_id, "BeginQuorumEpochRequest.cluster_id");
        if version == 1 {
            writer.int32(self.voter_id);
        }
        writer.structs(flexible, version, &self.topics, "BeginQuorumEpochRequest.topics", TopicData::write);
        if version == 1 {
            writer.structs(flexible, version, &self.leader_endpoints, "BeginQuorumEpochRequest.leader_endpoints", LeaderEndpoint::write);
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`BeginQuorumEpochRequest`].
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
        let flexible = version == 1;
        Self {
            topic_name: reader.string(flexible, "TopicData.topic_name"),
            partitions: reader.structs(flexible, version, match version { 0 => 12, _ => 29 }, "TopicData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(flexible, "TopicData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.string(flexible, &self.topic_name, "TopicData.topic_name");
        writer.structs(flexible, version, &self.partitions, "TopicData.partitions", PartitionData::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`BeginQuorumEpochRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition_index: i32,
    /// Version 1, dropped where the version lacks it.
    pub voter_directory_id: Uuid,
    /// All versions.
    pub leader_id: i32,
    /// All versions.
    pub leader_epoch: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            voter_directory_id: if version == 1 { reader.uuid("PartitionData.voter_directory_id") } else { Uuid::ZERO },
            leader_id: reader.int32("PartitionData.leader_id"),
            leader_epoch: reader.int32("PartitionData.leader_epoch"),
            unknown_tagged_fields: reader.tags(flexible, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.int32(self.partition_index);
        if version == 1 {
            writer.uuid(self.voter_directory_id);
        }
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`BeginQuorumEpochRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaderEndpoint {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: u16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl LeaderEndpoint {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "LeaderEndpoint.name"),
            host: reader.string(true, "LeaderEndpoint.host"),
            port: reader.uint16("LeaderEndpoint.port"),
            unknown_tagged_fields: reader.tags(true, "LeaderEndpoint"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "LeaderEndpoint.name");
        writer.string(true, &self.host, "LeaderEndpoint.host");
        writer.uint16(self.port);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

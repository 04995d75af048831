//! EndQuorumEpochRequest: a request of API 54, versions 0 to 1, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `EndQuorumEpochRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndQuorumEpochRequest {
    /// All versions, nullable, default null.
    pub cluster_id: Option<Str>,
    /// All versions.
    pub topics: Vec<TopicData>,
    /// Version 1, dropped where the version lacks it.
    pub leader_endpoints: Vec<LeaderEndpoint>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for EndQuorumEpochRequest {
    const NAME: &'static str = "EndQuorumEpochRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            cluster_id: reader.opt_string(flexible, true, "EndQuorumEpochRequest.cluster_id"),
            topics: reader.structs(flexible, version, match version { 0 => 6, _ => 3 }, "EndQuorumEpochRequest.topics", TopicData::read),
            leader_endpoints: if version == 1 { reader.structs(flexible, version, 5, "EndQuorumEpochRequest.leader_endpoints", LeaderEndpoint::read) } else { Vec::new() },
            unknown_tagged_fields: reader.tags(flexible, "EndQuorumEpochRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.opt_string(flexible, true, &self.cluster_id, "EndQuorumEpochRequest.cluster_id");
        writer.structs(flexible, version, &self.topics, "EndQuorumEpochRequest.topics", TopicData::write);
        if version == 1 {
            writer.structs(flexible, version, &self.leader_endpoints, "EndQuorumEpochRequest.leader_endpoints", LeaderEndpoint::write);
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`EndQuorumEpochRequest`].
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
            partitions: reader.structs(flexible, version, match version { 0 => 16, _ => 14 }, "TopicData.partitions", PartitionData::read),
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

/// A struct of [`EndQuorumEpochRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub leader_id: i32,
    /// All versions.
    pub leader_epoch: i32,
    /// Version 0, dropped where the version lacks it.
    pub preferred_successors: Vec<i32>,
    /// Version 1, dropped where the version lacks it.
    pub preferred_candidates: Vec<ReplicaInfo>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            leader_id: reader.int32("PartitionData.leader_id"),
            leader_epoch: reader.int32("PartitionData.leader_epoch"),
            preferred_successors: if version == 0 { reader.int32s(flexible, "PartitionData.preferred_successors") } else { Vec::new() },
            preferred_candidates: if version == 1 { reader.structs(flexible, version, 21, "PartitionData.preferred_candidates", ReplicaInfo::read) } else { Vec::new() },
            unknown_tagged_fields: reader.tags(flexible, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.int32(self.partition_index);
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        if version == 0 {
            writer.int32s(flexible, &self.preferred_successors, "PartitionData.preferred_successors");
        }
        if version == 1 {
            writer.structs(flexible, version, &self.preferred_candidates, "PartitionData.preferred_candidates", ReplicaInfo::write);
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`EndQuorumEpochRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplicaInfo {
    /// All versions.
    pub candidate_id: i32,
    /// All versions.
    pub candidate_directory_id: Uuid,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ReplicaInfo {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            candidate_id: reader.int32("ReplicaInfo.candidate_id"),
            candidate_directory_id: reader.uuid("ReplicaInfo.candidate_directory_id"),
            unknown_tagged_fields: reader.tags(true, "ReplicaInfo"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.candidate_id);
        writer.uuid(self.candidate_directory_id);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`EndQuorumEpochRequest`].
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

//! VoteRequest: a request of API 52, versions 0 to 2, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `VoteRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct VoteRequest {
    /// All versions, nullable, default null.
    pub cluster_id: Option<Str>,
    /// Versions 1+, default -1, dropped where the version lacks it.
    pub voter_id: i32,
    /// All versions.
    pub topics: Vec<TopicData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for VoteRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            voter_id: -1,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for VoteRequest {
    const NAME: &'static str = "VoteRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            cluster_id: reader.opt_string(true, true, "VoteRequest.cluster_id"),
            voter_id: if version >= 1 { reader.int32("VoteRequest.voter_id") } else { -1 },
            topics: reader.structs(true, version, 3, "VoteRequest.topics", TopicData::read),
            unknown_tagged_fields: reader.tags(true, "VoteRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.opt_string(true, true, &self.cluster_id, "VoteRequest.cluster_id");
        if version >= 1 {
            writer.int32(self.voter_id);
        }
        writer.structs(true, version, &self.topics, "VoteRequest.topics", TopicData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`VoteRequest`].
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
            partitions: reader.structs(true, version, match version { 0 => 25, 1 => 57, _ => 58 }, "TopicData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "TopicData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.topic_name, "TopicData.topic_name");
        writer.structs(true, version, &self.partitions, "TopicData.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`VoteRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub replica_epoch: i32,
    /// All versions.
    pub replica_id: i32,
    /// Versions 1+, dropped where the version lacks it.
    pub replica_directory_id: Uuid,
    /// Versions 1+, dropped where the version lacks it.
    pub voter_directory_id: Uuid,
    /// All versions.
    pub last_offset_epoch: i32,
    /// All versions.
    pub last_offset: i64,
    /// Version 2.
    pub pre_vote: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            replica_epoch: reader.int32("PartitionData.replica_epoch"),
            replica_id: reader.int32("PartitionData.replica_id"),
            replica_directory_id: if version >= 1 { reader.uuid("PartitionData.replica_directory_id") } else { Uuid::ZERO },
            voter_directory_id: if version >= 1 { reader.uuid("PartitionData.voter_directory_id") } else { Uuid::ZERO },
            last_offset_epoch: reader.int32("PartitionData.last_offset_epoch"),
            last_offset: reader.int64("PartitionData.last_offset"),
            pre_vote: if version == 2 { reader.bool("PartitionData.pre_vote") } else { false },
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition_index);
        writer.int32(self.replica_epoch);
        writer.int32(self.replica_id);
        if version >= 1 {
            writer.uuid(self.replica_directory_id);
        }
        if version >= 1 {
            writer.uuid(self.voter_directory_id);
        }
        writer.int32(self.last_offset_epoch);
        writer.int64(self.last_offset);
        if version == 2 {
            writer.bool(self.pre_vote);
        } else if self.pre_vote {
            writer.reject("PartitionData.pre_vote");
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

//! VoteResponse: a response of API 52, versions 0 to 2, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `VoteResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VoteResponse {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub topics: Vec<TopicData>,
    /// Versions 1+, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for VoteResponse {
    const NAME: &'static str = "VoteResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let mut message = Self {
            error_code: reader.int16("VoteResponse.error_code"),
            topics: reader.structs(true, version, 3, "VoteResponse.topics", TopicData::read),
            node_endpoints: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("VoteResponse", &mut unknown, &mut |reader, tag| {
            match tag {
                0 if version >= 1 => message.node_endpoints = reader.structs(true, version, 8, "VoteResponse.node_endpoints", NodeEndpoint::read),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int16(self.error_code);
        writer.structs(true, version, &self.topics, "VoteResponse.topics", TopicData::write);
        if version < 1 && !self.node_endpoints.is_empty() {
            writer.reject("VoteResponse.node_endpoints");
        }
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if version >= 1 && !self.node_endpoints.is_empty() {
            let mark = writer.begin_tag(&mut tags, 0);
            writer.structs(true, version, &self.node_endpoints, "VoteResponse.node_endpoints", NodeEndpoint::write);
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

/// A struct of [`VoteResponse`].
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
            partitions: reader.structs(true, version, 16, "TopicData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "TopicData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.topic_name, "TopicData.topic_name");
        writer.structs(true, version, &self.partitions, "TopicData.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`VoteResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub leader_id: i32,
    /// All versions.
    pub leader_epoch: i32,
    /// All versions.
    pub vote_granted: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            error_code: reader.int16("PartitionData.error_code"),
            leader_id: reader.int32("PartitionData.leader_id"),
            leader_epoch: reader.int32("PartitionData.leader_epoch"),
            vote_granted: reader.bool("PartitionData.vote_granted"),
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.bool(self.vote_granted);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`VoteResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeEndpoint {
    /// All versions.
    pub node_id: i32,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: u16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl NodeEndpoint {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            node_id: reader.int32("NodeEndpoint.node_id"),
            host: reader.string(true, "NodeEndpoint.host"),
            port: reader.uint16("NodeEndpoint.port"),
            unknown_tagged_fields: reader.tags(true, "NodeEndpoint"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.node_id);
        writer.string(true, &self.host, "NodeEndpoint.host");
        writer.uint16(self.port);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

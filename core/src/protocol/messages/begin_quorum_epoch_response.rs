//! BeginQuorumEpochResponse: a response of API 53, versions 0 to 1, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `BeginQuorumEpochResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BeginQuorumEpochResponse {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub topics: Vec<TopicData>,
    /// Version 1, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for BeginQuorumEpochResponse {
    const NAME: &'static str = "BeginQuorumEpochResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        let mut message = Self {
            error_code: reader.int16("BeginQuorumEpochResponse.error_code"),
            topics: reader.structs(flexible, version, match version { 0 => 6, _ => 3 }, "BeginQuorumEpochResponse.topics", TopicData::read),
            node_endpoints: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        };
        if flexible {
            let mut unknown = TaggedFields::new();
            reader.each_tag("BeginQuorumEpochResponse", &mut unknown, &mut |reader, tag| {
                match tag {
                    0 => message.node_endpoints = reader.structs(true, version, 8, "BeginQuorumEpochResponse.node_endpoints", NodeEndpoint::read),
                    _ => return false,
                }
                true
            });
            message.unknown_tagged_fields = unknown;
        }
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.int16(self.error_code);
        writer.structs(flexible, version, &self.topics, "BeginQuorumEpochResponse.topics", TopicData::write);
        if version < 1 && !self.node_endpoints.is_empty() {
            writer.reject("BeginQuorumEpochResponse.node_endpoints");
        }
        if flexible {
            let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
            if !self.node_endpoints.is_empty() {
                let mark = writer.begin_tag(&mut tags, 0);
                writer.structs(true, version, &self.node_endpoints, "BeginQuorumEpochResponse.node_endpoints", NodeEndpoint::write);
                writer.end_tag(mark);
            }
            writer.end_tags(tags);
        } else {
            writer.tags(false, &self.unknown_tagged_fields);
        }
    }
}

/// A struct of [`BeginQuorumEpochResponse`].
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
            partitions: reader.structs(flexible, version, match version { 0 => 14, _ => 15 }, "TopicData.partitions", PartitionData::read),
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

/// A struct of [`BeginQuorumEpochResponse`].
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
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            error_code: reader.int16("PartitionData.error_code"),
            leader_id: reader.int32("PartitionData.leader_id"),
            leader_epoch: reader.int32("PartitionData.leader_epoch"),
            unknown_tagged_fields: reader.tags(flexible, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`BeginQuorumEpochResponse`].
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

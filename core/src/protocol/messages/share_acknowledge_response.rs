//! ShareAcknowledgeResponse: a response of API 79, versions 1 to 2, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareAcknowledgeResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareAcknowledgeResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// Version 2, dropped where the version lacks it.
    pub acquisition_lock_timeout_ms: i32,
    /// All versions.
    pub responses: Vec<ShareAcknowledgeTopicResponse>,
    /// All versions.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareAcknowledgeResponse {
    const NAME: &'static str = "ShareAcknowledgeResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("ShareAcknowledgeResponse.throttle_time_ms"),
            error_code: reader.int16("ShareAcknowledgeResponse.error_code"),
            error_message: reader.opt_string(true, true, "ShareAcknowledgeResponse.error_message"),
            acquisition_lock_timeout_ms: if version == 2 { reader.int32("ShareAcknowledgeResponse.acquisition_lock_timeout_ms") } else { 0 },
            responses: reader.structs(true, version, 18, "ShareAcknowledgeResponse.responses", ShareAcknowledgeTopicResponse::read),
            node_endpoints: reader.structs(true, version, 11, "ShareAcknowledgeResponse.node_endpoints", NodeEndpoint::read),
            unknown_tagged_fields: reader.tags(true, "ShareAcknowledgeResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "ShareAcknowledgeResponse.error_message");
        if version == 2 {
            writer.int32(self.acquisition_lock_timeout_ms);
        }
        writer.structs(true, version, &self.responses, "ShareAcknowledgeResponse.responses", ShareAcknowledgeTopicResponse::write);
        writer.structs(true, version, &self.node_endpoints, "ShareAcknowledgeResponse.node_endpoints", NodeEndpoint::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareAcknowledgeResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareAcknowledgeTopicResponse {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ShareAcknowledgeTopicResponse {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("ShareAcknowledgeTopicResponse.topic_id"),
            partitions: reader.structs(true, version, 17, "ShareAcknowledgeTopicResponse.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "ShareAcknowledgeTopicResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "ShareAcknowledgeTopicResponse.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareAcknowledgeResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// All versions.
    pub current_leader: LeaderIdAndEpoch,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            error_code: reader.int16("PartitionData.error_code"),
            error_message: reader.opt_string(true, true, "PartitionData.error_message"),
            current_leader: LeaderIdAndEpoch::read(reader, version),
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "PartitionData.error_message");
        self.current_leader.write(writer, version);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareAcknowledgeResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// All versions.
    pub leader_id: i32,
    /// All versions.
    pub leader_epoch: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl LeaderIdAndEpoch {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            leader_id: reader.int32("LeaderIdAndEpoch.leader_id"),
            leader_epoch: reader.int32("LeaderIdAndEpoch.leader_epoch"),
            unknown_tagged_fields: reader.tags(true, "LeaderIdAndEpoch"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareAcknowledgeResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeEndpoint {
    /// All versions.
    pub node_id: i32,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: i32,
    /// All versions, nullable, default null.
    pub rack: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl NodeEndpoint {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            node_id: reader.int32("NodeEndpoint.node_id"),
            host: reader.string(true, "NodeEndpoint.host"),
            port: reader.int32("NodeEndpoint.port"),
            rack: reader.opt_string(true, true, "NodeEndpoint.rack"),
            unknown_tagged_fields: reader.tags(true, "NodeEndpoint"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.node_id);
        writer.string(true, &self.host, "NodeEndpoint.host");
        writer.int32(self.port);
        writer.opt_string(true, true, &self.rack, "NodeEndpoint.rack");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

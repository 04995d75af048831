//! ShareFetchResponse: a response of API 78, versions 1 to 2, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareFetchResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareFetchResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// All versions.
    pub acquisition_lock_timeout_ms: i32,
    /// All versions.
    pub responses: Vec<ShareFetchableTopicResponse>,
    /// All versions.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareFetchResponse {
    const NAME: &'static str = "ShareFetchResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("ShareFetchResponse.throttle_time_ms"),
            error_code: reader.int16("ShareFetchResponse.error_code"),
            error_message: reader.opt_string(true, true, "ShareFetchResponse.error_message"),
            acquisition_lock_timeout_ms: reader.int32("ShareFetchResponse.acquisition_lock_timeout_ms"),
            responses: reader.structs(true, version, 18, "ShareFetchResponse.responses", ShareFetchableTopicResponse::read),
            node_endpoints: reader.structs(true, version, 11, "ShareFetchResponse.node_endpoints", NodeEndpoint::read),
            unknown_tagged_fields: reader.tags(true, "ShareFetchResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "ShareFetchResponse.error_message");
        writer.int32(self.acquisition_lock_timeout_ms);
        writer.structs(true, version, &self.responses, "ShareFetchResponse.responses", ShareFetchableTopicResponse::write);
        writer.structs(true, version, &self.node_endpoints, "ShareFetchResponse.node_endpoints", NodeEndpoint::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareFetchResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareFetchableTopicResponse {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ShareFetchableTopicResponse {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("ShareFetchableTopicResponse.topic_id"),
            partitions: reader.structs(true, version, 22, "ShareFetchableTopicResponse.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "ShareFetchableTopicResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "ShareFetchableTopicResponse.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareFetchResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// All versions.
    pub acknowledge_error_code: i16,
    /// All versions, nullable, default null.
    pub acknowledge_error_message: Option<Str>,
    /// All versions.
    pub current_leader: LeaderIdAndEpoch,
    /// All versions.
    pub records: Bytes,
    /// All versions.
    pub acquired_records: Vec<AcquiredRecords>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            error_code: reader.int16("PartitionData.error_code"),
            error_message: reader.opt_string(true, true, "PartitionData.error_message"),
            acknowledge_error_code: reader.int16("PartitionData.acknowledge_error_code"),
            acknowledge_error_message: reader.opt_string(true, true, "PartitionData.acknowledge_error_message"),
            current_leader: LeaderIdAndEpoch::read(reader, version),
            records: reader.bytes(true, "PartitionData.records"),
            acquired_records: reader.structs(true, version, 19, "PartitionData.acquired_records", AcquiredRecords::read),
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "PartitionData.error_message");
        writer.int16(self.acknowledge_error_code);
        writer.opt_string(true, true, &self.acknowledge_error_message, "PartitionData.acknowledge_error_message");
        self.current_leader.write(writer, version);
        writer.bytes(true, &self.records, "PartitionData.records");
        writer.structs(true, version, &self.acquired_records, "PartitionData.acquired_records", AcquiredRecords::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareFetchResponse`].
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

/// A struct of [`ShareFetchResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AcquiredRecords {
    /// All versions.
    pub first_offset: i64,
    /// All versions.
    pub last_offset: i64,
    /// All versions.
    pub delivery_count: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AcquiredRecords {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            first_offset: reader.int64("AcquiredRecords.first_offset"),
            last_offset: reader.int64("AcquiredRecords.last_offset"),
            delivery_count: reader.int16("AcquiredRecords.delivery_count"),
            unknown_tagged_fields: reader.tags(true, "AcquiredRecords"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int64(self.first_offset);
        writer.int64(self.last_offset);
        writer.int16(self.delivery_count);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareFetchResponse`].
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

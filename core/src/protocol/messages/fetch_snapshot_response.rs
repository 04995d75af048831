//! FetchSnapshotResponse: a response of API 59, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `FetchSnapshotResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchSnapshotResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub topics: Vec<TopicSnapshot>,
    /// Version 1, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for FetchSnapshotResponse {
    const NAME: &'static str = "FetchSnapshotResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let mut message = Self {
            throttle_time_ms: reader.int32("FetchSnapshotResponse.throttle_time_ms"),
            error_code: reader.int16("FetchSnapshotResponse.error_code"),
            topics: reader.structs(true, version, 3, "FetchSnapshotResponse.topics", TopicSnapshot::read),
            node_endpoints: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("FetchSnapshotResponse", &mut unknown, &mut |reader, tag| {
            match tag {
                0 if version == 1 => message.node_endpoints = reader.structs(true, version, 8, "FetchSnapshotResponse.node_endpoints", NodeEndpoint::read),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.structs(true, version, &self.topics, "FetchSnapshotResponse.topics", TopicSnapshot::write);
        if version < 1 && !self.node_endpoints.is_empty() {
            writer.reject("FetchSnapshotResponse.node_endpoints");
        }
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if version == 1 && !self.node_endpoints.is_empty() {
            let mark = writer.begin_tag(&mut tags, 0);
            writer.structs(true, version, &self.node_endpoints, "FetchSnapshotResponse.node_endpoints", NodeEndpoint::write);
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

/// A struct of [`FetchSnapshotResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicSnapshot {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<PartitionSnapshot>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicSnapshot {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: reader.string(true, "TopicSnapshot.name"),
            partitions: reader.structs(true, version, 37, "TopicSnapshot.partitions", PartitionSnapshot::read),
            unknown_tagged_fields: reader.tags(true, "TopicSnapshot"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.name, "TopicSnapshot.name");
        writer.structs(true, version, &self.partitions, "TopicSnapshot.partitions", PartitionSnapshot::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`FetchSnapshotResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionSnapshot {
    /// All versions.
    pub index: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub snapshot_id: SnapshotId,
    /// All versions, tag 0.
    pub current_leader: LeaderIdAndEpoch,
    /// All versions.
    pub size: i64,
    /// All versions.
    pub position: i64,
    /// All versions.
    pub unaligned_records: Bytes,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionSnapshot {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let mut message = Self {
            index: reader.int32("PartitionSnapshot.index"),
            error_code: reader.int16("PartitionSnapshot.error_code"),
            snapshot_id: SnapshotId::read(reader, version),
            current_leader: LeaderIdAndEpoch::default(),
            size: reader.int64("PartitionSnapshot.size"),
            position: reader.int64("PartitionSnapshot.position"),
            unaligned_records: reader.bytes(true, "PartitionSnapshot.unaligned_records"),
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("PartitionSnapshot", &mut unknown, &mut |reader, tag| {
            match tag {
                0 => message.current_leader = LeaderIdAndEpoch::read(reader, version),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.index);
        writer.int16(self.error_code);
        self.snapshot_id.write(writer, version);
        writer.int64(self.size);
        writer.int64(self.position);
        writer.bytes(true, &self.unaligned_records, "PartitionSnapshot.unaligned_records");
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if self.current_leader != LeaderIdAndEpoch::default() {
            let mark = writer.begin_tag(&mut tags, 0);
            self.current_leader.write(writer, version);
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

/// A struct of [`FetchSnapshotResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SnapshotId {
    /// All versions.
    pub end_offset: i64,
    /// All versions.
    pub epoch: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl SnapshotId {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            end_offset: reader.int64("SnapshotId.end_offset"),
            epoch: reader.int32("SnapshotId.epoch"),
            unknown_tagged_fields: reader.tags(true, "SnapshotId"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int64(self.end_offset);
        writer.int32(self.epoch);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`FetchSnapshotResponse`].
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

/// A struct of [`FetchSnapshotResponse`].
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

//! FetchResponse: a response of API 1, versions 4 to 18, flexible from 12.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `FetchResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// Versions 7+, dropped where the version lacks it.
    pub error_code: i16,
    /// Versions 7+, default 0.
    pub session_id: i32,
    /// All versions.
    pub responses: Vec<FetchableTopicResponse>,
    /// Versions 16+, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for FetchResponse {
    const NAME: &'static str = "FetchResponse";
    const VERSIONS: RangeInclusive<i16> = 4..=18;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 12;
        let mut message = Self {
            throttle_time_ms: reader.int32("FetchResponse.throttle_time_ms"),
            error_code: if version >= 7 { reader.int16("FetchResponse.error_code") } else { 0 },
            session_id: if version >= 7 { reader.int32("FetchResponse.session_id") } else { 0 },
            responses: reader.structs(flexible, version, match version { 4..=11 => 6, 12 => 3, _ => 18 }, "FetchResponse.responses", FetchableTopicResponse::read),
            node_endpoints: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        };
        if flexible {
            let mut unknown = TaggedFields::new();
            reader.each_tag("FetchResponse", &mut unknown, &mut |reader, tag| {
                match tag {
                    0 if version >= 16 => message.node_endpoints = reader.structs(true, version, 11, "FetchResponse.node_endpoints", NodeEndpoint::read),
                    _ => return false,
                }
                true
            });
            message.unknown_tagged_fields = unknown;
        }
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        writer.int32(self.throttle_time_ms);
        if version >= 7 {
            writer.int16(self.error_code);
        }
        if version >= 7 {
            writer.int32(self.session_id);
        } else if self.session_id != 0 {
            writer.reject("FetchResponse.session_id");
        }
        writer.structs(flexible, version, &self.responses, "FetchResponse.responses", FetchableTopicResponse::write);
        if version < 16 && !self.node_endpoints.is_empty() {
            writer.reject("FetchResponse.node_endpoints");
        }
        if flexible {
            let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
            if version >= 16 && !self.node_endpoints.is_empty() {
                let mark = writer.begin_tag(&mut tags, 0);
                writer.structs(true, version, &self.node_endpoints, "FetchResponse.node_endpoints", NodeEndpoint::write);
                writer.end_tag(mark);
            }
            writer.end_tags(tags);
        } else {
            writer.tags(false, &self.unknown_tagged_fields);
        }
    }
}

/// A struct of [`FetchResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchableTopicResponse {
    /// Versions 4 to 12, dropped where the version lacks it.
    pub topic: Str,
    /// Versions 13+, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl FetchableTopicResponse {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 12;
        Self {
            topic: if version <= 12 { reader.string(flexible, "FetchableTopicResponse.topic") } else { Str::EMPTY },
            topic_id: if version >= 13 { reader.uuid("FetchableTopicResponse.topic_id") } else { Uuid::ZERO },
            partitions: reader.structs(flexible, version, match version { 4 => 30, 5..=10 => 38, 11 => 42, _ => 37 }, "FetchableTopicResponse.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(flexible, "FetchableTopicResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        if version <= 12 {
            writer.string(flexible, &self.topic, "FetchableTopicResponse.topic");
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        writer.structs(flexible, version, &self.partitions, "FetchableTopicResponse.partitions", PartitionData::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`FetchResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub high_watermark: i64,
    /// All versions, default -1.
    pub last_stable_offset: i64,
    /// Versions 5+, default -1, dropped where the version lacks it.
    pub log_start_offset: i64,
    /// Versions 12+, tag 0.
    pub diverging_epoch: EpochEndOffset,
    /// Versions 12+, tag 1.
    pub current_leader: LeaderIdAndEpoch,
    /// Versions 12+, tag 2.
    pub snapshot_id: SnapshotId,
    /// All versions, nullable.
    pub aborted_transactions: Option<Vec<AbortedTransaction>>,
    /// Versions 11+, default -1.
    pub preferred_read_replica: i32,
    /// All versions, nullable.
    pub records: Option<Bytes>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionData {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: 0,
            high_watermark: 0,
            last_stable_offset: -1,
            log_start_offset: -1,
            diverging_epoch: EpochEndOffset::default(),
            current_leader: LeaderIdAndEpoch::default(),
            snapshot_id: SnapshotId::default(),
            aborted_transactions: Some(Vec::new()),
            preferred_read_replica: -1,
            records: None,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl PartitionData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 12;
        let mut message = Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            error_code: reader.int16("PartitionData.error_code"),
            high_watermark: reader.int64("PartitionData.high_watermark"),
            last_stable_offset: reader.int64("PartitionData.last_stable_offset"),
            log_start_offset: if version >= 5 { reader.int64("PartitionData.log_start_offset") } else { -1 },
            diverging_epoch: EpochEndOffset::default(),
            current_leader: LeaderIdAndEpoch::default(),
            snapshot_id: SnapshotId::default(),
            aborted_transactions: reader.opt_structs(flexible, true, version, match version { 4..=11 => 16, _ => 17 }, "PartitionData.aborted_transactions", AbortedTransaction::read),
            preferred_read_replica: if version >= 11 { reader.int32("PartitionData.preferred_read_replica") } else { -1 },
            records: reader.opt_bytes(flexible, true, "PartitionData.records"),
            unknown_tagged_fields: TaggedFields::new(),
        };
        if flexible {
            let mut unknown = TaggedFields::new();
            reader.each_tag("PartitionData", &mut unknown, &mut |reader, tag| {
                match tag {
                    0 => message.diverging_epoch = EpochEndOffset::read(reader, version),
                    1 => message.current_leader = LeaderIdAndEpoch::read(reader, version),
                    2 => message.snapshot_id = SnapshotId::read(reader, version),
                    _ => return false,
                }
                true
            });
            message.unknown_tagged_fields = unknown;
        }
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.int64(self.high_watermark);
        writer.int64(self.last_stable_offset);
        if version >= 5 {
            writer.int64(self.log_start_offset);
        }
        writer.opt_structs(flexible, true, version, &self.aborted_transactions, "PartitionData.aborted_transactions", AbortedTransaction::write);
        if version >= 11 {
            writer.int32(self.preferred_read_replica);
        } else if self.preferred_read_replica != -1 {
            writer.reject("PartitionData.preferred_read_replica");
        }
        writer.opt_bytes(flexible, true, &self.records, "PartitionData.records");
        if version < 12 && self.diverging_epoch != EpochEndOffset::default() {
            writer.reject("PartitionData.diverging_epoch");
        }
        if version < 12 && self.current_leader != LeaderIdAndEpoch::default() {
            writer.reject("PartitionData.current_leader");
        }
        if version < 12 && self.snapshot_id != SnapshotId::default() {
            writer.reject("PartitionData.snapshot_id");
        }
        if flexible {
            let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
            if self.diverging_epoch != EpochEndOffset::default() {
                let mark = writer.begin_tag(&mut tags, 0);
                self.diverging_epoch.write(writer, version);
                writer.end_tag(mark);
            }
            if self.current_leader != LeaderIdAndEpoch::default() {
                let mark = writer.begin_tag(&mut tags, 1);
                self.current_leader.write(writer, version);
                writer.end_tag(mark);
            }
            if self.snapshot_id != SnapshotId::default() {
                let mark = writer.begin_tag(&mut tags, 2);
                self.snapshot_id.write(writer, version);
                writer.end_tag(mark);
            }
            writer.end_tags(tags);
        } else {
            writer.tags(false, &self.unknown_tagged_fields);
        }
    }
}

/// A struct of [`FetchResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct EpochEndOffset {
    /// All versions, default -1.
    pub epoch: i32,
    /// All versions, default -1.
    pub end_offset: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        Self {
            epoch: -1,
            end_offset: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl EpochEndOffset {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            epoch: reader.int32("EpochEndOffset.epoch"),
            end_offset: reader.int64("EpochEndOffset.end_offset"),
            unknown_tagged_fields: reader.tags(true, "EpochEndOffset"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.epoch);
        writer.int64(self.end_offset);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`FetchResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// All versions, default -1.
    pub leader_id: i32,
    /// All versions, default -1.
    pub leader_epoch: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for LeaderIdAndEpoch {
    fn default() -> Self {
        Self {
            leader_id: -1,
            leader_epoch: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
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

/// A struct of [`FetchResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotId {
    /// All versions, default -1.
    pub end_offset: i64,
    /// All versions, default -1.
    pub epoch: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for SnapshotId {
    fn default() -> Self {
        Self {
            end_offset: -1,
            epoch: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
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

/// A struct of [`FetchResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AbortedTransaction {
    /// All versions.
    pub producer_id: i64,
    /// All versions.
    pub first_offset: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AbortedTransaction {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 12;
        Self {
            producer_id: reader.int64("AbortedTransaction.producer_id"),
            first_offset: reader.int64("AbortedTransaction.first_offset"),
            unknown_tagged_fields: reader.tags(flexible, "AbortedTransaction"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        writer.int64(self.producer_id);
        writer.int64(self.first_offset);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`FetchResponse`].
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

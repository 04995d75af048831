//! OffsetForLeaderEpochRequest: a request of API 23, versions 2 to 4, flexible from 4.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `OffsetForLeaderEpochRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetForLeaderEpochRequest {
    /// Versions 3+, default -2, dropped where the version lacks it.
    pub replica_id: i32,
    /// All versions.
    pub topics: Vec<OffsetForLeaderTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetForLeaderEpochRequest {
    fn default() -> Self {
        Self {
            replica_id: -2,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for OffsetForLeaderEpochRequest {
    const NAME: &'static str = "OffsetForLeaderEpochRequest";
    const VERSIONS: RangeInclusive<i16> = 2..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            replica_id: if version >= 3 { reader.int32("OffsetForLeaderEpochRequest.replica_id") } else { -2 },
            topics: reader.structs(flexible, version, match version { 2..=3 => 6, _ => 3 }, "OffsetForLeaderEpochRequest.topics", OffsetForLeaderTopic::read),
            unknown_tagged_fields: reader.tags(flexible, "OffsetForLeaderEpochRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        if version >= 3 {
            writer.int32(self.replica_id);
        }
        writer.structs(flexible, version, &self.topics, "OffsetForLeaderEpochRequest.topics", OffsetForLeaderTopic::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetForLeaderEpochRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetForLeaderTopic {
    /// All versions.
    pub topic: Str,
    /// All versions.
    pub partitions: Vec<OffsetForLeaderPartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OffsetForLeaderTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            topic: reader.string(flexible, "OffsetForLeaderTopic.topic"),
            partitions: reader.structs(flexible, version, match version { 2..=3 => 12, _ => 13 }, "OffsetForLeaderTopic.partitions", OffsetForLeaderPartition::read),
            unknown_tagged_fields: reader.tags(flexible, "OffsetForLeaderTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.string(flexible, &self.topic, "OffsetForLeaderTopic.topic");
        writer.structs(flexible, version, &self.partitions, "OffsetForLeaderTopic.partitions", OffsetForLeaderPartition::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetForLeaderEpochRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetForLeaderPartition {
    /// All versions.
    pub partition: i32,
    /// All versions, default -1.
    pub current_leader_epoch: i32,
    /// All versions.
    pub leader_epoch: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetForLeaderPartition {
    fn default() -> Self {
        Self {
            partition: 0,
            current_leader_epoch: -1,
            leader_epoch: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl OffsetForLeaderPartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        Self {
            partition: reader.int32("OffsetForLeaderPartition.partition"),
            current_leader_epoch: reader.int32("OffsetForLeaderPartition.current_leader_epoch"),
            leader_epoch: reader.int32("OffsetForLeaderPartition.leader_epoch"),
            unknown_tagged_fields: reader.tags(flexible, "OffsetForLeaderPartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.int32(self.partition);
        writer.int32(self.current_leader_epoch);
        writer.int32(self.leader_epoch);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

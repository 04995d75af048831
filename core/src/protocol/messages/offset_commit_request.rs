//! OffsetCommitRequest: a request of API 8, versions 2 to 10, flexible from 8.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `OffsetCommitRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetCommitRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions, default -1.
    pub generation_id_or_member_epoch: i32,
    /// All versions.
    pub member_id: Str,
    /// Versions 7+, nullable, default null.
    pub group_instance_id: Option<Str>,
    /// Versions 2 to 4, default -1, dropped where the version lacks it.
    pub retention_time_ms: i64,
    /// All versions.
    pub topics: Vec<OffsetCommitRequestTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetCommitRequest {
    fn default() -> Self {
        Self {
            group_id: Str::EMPTY,
            generation_id_or_member_epoch: -1,
            member_id: Str::EMPTY,
            group_instance_id: None,
            retention_time_ms: -1,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for OffsetCommitRequest {
    const NAME: &'static str = "OffsetCommitRequest";
    const VERSIONS: RangeInclusive<i16> = 2..=10;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 8;
        Self {
            group_id: reader.string(flexible, "OffsetCommitRequest.group_id"),
            generation_id_or_member_epoch: reader.int32("OffsetCommitRequest.generation_id_or_member_epoch"),
            member_id: reader.string(flexible, "OffsetCommitRequest.member_id"),
            group_instance_id: if version >= 7 { reader.opt_string(flexible, true, "OffsetCommitRequest.group_instance_id") } else { None },
            retention_time_ms: if version <= 4 { reader.int64("OffsetCommitRequest.retention_time_ms") } else { -1 },
            topics: reader.structs(flexible, version, match version { 2..=7 => 6, 8..=9 => 3, _ => 18 }, "OffsetCommitRequest.topics", OffsetCommitRequestTopic::read),
            unknown_tagged_fields: reader.tags(flexible, "OffsetCommitRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 8;
        writer.string(flexible, &self.group_id, "OffsetCommitRequest.group_id");
        writer.int32(self.generation_id_or_member_epoch);
        writer.string(flexible, &self.member_id, "OffsetCommitRequest.member_id");
        if version >= 7 {
            writer.opt_string(flexible, true, &self.group_instance_id, "OffsetCommitRequest.group_instance_id");
        } else if self.group_instance_id.is_some() {
            writer.reject("OffsetCommitRequest.group_instance_id");
        }
        if version <= 4 {
            writer.int64(self.retention_time_ms);
        }
        writer.structs(flexible, version, &self.topics, "OffsetCommitRequest.topics", OffsetCommitRequestTopic::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetCommitRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetCommitRequestTopic {
    /// Versions 2 to 9, dropped where the version lacks it.
    pub name: Str,
    /// Version 10, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<OffsetCommitRequestPartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OffsetCommitRequestTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 8;
        Self {
            name: if version <= 9 { reader.string(flexible, "OffsetCommitRequestTopic.name") } else { Str::EMPTY },
            topic_id: if version == 10 { reader.uuid("OffsetCommitRequestTopic.topic_id") } else { Uuid::ZERO },
            partitions: reader.structs(flexible, version, match version { 2..=5 => 14, _ => 18 }, "OffsetCommitRequestTopic.partitions", OffsetCommitRequestPartition::read),
            unknown_tagged_fields: reader.tags(flexible, "OffsetCommitRequestTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 8;
        if version <= 9 {
            writer.string(flexible, &self.name, "OffsetCommitRequestTopic.name");
        }
        if version == 10 {
            writer.uuid(self.topic_id);
        }
        writer.structs(flexible, version, &self.partitions, "OffsetCommitRequestTopic.partitions", OffsetCommitRequestPartition::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetCommitRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetCommitRequestPartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub committed_offset: i64,
    /// Versions 6+, default -1, dropped where the version lacks it.
    pub committed_leader_epoch: i32,
    /// All versions, nullable.
    pub committed_metadata: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetCommitRequestPartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            committed_metadata: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl OffsetCommitRequestPartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 8;
        Self {
            partition_index: reader.int32("OffsetCommitRequestPartition.partition_index"),
            committed_offset: reader.int64("OffsetCommitRequestPartition.committed_offset"),
            committed_leader_epoch: if version >= 6 { reader.int32("OffsetCommitRequestPartition.committed_leader_epoch") } else { -1 },
            committed_metadata: reader.opt_string(flexible, true, "OffsetCommitRequestPartition.committed_metadata"),
            unknown_tagged_fields: reader.tags(flexible, "OffsetCommitRequestPartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 8;
        writer.int32(self.partition_index);
        writer.int64(self.committed_offset);
        if version >= 6 {
            writer.int32(self.committed_leader_epoch);
        }
        writer.opt_string(flexible, true, &self.committed_metadata, "OffsetCommitRequestPartition.committed_metadata");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

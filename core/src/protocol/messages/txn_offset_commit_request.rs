//! TxnOffsetCommitRequest: a request of API 28, versions 0 to 5, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `TxnOffsetCommitRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct TxnOffsetCommitRequest {
    /// All versions.
    pub transactional_id: Str,
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub producer_id: i64,
    /// All versions.
    pub producer_epoch: i16,
    /// Versions 3+, default -1.
    pub generation_id: i32,
    /// Versions 3+.
    pub member_id: Str,
    /// Versions 3+, nullable, default null.
    pub group_instance_id: Option<Str>,
    /// All versions.
    pub topics: Vec<TxnOffsetCommitRequestTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for TxnOffsetCommitRequest {
    fn default() -> Self {
        Self {
            transactional_id: Str::EMPTY,
            group_id: Str::EMPTY,
            producer_id: 0,
            producer_epoch: 0,
            generation_id: -1,
            member_id: Str::EMPTY,
            group_instance_id: None,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for TxnOffsetCommitRequest {
    const NAME: &'static str = "TxnOffsetCommitRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            transactional_id: reader.string(flexible, "TxnOffsetCommitRequest.transactional_id"),
            group_id: reader.string(flexible, "TxnOffsetCommitRequest.group_id"),
            producer_id: reader.int64("TxnOffsetCommitRequest.producer_id"),
            producer_epoch: reader.int16("TxnOffsetCommitRequest.producer_epoch"),
            generation_id: if version >= 3 { reader.int32("TxnOffsetCommitRequest.generation_id") } else { -1 },
            member_id: if version >= 3 { reader.string(flexible, "TxnOffsetCommitRequest.member_id") } else { Str::EMPTY },
            group_instance_id: if version >= 3 { reader.opt_string(flexible, true, "TxnOffsetCommitRequest.group_instance_id") } else { None },
            topics: reader.structs(flexible, version, match version { 0..=2 => 6, _ => 3 }, "TxnOffsetCommitRequest.topics", TxnOffsetCommitRequestTopic::read),
            unknown_tagged_fields: reader.tags(flexible, "TxnOffsetCommitRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(flexible, &self.transactional_id, "TxnOffsetCommitRequest.transactional_id");
        writer.string(flexible, &self.group_id, "TxnOffsetCommitRequest.group_id");
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        if version >= 3 {
            writer.int32(self.generation_id);
        } else if self.generation_id != -1 {
            writer.reject("TxnOffsetCommitRequest.generation_id");
        }
        if version >= 3 {
            writer.string(flexible, &self.member_id, "TxnOffsetCommitRequest.member_id");
        } else if !self.member_id.is_empty() {
            writer.reject("TxnOffsetCommitRequest.member_id");
        }
        if version >= 3 {
            writer.opt_string(flexible, true, &self.group_instance_id, "TxnOffsetCommitRequest.group_instance_id");
        } else if self.group_instance_id.is_some() {
            writer.reject("TxnOffsetCommitRequest.group_instance_id");
        }
        writer.structs(flexible, version, &self.topics, "TxnOffsetCommitRequest.topics", TxnOffsetCommitRequestTopic::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`TxnOffsetCommitRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TxnOffsetCommitRequestTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<TxnOffsetCommitRequestPartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TxnOffsetCommitRequestTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            name: reader.string(flexible, "TxnOffsetCommitRequestTopic.name"),
            partitions: reader.structs(flexible, version, match version { 0..=1 => 14, _ => 18 }, "TxnOffsetCommitRequestTopic.partitions", TxnOffsetCommitRequestPartition::read),
            unknown_tagged_fields: reader.tags(flexible, "TxnOffsetCommitRequestTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(flexible, &self.name, "TxnOffsetCommitRequestTopic.name");
        writer.structs(flexible, version, &self.partitions, "TxnOffsetCommitRequestTopic.partitions", TxnOffsetCommitRequestPartition::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`TxnOffsetCommitRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct TxnOffsetCommitRequestPartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub committed_offset: i64,
    /// Versions 2+, default -1, dropped where the version lacks it.
    pub committed_leader_epoch: i32,
    /// All versions, nullable.
    pub committed_metadata: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for TxnOffsetCommitRequestPartition {
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

impl TxnOffsetCommitRequestPartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            partition_index: reader.int32("TxnOffsetCommitRequestPartition.partition_index"),
            committed_offset: reader.int64("TxnOffsetCommitRequestPartition.committed_offset"),
            committed_leader_epoch: if version >= 2 { reader.int32("TxnOffsetCommitRequestPartition.committed_leader_epoch") } else { -1 },
            committed_metadata: reader.opt_string(flexible, true, "TxnOffsetCommitRequestPartition.committed_metadata"),
            unknown_tagged_fields: reader.tags(flexible, "TxnOffsetCommitRequestPartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.int32(self.partition_index);
        writer.int64(self.committed_offset);
        if version >= 2 {
            writer.int32(self.committed_leader_epoch);
        }
        writer.opt_string(flexible, true, &self.committed_metadata, "TxnOffsetCommitRequestPartition.committed_metadata");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

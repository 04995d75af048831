//! ShareAcknowledgeRequest: a request of API 79, versions 1 to 2, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareAcknowledgeRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareAcknowledgeRequest {
    /// All versions, nullable, default null.
    pub group_id: Option<Str>,
    /// All versions, nullable.
    pub member_id: Option<Str>,
    /// All versions.
    pub share_session_epoch: i32,
    /// Version 2, default false.
    pub is_renew_ack: bool,
    /// All versions.
    pub topics: Vec<AcknowledgeTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ShareAcknowledgeRequest {
    fn default() -> Self {
        Self {
            group_id: None,
            member_id: Some(Str::EMPTY),
            share_session_epoch: 0,
            is_renew_ack: false,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for ShareAcknowledgeRequest {
    const NAME: &'static str = "ShareAcknowledgeRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.opt_string(true, true, "ShareAcknowledgeRequest.group_id"),
            member_id: reader.opt_string(true, true, "ShareAcknowledgeRequest.member_id"),
            share_session_epoch: reader.int32("ShareAcknowledgeRequest.share_session_epoch"),
            is_renew_ack: if version == 2 { reader.bool("ShareAcknowledgeRequest.is_renew_ack") } else { false },
            topics: reader.structs(true, version, 18, "ShareAcknowledgeRequest.topics", AcknowledgeTopic::read),
            unknown_tagged_fields: reader.tags(true, "ShareAcknowledgeRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.opt_string(true, true, &self.group_id, "ShareAcknowledgeRequest.group_id");
        writer.opt_string(true, true, &self.member_id, "ShareAcknowledgeRequest.member_id");
        writer.int32(self.share_session_epoch);
        if version == 2 {
            writer.bool(self.is_renew_ack);
        } else if self.is_renew_ack {
            writer.reject("ShareAcknowledgeRequest.is_renew_ack");
        }
        writer.structs(true, version, &self.topics, "ShareAcknowledgeRequest.topics", AcknowledgeTopic::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareAcknowledgeRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AcknowledgeTopic {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<AcknowledgePartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AcknowledgeTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("AcknowledgeTopic.topic_id"),
            partitions: reader.structs(true, version, 6, "AcknowledgeTopic.partitions", AcknowledgePartition::read),
            unknown_tagged_fields: reader.tags(true, "AcknowledgeTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "AcknowledgeTopic.partitions", AcknowledgePartition::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareAcknowledgeRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AcknowledgePartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AcknowledgePartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            partition_index: reader.int32("AcknowledgePartition.partition_index"),
            acknowledgement_batches: reader.structs(true, version, 18, "AcknowledgePartition.acknowledgement_batches", AcknowledgementBatch::read),
            unknown_tagged_fields: reader.tags(true, "AcknowledgePartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition_index);
        writer.structs(true, version, &self.acknowledgement_batches, "AcknowledgePartition.acknowledgement_batches", AcknowledgementBatch::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareAcknowledgeRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AcknowledgementBatch {
    /// All versions.
    pub first_offset: i64,
    /// All versions.
    pub last_offset: i64,
    /// All versions.
    pub acknowledge_types: Vec<i8>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AcknowledgementBatch {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            first_offset: reader.int64("AcknowledgementBatch.first_offset"),
            last_offset: reader.int64("AcknowledgementBatch.last_offset"),
            acknowledge_types: reader.int8s(true, "AcknowledgementBatch.acknowledge_types"),
            unknown_tagged_fields: reader.tags(true, "AcknowledgementBatch"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int64(self.first_offset);
        writer.int64(self.last_offset);
        writer.int8s(true, &self.acknowledge_types, "AcknowledgementBatch.acknowledge_types");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

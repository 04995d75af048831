//! ShareFetchRequest: a request of API 78, versions 1 to 2, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareFetchRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareFetchRequest {
    /// All versions, nullable, default null.
    pub group_id: Option<Str>,
    /// All versions, nullable.
    pub member_id: Option<Str>,
    /// All versions.
    pub share_session_epoch: i32,
    /// All versions.
    pub max_wait_ms: i32,
    /// All versions.
    pub min_bytes: i32,
    /// All versions, default 0x7fffffff.
    pub max_bytes: i32,
    /// All versions.
    pub max_records: i32,
    /// All versions.
    pub batch_size: i32,
    /// Version 2, default 0, dropped where the version lacks it.
    pub share_acquire_mode: i8,
    /// Version 2, default false.
    pub is_renew_ack: bool,
    /// All versions.
    pub topics: Vec<FetchTopic>,
    /// All versions.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ShareFetchRequest {
    fn default() -> Self {
        Self {
            group_id: None,
            member_id: Some(Str::EMPTY),
            share_session_epoch: 0,
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            max_records: 0,
            batch_size: 0,
            share_acquire_mode: 0,
            is_renew_ack: false,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for ShareFetchRequest {
    const NAME: &'static str = "ShareFetchRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.opt_string(true, true, "ShareFetchRequest.group_id"),
            member_id: reader.opt_string(true, true, "ShareFetchRequest.member_id"),
            share_session_epoch: reader.int32("ShareFetchRequest.share_session_epoch"),
            max_wait_ms: reader.int32("ShareFetchRequest.max_wait_ms"),
            min_bytes: reader.int32("ShareFetchRequest.min_bytes"),
            max_bytes: reader.int32("ShareFetchRequest.max_bytes"),
            max_records: reader.int32("ShareFetchRequest.max_records"),
            batch_size: reader.int32("ShareFetchRequest.batch_size"),
            share_acquire_mode: if version == 2 { reader.int8("ShareFetchRequest.share_acquire_mode") } else { 0 },
            is_renew_ack: if version == 2 { reader.bool("ShareFetchRequest.is_renew_ack") } else { false },
            topics: reader.structs(true, version, 18, "ShareFetchRequest.topics", FetchTopic::read),
            forgotten_topics_data: reader.structs(true, version, 18, "ShareFetchRequest.forgotten_topics_data", ForgottenTopic::read),
            unknown_tagged_fields: reader.tags(true, "ShareFetchRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.opt_string(true, true, &self.group_id, "ShareFetchRequest.group_id");
        writer.opt_string(true, true, &self.member_id, "ShareFetchRequest.member_id");
        writer.int32(self.share_session_epoch);
        writer.int32(self.max_wait_ms);
        writer.int32(self.min_bytes);
        writer.int32(self.max_bytes);
        writer.int32(self.max_records);
        writer.int32(self.batch_size);
        if version == 2 {
            writer.int8(self.share_acquire_mode);
        }
        if version == 2 {
            writer.bool(self.is_renew_ack);
        } else if self.is_renew_ack {
            writer.reject("ShareFetchRequest.is_renew_ack");
        }
        writer.structs(true, version, &self.topics, "ShareFetchRequest.topics", FetchTopic::write);
        writer.structs(true, version, &self.forgotten_topics_data, "ShareFetchRequest.forgotten_topics_data", ForgottenTopic::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareFetchRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchTopic {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<FetchPartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl FetchTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("FetchTopic.topic_id"),
            partitions: reader.structs(true, version, 6, "FetchTopic.partitions", FetchPartition::read),
            unknown_tagged_fields: reader.tags(true, "FetchTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "FetchTopic.partitions", FetchPartition::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareFetchRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchPartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl FetchPartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            partition_index: reader.int32("FetchPartition.partition_index"),
            acknowledgement_batches: reader.structs(true, version, 18, "FetchPartition.acknowledgement_batches", AcknowledgementBatch::read),
            unknown_tagged_fields: reader.tags(true, "FetchPartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition_index);
        writer.structs(true, version, &self.acknowledgement_batches, "FetchPartition.acknowledgement_batches", AcknowledgementBatch::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareFetchRequest`].
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

/// A struct of [`ShareFetchRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForgottenTopic {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ForgottenTopic {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic_id: reader.uuid("ForgottenTopic.topic_id"),
            partitions: reader.int32s(true, "ForgottenTopic.partitions"),
            unknown_tagged_fields: reader.tags(true, "ForgottenTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.uuid(self.topic_id);
        writer.int32s(true, &self.partitions, "ForgottenTopic.partitions");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

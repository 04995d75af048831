//! ProduceRequest: a request of API 0, versions 3 to 13, flexible from 9.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ProduceRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProduceRequest {
    /// All versions, nullable, default null.
    pub transactional_id: Option<Str>,
    /// All versions.
    pub acks: i16,
    /// All versions.
    pub timeout_ms: i32,
    /// All versions.
    pub topic_data: Vec<TopicProduceData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ProduceRequest {
    const NAME: &'static str = "ProduceRequest";
    const VERSIONS: RangeInclusive<i16> = 3..=13;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        Self {
            transactional_id: reader.opt_string(flexible, true, "ProduceRequest.transactional_id"),
            acks: reader.int16("ProduceRequest.acks"),
            timeout_ms: reader.int32("ProduceRequest.timeout_ms"),
            topic_data: reader.structs(flexible, version, match version { 3..=8 => 6, 9..=12 => 3, _ => 18 }, "ProduceRequest.topic_data", TopicProduceData::read),
            unknown_tagged_fields: reader.tags(flexible, "ProduceRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.opt_string(flexible, true, &self.transactional_id, "ProduceRequest.transactional_id");
        writer.int16(self.acks);
        writer.int32(self.timeout_ms);
        writer.structs(flexible, version, &self.topic_data, "ProduceRequest.topic_data", TopicProduceData::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ProduceRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicProduceData {
    /// Versions 3 to 12, dropped where the version lacks it.
    pub name: Str,
    /// Version 13, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// All versions.
    pub partition_data: Vec<PartitionProduceData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicProduceData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        Self {
            name: if version <= 12 { reader.string(flexible, "TopicProduceData.name") } else { Str::EMPTY },
            topic_id: if version == 13 { reader.uuid("TopicProduceData.topic_id") } else { Uuid::ZERO },
            partition_data: reader.structs(flexible, version, match version { 3..=8 => 8, _ => 6 }, "TopicProduceData.partition_data", PartitionProduceData::read),
            unknown_tagged_fields: reader.tags(flexible, "TopicProduceData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version <= 12 {
            writer.string(flexible, &self.name, "TopicProduceData.name");
        }
        if version == 13 {
            writer.uuid(self.topic_id);
        }
        writer.structs(flexible, version, &self.partition_data, "TopicProduceData.partition_data", PartitionProduceData::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ProduceRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionProduceData {
    /// All versions.
    pub index: i32,
    /// All versions, nullable.
    pub records: Option<Bytes>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionProduceData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        Self {
            index: reader.int32("PartitionProduceData.index"),
            records: reader.opt_bytes(flexible, true, "PartitionProduceData.records"),
            unknown_tagged_fields: reader.tags(flexible, "PartitionProduceData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.int32(self.index);
        writer.opt_bytes(flexible, true, &self.records, "PartitionProduceData.records");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

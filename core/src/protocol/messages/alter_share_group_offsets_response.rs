//! AlterShareGroupOffsetsResponse: a response of API 91, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterShareGroupOffsetsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterShareGroupOffsetsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// All versions.
    pub responses: Vec<AlterShareGroupOffsetsResponseTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterShareGroupOffsetsResponse {
    const NAME: &'static str = "AlterShareGroupOffsetsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("AlterShareGroupOffsetsResponse.throttle_time_ms"),
            error_code: reader.int16("AlterShareGroupOffsetsResponse.error_code"),
            error_message: reader.opt_string(true, true, "AlterShareGroupOffsetsResponse.error_message"),
            responses: reader.structs(true, version, 19, "AlterShareGroupOffsetsResponse.responses", AlterShareGroupOffsetsResponseTopic::read),
            unknown_tagged_fields: reader.tags(true, "AlterShareGroupOffsetsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "AlterShareGroupOffsetsResponse.error_message");
        writer.structs(true, version, &self.responses, "AlterShareGroupOffsetsResponse.responses", AlterShareGroupOffsetsResponseTopic::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterShareGroupOffsetsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterShareGroupOffsetsResponseTopic {
    /// All versions.
    pub topic_name: Str,
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<AlterShareGroupOffsetsResponsePartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AlterShareGroupOffsetsResponseTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_name: reader.string(true, "AlterShareGroupOffsetsResponseTopic.topic_name"),
            topic_id: reader.uuid("AlterShareGroupOffsetsResponseTopic.topic_id"),
            partitions: reader.structs(true, version, 8, "AlterShareGroupOffsetsResponseTopic.partitions", AlterShareGroupOffsetsResponsePartition::read),
            unknown_tagged_fields: reader.tags(true, "AlterShareGroupOffsetsResponseTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.topic_name, "AlterShareGroupOffsetsResponseTopic.topic_name");
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "AlterShareGroupOffsetsResponseTopic.partitions", AlterShareGroupOffsetsResponsePartition::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterShareGroupOffsetsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterShareGroupOffsetsResponsePartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AlterShareGroupOffsetsResponsePartition {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("AlterShareGroupOffsetsResponsePartition.partition_index"),
            error_code: reader.int16("AlterShareGroupOffsetsResponsePartition.error_code"),
            error_message: reader.opt_string(true, true, "AlterShareGroupOffsetsResponsePartition.error_message"),
            unknown_tagged_fields: reader.tags(true, "AlterShareGroupOffsetsResponsePartition"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "AlterShareGroupOffsetsResponsePartition.error_message");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

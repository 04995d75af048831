//! InitializeShareGroupStateResponse: a response of API 83, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `InitializeShareGroupStateResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InitializeShareGroupStateResponse {
    /// All versions.
    pub results: Vec<InitializeStateResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for InitializeShareGroupStateResponse {
    const NAME: &'static str = "InitializeShareGroupStateResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            results: reader.structs(true, version, 18, "InitializeShareGroupStateResponse.results", InitializeStateResult::read),
            unknown_tagged_fields: reader.tags(true, "InitializeShareGroupStateResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.results, "InitializeShareGroupStateResponse.results", InitializeStateResult::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`InitializeShareGroupStateResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InitializeStateResult {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl InitializeStateResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("InitializeStateResult.topic_id"),
            partitions: reader.structs(true, version, 8, "InitializeStateResult.partitions", PartitionResult::read),
            unknown_tagged_fields: reader.tags(true, "InitializeStateResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "InitializeStateResult.partitions", PartitionResult::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`InitializeShareGroupStateResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionResult {
    /// All versions.
    pub partition: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionResult {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition: reader.int32("PartitionResult.partition"),
            error_code: reader.int16("PartitionResult.error_code"),
            error_message: reader.opt_string(true, true, "PartitionResult.error_message"),
            unknown_tagged_fields: reader.tags(true, "PartitionResult"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "PartitionResult.error_message");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

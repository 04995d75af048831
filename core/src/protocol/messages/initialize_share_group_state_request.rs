//! InitializeShareGroupStateRequest: a request of API 83, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `InitializeShareGroupStateRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InitializeShareGroupStateRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub topics: Vec<InitializeStateData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for InitializeShareGroupStateRequest {
    const NAME: &'static str = "InitializeShareGroupStateRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(true, "InitializeShareGroupStateRequest.group_id"),
            topics: reader.structs(true, version, 18, "InitializeShareGroupStateRequest.topics", InitializeStateData::read),
            unknown_tagged_fields: reader.tags(true, "InitializeShareGroupStateRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.group_id, "InitializeShareGroupStateRequest.group_id");
        writer.structs(true, version, &self.topics, "InitializeShareGroupStateRequest.topics", InitializeStateData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`InitializeShareGroupStateRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InitializeStateData {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl InitializeStateData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("InitializeStateData.topic_id"),
            partitions: reader.structs(true, version, 17, "InitializeStateData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "InitializeStateData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "InitializeStateData.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`InitializeShareGroupStateRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition: i32,
    /// All versions.
    pub state_epoch: i32,
    /// All versions.
    pub start_offset: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition: reader.int32("PartitionData.partition"),
            state_epoch: reader.int32("PartitionData.state_epoch"),
            start_offset: reader.int64("PartitionData.start_offset"),
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition);
        writer.int32(self.state_epoch);
        writer.int64(self.start_offset);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

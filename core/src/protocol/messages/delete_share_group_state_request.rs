//! DeleteShareGroupStateRequest: a request of API 86, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DeleteShareGroupStateRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteShareGroupStateRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub topics: Vec<DeleteStateData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteShareGroupStateRequest {
    const NAME: &'static str = "DeleteShareGroupStateRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(true, "DeleteShareGroupStateRequest.group_id"),
            topics: reader.structs(true, version, 18, "DeleteShareGroupStateRequest.topics", DeleteStateData::read),
            unknown_tagged_fields: reader.tags(true, "DeleteShareGroupStateRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.group_id, "DeleteShareGroupStateRequest.group_id");
        writer.structs(true, version, &self.topics, "DeleteShareGroupStateRequest.topics", DeleteStateData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteShareGroupStateRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteStateData {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DeleteStateData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("DeleteStateData.topic_id"),
            partitions: reader.structs(true, version, 5, "DeleteStateData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "DeleteStateData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "DeleteStateData.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteShareGroupStateRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition: reader.int32("PartitionData.partition"),
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

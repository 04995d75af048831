//! OffsetDeleteRequest: a request of API 47, versions 0 to 0, never flexible.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `OffsetDeleteRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetDeleteRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub topics: Vec<OffsetDeleteRequestTopic>,
}

impl Message for OffsetDeleteRequest {
    const NAME: &'static str = "OffsetDeleteRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(false, "OffsetDeleteRequest.group_id"),
            topics: reader.structs(false, version, 6, "OffsetDeleteRequest.topics", OffsetDeleteRequestTopic::read),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(false, &self.group_id, "OffsetDeleteRequest.group_id");
        writer.structs(false, version, &self.topics, "OffsetDeleteRequest.topics", OffsetDeleteRequestTopic::write);
    }
}

/// A struct of [`OffsetDeleteRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetDeleteRequestTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<OffsetDeleteRequestPartition>,
}

impl OffsetDeleteRequestTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: reader.string(false, "OffsetDeleteRequestTopic.name"),
            partitions: reader.structs(false, version, 4, "OffsetDeleteRequestTopic.partitions", OffsetDeleteRequestPartition::read),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(false, &self.name, "OffsetDeleteRequestTopic.name");
        writer.structs(false, version, &self.partitions, "OffsetDeleteRequestTopic.partitions", OffsetDeleteRequestPartition::write);
    }
}

/// A struct of [`OffsetDeleteRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetDeleteRequestPartition {
    /// All versions.
    pub partition_index: i32,
}

impl OffsetDeleteRequestPartition {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("OffsetDeleteRequestPartition.partition_index"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
    }
}

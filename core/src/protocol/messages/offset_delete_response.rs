//! OffsetDeleteResponse: a response of API 47, versions 0 to 0, never flexible.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `OffsetDeleteResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetDeleteResponse {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub topics: Vec<OffsetDeleteResponseTopic>,
}

impl Message for OffsetDeleteResponse {
    const NAME: &'static str = "OffsetDeleteResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            error_code: reader.int16("OffsetDeleteResponse.error_code"),
            throttle_time_ms: reader.int32("OffsetDeleteResponse.throttle_time_ms"),
            topics: reader.structs(false, version, 6, "OffsetDeleteResponse.topics", OffsetDeleteResponseTopic::read),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int16(self.error_code);
        writer.int32(self.throttle_time_ms);
        writer.structs(false, version, &self.topics, "OffsetDeleteResponse.topics", OffsetDeleteResponseTopic::write);
    }
}

/// A struct of [`OffsetDeleteResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetDeleteResponseTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<OffsetDeleteResponsePartition>,
}

impl OffsetDeleteResponseTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: reader.string(false, "OffsetDeleteResponseTopic.name"),
            partitions: reader.structs(false, version, 6, "OffsetDeleteResponseTopic.partitions", OffsetDeleteResponsePartition::read),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(false, &self.name, "OffsetDeleteResponseTopic.name");
        writer.structs(false, version, &self.partitions, "OffsetDeleteResponseTopic.partitions", OffsetDeleteResponsePartition::write);
    }
}

/// A struct of [`OffsetDeleteResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetDeleteResponsePartition {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
}

impl OffsetDeleteResponsePartition {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("OffsetDeleteResponsePartition.partition_index"),
            error_code: reader.int16("OffsetDeleteResponsePartition.error_code"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
    }
}

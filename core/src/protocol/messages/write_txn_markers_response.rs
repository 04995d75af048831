//! WriteTxnMarkersResponse: a response of API 27, versions 1 to 2, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `WriteTxnMarkersResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WriteTxnMarkersResponse {
    /// All versions.
    pub markers: Vec<WritableTxnMarkerResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for WriteTxnMarkersResponse {
    const NAME: &'static str = "WriteTxnMarkersResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            markers: reader.structs(true, version, 10, "WriteTxnMarkersResponse.markers", WritableTxnMarkerResult::read),
            unknown_tagged_fields: reader.tags(true, "WriteTxnMarkersResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.markers, "WriteTxnMarkersResponse.markers", WritableTxnMarkerResult::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`WriteTxnMarkersResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WritableTxnMarkerResult {
    /// All versions.
    pub producer_id: i64,
    /// All versions.
    pub topics: Vec<WritableTxnMarkerTopicResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl WritableTxnMarkerResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            producer_id: reader.int64("WritableTxnMarkerResult.producer_id"),
            topics: reader.structs(true, version, 3, "WritableTxnMarkerResult.topics", WritableTxnMarkerTopicResult::read),
            unknown_tagged_fields: reader.tags(true, "WritableTxnMarkerResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int64(self.producer_id);
        writer.structs(true, version, &self.topics, "WritableTxnMarkerResult.topics", WritableTxnMarkerTopicResult::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`WriteTxnMarkersResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WritableTxnMarkerTopicResult {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<WritableTxnMarkerPartitionResult>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl WritableTxnMarkerTopicResult {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: reader.string(true, "WritableTxnMarkerTopicResult.name"),
            partitions: reader.structs(true, version, 7, "WritableTxnMarkerTopicResult.partitions", WritableTxnMarkerPartitionResult::read),
            unknown_tagged_fields: reader.tags(true, "WritableTxnMarkerTopicResult"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.name, "WritableTxnMarkerTopicResult.name");
        writer.structs(true, version, &self.partitions, "WritableTxnMarkerTopicResult.partitions", WritableTxnMarkerPartitionResult::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`WriteTxnMarkersResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WritableTxnMarkerPartitionResult {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl WritableTxnMarkerPartitionResult {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition_index: reader.int32("WritableTxnMarkerPartitionResult.partition_index"),
            error_code: reader.int16("WritableTxnMarkerPartitionResult.error_code"),
            unknown_tagged_fields: reader.tags(true, "WritableTxnMarkerPartitionResult"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

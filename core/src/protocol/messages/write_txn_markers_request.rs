//! WriteTxnMarkersRequest: a request of API 27, versions 1 to 2, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `WriteTxnMarkersRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WriteTxnMarkersRequest {
    /// All versions.
    pub markers: Vec<WritableTxnMarker>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for WriteTxnMarkersRequest {
    const NAME: &'static str = "WriteTxnMarkersRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            markers: reader.structs(true, version, match version { 1 => 17, _ => 18 }, "WriteTxnMarkersRequest.markers", WritableTxnMarker::read),
            unknown_tagged_fields: reader.tags(true, "WriteTxnMarkersRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.markers, "WriteTxnMarkersRequest.markers", WritableTxnMarker::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`WriteTxnMarkersRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WritableTxnMarker {
    /// All versions.
    pub producer_id: i64,
    /// All versions.
    pub producer_epoch: i16,
    /// All versions.
    pub transaction_result: bool,
    /// All versions.
    pub topics: Vec<WritableTxnMarkerTopic>,
    /// All versions.
    pub coordinator_epoch: i32,
    /// Version 2, default 0, dropped where the version lacks it.
    pub transaction_version: i8,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl WritableTxnMarker {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            producer_id: reader.int64("WritableTxnMarker.producer_id"),
            producer_epoch: reader.int16("WritableTxnMarker.producer_epoch"),
            transaction_result: reader.bool("WritableTxnMarker.transaction_result"),
            topics: reader.structs(true, version, 3, "WritableTxnMarker.topics", WritableTxnMarkerTopic::read),
            coordinator_epoch: reader.int32("WritableTxnMarker.coordinator_epoch"),
            transaction_version: if version == 2 { reader.int8("WritableTxnMarker.transaction_version") } else { 0 },
            unknown_tagged_fields: reader.tags(true, "WritableTxnMarker"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        writer.bool(self.transaction_result);
        writer.structs(true, version, &self.topics, "WritableTxnMarker.topics", WritableTxnMarkerTopic::write);
        writer.int32(self.coordinator_epoch);
        if version == 2 {
            writer.int8(self.transaction_version);
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`WriteTxnMarkersRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WritableTxnMarkerTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partition_indexes: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl WritableTxnMarkerTopic {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "WritableTxnMarkerTopic.name"),
            partition_indexes: reader.int32s(true, "WritableTxnMarkerTopic.partition_indexes"),
            unknown_tagged_fields: reader.tags(true, "WritableTxnMarkerTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "WritableTxnMarkerTopic.name");
        writer.int32s(true, &self.partition_indexes, "WritableTxnMarkerTopic.partition_indexes");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

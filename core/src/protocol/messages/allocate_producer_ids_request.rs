//! AllocateProducerIdsRequest: a request of API 67, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AllocateProducerIdsRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct AllocateProducerIdsRequest {
    /// All versions.
    pub broker_id: i32,
    /// All versions, default -1.
    pub broker_epoch: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AllocateProducerIdsRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for AllocateProducerIdsRequest {
    const NAME: &'static str = "AllocateProducerIdsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            broker_id: reader.int32("AllocateProducerIdsRequest.broker_id"),
            broker_epoch: reader.int64("AllocateProducerIdsRequest.broker_epoch"),
            unknown_tagged_fields: reader.tags(true, "AllocateProducerIdsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.broker_id);
        writer.int64(self.broker_epoch);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

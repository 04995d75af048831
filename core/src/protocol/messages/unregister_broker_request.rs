//! UnregisterBrokerRequest: a request of API 64, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `UnregisterBrokerRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnregisterBrokerRequest {
    /// All versions.
    pub broker_id: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for UnregisterBrokerRequest {
    const NAME: &'static str = "UnregisterBrokerRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            broker_id: reader.int32("UnregisterBrokerRequest.broker_id"),
            unknown_tagged_fields: reader.tags(true, "UnregisterBrokerRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.broker_id);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

//! PushTelemetryRequest: a request of API 72, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `PushTelemetryRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PushTelemetryRequest {
    /// All versions.
    pub client_instance_id: Uuid,
    /// All versions.
    pub subscription_id: i32,
    /// All versions.
    pub terminating: bool,
    /// All versions.
    pub compression_type: i8,
    /// All versions.
    pub metrics: Bytes,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for PushTelemetryRequest {
    const NAME: &'static str = "PushTelemetryRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            client_instance_id: reader.uuid("PushTelemetryRequest.client_instance_id"),
            subscription_id: reader.int32("PushTelemetryRequest.subscription_id"),
            terminating: reader.bool("PushTelemetryRequest.terminating"),
            compression_type: reader.int8("PushTelemetryRequest.compression_type"),
            metrics: reader.bytes(true, "PushTelemetryRequest.metrics"),
            unknown_tagged_fields: reader.tags(true, "PushTelemetryRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.uuid(self.client_instance_id);
        writer.int32(self.subscription_id);
        writer.bool(self.terminating);
        writer.int8(self.compression_type);
        writer.bytes(true, &self.metrics, "PushTelemetryRequest.metrics");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

//! GetTelemetrySubscriptionsResponse: a response of API 71, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `GetTelemetrySubscriptionsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GetTelemetrySubscriptionsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub client_instance_id: Uuid,
    /// All versions.
    pub subscription_id: i32,
    /// All versions.
    pub accepted_compression_types: Vec<i8>,
    /// All versions.
    pub push_interval_ms: i32,
    /// All versions.
    pub telemetry_max_bytes: i32,
    /// All versions.
    pub delta_temporality: bool,
    /// All versions.
    pub requested_metrics: Vec<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for GetTelemetrySubscriptionsResponse {
    const NAME: &'static str = "GetTelemetrySubscriptionsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("GetTelemetrySubscriptionsResponse.throttle_time_ms"),
            error_code: reader.int16("GetTelemetrySubscriptionsResponse.error_code"),
            client_instance_id: reader.uuid("GetTelemetrySubscriptionsResponse.client_instance_id"),
            subscription_id: reader.int32("GetTelemetrySubscriptionsResponse.subscription_id"),
            accepted_compression_types: reader.int8s(true, "GetTelemetrySubscriptionsResponse.accepted_compression_types"),
            push_interval_ms: reader.int32("GetTelemetrySubscriptionsResponse.push_interval_ms"),
            telemetry_max_bytes: reader.int32("GetTelemetrySubscriptionsResponse.telemetry_max_bytes"),
            delta_temporality: reader.bool("GetTelemetrySubscriptionsResponse.delta_temporality"),
            requested_metrics: reader.strings(true, "GetTelemetrySubscriptionsResponse.requested_metrics"),
            unknown_tagged_fields: reader.tags(true, "GetTelemetrySubscriptionsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.uuid(self.client_instance_id);
        writer.int32(self.subscription_id);
        writer.int8s(true, &self.accepted_compression_types, "GetTelemetrySubscriptionsResponse.accepted_compression_types");
        writer.int32(self.push_interval_ms);
        writer.int32(self.telemetry_max_bytes);
        writer.bool(self.delta_temporality);
        writer.strings(true, &self.requested_metrics, "GetTelemetrySubscriptionsResponse.requested_metrics");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

//! GetTelemetrySubscriptionsRequest: a request of API 71, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `GetTelemetrySubscriptionsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GetTelemetrySubscriptionsRequest {
    /// All versions.
    pub client_instance_id: Uuid,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for GetTelemetrySubscriptionsRequest {
    const NAME: &'static str = "GetTelemetrySubscriptionsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            client_instance_id: reader.uuid("GetTelemetrySubscriptionsRequest.client_instance_id"),
            unknown_tagged_fields: reader.tags(true, "GetTelemetrySubscriptionsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.uuid(self.client_instance_id);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

//! DeleteShareGroupOffsetsResponse: a response of API 92, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DeleteShareGroupOffsetsResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteShareGroupOffsetsResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// All versions.
    pub responses: Vec<DeleteShareGroupOffsetsResponseTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteShareGroupOffsetsResponse {
    const NAME: &'static str = "DeleteShareGroupOffsetsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("DeleteShareGroupOffsetsResponse.throttle_time_ms"),
            error_code: reader.int16("DeleteShareGroupOffsetsResponse.error_code"),
            error_message: reader.opt_string(true, true, "DeleteShareGroupOffsetsResponse.error_message"),
            responses: reader.structs(true, version, 21, "DeleteShareGroupOffsetsResponse.responses", DeleteShareGroupOffsetsResponseTopic::read),
            unknown_tagged_fields: reader.tags(true, "DeleteShareGroupOffsetsResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "DeleteShareGroupOffsetsResponse.error_message");
        writer.structs(true, version, &self.responses, "DeleteShareGroupOffsetsResponse.responses", DeleteShareGroupOffsetsResponseTopic::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DeleteShareGroupOffsetsResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteShareGroupOffsetsResponseTopic {
    /// All versions.
    pub topic_name: Str,
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DeleteShareGroupOffsetsResponseTopic {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic_name: reader.string(true, "DeleteShareGroupOffsetsResponseTopic.topic_name"),
            topic_id: reader.uuid("DeleteShareGroupOffsetsResponseTopic.topic_id"),
            error_code: reader.int16("DeleteShareGroupOffsetsResponseTopic.error_code"),
            error_message: reader.opt_string(true, true, "DeleteShareGroupOffsetsResponseTopic.error_message"),
            unknown_tagged_fields: reader.tags(true, "DeleteShareGroupOffsetsResponseTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.topic_name, "DeleteShareGroupOffsetsResponseTopic.topic_name");
        writer.uuid(self.topic_id);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "DeleteShareGroupOffsetsResponseTopic.error_message");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

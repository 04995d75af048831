//! ShareGroupMemberMetadataValue: the value of a coordinator's record of type 10, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareGroupMemberMetadataValue`.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareGroupMemberMetadataValue {
    /// All versions, nullable.
    pub rack_id: Option<Str>,
    /// All versions.
    pub client_id: Str,
    /// All versions.
    pub client_host: Str,
    /// All versions.
    pub subscribed_topic_names: Vec<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ShareGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            rack_id: Some(Str::EMPTY),
            client_id: Str::EMPTY,
            client_host: Str::EMPTY,
            subscribed_topic_names: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for ShareGroupMemberMetadataValue {
    const NAME: &'static str = "ShareGroupMemberMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            rack_id: reader.opt_string(true, true, "ShareGroupMemberMetadataValue.rack_id"),
            client_id: reader.string(true, "ShareGroupMemberMetadataValue.client_id"),
            client_host: reader.string(true, "ShareGroupMemberMetadataValue.client_host"),
            subscribed_topic_names: reader.strings(true, "ShareGroupMemberMetadataValue.subscribed_topic_names"),
            unknown_tagged_fields: reader.tags(true, "ShareGroupMemberMetadataValue"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.opt_string(true, true, &self.rack_id, "ShareGroupMemberMetadataValue.rack_id");
        writer.string(true, &self.client_id, "ShareGroupMemberMetadataValue.client_id");
        writer.string(true, &self.client_host, "ShareGroupMemberMetadataValue.client_host");
        writer.strings(true, &self.subscribed_topic_names, "ShareGroupMemberMetadataValue.subscribed_topic_names");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

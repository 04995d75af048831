//! ResponseHeader: a header, versions 0 to 1, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ResponseHeader`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResponseHeader {
    /// All versions.
    pub correlation_id: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ResponseHeader {
    const NAME: &'static str = "ResponseHeader";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 1;
        Self {
            correlation_id: reader.int32("ResponseHeader.correlation_id"),
            unknown_tagged_fields: reader.tags(flexible, "ResponseHeader"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 1;
        writer.int32(self.correlation_id);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

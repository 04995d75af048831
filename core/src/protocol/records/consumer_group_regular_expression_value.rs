//! ConsumerGroupRegularExpressionValue: the value of a coordinator's record of type 16, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerGroupRegularExpressionValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupRegularExpressionValue {
    /// All versions.
    pub topics: Vec<Str>,
    /// All versions.
    pub version: i64,
    /// All versions.
    pub timestamp: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupRegularExpressionValue {
    const NAME: &'static str = "ConsumerGroupRegularExpressionValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topics: reader.strings(true, "ConsumerGroupRegularExpressionValue.topics"),
            version: reader.int64("ConsumerGroupRegularExpressionValue.version"),
            timestamp: reader.int64("ConsumerGroupRegularExpressionValue.timestamp"),
            unknown_tagged_fields: reader.tags(true, "ConsumerGroupRegularExpressionValue"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.strings(true, &self.topics, "ConsumerGroupRegularExpressionValue.topics");
        writer.int64(self.version);
        writer.int64(self.timestamp);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

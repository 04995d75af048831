//! ConsumerGroupMetadataKey: the key of a coordinator's record of type 3, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerGroupMetadataKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupMetadataKey {
    /// All versions.
    pub group_id: Str,
}

impl Message for ConsumerGroupMetadataKey {
    const NAME: &'static str = "ConsumerGroupMetadataKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group_id: reader.string(false, "ConsumerGroupMetadataKey.group_id"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.group_id, "ConsumerGroupMetadataKey.group_id");
    }
}

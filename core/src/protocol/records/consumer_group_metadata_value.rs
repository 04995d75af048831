//! ConsumerGroupMetadataValue: the value of a coordinator's record of type 3, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerGroupMetadataValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupMetadataValue {
    /// All versions.
    pub epoch: i32,
    /// All versions, tag 0, default 0.
    pub metadata_hash: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupMetadataValue {
    const NAME: &'static str = "ConsumerGroupMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        let mut message = Self {
            epoch: reader.int32("ConsumerGroupMetadataValue.epoch"),
            metadata_hash: 0,
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("ConsumerGroupMetadataValue", &mut unknown, &mut |reader, tag| {
            match tag {
                0 => message.metadata_hash = reader.int64("ConsumerGroupMetadataValue.metadata_hash"),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.epoch);
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if self.metadata_hash != 0 {
            let mark = writer.begin_tag(&mut tags, 0);
            writer.int64(self.metadata_hash);
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

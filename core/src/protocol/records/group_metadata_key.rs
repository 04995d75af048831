//! GroupMetadataKey: the key of a coordinator's record of type 2, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `GroupMetadataKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupMetadataKey {
    /// All versions.
    pub group: Str,
}

impl Message for GroupMetadataKey {
    const NAME: &'static str = "GroupMetadataKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group: reader.string(false, "GroupMetadataKey.group"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.group, "GroupMetadataKey.group");
    }
}

//! EndTxnMarker: data, versions 0 to 0, never flexible.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `EndTxnMarker`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndTxnMarker {
    /// All versions.
    pub coordinator_epoch: i32,
}

impl Message for EndTxnMarker {
    const NAME: &'static str = "EndTxnMarker";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            coordinator_epoch: reader.int32("EndTxnMarker.coordinator_epoch"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.coordinator_epoch);
    }
}

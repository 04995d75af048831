//! TransactionLogKey: the key of a coordinator's record of type 0, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `TransactionLogKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransactionLogKey {
    /// All versions.
    pub transactional_id: Str,
}

impl Message for TransactionLogKey {
    const NAME: &'static str = "TransactionLogKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            transactional_id: reader.string(false, "TransactionLogKey.transactional_id"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.transactional_id, "TransactionLogKey.transactional_id");
    }
}

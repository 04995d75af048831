//! ConsumerGroupRegularExpressionKey: the key of a coordinator's record of type 16, versions 0 to 0, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerGroupRegularExpressionKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupRegularExpressionKey {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub regular_expression: Str,
}

impl Message for ConsumerGroupRegularExpressionKey {
    const NAME: &'static str = "ConsumerGroupRegularExpressionKey";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            group_id: reader.string(false, "ConsumerGroupRegularExpressionKey.group_id"),
            regular_expression: reader.string(false, "ConsumerGroupRegularExpressionKey.regular_expression"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.group_id, "ConsumerGroupRegularExpressionKey.group_id");
        writer.string(false, &self.regular_expression, "ConsumerGroupRegularExpressionKey.regular_expression");
    }
}

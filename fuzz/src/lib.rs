//! What the targets share: decoding by name, and what must hold of every message that was understood.

#[rustfmt::skip]
mod table;

use bytes::Bytes;
use riverrun_core::protocol::Message;

pub use table::{RECORDS, request, response};

/// Decodes and checks one message of a type.
pub type Check = fn(Bytes, i16);

/// Reads a message; what was understood must be written again, at the length said, and read back as the same bytes.
fn check<M: Message>(bytes: Bytes, version: i16) {
    let Ok(message) = M::from_bytes(bytes, version) else { return };
    let written = message.to_bytes(version).expect("a message that was read can be written");
    assert_eq!(message.encoded_len(version).as_ref(), Ok(&written.len()));
    let again = M::from_bytes(written.clone(), version).expect("a message that was written can be read");
    assert_eq!(again.to_bytes(version), Ok(written));
}

//! A message that has been written, in slices.

use bytes::{Bytes, BytesMut};

/// A written message in slices, to be sent one after the other.
#[derive(Clone, Debug, Default)]
pub struct Encoded {
    /// The slices, none of them empty.
    pub chunks: Vec<Bytes>,
    /// The sum of their lengths.
    pub len: usize,
}

impl Encoded {
    /// Everything in one buffer; a copy when there is more than one slice.
    pub fn into_bytes(mut self) -> Bytes {
        if self.chunks.len() <= 1 {
            return self.chunks.pop().unwrap_or_default();
        }
        let mut whole = BytesMut::with_capacity(self.len);
        for chunk in &self.chunks {
            whole.extend_from_slice(chunk);
        }
        whole.freeze()
    }
}

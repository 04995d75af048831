//! Buffers for reads from files, used again when their readers let go of them.
//!
//! A fresh buffer costs its zeroing and, when large, a page fault for every 4 KiB: as much as the read itself.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// A read of up to this many bytes gets a buffer of its own.
const SMALL_BYTES: usize = 32 << 10;
/// Every buffer of the pool has this many bytes; a larger read gets one of its own.
const BUFFER_BYTES: usize = 1 << 20;

/// Buffers that nobody reads from at the moment.
#[derive(Debug)]
pub(super) struct Buffers {
    max: usize,
    free: Mutex<Vec<Vec<u8>>>,
}

impl Buffers {
    /// Keeps at most `max_bytes` that nobody uses.
    pub(super) fn new(max_bytes: usize) -> Arc<Self> {
        Arc::new(Buffers { max: max_bytes / BUFFER_BYTES, free: Mutex::default() })
    }

    /// A buffer of `len` bytes, whose contents are whatever was in it.
    pub(super) fn take(self: &Arc<Self>, len: usize) -> Buffer {
        let pooled = (SMALL_BYTES..=BUFFER_BYTES).contains(&len) && self.max > 0;
        let bytes = if pooled {
            let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
            free.unwrap_or_else(|| vec![0; BUFFER_BYTES])
        } else {
            vec![0; len]
        };
        Buffer { bytes, len, home: pooled.then(|| Arc::clone(self)) }
    }
}

/// A buffer that goes back to where it came from.
#[derive(Debug)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    len: usize,
    home: Option<Arc<Buffers>>,
}

impl Buffer {
    /// Its bytes.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.len]
    }

    /// Its first `len` bytes, shared; the buffer goes back when the last share is gone.
    pub(super) fn freeze(mut self, len: usize) -> Bytes {
        self.len = self.len.min(len);
        if self.home.is_none() {
            self.bytes.truncate(self.len);
            return Bytes::from(std::mem::take(&mut self.bytes));
        }
        // A few bytes must not keep a whole buffer from its next use.
        if self.len < SMALL_BYTES {
            return Bytes::copy_from_slice(self.as_ref());
        }
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let Some(home) = &self.home else { return };
        let mut free = home.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < home.max {
            free.push(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_when_its_last_share_is_gone() {
        let buffers = Buffers::new(BUFFER_BYTES);
        let free = || buffers.free.lock().unwrap().len();
        let mut buffer = buffers.take(100_000);
        buffer.bytes_mut()[..3].copy_from_slice(b"abc");
        let bytes = buffer.freeze(50_000);
        assert_eq!((bytes.len(), &bytes[..3]), (50_000, &b"abc"[..]));
        let share = bytes.slice(..3);
        drop(bytes);
        assert_eq!(free(), 0);
        assert_eq!(&share[..], b"abc");
        drop(share);
        assert_eq!(free(), 1);
        let (one, two) = (buffers.take(100_000), buffers.take(100_000));
        drop((one, two));
        assert_eq!(free(), 1, "no more are kept than allowed");
    }

    #[test]
    fn small_and_huge_reads_get_their_own() {
        let buffers = Buffers::new(BUFFER_BYTES);
        for len in [0, 10, BUFFER_BYTES + 1] {
            assert_eq!(buffers.take(len).freeze(len).len(), len);
        }
        assert_eq!(buffers.take(BUFFER_BYTES).freeze(10).len(), 10);
        assert_eq!(buffers.free.lock().unwrap().len(), 1);
    }
}

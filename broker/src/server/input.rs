//! Bytes on their way in: frames cut out of a stream, with as little memory as there are bytes.
//!
//! A connection without a frame under way holds no buffer: reads go through a scratch buffer of the thread, and only
//! what came is kept. The rest of a large frame is read straight into the memory that its records are stored from.

use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use riverrun_core::protocol::frame::{self, FrameError};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

/// Bytes that one read may bring.
const SCRATCH_BYTES: usize = 64 << 10;
/// A frame of which more than this is missing gets its own memory, and asks the pool for it.
pub(super) const LARGE_FRAME_BYTES: usize = 64 << 10;
const LENGTH_BYTES: usize = 4;

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What the buffer holds next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A whole frame, without its length.
    Frame(Bytes),
    /// More bytes must be read.
    Incomplete,
    /// The start of a large frame of so many bytes; [`Input::reserve`] must be called before more is read.
    Large(usize),
}

/// The bytes read from one connection that no request has taken yet.
#[derive(Debug, Default)]
pub(super) struct Input {
    buffer: BytesMut,
    /// The large frame under way has its memory.
    reserved: bool,
}

impl Input {
    /// Takes the next frame out.
    pub(super) fn next(&mut self, max_bytes: usize) -> Result<Next, FrameError> {
        let Some(length) = frame::length(&self.buffer, max_bytes)? else { return Ok(Next::Incomplete) };
        let whole = LENGTH_BYTES + length;
        if self.buffer.len() < whole {
            let large = length > LARGE_FRAME_BYTES && !self.reserved;
            return Ok(if large { Next::Large(length) } else { Next::Incomplete });
        }
        self.reserved = false;
        self.buffer.advance(LENGTH_BYTES);
        let frame = self.buffer.split_to(length).freeze();
        if self.buffer.is_empty() {
            // Lets go of the memory, which belongs to the frame alone from now on.
            self.buffer = BytesMut::new();
        }
        Ok(Next::Frame(frame))
    }

    /// Whether a part of a request has come that is not whole yet.
    pub(super) fn has_begun(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Makes room for the large frame of `length` bytes that has begun.
    pub(super) fn reserve(&mut self, length: usize) {
        let mut own = BytesMut::with_capacity(LENGTH_BYTES + length);
        own.extend_from_slice(&self.buffer);
        self.buffer = own;
        self.reserved = true;
    }

    /// Reads once; `Ready(Ok(0))` is the end of the stream.
    pub(super) fn poll_read<S: AsyncRead + Unpin>(
        &mut self,
        stream: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if self.reserved {
            return self.poll_read_reserved(stream, cx);
        }
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.resize(SCRATCH_BYTES, 0);
            let mut target = ReadBuf::new(scratch);
            ready!(Pin::new(stream).poll_read(cx, &mut target))?;
            self.buffer.extend_from_slice(target.filled());
            Poll::Ready(Ok(target.filled().len()))
        })
    }

    /// Reads into what is left of the reserved memory, so that no byte of the frame behind comes with it.
    fn poll_read_reserved<S: AsyncRead + Unpin>(
        &mut self,
        stream: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let length =
            self.buffer.first_chunk::<LENGTH_BYTES>().map_or(0, |prefix| u32::from_be_bytes(*prefix));
        let missing = (LENGTH_BYTES + length as usize).saturating_sub(self.buffer.len());
        // `read_buf` keeps nothing between polls: what it read is in the buffer when it is ready, else nothing is.
        let mut target = (&mut self.buffer).limit(missing);
        pin!(stream.read_buf(&mut target)).poll(cx)
    }
}

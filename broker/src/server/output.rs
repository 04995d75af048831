//! Bytes on their way out: response frames queued as slices and written many at a time.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use riverrun_core::protocol::Encoded;
use tokio::io::AsyncWrite;

use super::fetch_memory::FetchBudget;

/// Slices that one vectored write may carry.
const SLICES_MAX: usize = 64;

/// The bytes that wait to be written to one connection.
#[derive(Debug, Default)]
pub(super) struct Output {
    chunks: VecDeque<Bytes>,
    len: usize,
    /// Bytes that were ever queued.
    queued: u64,
    /// Memory of fetches, by how many bytes must have been written before it is given back.
    held: VecDeque<(u64, FetchBudget)>,
}

impl Output {
    /// Queues a frame.
    pub(super) fn push(&mut self, frame: Encoded) {
        self.len += frame.len;
        self.queued += frame.len as u64;
        self.chunks.extend(frame.chunks);
    }

    /// Queues a frame whose memory counts until it is written.
    pub(super) fn push_held(&mut self, frame: Encoded, budget: FetchBudget) {
        self.push(frame);
        self.held.push_back((self.queued, budget));
    }

    /// How many bytes wait.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Writes once; `Ready(Ok(()))` means that something was written, or that nothing waits.
    pub(super) fn poll_write<S: AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        if self.chunks.is_empty() {
            return Poll::Ready(Ok(()));
        }
        let mut slices = [IoSlice::new(&[]); SLICES_MAX];
        let count = self.chunks.len().min(SLICES_MAX);
        for (slice, chunk) in slices.iter_mut().zip(&self.chunks) {
            *slice = IoSlice::new(chunk);
        }
        let written = ready!(Pin::new(stream).poll_write_vectored(cx, &slices[..count]))?;
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        self.advance(written);
        Poll::Ready(Ok(()))
    }

    fn advance(&mut self, mut written: usize) {
        self.len -= written;
        let done = self.queued - self.len as u64;
        while self.held.front().is_some_and(|(end, _)| *end <= done) {
            self.held.pop_front();
        }
        while let Some(first) = self.chunks.front_mut() {
            if first.len() > written {
                first.advance(written);
                return;
            }
            written -= first.len();
            self.chunks.pop_front();
        }
    }
}

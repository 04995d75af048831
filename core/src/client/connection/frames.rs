//! Frames that wait to be written, as one buffer of many slices.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes};

/// A queue of frames that a single vectored write can empty.
#[derive(Debug, Default)]
pub(super) struct Frames {
    frames: VecDeque<Bytes>,
    remaining: usize,
}

impl Frames {
    /// Puts frames behind those that wait already.
    pub(super) fn extend(&mut self, frames: impl Iterator<Item = Bytes>) {
        for frame in frames {
            self.remaining += frame.len();
            self.frames.push_back(frame);
        }
    }
}

impl Buf for Frames {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn chunk(&self) -> &[u8] {
        self.frames.front().map_or(&[], |frame| frame)
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let mut filled = 0;
        for (slice, frame) in slices.iter_mut().zip(&self.frames) {
            *slice = IoSlice::new(frame);
            filled += 1;
        }
        filled
    }

    fn advance(&mut self, mut count: usize) {
        assert!(count <= self.remaining, "advanced past the end: {count} > {}", self.remaining);
        self.remaining -= count;
        while let Some(front) = self.frames.front_mut() {
            if count < front.len() {
                front.advance(count);
                return;
            }
            count -= front.len();
            self.frames.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_write_leaves_the_rest() {
        let mut frames = Frames::default();
        frames.extend([Bytes::from_static(b"abc"), Bytes::from_static(b"de")].into_iter());
        frames.advance(4);
        assert_eq!(frames.remaining(), 1);
        assert_eq!(frames.chunk(), b"e");
        let mut slices = [IoSlice::new(&[]); 4];
        assert_eq!(frames.chunks_vectored(&mut slices), 1);
        frames.advance(1);
        assert!(!frames.has_remaining());
    }
}

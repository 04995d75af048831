//! Frames out of a stream that comes in pieces: what comes out does not depend on where the pieces end.

#![no_main]

use bytes::{Bytes, BytesMut};
use libfuzzer_sys::fuzz_target;
use riverrun_core::protocol::frame;

const MAX: usize = 4096;

fn frames(pieces: &[&[u8]]) -> (Vec<Bytes>, bool) {
    let (mut buffer, mut frames) = (BytesMut::new(), Vec::new());
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match frame::split(&mut buffer, MAX) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(_) => return (frames, false),
            }
        }
    }
    (frames, true)
}

fuzz_target!(|data: &[u8]| {
    let mut pieces = Vec::new();
    let mut rest = data;
    while let Some((length, tail)) = rest.split_first() {
        let (piece, tail) = tail.split_at(tail.len().min(usize::from(*length)));
        pieces.push(piece);
        rest = tail;
    }
    let whole = pieces.concat();
    let (split, well) = frames(&pieces);
    assert_eq!((split.clone(), well), frames(&[&whole]));
    for frame in split {
        let _ = frame::request_start(&frame);
        let _ = frame::decode_request_header(frame);
    }
});

//! Produce, versions 0 to 2: advertised for the sake of librdkafka's feature map, refused when sent.
//!
//! The codec begins at version 3, so the few fields that the refusal must repeat are read here.

use bytes::{BufMut, BytesMut};
use riverrun_core::protocol::{Encoded, ErrorCode, Reader};

use crate::server::connection::Call;
use crate::server::outcome::Answer;

/// The least bytes of a topic, and of a partition, in the request.
const LEAST_ELEMENT_BYTES: usize = 6;

/// Refuses each partition with UNSUPPORTED_VERSION.
pub(crate) fn refuse(call: &Call, mut reader: Reader) -> Answer {
    match answer(call, &mut reader) {
        Some(Some(frame)) => Answer::Frame(Encoded { len: frame.len(), chunks: vec![frame.freeze()] }),
        Some(None) => Answer::Nothing,
        None => Answer::Close(format!("a Produce request of version {} is damaged", call.version)),
    }
}

fn answer(call: &Call, reader: &mut Reader) -> Option<Option<BytesMut>> {
    let acks = reader.int16("acks");
    reader.int32("timeout_ms");
    let mut frame = BytesMut::new();
    frame.put_i32(0);
    frame.put_i32(call.correlation_id);
    let topics = count(reader)?;
    frame.put_i32(topics);
    for _ in 0..topics {
        let name = text(reader)?;
        frame.put_i16(i16::try_from(name.len()).ok()?);
        frame.put_slice(&name);
        let partitions = count(reader)?;
        frame.put_i32(partitions);
        for _ in 0..partitions {
            frame.put_i32(reader.int32("index"));
            let length = usize::try_from(reader.int32("records").max(0)).ok()?;
            skip(reader, length)?;
            frame.put_i16(ErrorCode::UnsupportedVersion.code());
            frame.put_i64(-1);
            if call.version >= 2 {
                frame.put_i64(-1);
            }
        }
    }
    if call.version >= 1 {
        frame.put_i32(0);
    }
    let length = u32::try_from(frame.len() - 4).ok()?;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    Some((acks != 0).then_some(frame))
}

fn count(reader: &mut Reader) -> Option<i32> {
    let count = reader.int32("count");
    let possible = usize::try_from(count).ok()? <= reader.remaining() / LEAST_ELEMENT_BYTES;
    possible.then_some(count)
}

fn text(reader: &mut Reader) -> Option<Vec<u8>> {
    let length = usize::try_from(reader.int16("length")).ok()?;
    if length > reader.remaining() {
        return None;
    }
    Some((0..length).map(|_| reader.int8("text").cast_unsigned()).collect())
}

fn skip(reader: &mut Reader, length: usize) -> Option<()> {
    if length > reader.remaining() {
        return None;
    }
    for _ in 0..length {
        reader.int8("records");
    }
    Some(())
}

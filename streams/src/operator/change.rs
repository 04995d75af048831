//! A table's change in a repartition topic, in Kafka Streams' format.
//!
//! The last byte says what is there: 0 the old value alone, 1 the new value alone, 2 both, with the new value's length
//! as a zigzag varint in front.

use bytes::{Buf, BufMut, Bytes, BytesMut};

const OLD: u8 = 0;
const NEW: u8 = 1;
const BOTH: u8 = 2;

/// The bytes of a change; at least one side must be there.
pub(crate) fn encode_change(new: Option<&Bytes>, old: Option<&Bytes>) -> Bytes {
    let mut out = BytesMut::with_capacity(6 + new.map_or(0, Bytes::len) + old.map_or(0, Bytes::len));
    match (new, old) {
        (Some(new), Some(old)) => {
            put_varint(&mut out, new.len());
            out.put_slice(new);
            out.put_slice(old);
            out.put_u8(BOTH);
        }
        (Some(new), None) => {
            out.put_slice(new);
            out.put_u8(NEW);
        }
        (None, old) => {
            out.put_slice(old.map_or(&[][..], |old| old));
            out.put_u8(OLD);
        }
    }
    out.freeze()
}

/// New and old value of a change; `None` if the bytes are not one.
pub(crate) fn decode_change(bytes: &Bytes) -> Option<(Option<Bytes>, Option<Bytes>)> {
    let last = bytes.len().checked_sub(1)?;
    let body = bytes.slice(..last);
    match bytes[last] {
        OLD => Some((None, Some(body))),
        NEW => Some((Some(body), None)),
        BOTH => {
            let mut rest = body;
            let length = take_varint(&mut rest)?;
            if length > rest.len() {
                return None;
            }
            let new = rest.split_to(length);
            Some((Some(new), Some(rest)))
        }
        _ => None,
    }
}

fn put_varint(out: &mut BytesMut, length: usize) {
    let mut rest = (length as u64) << 1;
    while rest >= 0x80 {
        out.put_u8(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.put_u8(rest as u8);
}

fn take_varint(bytes: &mut Bytes) -> Option<usize> {
    let mut value = 0u64;
    for shift in (0..35).step_by(7) {
        if !bytes.has_remaining() {
            return None;
        }
        let byte = bytes.get_u8();
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return if value & 1 == 0 { usize::try_from(value >> 1).ok() } else { None };
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_come_back() {
        let long = Bytes::from(vec![7; 300]);
        let short = Bytes::from_static(b"x");
        for (new, old) in [(Some(&long), Some(&short)), (Some(&short), None), (None, Some(&long))] {
            let (back_new, back_old) = decode_change(&encode_change(new, old)).unwrap();
            assert_eq!((back_new.as_ref(), back_old.as_ref()), (new, old));
        }
    }

    #[test]
    fn damaged_changes_are_refused() {
        for bytes in [&b""[..], b"\x09", b"\x7fabc\x02", b"\xff\xff\xff\xff\xff\xff\x02", b"\x02"] {
            assert_eq!(decode_change(&Bytes::copy_from_slice(bytes)), None, "{bytes:?}");
        }
    }
}

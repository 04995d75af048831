//! Zigzag variable-length integers, as Protocol Buffers write them, over slices.

use super::RecordError;

/// A place in a slice that is read from front to back; every read is checked.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(data: &'a [u8], at: usize) -> Self {
        Cursor { data, at }
    }

    pub(super) fn data(&self) -> &'a [u8] {
        self.data
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn left(&self) -> usize {
        self.data.len() - self.at
    }

    pub(super) fn byte(&mut self, what: &'static str) -> Result<u8, RecordError> {
        let byte = self.data.get(self.at).copied();
        let byte = byte.ok_or(RecordError::Truncated { what, at: self.at, expected: 1, found: 0 })?;
        self.at += 1;
        Ok(byte)
    }

    /// Skips `len` bytes and returns where they started.
    pub(super) fn skip(&mut self, len: usize, what: &'static str) -> Result<usize, RecordError> {
        if len > self.left() {
            return Err(RecordError::Truncated { what, at: self.at, expected: len, found: self.left() });
        }
        let start = self.at;
        self.at += len;
        Ok(start)
    }

    pub(super) fn take(&mut self, len: usize, what: &'static str) -> Result<&'a [u8], RecordError> {
        let start = self.skip(len, what)?;
        Ok(&self.data[start..start + len])
    }

    pub(super) fn varlong(&mut self, what: &'static str) -> Result<i64, RecordError> {
        let start = self.at;
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(what)?;
            // The tenth byte carries the 64th bit alone.
            if shift == 63 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok((value >> 1) as i64 ^ -((value & 1) as i64));
            }
        }
        Err(RecordError::Field {
            what,
            at: start,
            expected: "a varint of at most 64 bits",
            found: value as i64,
        })
    }

    pub(super) fn varint(&mut self, what: &'static str) -> Result<i32, RecordError> {
        let start = self.at;
        // One byte is by far the most common length.
        if let Some(&byte) = self.data.get(start)
            && byte < 0x80
        {
            self.at += 1;
            return Ok(i32::from(byte >> 1) ^ -i32::from(byte & 1));
        }
        let value = self.varlong(what)?;
        i32::try_from(value).map_err(|_| RecordError::Field {
            what,
            at: start,
            expected: "a varint of at most 32 bits",
            found: value,
        })
    }

    /// A length that may be absent (-1), checked against the bytes left.
    pub(super) fn nullable_len(&mut self, what: &'static str) -> Result<Option<usize>, RecordError> {
        let start = self.at;
        let len = self.varint(what)?;
        match usize::try_from(len) {
            Ok(len) => Ok(Some(len)),
            Err(_) if len == -1 => Ok(None),
            Err(_) => Err(RecordError::Field {
                what,
                at: start,
                expected: "a length or -1 for null",
                found: len.into(),
            }),
        }
    }
}

/// Reads a varint at `at`, which moves behind it; `None` if it is cut or too long. The same as [`Cursor::varlong`] for
/// loops that cannot afford its errors.
#[inline(always)]
pub(super) fn quick_varlong(data: &[u8], at: &mut usize) -> Option<i64> {
    match data.get(*at..)? {
        [one @ 0..0x80, ..] => {
            *at += 1;
            Some(i64::from(one >> 1) ^ -i64::from(one & 1))
        }
        [one, two @ 0..0x80, ..] => {
            *at += 2;
            let value = i64::from(one & 0x7f) | i64::from(*two) << 7;
            Some((value >> 1) ^ -(value & 1))
        }
        _ => quick_long_varlong(data, at),
    }
}

#[inline(never)]
fn quick_long_varlong(data: &[u8], at: &mut usize) -> Option<i64> {
    let mut value = 0u64;
    for (n, byte) in data.get(*at..)?.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * n);
        if *byte < 0x80 {
            *at += n + 1;
            return (n < 9 || *byte <= 1).then_some((value >> 1) as i64 ^ -((value & 1) as i64));
        }
    }
    None
}

/// A few varints on their way to a buffer: written at once, they cost one copy instead of one each.
#[derive(Debug)]
pub(super) struct Prefix {
    bytes: [u8; 40],
    len: usize,
}

impl Prefix {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Prefix { bytes: [0; 40], len: 0 }
    }

    #[inline(always)]
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    /// At most four varints and a byte fit.
    #[inline(always)]
    pub(super) fn varlong(&mut self, value: i64) {
        let zigzag = ((value << 1) ^ (value >> 63)) as u64;
        if zigzag < 0x80 {
            self.byte(zigzag as u8);
        } else if zigzag < 0x4000 {
            self.byte(zigzag as u8 | 0x80);
            self.byte((zigzag >> 7) as u8);
        } else {
            self.long_varlong(zigzag);
        }
    }

    #[inline(never)]
    fn long_varlong(&mut self, mut zigzag: u64) {
        while zigzag >= 0x80 {
            self.byte(zigzag as u8 | 0x80);
            zigzag >>= 7;
        }
        self.byte(zigzag as u8);
    }

    #[inline(always)]
    pub(super) fn write(&self, buf: &mut Vec<u8>) {
        buf.extend_from_slice(&self.bytes[..self.len]);
    }
}

/// Bytes that `value` takes.
#[inline(always)]
pub(super) fn varlong_len(value: i64) -> usize {
    let zigzag = ((value << 1) ^ (value >> 63)) as u64;
    // One byte per started group of seven bits; zero takes one byte too.
    (64 - (zigzag | 1).leading_zeros() as usize).div_ceil(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_with_exact_lengths() {
        let mut values = vec![0, 1, -1, i64::MAX, i64::MIN, i32::MAX.into(), i32::MIN.into()];
        for shift in 0..63 {
            values.extend([(1 << shift) - 1, 1 << shift, -(1 << shift), -(1 << shift) - 1]);
        }
        for value in values {
            let mut buf = Vec::new();
            let mut prefix = Prefix::new();
            prefix.varlong(value);
            prefix.write(&mut buf);
            assert_eq!(buf.len(), varlong_len(value), "{value}");
            let mut cursor = Cursor::new(&buf, 0);
            assert_eq!(cursor.varlong("v"), Ok(value));
            assert_eq!(cursor.left(), 0);
            let mut at = 0;
            assert_eq!(quick_varlong(&buf, &mut at), Some(value));
            assert_eq!(at, buf.len());
            assert_eq!(quick_varlong(&buf[..buf.len() - 1], &mut 0), None);
            let as_int = Cursor::new(&buf, 0).varint("v");
            assert_eq!(as_int.ok(), i32::try_from(value).ok(), "{value}");
        }
    }

    #[test]
    fn endless_and_oversized_varints_are_errors() {
        assert!(matches!(Cursor::new(&[0xff; 11], 0).varlong("v"), Err(RecordError::Field { .. })));
        assert!(matches!(Cursor::new(&[0xff; 4], 0).varlong("v"), Err(RecordError::Truncated { .. })));
        let mut ten = [0xff; 10];
        ten[9] = 2;
        assert!(matches!(Cursor::new(&ten, 0).varlong("v"), Err(RecordError::Field { .. })));
        assert_eq!(quick_varlong(&ten, &mut 0), None);
        assert_eq!(quick_varlong(&[0xff; 11], &mut 0), None);
    }
}

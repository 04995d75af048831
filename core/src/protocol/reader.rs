//! Reads the primitives of the wire format out of a frame.
//!
//! The first failure is kept and ends the frame: every later read gives an empty value and every loop over elements
//! stops, so the code for each message needs no branch per field. Nothing is allocated for a length before the bytes
//! that it promises are known to be there.

use std::ops::RangeInclusive;

use bytes::Bytes;

use super::error::{DecodeError, DecodeErrorKind};
use super::{Str, TaggedField, TaggedFields, Uuid};

/// The most bytes that an array reserves before its elements have been read.
const RESERVE_BYTES: usize = 64 * 1024;

/// Memory that the arrays of a message may take: so much, and so many times the frame's length besides. Honest
/// messages come nowhere near; a frame full of empty elements would become a hundred times its length.
const MEMORY_BYTES: usize = 64 << 20;
const MEMORY_PER_BYTE: usize = 8;

/// A place in a frame.
#[derive(Debug)]
pub struct Reader {
    frame: Bytes,
    at: usize,
    /// Memory that arrays may still take.
    memory: usize,
    /// Where reading stops: the frame's end, or the end of the tagged field that is being read.
    end: usize,
    failure: Option<Failure>,
}

#[derive(Debug)]
struct Failure {
    field: &'static str,
    offset: usize,
    kind: DecodeErrorKind,
}

impl Reader {
    /// Reads `frame` from its start.
    pub fn new(frame: Bytes) -> Self {
        let end = frame.len();
        let memory = MEMORY_BYTES.saturating_add(MEMORY_PER_BYTE.saturating_mul(end));
        Reader { frame, at: 0, memory, end, failure: None }
    }

    /// How many bytes are left.
    pub fn remaining(&self) -> usize {
        self.end - self.at
    }

    /// How many bytes have been read.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The bytes that are left, without a copy.
    pub fn into_rest(self) -> Bytes {
        self.frame.slice(self.at..self.end)
    }

    /// Fails when bytes are left.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Trailing`], under the given message and version.
    pub fn expect_end(&self, message: &'static str, version: i16) -> Result<(), DecodeError> {
        match self.remaining() {
            0 => Ok(()),
            found => {
                let kind = DecodeErrorKind::Trailing { found };
                Err(DecodeError { message, version, field: "", offset: self.at, kind })
            }
        }
    }

    pub(crate) fn check_version(
        &self,
        message: &'static str,
        version: i16,
        known: RangeInclusive<i16>,
    ) -> Result<(), DecodeError> {
        if known.contains(&version) {
            return Ok(());
        }
        let kind = DecodeErrorKind::Version { min: *known.start(), max: *known.end() };
        Err(DecodeError { message, version, field: "", offset: self.at, kind })
    }

    /// Gives out what went wrong, with the message it went wrong in.
    pub(crate) fn take_error(&mut self, message: &'static str, version: i16) -> Result<(), DecodeError> {
        match self.failure.take() {
            None => Ok(()),
            Some(Failure { field, offset, kind }) => {
                Err(DecodeError { message, version, field, offset, kind })
            }
        }
    }

    #[cold]
    fn fail(&mut self, field: &'static str, kind: DecodeErrorKind) {
        if self.failure.is_none() {
            self.failure = Some(Failure { field, offset: self.at, kind });
        }
        self.at = self.end;
    }

    fn take<const N: usize>(&mut self, field: &'static str) -> [u8; N] {
        match self.frame[self.at..self.end].first_chunk::<N>() {
            Some(bytes) => {
                self.at += N;
                *bytes
            }
            None => {
                self.truncated(field, N);
                [0; N]
            }
        }
    }

    #[cold]
    fn truncated(&mut self, field: &'static str, expected: usize) {
        let found = self.remaining();
        self.fail(field, DecodeErrorKind::Truncated { expected, found });
    }

    fn slice(&mut self, field: &'static str, length: usize) -> Bytes {
        if length > self.remaining() {
            self.truncated(field, length);
        }
        if length == 0 || self.failure.is_some() {
            return Bytes::new();
        }
        let from = self.at;
        self.at += length;
        self.frame.slice(from..self.at)
    }

    /// One byte; any but 0 is true.
    pub fn bool(&mut self, field: &'static str) -> bool {
        self.take::<1>(field) != [0]
    }

    /// A signed byte.
    pub fn int8(&mut self, field: &'static str) -> i8 {
        i8::from_be_bytes(self.take(field))
    }

    /// Two bytes, big-endian as every number here.
    pub fn int16(&mut self, field: &'static str) -> i16 {
        i16::from_be_bytes(self.take(field))
    }

    /// Two bytes without a sign.
    pub fn uint16(&mut self, field: &'static str) -> u16 {
        u16::from_be_bytes(self.take(field))
    }

    /// Four bytes.
    pub fn int32(&mut self, field: &'static str) -> i32 {
        i32::from_be_bytes(self.take(field))
    }

    /// Eight bytes.
    pub fn int64(&mut self, field: &'static str) -> i64 {
        i64::from_be_bytes(self.take(field))
    }

    /// An IEEE 754 number of eight bytes.
    pub fn float64(&mut self, field: &'static str) -> f64 {
        f64::from_be_bytes(self.take(field))
    }

    /// Sixteen bytes.
    pub fn uuid(&mut self, field: &'static str) -> Uuid {
        Uuid(self.take(field))
    }

    /// A variable-length integer of up to 32 bits: seven bits a byte, the lowest first.
    pub fn uvarint(&mut self, field: &'static str) -> u32 {
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.take::<1>(field);
            let bits = u32::from(byte & 0x7f);
            if shift == 28 && bits > 0xf {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return value;
            }
        }
        self.fail(field, DecodeErrorKind::Varint);
        0
    }

    /// A length in the given form; `None` is null, or a failure that has been kept.
    fn length(&mut self, flexible: bool, short: bool, nullable: bool, field: &'static str) -> Option<usize> {
        let before = self.at;
        let length = if flexible {
            i64::from(self.uvarint(field)) - 1
        } else if short {
            i64::from(self.int16(field))
        } else {
            i64::from(self.int32(field))
        };
        if self.failure.is_some() || (length == -1 && nullable) {
            return None;
        }
        match usize::try_from(length) {
            Ok(length) => Some(length),
            Err(_) => {
                self.at = before;
                let null = length == -1;
                let kind = if null {
                    DecodeErrorKind::Null
                } else {
                    DecodeErrorKind::NegativeLength { found: length }
                };
                self.fail(field, kind);
                None
            }
        }
    }

    fn text(&mut self, length: usize, field: &'static str) -> Str {
        let start = self.at;
        let max = i16::MAX as usize;
        if length > max {
            self.fail(field, DecodeErrorKind::TooLong { max, found: length });
        }
        match Str::from_utf8(self.slice(field, length)) {
            Ok(text) => text,
            Err(error) => {
                self.at = start;
                self.fail(field, DecodeErrorKind::Utf8 { valid_up_to: error.valid_up_to() });
                Str::EMPTY
            }
        }
    }

    /// A string.
    pub fn string(&mut self, flexible: bool, field: &'static str) -> Str {
        match self.length(flexible, true, false, field) {
            Some(length) => self.text(length, field),
            None => Str::EMPTY,
        }
    }

    /// A string or, where `nullable`, null.
    pub fn opt_string(&mut self, flexible: bool, nullable: bool, field: &'static str) -> Option<Str> {
        let length = self.length(flexible, true, nullable, field)?;
        Some(self.text(length, field))
    }

    /// Bytes of any meaning, as a slice of the frame.
    pub fn bytes(&mut self, flexible: bool, field: &'static str) -> Bytes {
        match self.length(flexible, false, false, field) {
            Some(length) => self.slice(field, length),
            None => Bytes::new(),
        }
    }

    /// Bytes of any meaning or, where `nullable`, null.
    pub fn opt_bytes(&mut self, flexible: bool, nullable: bool, field: &'static str) -> Option<Bytes> {
        let length = self.length(flexible, false, nullable, field)?;
        Some(self.slice(field, length))
    }

    /// A count of elements of which each takes at least `least` bytes.
    fn count(&mut self, flexible: bool, nullable: bool, least: usize, field: &'static str) -> Option<usize> {
        let before = self.at;
        let count = self.length(flexible, false, nullable, field)?;
        let most = self.remaining() / least.max(1);
        if count > most {
            self.at = before;
            self.fail(field, DecodeErrorKind::Count { expected: most, found: count as u64 });
            return None;
        }
        Some(count)
    }

    /// Takes what `count` elements of `size` bytes need out of the memory that is left.
    fn charge(&mut self, count: usize, size: usize, field: &'static str) -> Option<()> {
        match self.memory.checked_sub(count.saturating_mul(size)) {
            Some(left) => {
                self.memory = left;
                Some(())
            }
            None => {
                let expected = self.memory / size;
                self.fail(field, DecodeErrorKind::Memory { expected, found: count });
                None
            }
        }
    }

    fn elements<T>(
        &mut self,
        count: Option<usize>,
        field: &'static str,
        mut read: impl FnMut(&mut Self) -> T,
    ) -> Option<Vec<T>> {
        let count = count?;
        self.charge(count, size_of::<T>(), field)?;
        let mut elements = Vec::with_capacity(count.min(RESERVE_BYTES / size_of::<T>().max(1)));
        for _ in 0..count {
            elements.push(read(self));
            if self.failure.is_some() {
                return None;
            }
        }
        Some(elements)
    }

    /// An array of structs, each of at least `least` bytes.
    pub(crate) fn structs<T>(
        &mut self,
        flexible: bool,
        version: i16,
        least: usize,
        field: &'static str,
        read: fn(&mut Self, i16) -> T,
    ) -> Vec<T> {
        let count = self.count(flexible, false, least, field);
        self.elements(count, field, |reader| read(reader, version)).unwrap_or_default()
    }

    /// An array of structs or, where `nullable`, null.
    pub(crate) fn opt_structs<T>(
        &mut self,
        flexible: bool,
        nullable: bool,
        version: i16,
        least: usize,
        field: &'static str,
        read: fn(&mut Self, i16) -> T,
    ) -> Option<Vec<T>> {
        let count = self.count(flexible, nullable, least, field);
        self.elements(count, field, |reader| read(reader, version))
    }

    /// A struct behind a byte that tells whether it is there.
    pub(crate) fn opt_struct<T>(
        &mut self,
        nullable: bool,
        version: i16,
        field: &'static str,
        read: fn(&mut Self, i16) -> T,
    ) -> Option<T> {
        if self.int8(field) >= 0 {
            return Some(read(self, version));
        }
        if !nullable {
            self.at -= 1;
            self.fail(field, DecodeErrorKind::Null);
        }
        None
    }

    /// The tagged fields of a struct whose schema has none.
    pub(crate) fn tags(&mut self, flexible: bool, field: &'static str) -> TaggedFields {
        let mut unknown = TaggedFields::new();
        if flexible {
            self.each_tag(field, &mut unknown, &mut |_, _| false);
        }
        unknown
    }

    /// Goes through the tagged fields; `read` says whether it knew the tag, and the others are kept.
    pub(crate) fn each_tag(
        &mut self,
        field: &'static str,
        unknown: &mut TaggedFields,
        read: &mut dyn FnMut(&mut Self, u32) -> bool,
    ) {
        // Each takes a byte for its tag and one for its size.
        let (most, count) = (self.remaining() / 2, self.uvarint(field) as usize);
        if count > most {
            return self.fail(field, DecodeErrorKind::Count { expected: most, found: count as u64 });
        }
        if self.charge(count, size_of::<TaggedField>(), field).is_none() {
            return;
        }
        for _ in 0..count {
            let tag = self.uvarint(field);
            let size = self.uvarint(field) as usize;
            if size > self.remaining() {
                self.truncated(field, size);
            }
            if self.failure.is_some() {
                return;
            }
            let outer = self.end;
            self.end = self.at + size;
            if read(self, tag) {
                let found = self.remaining();
                if found > 0 {
                    self.fail(field, DecodeErrorKind::Trailing { found });
                }
            } else {
                let data = self.slice(field, size);
                unknown.push(TaggedField { tag, data });
            }
            if self.failure.is_some() {
                self.at = outer;
            }
            self.end = outer;
        }
    }

    /// An array of `int8`.
    pub(crate) fn int8s(&mut self, flexible: bool, field: &'static str) -> Vec<i8> {
        self.opt_int8s(flexible, false, field).unwrap_or_default()
    }

    /// An array of `int8` or, where `nullable`, null.
    pub(crate) fn opt_int8s(
        &mut self,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Option<Vec<i8>> {
        let count = self.count(flexible, nullable, 1, field);
        self.elements(count, field, |reader| reader.int8(field))
    }

    /// An array of `int16`.
    pub(crate) fn int16s(&mut self, flexible: bool, field: &'static str) -> Vec<i16> {
        let count = self.count(flexible, false, 2, field);
        self.elements(count, field, |reader| reader.int16(field)).unwrap_or_default()
    }

    /// An array of `int32`.
    pub(crate) fn int32s(&mut self, flexible: bool, field: &'static str) -> Vec<i32> {
        self.opt_int32s(flexible, false, field).unwrap_or_default()
    }

    /// An array of `int32` or, where `nullable`, null.
    pub(crate) fn opt_int32s(
        &mut self,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Option<Vec<i32>> {
        let count = self.count(flexible, nullable, 4, field);
        self.elements(count, field, |reader| reader.int32(field))
    }

    /// An array of `int64`.
    pub(crate) fn int64s(&mut self, flexible: bool, field: &'static str) -> Vec<i64> {
        let count = self.count(flexible, false, 8, field);
        self.elements(count, field, |reader| reader.int64(field)).unwrap_or_default()
    }

    /// An array of UUIDs.
    pub(crate) fn uuids(&mut self, flexible: bool, field: &'static str) -> Vec<Uuid> {
        self.opt_uuids(flexible, false, field).unwrap_or_default()
    }

    /// An array of UUIDs or, where `nullable`, null.
    pub(crate) fn opt_uuids(
        &mut self,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Option<Vec<Uuid>> {
        let count = self.count(flexible, nullable, 16, field);
        self.elements(count, field, |reader| reader.uuid(field))
    }

    /// An array of strings.
    pub(crate) fn strings(&mut self, flexible: bool, field: &'static str) -> Vec<Str> {
        self.opt_strings(flexible, false, field).unwrap_or_default()
    }

    /// An array of strings or, where `nullable`, null.
    pub(crate) fn opt_strings(
        &mut self,
        flexible: bool,
        nullable: bool,
        field: &'static str,
    ) -> Option<Vec<Str>> {
        let count = self.count(flexible, nullable, if flexible { 1 } else { 2 }, field);
        self.elements(count, field, |reader| reader.string(flexible, field))
    }
}

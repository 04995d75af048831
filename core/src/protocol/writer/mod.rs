//! Writes the primitives of the wire format.
//!
//! One pass: the length of a tagged field is patched in behind it. The first failure is kept, so the code for each
//! message needs no branch per field. A gathering writer leaves long byte fields (record batches) where they are and
//! gives out a list of slices for a vectored write.

mod encoded;
mod tags;

use std::ops::RangeInclusive;

use bytes::{Bytes, BytesMut};

pub use encoded::Encoded;

use super::error::{EncodeError, EncodeErrorKind};
use super::{Str, Uuid};

/// Where a message is written to.
#[derive(Debug)]
pub struct Writer {
    buffer: BytesMut,
    /// Byte fields that stay where they are, each with the place in `buffer` where it belongs, in order.
    gathered: Vec<(usize, Bytes)>,
    gathered_len: usize,
    /// Byte fields of at least this length are gathered.
    gather_from: usize,
    /// When set, nothing is kept but the length.
    counted: Option<usize>,
    /// How many tagged fields are open; inside them nothing is gathered, as their content may still move.
    open_tags: usize,
    failure: Option<(&'static str, EncodeErrorKind)>,
}

impl Writer {
    /// A writer into a buffer of its own.
    pub fn new() -> Self {
        Writer::appending(BytesMut::new())
    }

    /// A writer that appends to `buffer`.
    pub fn appending(buffer: BytesMut) -> Self {
        Writer {
            buffer,
            gathered: Vec::new(),
            gathered_len: 0,
            gather_from: usize::MAX,
            counted: None,
            open_tags: 0,
            failure: None,
        }
    }

    /// A writer that does not copy byte fields of at least `gather_from` bytes; see
    /// [`into_encoded`](Writer::into_encoded).
    pub fn gathering(gather_from: usize) -> Self {
        Writer { gather_from: gather_from.max(1), ..Writer::new() }
    }

    /// A writer that only counts.
    pub fn counting() -> Self {
        Writer { counted: Some(0), ..Writer::new() }
    }

    /// How many bytes have been written, gathered ones included.
    #[expect(clippy::len_without_is_empty, reason = "a writer is asked how much it wrote, never whether")]
    pub fn len(&self) -> usize {
        self.own_len() + self.gathered_len
    }

    /// What was written. Gathered fields are copied to their places.
    pub fn into_buffer(self) -> BytesMut {
        if self.gathered.is_empty() {
            return self.buffer;
        }
        let mut whole = BytesMut::with_capacity(self.len());
        for chunk in self.into_encoded().chunks {
            whole.extend_from_slice(&chunk);
        }
        whole
    }

    /// What was written, with the gathered fields as slices of their own.
    pub fn into_encoded(self) -> Encoded {
        let len = self.len();
        let mut own = self.buffer.freeze();
        let mut chunks = Vec::with_capacity(2 * self.gathered.len() + 1);
        let mut from = 0;
        for (at, bytes) in self.gathered {
            if at > from {
                chunks.push(own.split_to(at - from));
                from = at;
            }
            chunks.push(bytes);
        }
        if !own.is_empty() {
            chunks.push(own);
        }
        Encoded { chunks, len }
    }

    /// Overwrites four bytes at `at`, counted without the gathered fields: the length in front of a frame.
    pub(crate) fn patch_int32(&mut self, at: usize, value: i32) {
        if self.counted.is_none() {
            self.buffer[at..at + 4].copy_from_slice(&value.to_be_bytes());
        }
    }

    pub(crate) fn check_version(
        &self,
        message: &'static str,
        version: i16,
        known: RangeInclusive<i16>,
    ) -> Result<(), EncodeError> {
        if known.contains(&version) {
            return Ok(());
        }
        let kind = EncodeErrorKind::Version { min: *known.start(), max: *known.end() };
        Err(EncodeError { message, version, field: "", kind })
    }

    pub(crate) fn take_error(&mut self, message: &'static str, version: i16) -> Result<(), EncodeError> {
        match self.failure.take() {
            None => Ok(()),
            Some((field, kind)) => Err(EncodeError { message, version, field, kind }),
        }
    }

    #[cold]
    fn fail(&mut self, field: &'static str, kind: EncodeErrorKind) {
        self.failure.get_or_insert((field, kind));
    }

    /// Notes that `field` is set, and that leaving it out would change the meaning.
    #[cold]
    pub(crate) fn reject(&mut self, field: &'static str) {
        self.fail(field, EncodeErrorKind::NotInVersion);
    }

    /// The length without the gathered fields.
    fn own_len(&self) -> usize {
        self.counted.unwrap_or(self.buffer.len())
    }

    fn put(&mut self, bytes: &[u8]) {
        match &mut self.counted {
            None => self.buffer.extend_from_slice(bytes),
            Some(counted) => *counted += bytes.len(),
        }
    }

    /// One byte, 0 or 1.
    pub fn bool(&mut self, value: bool) {
        self.put(&[u8::from(value)]);
    }

    /// A signed byte.
    pub fn int8(&mut self, value: i8) {
        self.put(&value.to_be_bytes());
    }

    /// Two bytes, big-endian as every number here.
    pub fn int16(&mut self, value: i16) {
        self.put(&value.to_be_bytes());
    }

    /// Two bytes without a sign.
    pub fn uint16(&mut self, value: u16) {
        self.put(&value.to_be_bytes());
    }

    /// Four bytes.
    pub fn int32(&mut self, value: i32) {
        self.put(&value.to_be_bytes());
    }

    /// Eight bytes.
    pub fn int64(&mut self, value: i64) {
        self.put(&value.to_be_bytes());
    }

    /// An IEEE 754 number of eight bytes.
    pub fn float64(&mut self, value: f64) {
        self.put(&value.to_be_bytes());
    }

    /// Sixteen bytes.
    pub fn uuid(&mut self, value: Uuid) {
        self.put(value.as_bytes());
    }

    /// A variable-length integer: seven bits a byte, the lowest first.
    pub fn uvarint(&mut self, value: u32) {
        if let Ok(byte @ 0..0x80) = u8::try_from(value) {
            return self.put(&[byte]);
        }
        let (bytes, length) = uvarint(value);
        self.put(&bytes[..length]);
    }

    /// A length or count in the given form.
    fn length(&mut self, flexible: bool, short: bool, length: usize, field: &'static str) {
        // The compact form counts from one, so that 0 is null; its longest string is as long as a plain one.
        let max = if short { i16::MAX as usize } else { i32::MAX as usize };
        if length > max {
            self.fail(field, EncodeErrorKind::TooLong { found: length, max });
        } else if flexible {
            self.uvarint(length as u32 + 1);
        } else if short {
            self.int16(length as i16);
        } else {
            self.int32(length as i32);
        }
    }

    /// Null in the given form, or a failure where this version allows none.
    fn null(&mut self, flexible: bool, short: bool, nullable: bool, field: &'static str) {
        if !nullable {
            self.fail(field, EncodeErrorKind::Null);
        } else if flexible {
            self.uvarint(0);
        } else if short {
            self.int16(-1);
        } else {
            self.int32(-1);
        }
    }

    /// A string.
    pub fn string(&mut self, flexible: bool, value: &Str, field: &'static str) {
        self.length(flexible, true, value.len(), field);
        self.put(Str::as_bytes(value));
    }

    /// A string or, where `nullable`, null.
    pub fn opt_string(&mut self, flexible: bool, nullable: bool, value: &Option<Str>, field: &'static str) {
        match value {
            Some(value) => self.string(flexible, value, field),
            None => self.null(flexible, true, nullable, field),
        }
    }

    /// Bytes of any meaning.
    pub fn bytes(&mut self, flexible: bool, value: &Bytes, field: &'static str) {
        self.length(flexible, false, value.len(), field);
        if value.len() >= self.gather_from && self.open_tags == 0 && self.counted.is_none() {
            self.gathered.push((self.buffer.len(), value.clone()));
            self.gathered_len += value.len();
        } else {
            self.put(value);
        }
    }

    /// Bytes of any meaning or, where `nullable`, null.
    pub fn opt_bytes(&mut self, flexible: bool, nullable: bool, value: &Option<Bytes>, field: &'static str) {
        match value {
            Some(value) => self.bytes(flexible, value, field),
            None => self.null(flexible, false, nullable, field),
        }
    }

    /// An array of structs.
    pub(crate) fn structs<T>(
        &mut self,
        flexible: bool,
        version: i16,
        values: &[T],
        field: &'static str,
        write: fn(&T, &mut Self, i16),
    ) {
        self.length(flexible, false, values.len(), field);
        for value in values {
            write(value, self, version);
        }
    }

    /// An array of structs or, where `nullable`, null.
    pub(crate) fn opt_structs<T>(
        &mut self,
        flexible: bool,
        nullable: bool,
        version: i16,
        values: &Option<Vec<T>>,
        field: &'static str,
        write: fn(&T, &mut Self, i16),
    ) {
        match values {
            Some(values) => self.structs(flexible, version, values, field, write),
            None => self.null(flexible, false, nullable, field),
        }
    }

    /// A struct behind a byte that tells whether it is there.
    pub(crate) fn opt_struct<T>(
        &mut self,
        nullable: bool,
        version: i16,
        value: &Option<T>,
        field: &'static str,
        write: fn(&T, &mut Self, i16),
    ) {
        match value {
            Some(value) => {
                self.int8(1);
                write(value, self, version);
            }
            None if nullable => self.int8(-1),
            None => self.fail(field, EncodeErrorKind::Null),
        }
    }

    fn scalars<T: Copy>(
        &mut self,
        flexible: bool,
        values: &[T],
        field: &'static str,
        write: fn(&mut Self, T),
    ) {
        self.length(flexible, false, values.len(), field);
        for value in values {
            write(self, *value);
        }
    }

    /// An array of `int8`.
    pub(crate) fn int8s(&mut self, flexible: bool, values: &[i8], field: &'static str) {
        self.scalars(flexible, values, field, Writer::int8);
    }

    /// An array of `int16`.
    pub(crate) fn int16s(&mut self, flexible: bool, values: &[i16], field: &'static str) {
        self.scalars(flexible, values, field, Writer::int16);
    }

    /// An array of `int32`.
    pub(crate) fn int32s(&mut self, flexible: bool, values: &[i32], field: &'static str) {
        self.scalars(flexible, values, field, Writer::int32);
    }

    /// An array of `int32` or, where `nullable`, null.
    pub(crate) fn opt_int32s(
        &mut self,
        flexible: bool,
        nullable: bool,
        values: &Option<Vec<i32>>,
        field: &'static str,
    ) {
        match values {
            Some(values) => self.int32s(flexible, values, field),
            None => self.null(flexible, false, nullable, field),
        }
    }

    /// An array of `int64`.
    pub(crate) fn int64s(&mut self, flexible: bool, values: &[i64], field: &'static str) {
        self.scalars(flexible, values, field, Writer::int64);
    }

    /// An array of UUIDs.
    pub(crate) fn uuids(&mut self, flexible: bool, values: &[Uuid], field: &'static str) {
        self.scalars(flexible, values, field, Writer::uuid);
    }

    /// An array of UUIDs or, where `nullable`, null.
    pub(crate) fn opt_uuids(
        &mut self,
        flexible: bool,
        nullable: bool,
        values: &Option<Vec<Uuid>>,
        field: &'static str,
    ) {
        match values {
            Some(values) => self.uuids(flexible, values, field),
            None => self.null(flexible, false, nullable, field),
        }
    }

    /// An array of strings.
    pub(crate) fn strings(&mut self, flexible: bool, values: &[Str], field: &'static str) {
        self.length(flexible, false, values.len(), field);
        for value in values {
            self.string(flexible, value, field);
        }
    }

    /// An array of strings or, where `nullable`, null.
    pub(crate) fn opt_strings(
        &mut self,
        flexible: bool,
        nullable: bool,
        values: &Option<Vec<Str>>,
        field: &'static str,
    ) {
        match values {
            Some(values) => self.strings(flexible, values, field),
            None => self.null(flexible, false, nullable, field),
        }
    }
}

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

/// The bytes of a variable-length integer and how many of them count.
fn uvarint(mut value: u32) -> ([u8; 5], usize) {
    let mut bytes = [0; 5];
    let mut length = 0;
    loop {
        bytes[length] = (value & 0x7f) as u8;
        value >>= 7;
        length += 1;
        if value == 0 {
            return (bytes, length);
        }
        bytes[length - 1] |= 0x80;
    }
}

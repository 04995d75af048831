//! The records inside a batch.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;

use super::varint::{Cursor, quick_varlong};
use super::{BatchHeader, RecordError, TimestampType};

/// A name and a value beside a record's own. Names may repeat, and their order is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// The name: UTF-8 by convention, kept as the bytes that were sent.
    pub key: Bytes,
    /// The value, which may be null.
    pub value: Option<Bytes>,
}

impl Header {
    /// A header of that name.
    pub fn new(key: impl Into<Bytes>, value: Option<Bytes>) -> Self {
        Header { key: key.into(), value }
    }

    /// The name as text; what is not UTF-8 in it shows as U+FFFD.
    pub fn name(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.key)
    }
}

/// A record that owns its bytes (as shares of the batch's, or of what that decompressed to).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Its place in the partition.
    pub offset: i64,
    /// Milliseconds since 1970-01-01 UTC; -1 is none.
    pub timestamp: i64,
    /// The key, which may be null.
    pub key: Option<Bytes>,
    /// The value; null is a tombstone.
    pub value: Option<Bytes>,
    /// The headers in order.
    pub headers: Vec<Header>,
}

/// A record that borrows its bytes.
#[derive(Clone, Debug)]
pub struct RecordRef<'a> {
    /// Its place in the partition.
    pub offset: i64,
    /// Milliseconds since 1970-01-01 UTC; -1 is none.
    pub timestamp: i64,
    /// The key, which may be null.
    pub key: Option<&'a [u8]>,
    /// The value; null is a tombstone.
    pub value: Option<&'a [u8]>,
    /// The headers in order.
    pub headers: HeadersRef<'a>,
}

/// Iterates over the headers of a [`RecordRef`] as name and value.
#[derive(Clone, Debug)]
pub struct HeadersRef<'a> {
    cursor: Cursor<'a>,
    left: usize,
}

impl<'a> Iterator for HeadersRef<'a> {
    type Item = (&'a [u8], Option<&'a [u8]>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        // Walked once already when the record was decoded, so no read fails here.
        let (key, value) = header(&mut self.cursor).ok()?;
        let bytes =
            |range: Range<usize>| Cursor::new(self.cursor.data(), range.start).take(range.len(), "").ok();
        Some((bytes(key)?, value.and_then(bytes)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for HeadersRef<'_> {}

/// Decodes the records of one batch in order. After an error it ends.
#[derive(Clone, Debug)]
pub struct Records {
    data: Bytes,
    at: usize,
    left: usize,
    done: bool,
    base_offset: i64,
    last_offset_delta: i32,
    base_timestamp: i64,
    append_time: Option<i64>,
}

/// Where the parts of a record lie.
struct Layout {
    offset: i64,
    timestamp: i64,
    key: Option<Range<usize>>,
    value: Option<Range<usize>>,
    headers_at: usize,
    headers: usize,
}

impl Records {
    /// Over `data` from `at` on, which is not compressed.
    pub(super) fn new(header: &BatchHeader, data: Bytes, at: usize) -> Result<Records, RecordError> {
        let left = usize::try_from(header.record_count).map_err(|_| RecordError::Field {
            what: "record count of batch",
            at: 57,
            expected: "at least 0",
            found: header.record_count.into(),
        })?;
        let append_time =
            (header.timestamp_type() == TimestampType::LogAppendTime).then_some(header.max_timestamp);
        Ok(Records {
            data,
            at,
            left,
            done: false,
            base_offset: header.base_offset,
            last_offset_delta: header.last_offset_delta,
            base_timestamp: header.base_timestamp,
            append_time,
        })
    }

    /// The next record, borrowed: nothing is allocated or counted.
    pub fn next_ref(&mut self) -> Option<Result<RecordRef<'_>, RecordError>> {
        let layout = match self.advance()? {
            Ok(layout) => layout,
            Err(error) => return Some(Err(error)),
        };
        Some(Ok(RecordRef {
            offset: layout.offset,
            timestamp: layout.timestamp,
            key: layout.key.map(|range| &self.data[range]),
            value: layout.value.map(|range| &self.data[range]),
            headers: HeadersRef { cursor: Cursor::new(&self.data, layout.headers_at), left: layout.headers },
        }))
    }

    fn advance(&mut self) -> Option<Result<Layout, RecordError>> {
        if self.done {
            return None;
        }
        if self.left == 0 {
            self.done = true;
            let found = self.data.len() - self.at;
            let surplus = RecordError::Trailing { what: "the last record of batch", at: self.at, found };
            return (found > 0).then_some(Err(surplus));
        }
        self.left -= 1;
        if let Some((layout, end)) = self.quick_layout() {
            self.at = end;
            return Some(Ok(layout));
        }
        // Reads it again, with care, to say what is wrong.
        let layout = self.layout();
        self.done = layout.is_err();
        Some(layout)
    }

    /// [`layout`](Self::layout) and where the record ends, without the words for what may be wrong.
    #[inline]
    fn quick_layout(&self) -> Option<(Layout, usize)> {
        let mut at = self.at;
        let length = quick_varlong(&self.data, &mut at)?;
        let end = at.checked_add(usize::try_from(length).ok()?)?;
        let data = self.data.get(..end)?;
        // The attributes of a record mean nothing yet.
        at += 1;
        let timestamp_delta = quick_varlong(data, &mut at)?;
        let offset_delta = quick_varlong(data, &mut at)?;
        if !(0..=i64::from(self.last_offset_delta)).contains(&offset_delta) {
            return None;
        }
        let key = quick_nullable(data, &mut at)?;
        let value = quick_nullable(data, &mut at)?;
        let headers = usize::try_from(quick_varlong(data, &mut at)?).ok()?;
        let headers_at = at;
        for _ in 0..headers {
            quick_nullable(data, &mut at)??;
            quick_nullable(data, &mut at)?;
        }
        if at != end {
            return None;
        }
        let layout = Layout {
            offset: self.base_offset.saturating_add(offset_delta),
            timestamp: self.append_time.unwrap_or(self.base_timestamp.wrapping_add(timestamp_delta)),
            key,
            value,
            headers_at,
            headers,
        };
        Some((layout, end))
    }

    fn layout(&mut self) -> Result<Layout, RecordError> {
        let mut outer = Cursor::new(&self.data, self.at);
        let start = outer.at();
        let length = outer.varint("record length")?;
        let length = usize::try_from(length).map_err(|_| RecordError::Field {
            what: "record length",
            at: start,
            expected: "at least 0",
            found: length.into(),
        })?;
        let body = outer.skip(length, "record")?;
        let end = body + length;
        let mut cursor = Cursor::new(&self.data[..end], body);
        cursor.byte("record attributes")?;
        let timestamp_delta = cursor.varlong("timestamp delta")?;
        let delta_at = cursor.at();
        let offset_delta = cursor.varint("offset delta")?;
        if !(0..=self.last_offset_delta).contains(&offset_delta) {
            return Err(RecordError::Field {
                what: "offset delta",
                at: delta_at,
                expected: "0 to the batch's last offset delta",
                found: offset_delta.into(),
            });
        }
        let key = nullable(&mut cursor, "key")?;
        let value = nullable(&mut cursor, "value")?;
        let count_at = cursor.at();
        let count = cursor.varint("header count")?;
        // Each header takes two bytes at least.
        let headers = usize::try_from(count).ok().filter(|count| *count <= cursor.left() / 2).ok_or(
            RecordError::Field {
                what: "header count",
                at: count_at,
                expected: "0 to half of the record's bytes left",
                found: count.into(),
            },
        )?;
        let headers_at = cursor.at();
        for _ in 0..headers {
            header(&mut cursor)?;
        }
        if cursor.left() > 0 {
            return Err(RecordError::Trailing { what: "record", at: cursor.at(), found: cursor.left() });
        }
        self.at = end;
        Ok(Layout {
            offset: self.base_offset.saturating_add(offset_delta.into()),
            timestamp: self.append_time.unwrap_or(self.base_timestamp.wrapping_add(timestamp_delta)),
            key,
            value,
            headers_at,
            headers,
        })
    }
}

impl Iterator for Records {
    type Item = Result<Record, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        let layout = match self.advance()? {
            Ok(layout) => layout,
            Err(error) => return Some(Err(error)),
        };
        let mut cursor = Cursor::new(&self.data, layout.headers_at);
        let mut headers = Vec::with_capacity(layout.headers);
        for _ in 0..layout.headers {
            match header(&mut cursor) {
                Ok((key, value)) => headers.push(Header {
                    key: self.data.slice(key),
                    value: value.map(|range| self.data.slice(range)),
                }),
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(Record {
            offset: layout.offset,
            timestamp: layout.timestamp,
            key: layout.key.map(|range| self.data.slice(range)),
            value: layout.value.map(|range| self.data.slice(range)),
            headers,
        }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // The count is the header's word alone: never reserve by it more than the bytes could hold.
        (0, Some(self.left.saturating_add(1)))
    }
}

/// A range inside `data`, or null; the outer `None` if it is no such thing.
#[inline(always)]
fn quick_nullable(data: &[u8], at: &mut usize) -> Option<Option<Range<usize>>> {
    let length = quick_varlong(data, at)?;
    if length == -1 {
        return Some(None);
    }
    let start = *at;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    if end > data.len() {
        return None;
    }
    *at = end;
    Some(Some(start..end))
}

fn nullable(cursor: &mut Cursor<'_>, what: &'static str) -> Result<Option<Range<usize>>, RecordError> {
    match cursor.nullable_len(what)? {
        Some(length) => cursor.skip(length, what).map(|start| Some(start..start + length)),
        None => Ok(None),
    }
}

fn header(cursor: &mut Cursor<'_>) -> Result<(Range<usize>, Option<Range<usize>>), RecordError> {
    let at = cursor.at();
    let Some(key) = nullable(cursor, "header key")? else {
        return Err(RecordError::Field { what: "header key length", at, expected: "at least 0", found: -1 });
    };
    let value = nullable(cursor, "header value")?;
    Ok((key, value))
}

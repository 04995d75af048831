//! Tagged fields (KIP-482): those a schema names and those it does not, in the order of their tags.
//!
//! Their number and sizes stand in front of them and are patched in afterwards.

use bytes::{BufMut, Bytes};

use super::{Writer, uvarint};
use crate::protocol::{EncodeErrorKind, TaggedFields};

/// The tagged fields of one struct while they are being written.
pub(crate) struct Tags<'a> {
    mark: usize,
    count: u32,
    unknown: Vec<(u32, &'a Bytes)>,
    next_unknown: usize,
}

impl Writer {
    /// The tagged fields of a struct whose schema has none.
    pub(crate) fn tags(&mut self, flexible: bool, unknown: &TaggedFields) {
        if !flexible {
            if !unknown.is_empty() {
                self.reject("unknown_tagged_fields");
            }
            return;
        }
        if unknown.is_empty() {
            return self.uvarint(0);
        }
        let tags = self.begin_tags(unknown);
        self.end_tags(tags);
    }

    /// Starts the tagged fields of a struct; its known ones follow in the order of their tags.
    pub(crate) fn begin_tags<'a>(&mut self, unknown: &'a TaggedFields) -> Tags<'a> {
        let mut sorted: Vec<_> = unknown.as_slice().iter().map(|field| (field.tag, &field.data)).collect();
        // A tag that came twice is written once; the last one counts.
        sorted.reverse();
        sorted.sort_by_key(|(tag, _)| *tag);
        sorted.dedup_by_key(|(tag, _)| *tag);
        Tags { mark: self.reserve(), count: 0, unknown: sorted, next_unknown: 0 }
    }

    /// Starts a known tagged field and gives back the mark that [`end_tag`](Writer::end_tag) wants.
    pub(crate) fn begin_tag(&mut self, tags: &mut Tags<'_>, tag: u32) -> usize {
        self.unknown_before(tags, tag);
        // A field kept as bytes gives way to the same field set by name.
        if tags.unknown.get(tags.next_unknown).is_some_and(|(unknown, _)| *unknown == tag) {
            tags.next_unknown += 1;
        }
        tags.count += 1;
        self.uvarint(tag);
        self.reserve()
    }

    pub(crate) fn end_tag(&mut self, mark: usize) {
        let size = self.own_len() - mark - 1;
        self.patch(mark, size);
    }

    pub(crate) fn end_tags(&mut self, mut tags: Tags<'_>) {
        self.unknown_before(&mut tags, u32::MAX);
        if let Some((u32::MAX, data)) = tags.unknown.get(tags.next_unknown) {
            self.unknown(&mut tags.count, u32::MAX, data);
        }
        self.patch(tags.mark, tags.count as usize);
    }

    fn unknown_before(&mut self, tags: &mut Tags<'_>, tag: u32) {
        while let Some((unknown, data)) =
            tags.unknown.get(tags.next_unknown).filter(|(known, _)| *known < tag)
        {
            self.unknown(&mut tags.count, *unknown, data);
            tags.next_unknown += 1;
        }
    }

    fn unknown(&mut self, count: &mut u32, tag: u32, data: &Bytes) {
        *count += 1;
        self.uvarint(tag);
        match u32::try_from(data.len()) {
            Ok(length) => self.uvarint(length),
            Err(_) => {
                let max = u32::MAX as usize;
                self.fail("unknown_tagged_fields", EncodeErrorKind::TooLong { found: data.len(), max });
            }
        }
        self.put(data);
    }

    /// Leaves one byte for a variable-length integer, which is nearly always enough.
    fn reserve(&mut self) -> usize {
        let mark = self.own_len();
        self.put(&[0]);
        self.open_tags += 1;
        mark
    }

    /// Writes `value` into the byte left at `mark`, and moves what follows when it needs more.
    fn patch(&mut self, mark: usize, value: usize) {
        self.open_tags -= 1;
        let Ok(value) = u32::try_from(value) else {
            return self
                .fail("tagged field", EncodeErrorKind::TooLong { found: value, max: u32::MAX as usize });
        };
        let (bytes, length) = uvarint(value);
        match &mut self.counted {
            Some(counted) => *counted += length - 1,
            None => {
                if length > 1 {
                    let end = self.buffer.len();
                    self.buffer.put_bytes(0, length - 1);
                    self.buffer.copy_within(mark + 1..end, mark + length);
                }
                self.buffer[mark..mark + length].copy_from_slice(&bytes[..length]);
            }
        }
    }
}

//! Tagged fields that this build does not know (KIP-482): kept as bytes and written back.

use bytes::Bytes;

/// One tagged field that the schema of this build does not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaggedField {
    /// The tag, unique in its struct.
    pub tag: u32,
    /// The field's bytes, without tag and size.
    pub data: Bytes,
}

/// The tagged fields of a struct that the schema of this build does not name, in the order in which they came.
///
/// They are written back in the order of their tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaggedFields(Vec<TaggedField>);

impl TaggedFields {
    /// No fields.
    pub const fn new() -> Self {
        TaggedFields(Vec::new())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields, in the order in which they came.
    pub fn as_slice(&self) -> &[TaggedField] {
        &self.0
    }

    /// Adds a field. A tag that is there already is replaced.
    pub fn insert(&mut self, field: TaggedField) {
        match self.0.iter_mut().find(|known| known.tag == field.tag) {
            Some(known) => *known = field,
            None => self.0.push(field),
        }
    }

    /// Adds a field that came off the wire, where a tag may stand twice; the last one counts when it is written back.
    pub(crate) fn push(&mut self, field: TaggedField) {
        self.0.push(field);
    }
}

impl FromIterator<TaggedField> for TaggedFields {
    fn from_iter<I: IntoIterator<Item = TaggedField>>(fields: I) -> Self {
        TaggedFields(fields.into_iter().collect())
    }
}

//! A second, slow writer of the wire format, which works on the schema itself: what the generated code is judged by.

use std::cell::RefCell;

use riverrun_core::protocol::EncodeErrorKind;
use riverrun_core::random::Random;

use crate::schema::{Field, Message, Type, snake};

/// A value of any type of the schema language.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    /// A number, bool or UUID as it stands on the wire.
    Scalar(Vec<u8>),
    /// A string, bytes or records.
    Text(Vec<u8>),
    Array(Vec<Value>),
    Struct {
        /// One for each field of the schema, in its order; fields that a version lacks have their default.
        fields: Vec<Value>,
        /// Tagged fields that no schema names, by tag.
        unknown: Vec<(u32, Vec<u8>)>,
    },
}

/// A field that cannot be written at a version, as the codec's errors name it, and why.
pub(crate) type Refused = (String, EncodeErrorKind);

/// Draws the value of a message at `version`.
pub(crate) struct Draw<'a> {
    pub(crate) message: &'a Message,
    pub(crate) version: i16,
    pub(crate) random: &'a mut dyn Random,
    /// Whether to draw tagged fields that no schema names.
    pub(crate) unknown: bool,
}

impl Draw<'_> {
    fn chance(&mut self, percent: u64) -> bool {
        self.random.below(100) < percent
    }

    pub(crate) fn message(&mut self) -> Value {
        let message = self.message;
        self.fields(&message.fields, 0)
    }

    fn fields(&mut self, fields: &[Field], depth: u32) -> Value {
        let values = fields.iter().map(|field| self.field(field, depth)).collect();
        let mut unknown = Vec::new();
        if self.unknown && self.message.flexible.contains(self.version) && self.chance(25) {
            for _ in 0..self.random.below(3) {
                // Tags on both sides of those that schemas name, and of a byte's seven bits.
                let tag = [7, 60, 127, 128, 9_000, u32::MAX][self.random.below(6) as usize];
                let length = self.random.below(200) as usize;
                unknown.push((tag, self.bytes(length)));
            }
            unknown.sort();
            unknown.dedup_by_key(|(tag, _)| *tag);
        }
        Value::Struct { fields: values, unknown }
    }

    fn field(&mut self, field: &Field, depth: u32) -> Value {
        if !field.versions.contains(self.version) || self.chance(20) {
            let default = default(self.message, field);
            let null = default == Value::Null && field.versions.contains(self.version);
            if !null || field.nullable.contains(self.version) {
                return default;
            }
        }
        if field.nullable.contains(self.version) && self.chance(15) {
            return Value::Null;
        }
        self.value(&field.kind, depth)
    }

    fn value(&mut self, kind: &Type, depth: u32) -> Value {
        match kind {
            Type::Bool => Value::Scalar(vec![self.random.below(2) as u8]),
            Type::Float64 => Value::Scalar((self.random.below(1 << 52) as f64 / 7.0).to_be_bytes().to_vec()),
            Type::Int8 => self.scalar(1),
            Type::Int16 | Type::Uint16 => self.scalar(2),
            Type::Int32 => self.scalar(4),
            Type::Int64 => self.scalar(8),
            Type::Uuid => self.scalar(16),
            Type::String => {
                let repeat = [0, 1, 1, 1, 2, 20, 200][self.random.below(7) as usize];
                let word = ["a", "topic-1", "zürich", "日本", "\u{1F600}"][self.random.below(5) as usize];
                Value::Text(word.repeat(repeat).into_bytes())
            }
            Type::Bytes | Type::Records => {
                let length = [0, 1, 10, 130, 300][self.random.below(5) as usize];
                Value::Text(self.bytes(length))
            }
            Type::Array(element) => {
                // Deep messages stay small.
                let most = if depth > 2 { 2 } else { 4 };
                let count = if self.chance(1) && depth == 0 { 130 } else { self.random.below(most) };
                Value::Array((0..count).map(|_| self.value(element, depth + 1)).collect())
            }
            Type::Struct(name) => {
                let message = self.message;
                self.fields(message.fields_of(name), depth + 1)
            }
        }
    }

    fn scalar(&mut self, width: usize) -> Value {
        Value::Scalar(match self.random.below(8) {
            0 => vec![0xff; width],
            1 => (0..width).map(|at| if at == 0 { 0x80 } else { 0 }).collect(),
            2 => (0..width).map(|at| if at == 0 { 0x7f } else { 0xff }).collect(),
            3 => (0..width).map(|at| if at == width - 1 { 3 } else { 0 }).collect(),
            _ => self.bytes(width),
        })
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.random.next_u64() as u8).collect()
    }
}

/// The value that a field has where nobody sets it.
fn default(message: &Message, field: &Field) -> Value {
    let given = field.default.as_deref();
    let nullable = !field.nullable.and(field.versions).and(message.versions).is_empty();
    if given == Some("null") || field.kind == Type::Records && nullable {
        return Value::Null;
    }
    let number = || {
        let text = given.unwrap_or("0");
        match text.strip_prefix("0x") {
            Some(hex) => i64::from_str_radix(hex, 16).unwrap(),
            None => text.parse::<i64>().unwrap(),
        }
    };
    match &field.kind {
        Type::Bool => Value::Scalar(vec![u8::from(given == Some("true"))]),
        Type::Int8 => Value::Scalar(number().to_be_bytes()[7..].to_vec()),
        Type::Int16 | Type::Uint16 => Value::Scalar(number().to_be_bytes()[6..].to_vec()),
        Type::Int32 => Value::Scalar(number().to_be_bytes()[4..].to_vec()),
        Type::Int64 => Value::Scalar(number().to_be_bytes().to_vec()),
        Type::Float64 => Value::Scalar(vec![0; 8]),
        Type::Uuid => Value::Scalar(vec![0; 16]),
        Type::String | Type::Bytes | Type::Records => Value::Text(Vec::new()),
        Type::Array(_) => Value::Array(Vec::new()),
        Type::Struct(name) => {
            let fields = message.fields_of(name).iter().map(|field| default(message, field)).collect();
            Value::Struct { fields, unknown: Vec::new() }
        }
    }
}

/// Writes a message at `version`, which may be another than the one it was drawn for.
///
/// Fails with every field that cannot be written.
pub(crate) fn encode(message: &Message, value: &Value, version: i16) -> Result<Vec<u8>, Vec<Refused>> {
    let mut out = Vec::new();
    let flexible = message.flexible.contains(version);
    let encode = Encode { message, version, flexible, refused: RefCell::default() };
    encode.fields(&message.name, &message.fields, value, &mut out);
    let refused = encode.refused.into_inner();
    if refused.is_empty() { Ok(out) } else { Err(refused) }
}

struct Encode<'a> {
    message: &'a Message,
    version: i16,
    flexible: bool,
    refused: RefCell<Vec<Refused>>,
}

impl Encode<'_> {
    fn refuse(&self, path: String, kind: EncodeErrorKind) {
        self.refused.borrow_mut().push((path, kind));
    }

    fn fields(&self, of: &str, fields: &[Field], value: &Value, out: &mut Vec<u8>) {
        let Value::Struct { fields: values, unknown } = value else { panic!("{of} is a struct") };
        let mut tagged: Vec<(u32, Vec<u8>)> = Vec::new();
        for (field, value) in fields.iter().zip(values) {
            let path = format!("{of}.{}", snake(&field.name));
            let set = *value != default(self.message, field);
            if !field.versions.contains(self.version) {
                if set && !field.ignorable {
                    self.refuse(path, EncodeErrorKind::NotInVersion);
                }
                continue;
            }
            let flexible = self.flexible && field.flexible.is_none();
            match field.tag {
                None => self.value(&path, field, &field.kind, value, flexible, out),
                Some(tag) if set => {
                    let mut data = Vec::new();
                    self.value(&path, field, &field.kind, value, flexible, &mut data);
                    tagged.push((tag, data));
                }
                Some(_) => {}
            }
        }
        if !self.flexible {
            if !unknown.is_empty() {
                self.refuse("unknown_tagged_fields".to_owned(), EncodeErrorKind::NotInVersion);
            }
            return;
        }
        tagged.extend(unknown.iter().cloned());
        tagged.sort();
        uvarint(tagged.len(), out);
        for (tag, data) in tagged {
            uvarint(tag as usize, out);
            uvarint(data.len(), out);
            out.extend(data);
        }
    }

    fn value(
        &self,
        path: &str,
        field: &Field,
        kind: &Type,
        value: &Value,
        flexible: bool,
        out: &mut Vec<u8>,
    ) {
        let short = *kind == Type::String;
        let length = |length: i64, out: &mut Vec<u8>| match (flexible, short) {
            (true, _) => uvarint((length + 1) as usize, out),
            (false, true) => out.extend((length as i16).to_be_bytes()),
            (false, false) => out.extend((length as i32).to_be_bytes()),
        };
        match (kind, value) {
            (_, Value::Null) if !field.nullable.contains(self.version) => {
                self.refuse(path.to_owned(), EncodeErrorKind::Null);
            }
            (Type::Struct(_), Value::Null) => out.push(0xff),
            (_, Value::Null) => length(-1, out),
            (_, Value::Scalar(bytes)) => out.extend(bytes),
            (_, Value::Text(bytes)) => {
                length(bytes.len() as i64, out);
                out.extend(bytes);
            }
            (Type::Array(element), Value::Array(values)) => {
                length(values.len() as i64, out);
                for value in values {
                    match &**element {
                        // "Nullable" is said of the array, never of its elements.
                        Type::Struct(name) => self.fields(name, self.message.fields_of(name), value, out),
                        plain => self.value(path, field, plain, value, flexible, out),
                    }
                }
            }
            (Type::Struct(name), value) => {
                if field.nullable.contains(self.version) {
                    out.push(1);
                }
                self.fields(name, self.message.fields_of(name), value, out);
            }
            other => panic!("{path}: {other:?}"),
        }
    }
}

fn uvarint(mut value: usize, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

//! JSON objects to record batches of a declared schema, row by row.

use std::borrow::Cow;
use std::fmt;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Schema, SchemaRef};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::cell::{Cell, Kind, parse_decimal};
use super::column::Column;
use crate::{Error, ErrorKind, Result};

/// Why one row could not be read. Nothing of the row was kept; rows before and after it are not touched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", match column { Some(name) => format!("column '{name}': "), None => String::new() })]
pub struct RowError {
    /// The column that did not fit, where it is known.
    pub column: Option<String>,
    /// What was expected, what was found, and where in the bytes.
    pub reason: String,
}

/// Reads JSON objects into columns of a schema.
///
/// Fields are matched by name; unknown fields are skipped, missing ones are null, and a null in a column that was
/// declared NOT NULL is an error. Times are RFC 3339 text or milliseconds since 1970, decimals may be numbers or
/// text and keep every digit, bytes are base64, floats may also be the text `NaN`, `Infinity` or `-Infinity`.
pub struct JsonDecoder {
    schema: SchemaRef,
    fields: Vec<(String, Kind)>,
    columns: Vec<Column>,
    rows: usize,
}

impl fmt::Debug for JsonDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonDecoder").field("schema", &self.schema).field("rows", &self.rows).finish()
    }
}

impl JsonDecoder {
    /// A decoder for rows of `schema`.
    ///
    /// # Errors
    /// `Unsupported` names the column whose type has no JSON form here.
    pub fn new(schema: SchemaRef) -> Result<JsonDecoder> {
        let mut fields = Vec::new();
        let mut columns = Vec::new();
        for field in schema.fields() {
            let refuse = |found| {
                let message =
                    format!("column '{}' has type {found}, which JSON rows cannot carry", field.name());
                Error::new(ErrorKind::Unsupported, message)
            };
            fields.push((field.name().clone(), Kind::of(field).map_err(refuse)?));
            columns.push(Column::new(field.data_type()).map_err(refuse)?);
        }
        Ok(JsonDecoder { schema, fields, columns, rows: 0 })
    }

    /// The declared schema.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Rows read since the last [`finish`](Self::finish).
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether no row waits.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Reads one row.
    ///
    /// # Errors
    /// A [`RowError`] when the bytes are not a JSON object of the schema; the row is left out whole.
    pub fn append(&mut self, json: &[u8]) -> Result<(), RowError> {
        let cells = self.read(json)?;
        for (column, cell) in self.columns.iter_mut().zip(&cells) {
            column.append(cell);
        }
        self.rows += 1;
        Ok(())
    }

    fn read<'a>(&self, json: &'a [u8]) -> Result<Vec<Cell<'a>>, RowError> {
        let current = std::cell::Cell::new(None);
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let seed = Object { fields: &self.fields, current: Some(&current) };
        let read = seed.deserialize(&mut deserializer).and_then(|cell| deserializer.end().map(|()| cell));
        let named = |index: Option<usize>| index.map(|index| self.fields[index].0.clone());
        let cells = match read {
            Ok(Cell::Struct(cells)) => cells,
            Ok(_) => {
                let reason = format!("expected a JSON object, found {}", excerpt(json));
                return Err(RowError { column: None, reason });
            }
            Err(error) => {
                return Err(RowError { column: named(current.get()), reason: error.to_string() });
            }
        };
        for (field, cell) in self.schema.fields().iter().zip(&cells) {
            if !field.is_nullable() && matches!(cell, Cell::Null) {
                let reason = "is null or missing, but was declared NOT NULL".to_string();
                return Err(RowError { column: Some(field.name().clone()), reason });
            }
        }
        Ok(cells)
    }

    /// The rows read since the last call, as one batch; the decoder starts anew.
    pub fn finish(&mut self) -> RecordBatch {
        let rows = std::mem::take(&mut self.rows);
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let arrays: Result<Vec<ArrayRef>, _> = self.columns.iter_mut().map(Column::finish).collect();
        arrays
            .and_then(|arrays| RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options))
            .expect("every column holds one cell a row, of the schema's type and nullability")
    }
}

/// The first bytes of a value, for messages.
fn excerpt(bytes: &[u8]) -> String {
    let head: String = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).chars().take(32).collect();
    if bytes.len() > head.len() { format!("{head:?}…") } else { format!("{head:?}") }
}

/// Reads an object; `current` remembers the top-level field at hand, so that an error can name it.
struct Object<'k> {
    fields: &'k [(String, Kind)],
    current: Option<&'k std::cell::Cell<Option<usize>>>,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = Cell<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cell<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Cell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.current.is_some() { "a JSON object" } else { "an object" })
    }

    fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
        Ok(Cell::Null)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell<'de>, A::Error> {
        let mut cells = vec![Cell::Null; self.fields.len()];
        let mut guess = 0;
        while let Some(name) = map.next_key_seed(Name { fields: self.fields, guess })? {
            let Some(index) = name else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            guess = index + 1;
            if let Some(current) = self.current {
                current.set(Some(index));
            }
            cells[index] = map.next_value_seed(&self.fields[index].1)?;
            if let Some(current) = self.current {
                current.set(None);
            }
        }
        Ok(Cell::Struct(cells))
    }
}

/// Finds a field by name, looking first at the one that came next in the row before.
struct Name<'k> {
    fields: &'k [(String, Kind)],
    guess: usize,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        if self.fields.get(self.guess).is_some_and(|field| field.0 == name) {
            return Ok(Some(self.guess));
        }
        Ok(self.fields.iter().position(|field| field.0 == name))
    }
}

impl<'de> DeserializeSeed<'de> for &Kind {
    type Value = Cell<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cell<'de>, D::Error> {
        match self {
            // Both need the text as it was written: decimals for their digits, documents for themselves.
            Kind::Decimal { precision, scale } => {
                let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?.get();
                let text = raw.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(raw);
                if raw == "null" {
                    return Ok(Cell::Null);
                }
                parse_decimal(text, *precision, *scale).map(Cell::Int).ok_or_else(|| {
                    D::Error::custom(format!(
                        "expected a decimal of precision {precision} and scale {scale}, found {raw}"
                    ))
                })
            }
            Kind::Json => {
                let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?.get();
                Ok(if raw == "null" { Cell::Null } else { Cell::Text(Cow::Borrowed(raw)) })
            }
            Kind::Struct(fields) => Object { fields, current: None }.deserialize(deserializer),
            _ => deserializer.deserialize_any(Value(self)),
        }
    }
}

struct Value<'k>(&'k Kind);

impl Value<'_> {
    fn mismatch<E: serde::de::Error>(&self, found: impl fmt::Display) -> E {
        E::custom(format!("expected {}, found {found}", self.0.expected()))
    }

    fn number<'de, E: serde::de::Error>(self, value: i128) -> Result<Cell<'de>, E> {
        match self.0 {
            Kind::Int { .. } => self
                .0
                .int(value)
                .ok_or_else(|| E::custom(format!("integer {value} does not fit the column's type"))),
            #[expect(clippy::cast_precision_loss, reason = "the column was declared as floating")]
            Kind::Float => Ok(Cell::Float(value as f64)),
            Kind::Timestamp(unit) => {
                let per_second = i128::from(super::time::ticks_per_second(*unit));
                Ok(Cell::Int((value * per_second).div_euclid(1_000)))
            }
            _ => Err(self.mismatch(value)),
        }
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Cell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.expected())
    }

    fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
        Ok(Cell::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Cell<'de>, E> {
        match self.0 {
            Kind::Bool => Ok(Cell::Bool(value)),
            _ => Err(self.mismatch(value)),
        }
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Cell<'de>, E> {
        self.number(value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Cell<'de>, E> {
        self.number(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Cell<'de>, E> {
        match self.0 {
            Kind::Float => Ok(Cell::Float(value)),
            _ => Err(self.mismatch(value)),
        }
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Cell<'de>, E> {
        match self.0 {
            // A number in quotes is text; only the names of what JSON cannot write are numbers.
            Kind::Bool | Kind::Int { .. } => Err(self.mismatch(format_args!("{text:?}"))),
            Kind::Float if !matches!(text, "NaN" | "Infinity" | "-Infinity") => {
                Err(self.mismatch(format_args!("{text:?}")))
            }
            kind => kind.parse(Cow::Borrowed(text)).ok_or_else(|| self.mismatch(format_args!("{text:?}"))),
        }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Cell<'de>, E> {
        match self.0 {
            Kind::Text => Ok(Cell::Text(Cow::Owned(text.to_string()))),
            Kind::Bool | Kind::Int { .. } | Kind::Float => Err(self.mismatch(format_args!("{text:?}"))),
            kind => kind
                .parse(Cow::Owned(text.to_string()))
                .ok_or_else(|| self.mismatch(format_args!("{text:?}"))),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cell<'de>, A::Error> {
        let Kind::List(item) = self.0 else {
            return Err(self.mismatch("an array"));
        };
        let mut cells = Vec::new();
        while let Some(cell) = seq.next_element_seed(item.as_ref())? {
            cells.push(cell);
        }
        Ok(Cell::List(cells))
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<Cell<'de>, A::Error> {
        Err(self.mismatch("an object"))
    }
}

/// The columns of a schema by name, for the key decoder.
pub(super) fn kinds(schema: &Schema) -> Result<Vec<(String, Kind)>> {
    schema
        .fields()
        .iter()
        .map(|field| {
            Kind::of(field).map(|kind| (field.name().clone(), kind)).map_err(|found| {
                let message = format!("column '{}' has type {found}, which a key cannot carry", field.name());
                Error::new(ErrorKind::Unsupported, message)
            })
        })
        .collect()
}

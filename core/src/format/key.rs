//! Record keys: one canonical byte string for one key, so that equal keys land in one partition.

use std::borrow::Cow;
use std::fmt;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};

use super::RowError;
use super::cell::{Cell, Kind};
use super::column::Column;
use super::decode::{JsonDecoder, kinds};
use super::encode::{JsonEncoder, write_json_value};
use crate::{Error, ErrorKind, Result};

/// How the columns of a key become bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFormat {
    /// One column as its plain text: what a producer that keys by `carrier` writes. Null is no key at all.
    Text,
    /// One column as a JSON value, several as a JSON object in the order of the key. Null is `null`.
    Json,
}

/// Writes the key of a row.
#[derive(Debug)]
pub struct KeyEncoder {
    format: KeyFormat,
    columns: Vec<usize>,
    object: JsonEncoder,
}

impl KeyEncoder {
    /// An encoder for the key that the columns at `columns` of `schema` make.
    ///
    /// # Errors
    /// `Invalid` if the text format is asked for other than one column, `Unsupported` for a type without JSON form.
    pub fn new(schema: &SchemaRef, columns: &[usize], format: KeyFormat) -> Result<KeyEncoder> {
        if format == KeyFormat::Text && columns.len() != 1 {
            let message = format!(
                "key_format 'text' needs a key of one column, this key has {}; use key_format 'json'",
                columns.len()
            );
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let part = schema.project(columns).map_err(|error| {
            Error::new(ErrorKind::Internal, "a key column is not in its schema").with_source(error)
        })?;
        Ok(KeyEncoder { format, columns: columns.to_vec(), object: JsonEncoder::new(&part)? })
    }

    /// Appends the key of row `row` to `out`. Returns false, with nothing written, when there is no key: a null in
    /// the text format.
    pub fn write(&self, batch: &RecordBatch, row: usize, out: &mut Vec<u8>) -> bool {
        if let [column] = self.columns.as_slice() {
            return self.write_single(batch.column(*column).as_ref(), row, out);
        }
        self.object.write_columns(self.columns.iter().map(|column| batch.column(*column)), row, out);
        true
    }

    fn write_single(&self, column: &dyn Array, row: usize, out: &mut Vec<u8>) -> bool {
        if self.format == KeyFormat::Json {
            write_json_value(column, row, out);
            return true;
        }
        if column.is_null(row) {
            return false;
        }
        match column.data_type() {
            DataType::Utf8 => out.extend_from_slice(column.as_string::<i32>().value(row).as_bytes()),
            DataType::Binary => out.extend_from_slice(column.as_binary::<i32>().value(row)),
            _ => {
                let mut text = Vec::new();
                write_json_value(column, row, &mut text);
                let bare = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
                out.extend_from_slice(bare.unwrap_or(&text));
            }
        }
        true
    }
}

/// Reads keys back into columns.
pub struct KeyDecoder {
    schema: SchemaRef,
    format: KeyFormat,
    kinds: Vec<(String, Kind)>,
    single: Option<Column>,
    object: Option<JsonDecoder>,
}

impl fmt::Debug for KeyDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyDecoder").field("schema", &self.schema).field("format", &self.format).finish()
    }
}

impl KeyDecoder {
    /// A decoder for keys made of all columns of `schema`.
    ///
    /// # Errors
    /// As [`KeyEncoder::new`].
    pub fn new(schema: SchemaRef, format: KeyFormat) -> Result<KeyDecoder> {
        let kinds = kinds(&schema)?;
        let single = match schema.fields().as_ref() {
            [field] => Some(Column::new(field.data_type()).map_err(|found| {
                Error::new(ErrorKind::Unsupported, format!("a key cannot have type {found}"))
            })?),
            _ if format == KeyFormat::Text => {
                return Err(Error::new(ErrorKind::Invalid, "key_format 'text' needs a key of one column"));
            }
            _ => None,
        };
        let object = if single.is_none() { Some(JsonDecoder::new(schema.clone())?) } else { None };
        Ok(KeyDecoder { schema, format, kinds, single, object })
    }

    /// Reads one key; no key is null in every column.
    ///
    /// # Errors
    /// A [`RowError`] when the bytes are not a key of this format; nothing of it is kept.
    pub fn append(&mut self, key: Option<&[u8]>) -> Result<(), RowError> {
        if let Some(object) = &mut self.object {
            return object.append(key.unwrap_or(b"{}"));
        }
        let (name, kind) = &self.kinds[0];
        let column = self.single.as_mut().expect("a decoder has a column or an object");
        let refuse = |reason: String| RowError { column: Some(name.clone()), reason };
        let Some(key) = key else {
            column.append(&Cell::Null);
            return Ok(());
        };
        if self.format == KeyFormat::Json {
            use serde::de::DeserializeSeed as _;
            let mut deserializer = serde_json::Deserializer::from_slice(key);
            let cell = kind
                .deserialize(&mut deserializer)
                .and_then(|cell| deserializer.end().map(|()| cell))
                .map_err(|error| refuse(error.to_string()))?;
            column.append(&cell);
            return Ok(());
        }
        if matches!(kind, Kind::Bytes) {
            column.append(&Cell::Bytes(key.to_vec()));
            return Ok(());
        }
        let text = std::str::from_utf8(key).map_err(|_| refuse("the key is not UTF-8 text".to_string()))?;
        let cell = kind
            .parse(Cow::Borrowed(text))
            .ok_or_else(|| refuse(format!("expected {}, found the key {text:?}", kind.expected())))?;
        column.append(&cell);
        Ok(())
    }

    /// The keys read since the last call, one array a column.
    pub fn finish(&mut self) -> Vec<ArrayRef> {
        match (&mut self.object, &mut self.single) {
            (Some(object), _) => object.finish().columns().to_vec(),
            (None, Some(column)) => {
                vec![column.finish().expect("a column of cells of one kind is an array of its type")]
            }
            (None, None) => Vec::new(),
        }
    }
}

//! Records to batches of a relation's columns.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::builder::{
    BinaryBuilder, Int32Builder, Int64Builder, ListBuilder, StringBuilder, StructBuilder,
    TimestampMillisecondBuilder,
};
use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::kernels::zip::zip;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use riverrun_core::format::{JsonDecoder, KeyDecoder, RowError};

use crate::record::InputRecord;
use crate::sql::catalog::{Meta, Relation, ValueFormat};
use crate::sql::error::SqlError;

/// A record that does not fit its declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadRow {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) error: RowError,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "partition {}, offset {}: {}", self.partition, self.offset, self.error)
    }
}

enum Payload {
    Json(JsonDecoder),
    Raw(StringBuilder),
}

/// Reads values (and what the value leaves to the key) into columns, with the asked metadata columns behind them.
pub(crate) struct RowReader {
    payload: Payload,
    key: Option<KeyDecoder>,
    key_columns: Vec<usize>,
    metas: Vec<MetaColumn>,
    schema: SchemaRef,
    rows: usize,
}

impl fmt::Debug for RowReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowReader")
            .field("schema", &self.schema)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl RowReader {
    /// A reader of `relation` that adds the metadata columns `metas`.
    pub(crate) fn new(relation: &Relation, metas: &[Meta]) -> Result<RowReader, SqlError> {
        let payload = match relation.value_format {
            ValueFormat::Json => Payload::Json(JsonDecoder::new(relation.schema.clone())?),
            ValueFormat::Raw => Payload::Raw(StringBuilder::new()),
        };
        let key = if relation.key.is_empty() {
            None
        } else {
            Some(KeyDecoder::new(Arc::new(relation.schema.project(&relation.key)?), relation.key_format)?)
        };
        Ok(RowReader {
            payload,
            key,
            key_columns: relation.key.clone(),
            metas: metas.iter().map(|meta| MetaColumn::new(*meta)).collect(),
            schema: with_metas(&relation.schema, metas),
            rows: 0,
        })
    }

    /// Rows read since the last `finish`.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Reads one record with this value, which may differ from the record's own (an envelope's part).
    pub(crate) fn append(
        &mut self,
        partition: i32,
        record: &InputRecord,
        value: &[u8],
    ) -> Result<(), BadRow> {
        let bad = |error| BadRow { partition, offset: record.offset, error };
        match &mut self.payload {
            Payload::Json(decoder) => decoder.append(value).map_err(bad)?,
            Payload::Raw(builder) => {
                let text = std::str::from_utf8(value).map_err(|_| {
                    bad(RowError {
                        column: Some("_value".into()),
                        reason: "the value is not UTF-8 text".into(),
                    })
                })?;
                builder.append_value(text);
            }
        }
        if let Some(key) = &mut self.key {
            // A key that does not read as its columns is no error: the value may hold them.
            if key.append(record.key.as_deref()).is_err() && key.append(None).is_err() {
                return Err(bad(RowError { column: None, reason: "the key cannot be read".into() }));
            }
        }
        for meta in &mut self.metas {
            meta.append(partition, record);
        }
        self.rows += 1;
        Ok(())
    }

    /// The rows read since the last call.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch, SqlError> {
        let rows = std::mem::take(&mut self.rows);
        let mut columns: Vec<ArrayRef> = match &mut self.payload {
            Payload::Json(decoder) => decoder.finish().columns().to_vec(),
            Payload::Raw(builder) => vec![Arc::new(builder.finish())],
        };
        if let Some(key) = &mut self.key {
            for (at, from_key) in self.key_columns.iter().zip(key.finish()) {
                if columns[*at].null_count() > 0 {
                    let present: BooleanArray =
                        (0..rows).map(|row| Some(columns[*at].is_valid(row))).collect();
                    columns[*at] = zip(&present, &columns[*at], &from_key)?;
                }
            }
        }
        columns.extend(self.metas.iter_mut().map(MetaColumn::finish));
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?)
    }
}

/// A payload schema with metadata columns behind it.
pub(crate) fn with_metas(payload: &SchemaRef, metas: &[Meta]) -> SchemaRef {
    if metas.is_empty() {
        return payload.clone();
    }
    let mut fields: Vec<Field> = payload.fields().iter().map(|field| field.as_ref().clone()).collect();
    fields.extend(metas.iter().map(|meta| meta.field()));
    Arc::new(Schema::new(fields))
}

enum MetaColumn {
    Key(StringBuilder),
    Partition(Int32Builder),
    Offset(Int64Builder),
    Timestamp(TimestampMillisecondBuilder),
    Headers(ListBuilder<StructBuilder>),
}

impl MetaColumn {
    fn new(meta: Meta) -> MetaColumn {
        match meta {
            Meta::Key => MetaColumn::Key(StringBuilder::new()),
            Meta::Partition => MetaColumn::Partition(Int32Builder::new()),
            Meta::Offset => MetaColumn::Offset(Int64Builder::new()),
            Meta::Timestamp => {
                MetaColumn::Timestamp(TimestampMillisecondBuilder::new().with_timezone("+00:00"))
            }
            Meta::Headers => {
                let item = match meta.field().data_type() {
                    DataType::List(item) => match item.data_type() {
                        DataType::Struct(fields) => fields.clone(),
                        _ => Default::default(),
                    },
                    _ => Default::default(),
                };
                MetaColumn::Headers(ListBuilder::new(StructBuilder::new(
                    item,
                    vec![Box::new(StringBuilder::new()), Box::new(BinaryBuilder::new())],
                )))
            }
        }
    }

    fn append(&mut self, partition: i32, record: &InputRecord) {
        match self {
            MetaColumn::Key(builder) => builder.append_option(record.key.as_deref().map(key_text)),
            MetaColumn::Partition(builder) => builder.append_value(partition),
            MetaColumn::Offset(builder) => builder.append_value(record.offset),
            MetaColumn::Timestamp(builder) => builder.append_value(record.timestamp),
            MetaColumn::Headers(builder) => {
                for header in record.headers.iter() {
                    let row = builder.values();
                    if let Some(key) = row.field_builder::<StringBuilder>(0) {
                        key.append_value(String::from_utf8_lossy(&header.key));
                    }
                    if let Some(value) = row.field_builder::<BinaryBuilder>(1) {
                        value.append_option(header.value.as_deref());
                    }
                    row.append(true);
                }
                builder.append(true);
            }
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            MetaColumn::Key(builder) => Arc::new(builder.finish()),
            MetaColumn::Partition(builder) => Arc::new(builder.finish()),
            MetaColumn::Offset(builder) => Arc::new(builder.finish()),
            MetaColumn::Timestamp(builder) => Arc::new(builder.finish()),
            MetaColumn::Headers(builder) => Arc::new(builder.finish()),
        }
    }
}

/// A key as text: itself where it is UTF-8, otherwise `\x` and its bytes in hexadecimal.
fn key_text(key: &[u8]) -> String {
    use std::fmt::Write as _;
    match std::str::from_utf8(key) {
        Ok(text) => text.to_string(),
        Err(_) => key.iter().fold("\\x".to_string(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }),
    }
}

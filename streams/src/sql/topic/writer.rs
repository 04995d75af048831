//! Batches of a relation's columns to records.

use bytes::Bytes;
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use riverrun_core::format::{JsonEncoder, KeyEncoder};

use crate::sql::catalog::{Relation, ValueFormat};
use crate::sql::error::SqlError;

/// Writes keys and values of a relation.
#[derive(Debug)]
pub(crate) struct RowWriter {
    key: Option<KeyEncoder>,
    value: Option<JsonEncoder>,
}

impl RowWriter {
    pub(crate) fn new(relation: &Relation) -> Result<RowWriter, SqlError> {
        let key = if relation.key.is_empty() {
            None
        } else {
            Some(KeyEncoder::new(&relation.schema, &relation.key, relation.key_format)?)
        };
        let value = match relation.value_format {
            ValueFormat::Json => Some(JsonEncoder::new(&relation.schema)?),
            ValueFormat::Raw => None,
        };
        Ok(RowWriter { key, value })
    }

    /// The key of a row; `None` where the relation has none, or the row's is null.
    pub(crate) fn key(&self, batch: &RecordBatch, row: usize) -> Option<Bytes> {
        let mut out = Vec::new();
        self.key.as_ref()?.write(batch, row, &mut out).then(|| Bytes::from(out))
    }

    /// The value of a row; `None` only for a null raw value.
    pub(crate) fn value(&self, batch: &RecordBatch, row: usize) -> Option<Bytes> {
        match &self.value {
            Some(encoder) => {
                let mut out = Vec::with_capacity(128);
                encoder.write_row(batch, row, &mut out);
                Some(Bytes::from(out))
            }
            None => {
                let column = batch.column(0);
                column
                    .is_valid(row)
                    .then(|| Bytes::copy_from_slice(column.as_string::<i32>().value(row).as_bytes()))
            }
        }
    }
}

//! Operators that keep a query's answer up to date: changes and watermarks in, changes out.
//!
//! Knows record batches, physical expressions, and state through [`Context`]. Must never know SQL text, catalogs or
//! logical plans.
//!
//! Rows flow in [`Delta`]s, in order. Whatever an operator does depends on the order of rows alone, never on where a
//! delta was cut, so that a task that starts again from its last commit repeats its outputs. Each row carries a
//! [`Mark`]: whether it comes or goes, which record caused it, and how far the watermark stood before it.

mod aggregate;
mod call;
mod exchange;
mod graph;
mod idle;
mod input;
mod join;
mod linear;
mod multimap;
mod processor;
mod recompute;
mod sink;
mod source;

use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions, UInt64Array};
use datafusion::arrow::compute::{concat_batches, take_record_batch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::physical_expr::PhysicalExpr;

use super::error::SqlError;
use crate::operator::{Context, SinkId, StoreId};
use crate::record::InputRecord;
use crate::state::StateError;

pub(crate) use aggregate::{Aggregate, AggregateSpec, Closing};
pub(crate) use call::{CallKind, CallSpec};
pub(crate) use exchange::{ExchangeIn, ExchangeOut, ExchangeReader, ExchangeWriter};
pub(crate) use graph::{Graph, Operator};
pub(crate) use idle::Peers;
pub(crate) use input::Input;
pub(crate) use join::{Join, JoinKind, JoinSpec};
pub(crate) use linear::{Filter, Project, Scan, Union, Windowing};
pub(crate) use processor::{GraphProcessor, Pace, Rest, Unmade};
pub(crate) use recompute::{Recompute, RecomputeSpec, Slot};
pub(crate) use sink::{Sink, SinkKey, SinkSpec};
pub(crate) use source::{Source, SourceSpec};

/// The origin of a row that no record of the run in hand caused.
pub(crate) const NO_ORIGIN: u32 = u32::MAX;

/// What goes along with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// 1: the row comes; -1: it goes.
    pub(crate) op: i8,
    /// The place of the record that caused it in the run in hand.
    pub(crate) origin: u32,
    /// The watermark before the row, in milliseconds.
    pub(crate) watermark_ms: i64,
    /// The time of the row for the record that it may become.
    pub(crate) time_ms: i64,
}

/// Rows that come and go, in order.
#[derive(Clone, Debug)]
pub(crate) struct Delta {
    pub(crate) batch: RecordBatch,
    pub(crate) marks: Vec<Mark>,
}

impl Delta {
    pub(crate) fn len(&self) -> usize {
        self.marks.len()
    }

    /// The rows at these places, in that order.
    pub(crate) fn take(&self, rows: &[usize]) -> Result<Delta, SqlError> {
        let batch = take_rows(&self.batch, rows)?;
        Ok(Delta { batch, marks: rows.iter().map(|row| self.marks[*row]).collect() })
    }
}

/// The rows of a batch at these places, in that order.
pub(crate) fn take_rows(batch: &RecordBatch, rows: &[usize]) -> Result<RecordBatch, SqlError> {
    if batch.num_columns() == 0 {
        return batch_of(&batch.schema(), Vec::new(), rows.len());
    }
    let places: UInt64Array = rows.iter().map(|row| *row as u64).collect();
    Ok(take_record_batch(batch, &places)?)
}

/// A batch of any width, also of none.
pub(crate) fn batch_of(
    schema: &SchemaRef,
    columns: Vec<ArrayRef>,
    rows: usize,
) -> Result<RecordBatch, SqlError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
}

/// Values of an expression for every row.
pub(crate) fn evaluate(expr: &Arc<dyn PhysicalExpr>, batch: &RecordBatch) -> Result<ArrayRef, SqlError> {
    Ok(expr.evaluate(batch)?.into_array(batch.num_rows())?)
}

/// For which rows a condition is true; null counts as false.
pub(crate) fn holds(expr: &Arc<dyn PhysicalExpr>, batch: &RecordBatch) -> Result<BooleanArray, SqlError> {
    use datafusion::arrow::array::AsArray;
    let column = evaluate(expr, batch)?;
    let column = column
        .as_boolean_opt()
        .ok_or_else(|| SqlError::internal(format!("condition {expr} gave {}", column.data_type())))?;
    Ok((0..column.len()).map(|row| Some(column.is_valid(row) && column.value(row))).collect())
}

/// Columns of fixed types as comparable bytes and back.
#[derive(Debug)]
pub(crate) struct RowBytes {
    converter: RowConverter,
    types: Vec<datafusion::arrow::datatypes::DataType>,
}

impl RowBytes {
    pub(crate) fn new(types: Vec<datafusion::arrow::datatypes::DataType>) -> Result<RowBytes, SqlError> {
        let fields = types.iter().map(|data_type| SortField::new(data_type.clone())).collect();
        Ok(RowBytes { converter: RowConverter::new(fields)?, types })
    }

    pub(crate) fn of_schema(schema: &SchemaRef) -> Result<RowBytes, SqlError> {
        RowBytes::new(schema.fields().iter().map(|field| field.data_type().clone()).collect())
    }

    /// One byte string a row. No columns give empty strings.
    pub(crate) fn encode(&self, columns: &[ArrayRef], rows: usize) -> Result<Vec<Vec<u8>>, SqlError> {
        if columns.is_empty() {
            return Ok(vec![Vec::new(); rows]);
        }
        let encoded = self.converter.convert_columns(columns)?;
        Ok(encoded.iter().map(|row| row.as_ref().to_vec()).collect())
    }

    /// Columns of these rows.
    pub(crate) fn decode<'a>(
        &self,
        rows: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Vec<ArrayRef>, SqlError> {
        if self.types.is_empty() {
            return Ok(Vec::new());
        }
        let parser = self.converter.parser();
        Ok(self.converter.convert_rows(rows.into_iter().map(|row| parser.parse(row)))?)
    }
}

/// The surroundings of an operator while it works.
pub(crate) struct Env<'a> {
    pub(crate) ctx: &'a mut Context,
    /// The store of the task; keys begin with the operator's number.
    pub(crate) store: StoreId,
    /// The run in hand, which origins count in.
    pub(crate) records: &'a [InputRecord],
    /// Whether the records of the run are as somebody wrote them, and not between two stages.
    pub(crate) raw: bool,
    /// Whether the watermarks are those of the last commit, which the next stage knows.
    pub(crate) starting: bool,
    /// Where late rows go.
    pub(crate) late: Option<SinkId>,
    /// The node that drops are counted for.
    pub(crate) node: crate::operator::NodeId,
}

impl Env<'_> {
    /// Sets or deletes a key of the task's state. The changelog's record has no time of its own: rows are worked on in
    /// runs, so a time of the run in hand would depend on where the run was cut.
    pub(crate) fn put(&mut self, key: Bytes, value: Option<Bytes>) -> Result<(), StateError> {
        self.ctx.put_at(self.store, key, value, 0)
    }
}

impl std::fmt::Debug for Env<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Env").field("records", &self.records.len()).finish_non_exhaustive()
    }
}

impl From<StateError> for SqlError {
    fn from(error: StateError) -> SqlError {
        let kind = match &error {
            StateError::Damaged { .. } => riverrun_core::ErrorKind::Corrupt,
            StateError::Engine { .. } => riverrun_core::ErrorKind::Internal,
        };
        SqlError { kind, message: error.to_string(), position: None }
    }
}

/// Rows that an operator gives out, collected.
#[derive(Debug)]
pub(crate) struct Output {
    schema: SchemaRef,
    parts: Vec<RecordBatch>,
    marks: Vec<Mark>,
}

impl Output {
    pub(crate) fn new(schema: SchemaRef) -> Output {
        Output { schema, parts: Vec::new(), marks: Vec::new() }
    }

    pub(crate) fn push(&mut self, columns: Vec<ArrayRef>, marks: &[Mark]) -> Result<(), SqlError> {
        self.parts.push(batch_of(&self.schema, columns, marks.len())?);
        self.marks.extend_from_slice(marks);
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<Vec<Delta>, SqlError> {
        if self.marks.is_empty() {
            return Ok(Vec::new());
        }
        let batch = match <[RecordBatch; 1]>::try_from(self.parts) {
            Ok([batch]) => batch,
            Err(_) if self.schema.fields().is_empty() => {
                batch_of(&self.schema, Vec::new(), self.marks.len())?
            }
            Err(parts) => concat_batches(&self.schema, &parts)?,
        };
        Ok(vec![Delta { batch, marks: self.marks }])
    }
}

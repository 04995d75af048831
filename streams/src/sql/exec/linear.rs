//! Steps that look at one row at a time.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, PrimitiveArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type, SchemaRef};
use datafusion::physical_expr::PhysicalExpr;

use super::{Delta, Env, Operator, batch_of, evaluate, holds, take_rows};
use crate::operator::DropReason;
use crate::sql::error::SqlError;
use crate::sql::window::{Windows, ticks, ticks_per_ms};

/// Some columns of a source.
pub(crate) struct Scan {
    pub(crate) columns: Vec<usize>,
    pub(crate) schema: SchemaRef,
}

impl Operator for Scan {
    fn process(&mut self, _: usize, delta: Delta, _: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        let columns = self.columns.iter().map(|column| delta.batch.column(*column).clone()).collect();
        let batch = batch_of(&self.schema, columns, delta.len())?;
        Ok(vec![Delta { batch, marks: delta.marks }])
    }
}

/// Rows for which a condition is true.
pub(crate) struct Filter {
    pub(crate) condition: Arc<dyn PhysicalExpr>,
}

impl Operator for Filter {
    fn process(&mut self, _: usize, delta: Delta, _: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        let kept = holds(&self.condition, &delta.batch)?;
        let rows: Vec<usize> = (0..delta.len()).filter(|row| kept.value(*row)).collect();
        if rows.len() == delta.len() {
            return Ok(vec![delta]);
        }
        Ok(if rows.is_empty() { Vec::new() } else { vec![delta.take(&rows)?] })
    }
}

/// Computed columns.
pub(crate) struct Project {
    pub(crate) exprs: Vec<Arc<dyn PhysicalExpr>>,
    pub(crate) schema: SchemaRef,
}

impl Operator for Project {
    fn process(&mut self, _: usize, delta: Delta, _: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        let mut columns = Vec::with_capacity(self.exprs.len());
        for (expr, field) in self.exprs.iter().zip(self.schema.fields()) {
            let column = evaluate(expr, &delta.batch)?;
            columns.push(if column.data_type() == field.data_type() {
                column
            } else {
                cast(&column, field.data_type())?
            });
        }
        let batch = batch_of(&self.schema, columns, delta.len())?;
        Ok(vec![Delta { batch, marks: delta.marks }])
    }
}

/// Rows of several inputs.
pub(crate) struct Union {
    pub(crate) schema: SchemaRef,
}

impl Operator for Union {
    fn process(&mut self, _: usize, delta: Delta, _: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        let fields = self.schema.fields().iter();
        let columns: Result<Vec<ArrayRef>, _> = delta
            .batch
            .columns()
            .iter()
            .zip(fields)
            .map(|(column, field)| cast(column, field.data_type()))
            .collect();
        let batch = batch_of(&self.schema, columns?, delta.len())?;
        Ok(vec![Delta { batch, marks: delta.marks }])
    }
}

/// Each row once per window that holds its time; a row without a time is in none.
pub(crate) struct Windowing {
    pub(crate) time: Arc<dyn PhysicalExpr>,
    pub(crate) windows: Windows,
    pub(crate) schema: SchemaRef,
}

impl Operator for Windowing {
    fn process(&mut self, _: usize, delta: Delta, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        let time = evaluate(&self.time, &delta.batch)?;
        let per_ms = ticks_per_ms(time.data_type())?;
        let times = ticks(&time)?;
        let (mut rows, mut starts, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        for (row, time) in times.iter().enumerate() {
            let Some(time) = time else {
                if delta.marks[row].op > 0 {
                    env.ctx.drop_record(env.node, DropReason::InvalidTimestamp);
                }
                continue;
            };
            self.windows.of(time, per_ms, |start, end| {
                rows.push(row);
                starts.push(start);
                ends.push(end);
            });
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let column = |values: Vec<i64>| -> Result<ArrayRef, SqlError> {
            let ticks: ArrayRef = Arc::new(PrimitiveArray::<Int64Type>::from(values));
            let data_type: &DataType = time.data_type();
            Ok(cast(&ticks, data_type)?)
        };
        let mut columns = take_rows(&delta.batch, &rows)?.columns().to_vec();
        let last: Vec<i64> = ends.iter().map(|end| end - per_ms).collect();
        columns.extend([column(starts)?, column(ends)?, column(last)?]);
        let batch = batch_of(&self.schema, columns, rows.len())?;
        let marks = rows.iter().map(|row| delta.marks[*row]).collect();
        Ok(vec![Delta { batch, marks }])
    }
}

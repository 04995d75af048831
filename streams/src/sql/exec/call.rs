//! One aggregate function of one group: what it remembers, and its value.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, UInt64Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::logical_expr::Accumulator;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;
use datafusion::scalar::ScalarValue;

use super::{RowBytes, evaluate, holds};
use crate::sql::error::SqlError;

/// How a function is kept up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallKind {
    /// DataFusion's accumulator; rows are only added.
    Accumulator,
    /// A number of rows, or of values that are not null.
    Count,
    /// A sum of integers or decimals, exact both ways.
    Sum,
    /// The least or the greatest of all values that are there.
    Extreme { greatest: bool },
    /// All arguments that are there, in the order asked for; computed anew by DataFusion's accumulator.
    Rows,
}

/// A function with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct CallSpec {
    pub(crate) kind: CallKind,
    pub(crate) function: Arc<AggregateFunctionExpr>,
    /// The arguments, then what the function orders by.
    pub(crate) args: Vec<Arc<dyn PhysicalExpr>>,
    /// The types of `args`.
    pub(crate) arg_types: Vec<DataType>,
    /// How many of `args` are arguments.
    pub(crate) plain: usize,
    /// Directions of what the function orders by.
    pub(crate) order: Vec<datafusion::arrow::compute::SortOptions>,
    pub(crate) filter: Option<Arc<dyn PhysicalExpr>>,
    pub(crate) output: DataType,
}

/// A function at work for all groups of an operator.
#[derive(Debug)]
pub(crate) struct Call {
    spec: CallSpec,
    rows: RowConverter,
    state: RowBytes,
}

/// What a function remembers of one group.
#[derive(Debug)]
pub(crate) enum CallState {
    Accumulator(Box<dyn Accumulator>),
    Count(i64),
    Sum { total: i128, count: i64 },
    Rows(BTreeMap<Vec<u8>, i64>),
}

/// The arguments of a function for a batch.
#[derive(Debug)]
pub(crate) struct Arguments {
    columns: Vec<ArrayRef>,
    kept: Option<BooleanArray>,
    /// The arguments as comparable bytes, where the function keeps them.
    bytes: Vec<Vec<u8>>,
}

impl Call {
    pub(crate) fn new(spec: CallSpec) -> Result<Call, SqlError> {
        // What the function orders by comes first, so that the order of bytes is the order asked for.
        let (arguments, ordering) = spec.arg_types.split_at(spec.plain);
        let mut fields: Vec<SortField> = ordering
            .iter()
            .zip(&spec.order)
            .map(|(data_type, options)| SortField::new_with_options(data_type.clone(), *options))
            .collect();
        fields.extend(arguments.iter().map(|data_type| SortField::new(data_type.clone())));
        let state_types = match spec.kind {
            CallKind::Accumulator => {
                spec.function.state_fields()?.iter().map(|field| field.data_type().clone()).collect()
            }
            _ => Vec::new(),
        };
        Ok(Call { rows: RowConverter::new(fields)?, state: RowBytes::new(state_types)?, spec })
    }

    pub(crate) fn output(&self) -> &DataType {
        &self.spec.output
    }

    /// Evaluates the arguments for every row of a batch.
    pub(crate) fn arguments(&self, batch: &RecordBatch) -> Result<Arguments, SqlError> {
        let columns = self.spec.args.iter().map(|arg| evaluate(arg, batch)).collect::<Result<Vec<_>, _>>()?;
        let kept = self.spec.filter.as_ref().map(|filter| holds(filter, batch)).transpose()?;
        let bytes = match self.spec.kind {
            CallKind::Rows | CallKind::Extreme { .. } if !columns.is_empty() => {
                let (arguments, ordering) = columns.split_at(self.spec.plain);
                let sorted: Vec<ArrayRef> = ordering.iter().chain(arguments).cloned().collect();
                self.rows.convert_columns(&sorted)?.iter().map(|row| row.as_ref().to_vec()).collect()
            }
            CallKind::Rows => vec![Vec::new(); batch.num_rows()],
            _ => Vec::new(),
        };
        Ok(Arguments { columns, kept, bytes })
    }

    pub(crate) fn begin(&self) -> Result<CallState, SqlError> {
        Ok(match self.spec.kind {
            CallKind::Accumulator => CallState::Accumulator(self.spec.function.create_accumulator()?),
            CallKind::Count => CallState::Count(0),
            CallKind::Sum => CallState::Sum { total: 0, count: 0 },
            CallKind::Extreme { .. } | CallKind::Rows => CallState::Rows(BTreeMap::new()),
        })
    }

    /// Adds rows of a batch to a group, or takes them away.
    pub(crate) fn update(
        &self,
        state: &mut CallState,
        arguments: &Arguments,
        rows: &[usize],
        ops: impl Fn(usize) -> i8,
    ) -> Result<(), SqlError> {
        let kept: Vec<usize> = match &arguments.kept {
            Some(kept) => rows.iter().copied().filter(|row| kept.value(*row)).collect(),
            None => rows.to_vec(),
        };
        if kept.is_empty() {
            return Ok(());
        }
        match state {
            CallState::Accumulator(accumulator) => {
                let whole = arguments.columns.first().is_some_and(|column| column.len() == kept.len());
                let columns: Vec<ArrayRef> = if whole {
                    arguments.columns.clone()
                } else {
                    let places: UInt64Array = kept.iter().map(|row| *row as u64).collect();
                    arguments
                        .columns
                        .iter()
                        .map(|column| take(column, &places, None))
                        .collect::<Result<_, _>>()?
                };
                accumulator.update_batch(&columns)?;
            }
            CallState::Count(count) => {
                for row in kept {
                    if arguments.columns.iter().all(|column| column.is_valid(row)) {
                        *count += i64::from(ops(row));
                    }
                }
            }
            CallState::Sum { total, count } => {
                let column = &arguments.columns[0];
                for row in kept.into_iter().filter(|row| column.is_valid(*row)) {
                    let value = match column.data_type() {
                        DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value(row),
                        _ => column.as_primitive::<Int64Type>().value(row).into(),
                    };
                    let signed = if ops(row) > 0 { value } else { -value };
                    *total = total.checked_add(signed).ok_or_else(|| self.overflow())?;
                    *count += i64::from(ops(row));
                }
            }
            CallState::Rows(values) => {
                let extreme = matches!(self.spec.kind, CallKind::Extreme { .. });
                for row in kept {
                    if extreme && arguments.columns[0].is_null(row) {
                        continue;
                    }
                    let bytes = &arguments.bytes[row];
                    let count = values.entry(bytes.clone()).or_default();
                    *count += i64::from(ops(row));
                    if *count == 0 {
                        values.remove(bytes);
                    }
                }
            }
        }
        Ok(())
    }

    fn overflow(&self) -> SqlError {
        let message = format!(
            "{} is out of the range of {}; cast the argument to NUMERIC",
            self.spec.function.name(),
            self.spec.output
        );
        SqlError::invalid(message)
    }

    /// The function's value for a group.
    pub(crate) fn value(&self, state: &mut CallState) -> Result<ScalarValue, SqlError> {
        Ok(match state {
            CallState::Accumulator(accumulator) => accumulator.evaluate()?,
            CallState::Count(count) => ScalarValue::Int64(Some(*count)).cast_to(&self.spec.output)?,
            CallState::Sum { count: 0, .. } => ScalarValue::try_from(&self.spec.output)?,
            CallState::Sum { total, .. } => match self.spec.output {
                DataType::Decimal128(precision, scale) => {
                    if total.unsigned_abs() >= 10_u128.pow(u32::from(precision)) {
                        return Err(self.overflow());
                    }
                    ScalarValue::Decimal128(Some(*total), precision, scale)
                }
                _ => ScalarValue::Int64(Some(i64::try_from(*total).map_err(|_| self.overflow())?)),
            },
            CallState::Rows(values) => match self.spec.kind {
                CallKind::Extreme { greatest } => {
                    let found = if greatest { values.last_key_value() } else { values.first_key_value() };
                    match found {
                        Some((bytes, _)) => ScalarValue::try_from_array(&self.decode(&[bytes])?[0], 0)?,
                        None => ScalarValue::try_from(&self.spec.output)?,
                    }
                }
                _ => self.computed(values)?,
            },
        })
    }

    /// Columns of kept rows: the arguments, then what the function orders by.
    fn decode(&self, rows: &[&Vec<u8>]) -> Result<Vec<ArrayRef>, SqlError> {
        let parser = self.rows.parser();
        let mut columns = self.rows.convert_rows(rows.iter().map(|row| parser.parse(row)))?;
        columns.rotate_left(self.spec.order.len());
        Ok(columns)
    }

    fn computed(&self, values: &BTreeMap<Vec<u8>, i64>) -> Result<ScalarValue, SqlError> {
        let mut rows: Vec<&Vec<u8>> = Vec::new();
        for (bytes, count) in values {
            rows.extend(std::iter::repeat_n(bytes, usize::try_from(*count).unwrap_or(0)));
        }
        let mut accumulator = self.spec.function.create_accumulator()?;
        if !rows.is_empty() {
            accumulator.update_batch(&self.decode(&rows)?)?;
        }
        Ok(accumulator.evaluate()?)
    }

    /// The state as bytes. An accumulator gives its state away and takes it up again.
    pub(crate) fn encode(&self, state: &mut CallState) -> Result<Vec<u8>, SqlError> {
        Ok(match state {
            CallState::Accumulator(accumulator) => {
                let values = accumulator.state()?;
                let columns: Vec<ArrayRef> =
                    values.iter().map(ScalarValue::to_array).collect::<Result<_, _>>()?;
                *accumulator = self.spec.function.create_accumulator()?;
                accumulator.merge_batch(&columns)?;
                self.state.encode(&columns, 1)?.swap_remove(0)
            }
            CallState::Count(count) => count.to_be_bytes().to_vec(),
            CallState::Sum { total, count } => [&total.to_be_bytes()[..], &count.to_be_bytes()].concat(),
            CallState::Rows(values) => {
                let mut bytes = Vec::new();
                for (row, count) in values {
                    bytes.extend_from_slice(&count.to_be_bytes());
                    bytes.extend_from_slice(&(row.len() as u32).to_be_bytes());
                    bytes.extend_from_slice(row);
                }
                bytes
            }
        })
    }

    /// Takes up a state that `encode` gave.
    pub(crate) fn decode_state(&self, bytes: &[u8]) -> Result<CallState, SqlError> {
        let damaged =
            || SqlError::internal(format!("the stored state of {} is damaged", self.spec.function.name()));
        let mut state = self.begin()?;
        match &mut state {
            CallState::Accumulator(accumulator) => {
                let columns = self.state.decode([bytes])?;
                accumulator.merge_batch(&columns)?;
            }
            CallState::Count(count) => *count = i64::from_be_bytes(bytes.try_into().map_err(|_| damaged())?),
            CallState::Sum { total, count } => {
                let (head, tail) = bytes.split_first_chunk::<16>().ok_or_else(damaged)?;
                *total = i128::from_be_bytes(*head);
                *count = i64::from_be_bytes(tail.try_into().map_err(|_| damaged())?);
            }
            CallState::Rows(values) => {
                let mut rest = bytes;
                while let Some((count, tail)) = rest.split_first_chunk::<8>() {
                    let (length, tail) = tail.split_first_chunk::<4>().ok_or_else(damaged)?;
                    let (row, tail) =
                        tail.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or_else(damaged)?;
                    values.insert(row.to_vec(), i64::from_be_bytes(*count));
                    rest = tail;
                }
            }
        }
        Ok(state)
    }
}

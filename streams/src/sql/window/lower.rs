//! A window function in a bounded query: plain nodes that DataFusion runs itself.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, PrimitiveArray};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, TimeUnit};
use datafusion::common::{Column, UnnestOptions};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature, Volatility,
};

use super::{WINDOW_COLUMNS, Windows};
use crate::sql::error::SqlError;

/// How many ticks of a timestamp column's unit make a millisecond; seconds are widened by the caller.
pub(crate) fn ticks_per_ms(data_type: &DataType) -> Result<i64, SqlError> {
    match data_type {
        DataType::Timestamp(TimeUnit::Millisecond, _) => Ok(1),
        DataType::Timestamp(TimeUnit::Microsecond, _) => Ok(1_000),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => Ok(1_000_000),
        other => {
            Err(SqlError::invalid(format!("the time column of a window must be a TIMESTAMP, not {other}")))
        }
    }
}

/// The ticks of a timestamp column.
pub(crate) fn ticks(column: &ArrayRef) -> Result<PrimitiveArray<Int64Type>> {
    Ok(cast(column, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

/// Which half of a window the function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Side {
    Start,
    End,
}

/// The starts or the ends of all windows that hold a time, as a list.
#[derive(Debug, PartialEq, Eq, Hash)]
struct WindowSides {
    windows: Windows,
    side: Side,
    signature: Signature,
}

impl ScalarUDFImpl for WindowSides {
    fn name(&self) -> &str {
        match self.side {
            Side::Start => "window_starts",
            Side::End => "window_ends",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(Field::new("item", arguments[0].clone(), true))))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let column = args.args[0].to_array(args.number_rows)?;
        let per_ms = ticks_per_ms(column.data_type()).map_err(DataFusionError::from)?;
        let times = ticks(&column)?;
        let mut values: Vec<i64> = Vec::with_capacity(times.len());
        let mut offsets: Vec<i32> = vec![0];
        for time in &times {
            if let Some(time) = time {
                self.windows.of(time, per_ms, |start, end| {
                    values.push(if self.side == Side::Start { start } else { end });
                });
            }
            offsets.push(i32::try_from(values.len()).map_err(|_| {
                DataFusionError::Execution("too many windows in one batch; use a larger slide".into())
            })?);
        }
        let ticks: ArrayRef = Arc::new(PrimitiveArray::<Int64Type>::from(values));
        let items = cast(&ticks, column.data_type())?;
        let field = Arc::new(Field::new("item", column.data_type().clone(), true));
        let nulls = NullBuffer::from_iter(times.iter().map(|time| time.is_some()));
        let list =
            ListArray::try_new(field, OffsetBuffer::new(ScalarBuffer::from(offsets)), items, Some(nulls))?;
        Ok(ColumnarValue::Array(Arc::new(list)))
    }
}

/// The relation with its windows: a projection, unnested. Rows without a time are in no window.
pub(super) fn lower(input: LogicalPlan, time: &Expr, windows: Windows) -> Result<LogicalPlan> {
    let data_type = time.get_type(input.schema())?;
    let sides = |side, name: &str| {
        let signature = Signature::exact(vec![data_type.clone()], Volatility::Immutable);
        let function = Arc::new(ScalarUDF::new_from_impl(WindowSides { windows, side, signature }));
        Expr::ScalarFunction(datafusion::logical_expr::expr::ScalarFunction::new_udf(
            function,
            vec![time.clone()],
        ))
        .alias(name)
    };
    let [start, end, last] = WINDOW_COLUMNS;
    let columns: Vec<Expr> = input.schema().columns().into_iter().map(Expr::Column).collect();
    let mut with_lists = columns.clone();
    with_lists.push(sides(Side::Start, start));
    with_lists.push(sides(Side::End, end));
    let options =
        UnnestOptions { null_handling: datafusion::common::NullHandling::Drop, ..UnnestOptions::default() };
    let lists = vec![Column::from_name(start), Column::from_name(end)];
    let plan =
        LogicalPlanBuilder::from(input).project(with_lists)?.unnest_columns_with_options(lists, options)?;
    let mut out = columns;
    out.push(Expr::Column(Column::from_name(start)));
    out.push(Expr::Column(Column::from_name(end)));
    let millisecond = datafusion::scalar::ScalarValue::new_interval_mdn(0, 0, 1_000_000);
    let at_end = Expr::Column(Column::from_name(end)) - Expr::Literal(millisecond, None);
    out.push(at_end.alias(last));
    plan.project(out)?.build()
}

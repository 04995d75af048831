//! GROUP BY to its operator.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan};
use datafusion::physical_expr::aggregate::LoweredAggregateBuilder;

use super::batch_schema;
use super::compile::{Compiler, PlanNode, PlanOp, column_of};
use super::facts::{Facts, WindowFacts};
use crate::sql::dialect::Emit;
use crate::sql::error::SqlError;
use crate::sql::exec::{AggregateSpec, CallKind, CallSpec, Closing};
use crate::sql::window::{WindowAssign, WindowKind};

/// Functions whose accumulators give their value without giving away what they remember.
const REPEATABLE: [&str; 20] = [
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "bool_and",
    "bool_or",
    "bit_and",
    "bit_or",
    "bit_xor",
    "stddev",
    "stddev_pop",
    "var",
    "var_pop",
    "covar_samp",
    "covar_pop",
    "corr",
    "regr_slope",
    "regr_intercept",
    "regr_count",
];

fn has_windows(plan: &LogicalPlan) -> bool {
    let here = matches!(plan, LogicalPlan::Extension(e) if e.node.as_any().is::<WindowAssign>());
    here || plan.inputs().into_iter().any(has_windows)
}

impl Compiler<'_> {
    pub(super) async fn aggregate(
        &mut self,
        plan: &LogicalPlan,
        aggregate: &Aggregate,
        lookup: bool,
    ) -> Result<PlanNode, SqlError> {
        let windowed = has_windows(&aggregate.input);
        let lookup = lookup || (windowed && self.emit != Some(Emit::Changes));
        let input = self.compile(&aggregate.input, lookup).await?;
        if matches!(aggregate.group_expr.as_slice(), [Expr::GroupingSet(_)]) {
            if windowed {
                return Err(SqlError::unsupported(
                    "GROUPING SETS, ROLLUP and CUBE over windows are not built; use UNION ALL",
                ));
            }
            return self.recompute("GROUPING SETS", plan, vec![(input, Vec::new())], false).await;
        }
        let sources: Vec<Option<usize>> =
            aggregate.group_expr.iter().map(|expr| column_of(expr, &input.schema)).collect();
        let closing = self.closing(&input, &sources)?;
        let finally = closing.as_ref().is_some_and(|closing| closing.finally);
        let group = aggregate
            .group_expr
            .iter()
            .map(|expr| self.physical(expr, &input.schema))
            .collect::<Result<Vec<_>, _>>()?;
        let schema = batch_schema(&aggregate.schema);
        let group_types: Vec<DataType> =
            schema.fields()[..group.len()].iter().map(|f| f.data_type().clone()).collect();
        let mut calls = Vec::new();
        for (at, expr) in aggregate.aggr_expr.iter().enumerate() {
            let output = schema.field(group.len() + at).data_type().clone();
            calls.push(self.call(expr, &input, output, finally)?);
        }
        let place = |column: usize| sources.iter().position(|source| *source == Some(column));
        let mut facts = input.facts.picked(place);
        facts = Facts {
            append: finally,
            key: Some((0..group.len()).collect()),
            finally,
            // Times of rows that may still change are not behind the watermark.
            times: if finally { facts.times } else { Vec::new() },
            window: facts.window,
        };
        let spec = AggregateSpec { number: self.number(), group, group_types, calls, closing, schema };
        Ok(PlanNode {
            op: PlanOp::Aggregate(Box::new(spec)),
            schema: aggregate.schema.clone(),
            inputs: vec![input],
            facts,
        })
    }

    /// When a group is complete, if a window tells.
    fn closing(&self, input: &PlanNode, sources: &[Option<usize>]) -> Result<Option<Closing>, SqlError> {
        let Some(window @ WindowFacts { watermarked: true, .. }) = &input.facts.window else {
            return Ok(None);
        };
        // A window's columns behind a finished window say nothing about rows to come.
        if input.facts.finally
            && window.windows.offset_ms == 0
            && !sources.iter().any(|s| s.is_some() && (*s == window.end || *s == window.start))
        {
            return Ok(None);
        }
        let grouped = |column: Option<usize>| column.filter(|column| sources.contains(&Some(*column)));
        let size_ms = match window.windows.kind {
            WindowKind::Tumble { size_ms } | WindowKind::Hop { size_ms, .. } => Some(size_ms),
            WindowKind::Cumulate { .. } => None,
        };
        let (column, after_ms) = match (grouped(window.end), grouped(window.start), size_ms) {
            (Some(end), _, _) => (end, 0),
            (None, Some(start), Some(size_ms)) => (start, size_ms),
            _ => return Ok(None),
        };
        let name = input.schema.field(column).name();
        let time = Arc::new(datafusion::physical_expr::expressions::Column::new(name, column));
        let finally = self.emit != Some(Emit::Changes);
        Ok(Some(Closing { time, after_ms, grace_ms: self.grace_ms, finally }))
    }

    fn call(
        &self,
        expr: &Expr,
        input: &PlanNode,
        output: DataType,
        finally: bool,
    ) -> Result<CallSpec, SqlError> {
        let schema = batch_schema(&input.schema);
        let planning = PhysicalPlanningContext::default();
        let props = self.state.execution_props();
        let lowered = LoweredAggregateBuilder::new(expr, &input.schema, &schema, props, &planning).build()?;
        let function = lowered.aggregate;
        let plain = function.expressions().len();
        let mut args = function.expressions();
        args.extend(lowered.order_bys.iter().map(|order| order.expr.clone()));
        let arg_types = args.iter().map(|arg| arg.data_type(&schema)).collect::<Result<Vec<_>, _>>()?;
        let order = lowered.order_bys.iter().map(|order| order.options).collect();
        let name = function.fun().name().to_string();
        let ordered = !lowered.order_bys.is_empty();
        let kind = if input.facts.append && !ordered && (finally || REPEATABLE.contains(&name.as_str())) {
            CallKind::Accumulator
        } else {
            match (name.as_str(), function.is_distinct()) {
                ("count", false) => CallKind::Count,
                ("sum", false)
                    if matches!(output, DataType::Int64 | DataType::Decimal128(..))
                        && arg_types[0] == sum_input(&output, &arg_types[0]) =>
                {
                    CallKind::Sum
                }
                ("min" | "max", _) => CallKind::Extreme { greatest: name == "max" },
                _ => CallKind::Rows,
            }
        };
        Ok(CallSpec { kind, function, args, arg_types, plain, order, filter: lowered.filter, output })
    }
}

/// The argument type whose values add up to `output` without a cast.
fn sum_input(output: &DataType, argument: &DataType) -> DataType {
    match (output, argument) {
        (DataType::Decimal128(_, scale), DataType::Decimal128(precision, given)) if scale == given => {
            DataType::Decimal128(*precision, *given)
        }
        _ => output.clone(),
    }
}

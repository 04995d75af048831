//! Where DataFusion's functions would answer otherwise than PostgreSQL's without a word, and names that it lacks.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::common::tree_node::Transformed;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::session_state::SessionState;
use datafusion::functions_aggregate::bool_and_or::bool_and_udaf;
use datafusion::functions_aggregate::variance::var_samp_udaf;
use datafusion::logical_expr::expr_rewriter::FunctionRewrite;
use datafusion::logical_expr::{Expr, ExprSchemable, cast};

/// Adjusts a session's functions.
pub(super) fn adjust(state: &mut SessionState) -> Result<()> {
    // Its patterns are strftime's; PostgreSQL's come back as they are, which looks like an answer.
    state.deregister_udf("to_char")?;
    state.deregister_udf("date_format")?;
    state.register_udaf(Arc::new(bool_and_udaf().as_ref().clone().with_aliases(["every"])))?;
    state.register_udaf(Arc::new(var_samp_udaf().as_ref().clone().with_aliases([
        "variance",
        "var_samp",
        "var_sample",
    ])))?;
    let signum = datafusion::functions::math::signum();
    state.register_udf(Arc::new(signum.as_ref().clone().with_aliases(["sign"])))?;
    state.register_function_rewrite(Arc::new(WideSum))
}

/// `sum(bigint)` is a NUMERIC, as in PostgreSQL, where DataFusion's wraps around.
#[derive(Debug)]
struct WideSum;

impl FunctionRewrite for WideSum {
    fn name(&self) -> &str {
        "wide sum"
    }

    fn rewrite(&self, expr: Expr, schema: &DFSchema, _: &ConfigOptions) -> Result<Transformed<Expr>> {
        match expr {
            Expr::AggregateFunction(mut call)
                if call.func.name() == "sum"
                    && call.params.args.len() == 1
                    && call.params.args[0]
                        .get_type(schema)
                        .is_ok_and(|data_type| data_type == DataType::Int64) =>
            {
                let argument = call.params.args.remove(0);
                call.params.args.push(cast(argument, DataType::Decimal128(20, 0)));
                Ok(Transformed::yes(Expr::AggregateFunction(call)))
            }
            other => Ok(Transformed::no(other)),
        }
    }
}

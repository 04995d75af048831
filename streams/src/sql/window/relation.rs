//! Calls of window functions in FROM.

use std::fmt;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::Column;
use datafusion::datasource::provider_as_source;
use datafusion::error::Result;
use datafusion::logical_expr::planner::{
    PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning,
};
use datafusion::logical_expr::{Expr, ExprSchemable, Extension, LogicalPlan, LogicalPlanBuilder};
use datafusion::sql::sqlparser::ast::{
    self, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, TableAlias, TableFactor,
};

use super::lower::{lower, ticks_per_ms};
use super::{WindowAssign, WindowKind, Windows};
use crate::sql::dialect::interval_ms;
use crate::sql::error::SqlError;

/// Finds what a name in an argument stands for; DataFusion looks only at the names in FROM.
pub(crate) type Resolve = Arc<dyn Fn(&str) -> Option<Arc<dyn TableProvider>> + Send + Sync>;

/// Plans TUMBLE, HOP and CUMULATE.
pub(crate) struct WindowFunctions {
    pub(crate) resolve: Resolve,
    /// Whether the plan keeps a node of its own for the windows, as a continuous query needs it.
    pub(crate) keep_node: bool,
}

impl fmt::Debug for WindowFunctions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WindowFunctions").field("keep_node", &self.keep_node).finish_non_exhaustive()
    }
}

/// A call in FROM, whichever way it was written.
struct Call {
    name: String,
    arguments: Vec<FunctionArg>,
    alias: Option<TableAlias>,
}

fn call(relation: &TableFactor) -> Option<Call> {
    let last = |name: &ObjectName| Some(name.0.last()?.as_ident()?.value.to_lowercase());
    match relation {
        TableFactor::Table { name, args: Some(arguments), alias, .. } => {
            Some(Call { name: last(name)?, arguments: arguments.args.clone(), alias: alias.clone() })
        }
        TableFactor::Function { name, args, alias, .. } => {
            Some(Call { name: last(name)?, arguments: args.clone(), alias: alias.clone() })
        }
        TableFactor::TableFunction { expr: ast::Expr::Function(function), alias } => {
            let FunctionArguments::List(list) = &function.args else { return None };
            Some(Call { name: last(&function.name)?, arguments: list.args.clone(), alias: alias.clone() })
        }
        _ => None,
    }
}

impl RelationPlanner for WindowFunctions {
    fn plan_relation(
        &self,
        relation: TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<RelationPlanning> {
        refuse_ignored(&relation)?;
        let Some(call) = call(&relation) else { return Ok(RelationPlanning::Original(Box::new(relation))) };
        match call.name.as_str() {
            "tumble" | "hop" | "cumulate" => {}
            "session" => {
                let message = "SESSION windows are not built; TUMBLE, HOP and CUMULATE are";
                return Err(SqlError::unsupported(message).into());
            }
            _ => return Ok(RelationPlanning::Original(Box::new(relation))),
        }
        let plan = self.plan_call(&call, context)?;
        Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, call.alias))))
    }
}

/// Clauses of a relation that the planner behind would leave out without a word.
fn refuse_ignored(relation: &TableFactor) -> Result<()> {
    let TableFactor::Table { name, version, sample, with_ordinality, .. } = relation else { return Ok(()) };
    let clause = match () {
        () if version.is_some() => "a version (FOR SYSTEM_TIME, AS OF)",
        () if sample.is_some() => "TABLESAMPLE",
        () if *with_ordinality => "WITH ORDINALITY",
        () => return Ok(()),
    };
    Err(SqlError::unsupported(format!("{clause} of '{name}' is not built")).into())
}

impl WindowFunctions {
    fn plan_call(&self, call: &Call, context: &mut dyn RelationPlannerContext) -> Result<LogicalPlan> {
        let name = call.name.to_uppercase();
        let mut arguments = Vec::new();
        for argument in &call.arguments {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => arguments.push(expr),
                other => {
                    return Err(SqlError::unsupported(format!(
                        "{name}: arguments go by place, not '{other}'"
                    ))
                    .into());
                }
            }
        }
        let form = match call.name.as_str() {
            "tumble" => "TUMBLE(relation, time column, INTERVAL size [, INTERVAL offset])",
            "hop" => "HOP(relation, time column, INTERVAL slide, INTERVAL size [, INTERVAL offset])",
            _ => "CUMULATE(relation, time column, INTERVAL step, INTERVAL size [, INTERVAL offset])",
        };
        let wrong = |why: String| SqlError::invalid(format!("{why}; write {form}"));
        let lengths = if call.name == "tumble" { 1 } else { 2 };
        if arguments.len() < 2 + lengths || arguments.len() > 3 + lengths {
            return Err(wrong(format!("{name} has {} arguments", arguments.len())).into());
        }
        let input = self.plan_input(arguments[0], context).map_err(|error| error.context(form))?;
        let time = time_column(arguments[1], &input).map_err(wrong)?;
        ticks_per_ms(&time.get_type(input.schema())?)?;
        let length = |at: usize, what: &str| -> Result<i64, SqlError> {
            match interval_ms(arguments[at])? {
                ms if ms > 0 => Ok(ms),
                ms => Err(wrong(format!("the {what} of {name} must be longer than nothing, not {ms} ms"))),
            }
        };
        let kind = match call.name.as_str() {
            "tumble" => WindowKind::Tumble { size_ms: length(2, "size")? },
            "hop" => WindowKind::Hop { slide_ms: length(2, "slide")?, size_ms: length(3, "size")? },
            _ => WindowKind::Cumulate { step_ms: length(2, "step")?, size_ms: length(3, "size")? },
        };
        if let WindowKind::Cumulate { step_ms, size_ms } = kind
            && size_ms % step_ms != 0
        {
            return Err(wrong("the size of CUMULATE must be a multiple of its step".into()).into());
        }
        let offset_ms = match arguments.get(2 + lengths) {
            Some(offset) => interval_ms(offset)?,
            None => 0,
        };
        let windows = Windows { kind, offset_ms };
        if windows.per_row() > 10_000 {
            let message =
                format!("{name} puts one row into {} windows; at most 10000 are allowed", windows.per_row());
            return Err(SqlError::invalid(message).into());
        }
        if self.keep_node {
            let node = WindowAssign::try_new(input, time, windows)?;
            return Ok(LogicalPlan::Extension(Extension { node: Arc::new(node) }));
        }
        lower(input, &time, windows)
    }

    fn plan_input(
        &self,
        argument: &ast::Expr,
        context: &mut dyn RelationPlannerContext,
    ) -> Result<LogicalPlan> {
        let name = match argument {
            ast::Expr::Identifier(ident) => ident,
            ast::Expr::Subquery(query) => {
                let subquery = query.clone();
                return context.plan(TableFactor::Derived {
                    lateral: false,
                    subquery,
                    alias: None,
                    sample: None,
                });
            }
            other => {
                let message = format!(
                    "the relation of a window function is a name or a query in parentheses, not {other}"
                );
                return Err(SqlError::invalid(message).into());
            }
        };
        // What FROM itself would find, a WITH query above all, goes before the catalog.
        let found = context.plan(table(name));
        if let Err(error) = found {
            let plain = context.normalize_ident(name.clone());
            return match (self.resolve)(&plain) {
                Some(provider) => {
                    LogicalPlanBuilder::scan(plain, provider_as_source(provider), None)?.build()
                }
                None => Err(error),
            };
        }
        found
    }
}

fn table(name: &Ident) -> TableFactor {
    TableFactor::Table {
        name: ObjectName::from(vec![name.clone()]),
        alias: None,
        args: None,
        with_hints: Vec::new(),
        version: None,
        with_ordinality: false,
        partitions: Vec::new(),
        json_path: None,
        sample: None,
        index_hints: Vec::new(),
    }
}

/// `ts`, `DESCRIPTOR(ts)` or `t.ts`.
fn time_column(argument: &ast::Expr, input: &LogicalPlan) -> Result<Expr, String> {
    let ident = match argument {
        ast::Expr::Identifier(ident) => Some(ident),
        ast::Expr::CompoundIdentifier(parts) => parts.last(),
        ast::Expr::Function(function) if function.name.to_string().eq_ignore_ascii_case("descriptor") => {
            match &function.args {
                FunctionArguments::List(list) => match list.args.as_slice() {
                    [FunctionArg::Unnamed(FunctionArgExpr::Expr(ast::Expr::Identifier(ident)))] => {
                        Some(ident)
                    }
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    };
    let ident = ident.ok_or_else(|| format!("the time column is a name, not {argument}"))?;
    let name = if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() };
    let schema = input.schema();
    let (table, field) = schema.qualified_field_with_unqualified_name(&name).map_err(|_| {
        format!("the relation has no single column '{name}'; it has {}", schema.field_names().join(", "))
    })?;
    Ok(Expr::Column(Column::new(table.cloned(), field.name())))
}

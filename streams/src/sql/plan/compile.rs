//! The walk over a logical plan.

use std::sync::Arc;

use datafusion::common::DFSchemaRef;
use datafusion::datasource::source_as_provider;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::{Expr, FetchType, LogicalPlan, SkipType, TableScan};
use datafusion::physical_expr::PhysicalExpr;

use super::batch_schema;
use super::facts::{Facts, WindowFacts};
use crate::sql::bounded::TopicTable;
use crate::sql::catalog::{Changelog, Meta, Relation};
use crate::sql::dialect::Emit;
use crate::sql::error::SqlError;
use crate::sql::exec::{AggregateSpec, JoinSpec, RecomputeSpec};
use crate::sql::window::{WindowAssign, Windows};

/// A step and what is below it.
#[derive(Clone, Debug)]
pub(crate) struct PlanNode {
    pub(crate) op: PlanOp,
    pub(crate) schema: DFSchemaRef,
    pub(crate) inputs: Vec<PlanNode>,
    pub(crate) facts: Facts,
}

/// A step.
#[derive(Clone, Debug)]
pub(crate) enum PlanOp {
    Scan {
        relation: Arc<Relation>,
        metas: Vec<Meta>,
        columns: Vec<usize>,
        lookup: bool,
    },
    Filter(Arc<dyn PhysicalExpr>),
    Project(Vec<Arc<dyn PhysicalExpr>>),
    Union,
    Windowing {
        time: Arc<dyn PhysicalExpr>,
        windows: Windows,
    },
    Aggregate(Box<AggregateSpec>),
    Join(Box<JoinSpec>),
    Recompute {
        spec: Box<RecomputeSpec>,
        what: &'static str,
    },
    /// What another stage wrote.
    Exchange {
        topic: String,
        first: bool,
    },
}

/// Compiles the plan of one view.
#[derive(Debug)]
pub(crate) struct Compiler<'a> {
    pub(crate) state: &'a SessionState,
    pub(crate) emit: Option<Emit>,
    pub(crate) grace_ms: i64,
    next: u16,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(state: &'a SessionState, emit: Option<Emit>, grace_ms: i64) -> Compiler<'a> {
        Compiler { state, emit, grace_ms, next: 0 }
    }

    /// A number for a step with state.
    pub(crate) fn number(&mut self) -> u16 {
        self.next += 1;
        self.next
    }

    pub(crate) fn physical(
        &self,
        expr: &Expr,
        schema: &DFSchemaRef,
    ) -> Result<Arc<dyn PhysicalExpr>, SqlError> {
        Ok(self.state.create_physical_expr(expr.clone().unalias_nested().data, schema)?)
    }

    /// Compiles a plan. `lookup`: whether streams look up tables as they are, because what is above takes rows that
    /// are only added.
    pub(crate) async fn compile(&mut self, plan: &LogicalPlan, lookup: bool) -> Result<PlanNode, SqlError> {
        Box::pin(self.step(plan, lookup)).await
    }

    async fn step(&mut self, plan: &LogicalPlan, lookup: bool) -> Result<PlanNode, SqlError> {
        match plan {
            LogicalPlan::TableScan(scan) => self.scan(scan, lookup),
            LogicalPlan::SubqueryAlias(alias) => {
                let mut input = self.compile(&alias.input, lookup).await?;
                input.schema = alias.schema.clone();
                Ok(input)
            }
            LogicalPlan::Filter(filter) => {
                let input = self.compile(&filter.input, lookup).await?;
                let condition = self.physical(&filter.predicate, &input.schema)?;
                let facts = input.facts.clone();
                Ok(PlanNode {
                    op: PlanOp::Filter(condition),
                    schema: input.schema.clone(),
                    inputs: vec![input],
                    facts,
                })
            }
            LogicalPlan::Projection(projection) => {
                let input = self.compile(&projection.input, lookup).await?;
                self.project(input, &projection.expr, projection.schema.clone())
            }
            LogicalPlan::Union(union) => {
                let mut inputs = Vec::new();
                for input in &union.inputs {
                    inputs.push(self.compile(input, lookup).await?);
                }
                let facts = Facts {
                    append: inputs.iter().all(|input| input.facts.append),
                    finally: inputs.iter().all(|input| input.facts.finally),
                    ..Facts::default()
                };
                Ok(PlanNode { op: PlanOp::Union, schema: union.schema.clone(), inputs, facts })
            }
            LogicalPlan::Extension(extension) => match extension.node.as_any().downcast_ref::<WindowAssign>()
            {
                Some(node) => {
                    let input = self.compile(&node.input, lookup).await?;
                    self.windows(node, input, plan.schema().clone())
                }
                None => Err(SqlError::unsupported(format!(
                    "{} in a continuous query is not built",
                    extension.node.name()
                ))),
            },
            LogicalPlan::Aggregate(aggregate) => self.aggregate(plan, aggregate, lookup).await,
            LogicalPlan::Join(join) => self.join(plan, join, lookup).await,
            // Rows of a table have no order, so a sort without a limit changes nothing.
            LogicalPlan::Sort(sort) if sort.fetch.is_none() => {
                let input = self.compile(&sort.input, lookup).await?;
                let first = sort.expr.first().and_then(|order| column_of(&order.expr, &input.schema));
                if self.emit != Some(Emit::Changes) && first.is_some_and(|at| input.facts.times.contains(&at))
                {
                    let message = "ORDER BY event time behind a watermark is not built; order the rows when the view is read";
                    return Err(SqlError::unsupported(message));
                }
                Ok(input)
            }
            LogicalPlan::Sort(sort) => {
                let input = self.compile(&sort.input, false).await?;
                self.recompute("the first rows", plan, vec![(input, Vec::new())], true).await
            }
            LogicalPlan::Limit(limit) => self.limit(plan, limit).await,
            LogicalPlan::Window(window) => self.over(plan, window).await,
            LogicalPlan::Unnest(unnest) => {
                let input = self.compile(&unnest.input, lookup).await?;
                let key = input.schema.columns().into_iter().map(Expr::Column).collect();
                self.recompute("unnest", plan, vec![(input, key)], false).await
            }
            LogicalPlan::Distinct(_) => Err(SqlError::internal("a DISTINCT was not rewritten to a GROUP BY")),
            LogicalPlan::EmptyRelation(_) | LogicalPlan::Values(_) => Err(SqlError::unsupported(
                "a materialized view over constant rows is not built: it would never change; put the rows into a table",
            )),
            LogicalPlan::RecursiveQuery(_) => {
                Err(SqlError::unsupported("WITH RECURSIVE in a continuous query is not built"))
            }
            other => {
                let text = other.display().to_string();
                let name = text.split(':').next().unwrap_or_default().to_string();
                Err(SqlError::unsupported(format!("{name} in a continuous query is not built")))
            }
        }
    }

    fn scan(&mut self, scan: &TableScan, lookup: bool) -> Result<PlanNode, SqlError> {
        let provider = source_as_provider(&scan.source)?;
        let any: &dyn std::any::Any = provider.as_ref();
        let table = any
            .downcast_ref::<TopicTable>()
            .ok_or_else(|| SqlError::unsupported(format!("'{}' is not a topic", scan.table_name)))?;
        let relation = table.relation.clone();
        let metas = table.metas.clone();
        let width = relation.schema.fields().len() + metas.len();
        let columns = scan.projection.clone().unwrap_or_else(|| (0..width).collect());
        let place = |column: usize| columns.iter().position(|known| *known == column);
        let facts = Facts {
            append: relation.changelog == Changelog::Append,
            key: (relation.changelog == Changelog::Upsert && !relation.key.is_empty())
                .then(|| relation.key.clone()),
            times: relation.event_time.iter().map(|time| time.column).collect(),
            window: None,
            finally: false,
        };
        let facts = facts.picked(place);
        let op = PlanOp::Scan { lookup: lookup && !facts.append, relation, metas, columns };
        let mut node = PlanNode { op, schema: scan.projected_schema.clone(), inputs: Vec::new(), facts };
        for filter in &scan.filters {
            let condition = self.physical(filter, &node.schema)?;
            let (schema, facts) = (node.schema.clone(), node.facts.clone());
            node = PlanNode { op: PlanOp::Filter(condition), schema, inputs: vec![node], facts };
        }
        Ok(node)
    }

    /// A projection over a compiled step.
    pub(crate) fn project(
        &self,
        input: PlanNode,
        exprs: &[Expr],
        schema: DFSchemaRef,
    ) -> Result<PlanNode, SqlError> {
        let physical =
            exprs.iter().map(|expr| self.physical(expr, &input.schema)).collect::<Result<Vec<_>, _>>()?;
        let sources: Vec<Option<usize>> = exprs.iter().map(|expr| column_of(expr, &input.schema)).collect();
        let facts = input.facts.picked(|column| sources.iter().position(|source| *source == Some(column)));
        Ok(PlanNode { op: PlanOp::Project(physical), schema, inputs: vec![input], facts })
    }

    fn windows(
        &mut self,
        node: &WindowAssign,
        input: PlanNode,
        schema: DFSchemaRef,
    ) -> Result<PlanNode, SqlError> {
        let time = self.physical(&node.time, &input.schema)?;
        let watermarked =
            column_of(&node.time, &input.schema).is_some_and(|column| input.facts.times.contains(&column));
        if self.emit == Some(Emit::Final) && !watermarked {
            return Err(SqlError::invalid(format!(
                "EMIT FINAL needs to know when a window is complete, and no watermark speaks of {}; declare it with \
                 WATERMARK FOR in the CREATE STREAM or CREATE TABLE, or use EMIT CHANGES",
                node.time
            )));
        }
        let width = input.schema.fields().len();
        let mut facts = input.facts.clone();
        facts.window = Some(WindowFacts {
            windows: node.windows,
            start: Some(width),
            end: Some(width + 1),
            watermarked,
        });
        facts.key = facts.key.map(|key| key.into_iter().chain([width, width + 1]).collect());
        if watermarked {
            facts.times.push(width + 2);
        }
        let op = PlanOp::Windowing { time, windows: node.windows };
        Ok(PlanNode { op, schema, inputs: vec![input], facts })
    }

    async fn limit(
        &mut self,
        plan: &LogicalPlan,
        limit: &datafusion::logical_expr::Limit,
    ) -> Result<PlanNode, SqlError> {
        let ordered = matches!(limit.input.as_ref(), LogicalPlan::Sort(_));
        if !ordered {
            let message =
                "LIMIT without ORDER BY picks any rows, which a view cannot keep up to date; add an ORDER BY";
            return Err(SqlError::unsupported(message));
        }
        if !matches!(
            (limit.get_skip_type()?, limit.get_fetch_type()?),
            (SkipType::Literal(_), FetchType::Literal(_))
        ) {
            return Err(SqlError::unsupported("LIMIT and OFFSET of a continuous query are numbers"));
        }
        let LogicalPlan::Sort(sort) = limit.input.as_ref() else {
            return Err(SqlError::internal("a LIMIT lost its ORDER BY"));
        };
        let input = self.compile(&sort.input, false).await?;
        // Both run together, so that the rows that are skipped are those that come first.
        self.recompute("the first rows", plan, vec![(input, Vec::new())], true).await
    }

    /// Rows that come late must be left out by these steps, which is not built; with EMIT CHANGES all rows count.
    fn refuse_event_time(
        &self,
        input: &PlanNode,
        window: &datafusion::logical_expr::Window,
    ) -> Result<(), SqlError> {
        if self.emit == Some(Emit::Changes) {
            return Ok(());
        }
        let windows =
            input.facts.window.as_ref().is_some_and(|window| window.watermarked) && !input.facts.finally;
        let by_time = window.window_expr.iter().any(|expr| match expr.clone().unalias_nested().data {
            Expr::WindowFunction(function) => function.params.order_by.iter().any(|order| {
                order.asc
                    && column_of(&order.expr, &input.schema).is_some_and(|at| input.facts.times.contains(&at))
            }),
            _ => false,
        });
        if windows || by_time {
            let message = "OVER and ROW_NUMBER by event time behind a watermark are not built: late rows would count; \
                           with EMIT CHANGES all rows count and results change with each";
            return Err(SqlError::unsupported(message));
        }
        Ok(())
    }

    async fn over(
        &mut self,
        plan: &LogicalPlan,
        window: &datafusion::logical_expr::Window,
    ) -> Result<PlanNode, SqlError> {
        let input = self.compile(&window.input, false).await?;
        self.refuse_event_time(&input, window)?;
        let mut common: Option<Vec<Expr>> = None;
        for expr in &window.window_expr {
            let Expr::WindowFunction(function) = expr.clone().unalias_nested().data else {
                return Err(SqlError::unsupported(format!("{expr} in a continuous query is not built")));
            };
            let keys = function.params.partition_by.clone();
            common = Some(match common {
                None => keys,
                Some(known) => known.into_iter().filter(|key| keys.contains(key)).collect(),
            });
        }
        self.recompute("OVER", plan, vec![(input, common.unwrap_or_default())], true).await
    }
}

/// The input column that an expression passes on as it is.
pub(crate) fn column_of(expr: &Expr, schema: &DFSchemaRef) -> Option<usize> {
    match expr {
        Expr::Column(column) => schema.maybe_index_of_column(column),
        Expr::Alias(alias) => column_of(&alias.expr, schema),
        _ => None,
    }
}

impl PlanNode {
    /// The columns that the step's batches have.
    pub(crate) fn batch_schema(&self) -> datafusion::arrow::datatypes::SchemaRef {
        batch_schema(&self.schema)
    }
}

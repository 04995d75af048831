//! A whole view: its plan, its topic, and the topology that keeps it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlan, Volatility};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::sql::sqlparser::ast;
use riverrun_core::format::{JsonEncoder, KeyFormat};

use super::compile::{Compiler, PlanNode, PlanOp};
use super::stage::{Cutter, Stage};
use super::stored_type;
use crate::sql::bounded::plan_query;
use crate::sql::catalog::{BadRows, Changelog, Relation, ValueFormat};
use crate::sql::dialect::{CreateMaterializedView, Emit, RelationOption};
use crate::sql::error::SqlError;
use crate::sql::exec::{SinkKey, SourceSpec};

/// A view that can be run.
#[derive(Clone, Debug)]
pub(crate) struct ViewPlan {
    pub(crate) relation: Arc<Relation>,
    pub(crate) late_to: Option<String>,
    pub(super) root: PlanNode,
    pub(super) stages: Vec<Stage>,
    pub(super) key: SinkKey,
    pub(super) sources: Vec<SourceSpec>,
    /// Numbers of partitions of the topics that it reads.
    pub(super) partitions: BTreeMap<String, i32>,
}

const OPTIONS: [&str; 2] = ["topic", "partitions"];

/// Plans a view with the session of its statement.
pub(crate) async fn plan_view(
    state: &SessionState,
    view: &CreateMaterializedView,
    late_default: Option<&String>,
) -> Result<ViewPlan, SqlError> {
    let plan = plan_query(state, renamed(view)).await?;
    refuse_volatile(&plan)?;
    let plan = state.optimize(&plan)?;
    let mut compiler = Compiler::new(state, view.emit, view.grace_ms);
    let root = compiler.compile(&plan, false).await?;
    if view.emit == Some(Emit::Final) && !root.facts.append {
        return Err(SqlError::invalid(
            "EMIT FINAL needs rows that never change once they are given: group by the window_start or window_end of a \
             window function, or use EMIT CHANGES",
        ));
    }
    if view.late_to.is_some() && !has_closing(&root) {
        return Err(SqlError::invalid(
            "LATE TO needs windows that close: a window function over a column with a WATERMARK",
        ));
    }
    let (root, relation, key) = output(view, root)?;
    let mut sources: Vec<SourceSpec> = Vec::new();
    collect_sources(&root, &mut sources)?;
    let late_to = view.late_to.as_ref().or(late_default.filter(|_| has_closing(&root))).cloned();
    let (stages, partitions) = (Vec::new(), BTreeMap::new());
    Ok(ViewPlan { relation: Arc::new(relation), late_to, root, stages, key, sources, partitions })
}

/// The query, its columns named as the view names them: two equal columns are two if their names are.
pub(crate) fn renamed(view: &CreateMaterializedView) -> ast::Query {
    let mut query = view.query.as_ref().clone();
    if let ast::SetExpr::Select(select) = query.body.as_mut()
        && select.projection.len() == view.columns.len()
        && query.order_by.is_none()
    {
        for (item, name) in select.projection.iter_mut().zip(&view.columns) {
            let alias = ast::Ident::with_quote('"', name);
            match item {
                ast::SelectItem::UnnamedExpr(expr) => {
                    *item = ast::SelectItem::ExprWithAlias { expr: expr.clone(), alias };
                }
                ast::SelectItem::ExprWithAlias { alias: old, .. } => *old = alias,
                _ => return view.query.as_ref().clone(),
            }
        }
    }
    query
}

/// Functions whose answer changes though no row does cannot be kept up to date.
fn refuse_volatile(plan: &LogicalPlan) -> Result<(), SqlError> {
    let mut found = None;
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            expr.apply(|expr| {
                if let Expr::ScalarFunction(function) = expr
                    && function.func.signature().volatility != Volatility::Immutable
                {
                    found = Some(function.func.name().to_string());
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    match found {
        Some(name) => Err(SqlError::unsupported(format!(
            "{name}() changes by itself, so a view with it could not be kept up to date; compare with the watermark \
             through windows, or use it in a SELECT over the view"
        ))),
        None => Ok(()),
    }
}

pub(super) fn has_closing(node: &PlanNode) -> bool {
    let here = matches!(&node.op, PlanOp::Aggregate(spec) if spec.closing.is_some());
    here || node.inputs.iter().any(has_closing)
}

fn option<'a>(view: &'a CreateMaterializedView, name: &str) -> Option<&'a RelationOption> {
    view.options.iter().find(|option| option.name == name)
}

/// The topic that a view writes.
pub(crate) fn topic_of(view: &CreateMaterializedView) -> String {
    option(view, "topic").map_or_else(|| view.name.clone(), |option| option.value.clone())
}

/// Refuses options that a view does not have, and values that they cannot have.
pub(crate) fn check_options(view: &CreateMaterializedView) -> Result<(), SqlError> {
    for option in &view.options {
        if !OPTIONS.contains(&option.name.as_str()) {
            let message =
                format!("'{}' is not an option of a view; there are {}", option.name, OPTIONS.join(", "));
            return Err(SqlError::invalid(message).at(option.location));
        }
    }
    partitions(view).map(|_| ())
}

fn partitions(view: &CreateMaterializedView) -> Result<Option<i32>, SqlError> {
    match option(view, "partitions") {
        None => Ok(None),
        Some(option) => match option.value.parse() {
            Ok(count) if count > 0 => Ok(Some(count)),
            _ => Err(SqlError::invalid("partitions is a number from 1").at(option.location)),
        },
    }
}

/// The view's columns as they are stored, its relation and how its rows are keyed.
fn output(view: &CreateMaterializedView, root: PlanNode) -> Result<(PlanNode, Relation, SinkKey), SqlError> {
    check_options(view)?;
    let width = root.schema.fields().len();
    if !view.columns.is_empty() && view.columns.len() != width {
        let message = format!("'{}' names {} columns, its query has {width}", view.name, view.columns.len());
        return Err(SqlError::invalid(message));
    }
    let mut fields = Vec::new();
    let mut exprs: Vec<Arc<dyn PhysicalExpr>> = Vec::new();
    let mut names = BTreeSet::new();
    for (at, field) in root.schema.fields().iter().enumerate() {
        let name = view.columns.get(at).unwrap_or(field.name()).clone();
        if !names.insert(name.clone()) {
            let message = format!(
                "two columns of view '{}' are named '{name}'; give one another name with AS",
                view.name
            );
            return Err(SqlError::invalid(message));
        }
        let stored = stored_type(field.data_type());
        fields.push(Field::new(&name, stored, true).with_metadata(field.metadata().clone()));
        exprs.push(Arc::new(Column::new(field.name(), at)));
    }
    let schema = Schema::new(fields);
    JsonEncoder::new(&schema)?;
    let facts = root.facts.clone();
    let key = match &facts.key {
        _ if facts.append => SinkKey::Append,
        Some(_) => SinkKey::Columns,
        None => SinkKey::WholeRow,
    };
    let relation = Relation {
        name: view.name.clone(),
        topic: topic_of(view),
        changelog: if facts.append { Changelog::Append } else { Changelog::Upsert },
        schema: Arc::new(schema.clone()),
        key: facts.key.clone().unwrap_or_default(),
        key_format: KeyFormat::Json,
        value_format: ValueFormat::Json,
        event_time: None,
        bad_rows: BadRows::Fail,
        partitions: partitions(view)?,
        view: true,
    };
    let df_schema = Arc::new(DFSchema::try_from(schema)?);
    let root = PlanNode { op: PlanOp::Project(exprs), schema: df_schema, inputs: vec![root], facts };
    Ok((root, relation, key))
}

/// Adds the topics of a plan to those that are known.
pub(super) fn collect_sources(node: &PlanNode, sources: &mut Vec<SourceSpec>) -> Result<(), SqlError> {
    if let PlanOp::Scan { relation, metas, lookup, .. } = &node.op {
        match sources.iter_mut().find(|known| known.relation.topic == relation.topic) {
            Some(known) if known.relation.name != relation.name => {
                return Err(SqlError::unsupported(format!(
                    "'{}' and '{}' are both topic '{}'; a view reads a topic under one name",
                    known.relation.name, relation.name, relation.topic
                )));
            }
            Some(known) => known.first &= *lookup,
            None => sources.push(SourceSpec {
                relation: relation.clone(),
                metas: metas.clone(),
                first: *lookup,
                number: sources.len() as u16,
            }),
        }
    }
    node.inputs.iter().try_for_each(|input| collect_sources(input, sources))
}

impl ViewPlan {
    /// The topics that the view reads.
    pub(crate) fn inputs(&self) -> Vec<String> {
        self.sources.iter().map(|source| source.relation.topic.clone()).collect()
    }

    /// The most partitions that a topic which the view reads has.
    pub(crate) fn most_partitions(&self) -> Option<i32> {
        self.partitions.values().copied().max()
    }

    /// Cuts the plan into stages for topics of so many partitions. Comes before `topology`.
    pub(crate) fn cut(&mut self, partitions: &BTreeMap<String, i32>) -> Result<(), SqlError> {
        if partitions.values().any(|count| *count > 1) {
            let mut cutter = Cutter::new(&self.relation.name, partitions);
            self.root = cutter.cut(self.root.clone(), &mut self.key)?;
            self.stages = cutter.stages;
        }
        self.partitions.clone_from(partitions);
        Ok(())
    }

    /// The plan in words: steps with their state, then what the view gives.
    pub(crate) fn explain(&self) -> String {
        let mut text = String::new();
        let relation = &self.relation;
        let columns = |key: &[usize]| {
            let names: Vec<&str> = key.iter().map(|at| relation.schema.field(*at).name().as_str()).collect();
            names.join(", ")
        };
        let mode = match self.key {
            SinkKey::Append => "append: rows are only added".to_string(),
            SinkKey::Columns | SinkKey::GatheredColumns => format!("upsert by ({})", columns(&relation.key)),
            SinkKey::WholeRow => {
                "upsert by the whole row and the number of its copy: the rows have no key".to_string()
            }
        };
        let _ = writeln!(text, "View {} to topic {}", relation.name, relation.topic);
        let _ = writeln!(text, "  changelog: {mode}");
        for source in &self.sources {
            let watermark = match &source.relation.event_time {
                Some(time) => format!(
                    "{} ms behind {}{}",
                    time.delay_ms,
                    source.relation.schema.field(time.column).name(),
                    time.idle_ms.map(|ms| format!(", idle after {ms} ms")).unwrap_or_default()
                ),
                None => "none".to_string(),
            };
            let order = if source.first { ", read before the others" } else { "" };
            let _ = writeln!(text, "  input {}: watermark {watermark}{order}", source.relation.topic);
        }
        describe(&self.root, 1, &mut text);
        for stage in &self.stages {
            let keys: Vec<String> = stage.keys.iter().map(ToString::to_string).collect();
            let _ = writeln!(
                text,
                "Stage to {} of {} partitions by ({})",
                stage.topic,
                stage.partitions,
                keys.join(", ")
            );
            describe(&stage.root, 1, &mut text);
        }
        text
    }
}

fn describe(node: &PlanNode, depth: usize, text: &mut String) {
    let fields = |columns: &[usize]| {
        let names: Vec<&str> = columns.iter().map(|at| node.schema.field(*at).name().as_str()).collect();
        names.join(", ")
    };
    let step = match &node.op {
        PlanOp::Scan { relation, columns, lookup, .. } => {
            let how = if *lookup { ", looked up" } else { "" };
            let names = (0..columns.len()).collect::<Vec<_>>();
            format!("Read {} ({}){how}", relation.name, fields(&names))
        }
        PlanOp::Filter(condition) => format!("Filter {condition}"),
        PlanOp::Project(exprs) => {
            let exprs: Vec<String> = exprs.iter().map(ToString::to_string).collect();
            format!("Project {}", exprs.join(", "))
        }
        PlanOp::Union => "Union all".to_string(),
        PlanOp::Exchange { topic, .. } => format!("Read {topic}"),
        PlanOp::Windowing { time, windows } => format!("Windows {windows} over {time}"),
        PlanOp::Aggregate(spec) => {
            let state = match &spec.closing {
                Some(closing) => format!(
                    "state: open windows only, until the watermark passes their end{}; {}",
                    if closing.grace_ms > 0 {
                        format!(" and {} ms", closing.grace_ms)
                    } else {
                        String::new()
                    },
                    if closing.finally { "given once, complete" } else { "given with each change" },
                ),
                None => "state: every group".to_string(),
            };
            let group: Vec<usize> = (0..spec.group.len()).collect();
            format!("Group by ({}); {state}", fields(&group))
        }
        PlanOp::Join(spec) => {
            let state = if spec.lookup {
                "state: the table's rows; stream rows look it up as it is and are forgotten"
            } else {
                "state: all rows of both sides"
            };
            format!("Join {:?}; {state}", spec.kind)
        }
        PlanOp::Recompute { spec, what } => {
            let keys: Vec<String> = spec.keys.iter().flatten().map(ToString::to_string).collect();
            let scope = if keys.is_empty() {
                "all rows".to_string()
            } else {
                format!("the rows of one ({})", keys.join(", "))
            };
            format!("Compute {what} over {scope} with each change; state: all rows")
        }
    };
    let _ = writeln!(text, "{}{step}", "  ".repeat(depth));
    node.inputs.iter().for_each(|input| describe(input, depth + 1, text));
}

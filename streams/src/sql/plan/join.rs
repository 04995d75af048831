//! Joins to their operator.

use std::sync::Arc;

use datafusion::common::{DFSchema, DFSchemaRef, JoinType, NullEquality};
use datafusion::logical_expr::{Expr, Join, LogicalPlan};

use super::batch_schema;
use super::compile::{Compiler, PlanNode, PlanOp, column_of};
use super::facts::Facts;
use crate::sql::dialect::Emit;
use crate::sql::error::SqlError;
use crate::sql::exec::{JoinKind, JoinSpec};

impl Compiler<'_> {
    /// Joins whose partners go with the watermark are not built; with EMIT CHANGES no row goes.
    fn refuse_event_time_join(
        &self,
        left: &PlanNode,
        right: &PlanNode,
        join: &Join,
        lookup: bool,
    ) -> Result<(), SqlError> {
        if self.emit == Some(Emit::Changes) {
            return Ok(());
        }
        let open = |side: &PlanNode| {
            side.facts.window.as_ref().is_some_and(|window| window.watermarked) && !side.facts.finally
        };
        let by_time = |side: &PlanNode| {
            let of_filter = join.filter.iter().flat_map(|filter| filter.column_refs());
            of_filter
                .chain(join.on.iter().flat_map(|(a, b)| a.column_refs().into_iter().chain(b.column_refs())))
                .any(|column| {
                    side.schema.maybe_index_of_column(column).is_some_and(|at| side.facts.times.contains(&at))
                })
        };
        let table = lookup && (left.facts.append != right.facts.append);
        if !table && ((open(left) && open(right)) || (by_time(left) && by_time(right))) {
            let message = "joins by window or by a span of event time behind watermarks are not built: late rows and \
                           partners that are gone would count; with EMIT CHANGES all rows count and stay";
            return Err(SqlError::unsupported(message));
        }
        Ok(())
    }

    pub(super) async fn join(
        &mut self,
        plan: &LogicalPlan,
        join: &Join,
        lookup: bool,
    ) -> Result<PlanNode, SqlError> {
        let left = self.compile(&join.left, lookup).await?;
        let right = self.compile(&join.right, lookup).await?;
        if join.null_aware && (join.filter.is_some() || join.on.len() > 1) {
            let message = "NOT IN over a query that names columns from outside is not built: nulls would be compared \
                           wrongly; use NOT EXISTS";
            return Err(SqlError::unsupported(message));
        }
        if join.null_aware {
            // NOT IN looks at all rows of the list: one null in it and nothing is certain.
            return self
                .recompute("NOT IN", plan, vec![(left, Vec::new()), (right, Vec::new())], false)
                .await;
        }
        self.refuse_event_time_join(&left, &right, join, lookup)?;
        // A table on the left of a stream is looked up all the same.
        let swapped_lookup = lookup && !left.facts.append && right.facts.append;
        let (kind, swap) = match join.join_type {
            JoinType::Inner => (JoinKind::Pairs { keep_left: false, keep_right: false }, swapped_lookup),
            JoinType::Left => (JoinKind::Pairs { keep_left: true, keep_right: false }, false),
            JoinType::Right if swapped_lookup => {
                (JoinKind::Pairs { keep_left: true, keep_right: false }, true)
            }
            JoinType::Right => (JoinKind::Pairs { keep_left: false, keep_right: true }, false),
            JoinType::Full => (JoinKind::Pairs { keep_left: true, keep_right: true }, false),
            JoinType::LeftSemi => (JoinKind::Semi { anti: false }, false),
            JoinType::LeftAnti => (JoinKind::Semi { anti: true }, false),
            JoinType::LeftMark => (JoinKind::Mark, false),
            JoinType::RightSemi => (JoinKind::Semi { anti: false }, true),
            JoinType::RightAnti => (JoinKind::Semi { anti: true }, true),
            JoinType::RightMark => (JoinKind::Mark, true),
        };
        let on: Vec<(Expr, Expr)> = if swap {
            join.on.iter().map(|(a, b)| (b.clone(), a.clone())).collect()
        } else {
            join.on.clone()
        };
        let (left, right) = if swap { (right, left) } else { (left, right) };
        let looked_up = lookup
            && left.facts.append
            && !right.facts.append
            && !matches!(kind, JoinKind::Pairs { keep_right: true, .. });

        let pair: DFSchemaRef = Arc::new(pair_schema(&left, &right)?);
        let keys = |side: &PlanNode, pick: fn(&(Expr, Expr)) -> &Expr| {
            on.iter().map(|pair| self.physical(pick(pair), &side.schema)).collect::<Result<Vec<_>, _>>()
        };
        let keys = [keys(&left, |(left, _)| left)?, keys(&right, |(_, right)| right)?];
        let condition = join.filter.as_ref().map(|filter| self.physical(filter, &pair)).transpose()?;
        let pairs = matches!(kind, JoinKind::Pairs { .. });
        let own_schema: DFSchemaRef = if pairs { pair.clone() } else { join.schema.clone() };
        let facts = join_facts(kind, &left, &right, &on, looked_up);
        let spec = JoinSpec {
            number: self.number(),
            kind,
            keys,
            condition,
            schemas: [left.batch_schema(), right.batch_schema()],
            pair_schema: batch_schema(&pair),
            null_equal: join.null_equality == NullEquality::NullEqualsNull,
            lookup: looked_up,
            schema: batch_schema(&own_schema),
        };
        let node = PlanNode {
            op: PlanOp::Join(Box::new(spec)),
            schema: own_schema,
            inputs: vec![left, right],
            facts,
        };
        if pairs && swap {
            let columns: Vec<Expr> = join.schema.columns().into_iter().map(Expr::Column).collect();
            return self.project(node, &columns, join.schema.clone());
        }
        Ok(node)
    }
}

fn pair_schema(left: &PlanNode, right: &PlanNode) -> Result<DFSchema, SqlError> {
    Ok(left.schema.join(&right.schema)?)
}

fn join_facts(kind: JoinKind, left: &PlanNode, right: &PlanNode, on: &[(Expr, Expr)], lookup: bool) -> Facts {
    let width = left.schema.fields().len();
    match kind {
        JoinKind::Pairs { keep_left, keep_right } => {
            let joined: Vec<Option<usize>> =
                on.iter().map(|(_, right_key)| column_of(right_key, &right.schema)).collect();
            // A row with at most one partner keeps its own key.
            let single = right
                .facts
                .key
                .as_ref()
                .is_some_and(|key| key.iter().all(|column| joined.contains(&Some(*column))));
            let key = match (&left.facts.key, &right.facts.key) {
                (Some(left_key), _) if single && !keep_right => Some(left_key.clone()),
                (Some(left_key), Some(right_key)) => Some(
                    left_key.iter().copied().chain(right_key.iter().map(|column| column + width)).collect(),
                ),
                _ => None,
            };
            let append = if lookup {
                left.facts.append
            } else {
                left.facts.append && right.facts.append && !keep_left && !keep_right
            };
            let mut times = left.facts.times.clone();
            if !lookup {
                times.extend(right.facts.times.iter().map(|column| column + width));
            }
            let window = match (&left.facts.window, &right.facts.window) {
                (Some(window), _) if !keep_right => Some(window.clone()),
                (None, Some(window)) if !keep_left => {
                    let mut window = window.clone();
                    window.start = window.start.map(|column| column + width);
                    window.end = window.end.map(|column| column + width);
                    Some(window)
                }
                _ => None,
            };
            Facts {
                append,
                key,
                times,
                window,
                finally: left.facts.finally && (lookup || right.facts.finally),
            }
        }
        JoinKind::Semi { anti } => {
            let append = left.facts.append && (lookup || (right.facts.append && !anti));
            Facts { append, ..left.facts.clone() }
        }
        JoinKind::Mark => Facts { append: left.facts.append && lookup, ..left.facts.clone() },
    }
}

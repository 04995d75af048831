//! Filters on metadata columns that narrow what is read of a topic.

use datafusion::logical_expr::{BinaryExpr, Expr, Operator, TableProviderFilterPushDown};
use datafusion::scalar::ScalarValue;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Partition,
    Offset,
    Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Comparison {
    column: Column,
    operator: Operator,
    value: i64,
}

/// `column op literal`, or the same turned around.
fn comparison(expr: &Expr) -> Option<Comparison> {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = expr else { return None };
    let (column, literal, operator) = match (left.as_ref(), right.as_ref()) {
        (Expr::Column(column), Expr::Literal(literal, _)) => (column, literal, *op),
        (Expr::Literal(literal, _), Expr::Column(column)) => (column, literal, op.swap()?),
        _ => return None,
    };
    if !matches!(operator, Operator::Eq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq) {
        return None;
    }
    let (column, value) = match (column.name.as_str(), literal) {
        ("_partition", ScalarValue::Int32(Some(value))) => (Column::Partition, i64::from(*value)),
        ("_offset", ScalarValue::Int64(Some(value))) => (Column::Offset, *value),
        ("_timestamp", ScalarValue::TimestampMillisecond(Some(value), _)) => (Column::Timestamp, *value),
        _ => return None,
    };
    Some(Comparison { column, operator, value })
}

/// How far a filter can be left to the scan.
pub(super) fn pushdown(expr: &Expr) -> TableProviderFilterPushDown {
    match comparison(expr) {
        Some(Comparison { column: Column::Partition | Column::Offset, .. }) => {
            TableProviderFilterPushDown::Exact
        }
        // Timestamps do not rise with offsets, so an offset by time only tells where to begin.
        Some(Comparison {
            column: Column::Timestamp,
            operator: Operator::Gt | Operator::GtEq | Operator::Eq,
            ..
        }) => TableProviderFilterPushDown::Inexact,
        _ => TableProviderFilterPushDown::Unsupported,
    }
}

/// What the filters of a scan leave.
#[derive(Debug)]
pub(super) struct Bounds(Vec<Comparison>);

impl Bounds {
    pub(super) fn of(filters: &[Expr]) -> Bounds {
        Bounds(filters.iter().filter_map(comparison).collect())
    }

    /// The offsets of a partition that can hold wanted records: from, to (not included).
    pub(super) fn range(&self, partition: i32, start: i64, end: i64) -> (i64, i64) {
        let (mut from, mut to) = (start, end);
        for Comparison { column, operator, value } in &self.0 {
            match column {
                Column::Offset => match operator {
                    Operator::Eq => {
                        from = from.max(*value);
                        to = to.min(value.saturating_add(1));
                    }
                    Operator::Lt => to = to.min(*value),
                    Operator::LtEq => to = to.min(value.saturating_add(1)),
                    Operator::Gt => from = from.max(value.saturating_add(1)),
                    _ => from = from.max(*value),
                },
                Column::Partition => {
                    let partition = i64::from(partition);
                    let wanted = match operator {
                        Operator::Eq => partition == *value,
                        Operator::Lt => partition < *value,
                        Operator::LtEq => partition <= *value,
                        Operator::Gt => partition > *value,
                        _ => partition >= *value,
                    };
                    if !wanted {
                        to = from;
                    }
                }
                Column::Timestamp => {}
            }
        }
        (from, to)
    }

    /// The earliest wanted timestamp.
    pub(super) fn earliest_time(&self) -> Option<i64> {
        let times = self.0.iter().filter(|comparison| comparison.column == Column::Timestamp);
        times.filter(|c| !matches!(c.operator, Operator::Lt | Operator::LtEq)).map(|c| c.value).max()
    }
}

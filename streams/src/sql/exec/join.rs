//! Joins by equal keys, kept up to date from both sides.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::physical_expr::PhysicalExpr;

use super::multimap::Multimap;
use super::{Delta, Env, Mark, Operator, Output, RowBytes, batch_of, evaluate, holds};
use crate::sql::error::SqlError;

/// What a join gives of rows that match and of rows that do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoinKind {
    /// Pairs; rows of a side that is kept also alone, beside nulls.
    Pairs { keep_left: bool, keep_right: bool },
    /// Rows of the left side that have a partner (or have none).
    Semi { anti: bool },
    /// All rows of the left side, and whether they have a partner.
    Mark,
}

/// A join. Output columns are the left side's, then the right side's (for pairs), or the mark.
#[derive(Clone, Debug)]
pub(crate) struct JoinSpec {
    pub(crate) number: u16,
    pub(crate) kind: JoinKind,
    pub(crate) keys: [Vec<Arc<dyn PhysicalExpr>>; 2],
    /// A further condition over the columns of both sides.
    pub(crate) condition: Option<Arc<dyn PhysicalExpr>>,
    pub(crate) schemas: [SchemaRef; 2],
    /// The columns of both sides, which the condition is over.
    pub(crate) pair_schema: SchemaRef,
    /// Whether null equals null (INTERSECT, EXCEPT, IS NOT DISTINCT FROM).
    pub(crate) null_equal: bool,
    /// Whether rows of the left side look up the right side as it is, and are forgotten: a stream and a table.
    pub(crate) lookup: bool,
    pub(crate) schema: SchemaRef,
}

/// A join at work.
#[derive(Debug)]
pub(crate) struct Join {
    spec: JoinSpec,
    key_bytes: [RowBytes; 2],
    row_bytes: [RowBytes; 2],
    null_rows: [Vec<u8>; 2],
    sides: [Multimap; 2],
}

struct Row {
    left: Vec<u8>,
    /// The right row, or for a mark whether there is a partner.
    right: Right,
    mark: Mark,
}

enum Right {
    Row(Vec<u8>),
    Nothing,
    Mark(bool),
}

fn state_prefix(number: u16, side: u8) -> Vec<u8> {
    let [a, b] = number.to_be_bytes();
    vec![b'J', a, b, side]
}

impl Join {
    pub(crate) fn new(spec: JoinSpec) -> Result<Join, SqlError> {
        let key_types = |side: usize| {
            let types = spec.keys[side].iter().map(|key| key.data_type(&spec.schemas[side]));
            RowBytes::new(types.collect::<Result<_, _>>()?)
        };
        let row_bytes = [RowBytes::of_schema(&spec.schemas[0])?, RowBytes::of_schema(&spec.schemas[1])?];
        let null_row = |side: usize| -> Result<Vec<u8>, SqlError> {
            let fields = spec.schemas[side].fields().iter();
            let columns: Vec<ArrayRef> =
                fields.map(|field| datafusion::arrow::array::new_null_array(field.data_type(), 1)).collect();
            Ok(row_bytes[side].encode(&columns, 1)?.swap_remove(0))
        };
        Ok(Join {
            key_bytes: [key_types(0)?, key_types(1)?],
            null_rows: [null_row(0)?, null_row(1)?],
            sides: [Multimap::new(state_prefix(spec.number, 0)), Multimap::new(state_prefix(spec.number, 1))],
            row_bytes,
            spec,
        })
    }

    /// Rows of one side that pass the condition with a row of the other.
    fn passing(&self, side: usize, key: &[u8], partner: &[u8]) -> Result<Vec<(Vec<u8>, i64)>, SqlError> {
        let candidates: Vec<(Vec<u8>, i64)> =
            self.sides[side].rows(key).map(|(row, count)| (row.to_vec(), count)).collect();
        let Some(condition) = &self.spec.condition else { return Ok(candidates) };
        if candidates.is_empty() {
            return Ok(candidates);
        }
        let own = self.row_bytes[side].decode(candidates.iter().map(|(row, _)| row.as_slice()))?;
        let other = self.row_bytes[1 - side].decode(candidates.iter().map(|_| partner))?;
        let columns = if side == 0 { [own, other].concat() } else { [other, own].concat() };
        let batch = batch_of(&self.spec.pair_schema, columns, candidates.len())?;
        let kept = holds(condition, &batch)?;
        Ok(candidates
            .into_iter()
            .enumerate()
            .filter(|(row, _)| kept.value(*row))
            .map(|(_, row)| row)
            .collect())
    }

    fn partners(&self, side: usize, key: &[u8], row: &[u8]) -> Result<i64, SqlError> {
        Ok(self.passing(side, key, row)?.iter().map(|(_, count)| count).sum())
    }

    /// A change of one row of `side`.
    fn change(
        &mut self,
        side: usize,
        key: Option<&[u8]>,
        row: &[u8],
        mark: Mark,
        out: &mut Vec<Row>,
        env: &mut Env<'_>,
    ) -> Result<(), SqlError> {
        let matches = match key {
            Some(key) => self.passing(1 - side, key, row)?,
            None => Vec::new(),
        };
        let stored = !(self.spec.lookup && side == 0);
        match self.spec.kind {
            JoinKind::Pairs { keep_left, keep_right } => {
                let (keep_own, keep_other) =
                    if side == 0 { (keep_left, keep_right) } else { (keep_right, keep_left) };
                for (other, count) in &matches {
                    // Before this row comes, or after it went: does the other row stand alone?
                    let alone = |join: &Join| -> Result<bool, SqlError> {
                        let partners = join.partners(side, key.unwrap_or_default(), other)?;
                        Ok(if mark.op > 0 { partners == 0 } else { partners == 1 })
                    };
                    let lonely = keep_other && alone(self)?;
                    for _ in 0..*count {
                        if lonely && mark.op > 0 {
                            out.push(self.lone(1 - side, other, Mark { op: -1, ..mark }));
                        }
                        out.push(self.pair(side, row, other, mark));
                        if lonely && mark.op < 0 {
                            out.push(self.lone(1 - side, other, Mark { op: 1, ..mark }));
                        }
                    }
                }
                if matches.is_empty() && keep_own {
                    out.push(self.lone(side, row, mark));
                }
            }
            JoinKind::Semi { anti } if side == 0 => {
                if matches.is_empty() == anti {
                    out.push(Row { left: row.to_vec(), right: Right::Nothing, mark });
                }
            }
            JoinKind::Mark if side == 0 => {
                out.push(Row { left: row.to_vec(), right: Right::Mark(!matches.is_empty()), mark });
            }
            JoinKind::Semi { .. } | JoinKind::Mark => {
                for (left, count) in &matches {
                    let partners = self.partners(1, key.unwrap_or_default(), left)?;
                    let turns = if mark.op > 0 { partners == 0 } else { partners == 1 };
                    for _ in 0..(if turns { *count } else { 0 }) {
                        self.turn(left, mark, out);
                    }
                }
            }
        }
        if let (Some(key), true) = (key, stored) {
            self.sides[side].add(key, row, mark.op.into(), env)?;
        }
        Ok(())
    }

    /// A left row gets its first partner (`mark.op` 1) or loses its last.
    fn turn(&self, left: &[u8], mark: Mark, out: &mut Vec<Row>) {
        let row = |right, op| Row { left: left.to_vec(), right, mark: Mark { op, ..mark } };
        match self.spec.kind {
            JoinKind::Mark => {
                out.push(row(Right::Mark(mark.op < 0), -1));
                out.push(row(Right::Mark(mark.op > 0), 1));
            }
            JoinKind::Semi { anti } => out.push(row(Right::Nothing, if anti { -mark.op } else { mark.op })),
            JoinKind::Pairs { .. } => {}
        }
    }

    fn pair(&self, side: usize, row: &[u8], other: &[u8], mark: Mark) -> Row {
        let (left, right) = if side == 0 { (row, other) } else { (other, row) };
        Row { left: left.to_vec(), right: Right::Row(right.to_vec()), mark }
    }

    fn lone(&self, side: usize, row: &[u8], mark: Mark) -> Row {
        if side == 0 {
            Row { left: row.to_vec(), right: Right::Row(self.null_rows[1].clone()), mark }
        } else {
            Row { left: self.null_rows[0].clone(), right: Right::Row(row.to_vec()), mark }
        }
    }

    fn give(&self, rows: Vec<Row>) -> Result<Vec<Delta>, SqlError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut columns = self.row_bytes[0].decode(rows.iter().map(|row| row.left.as_slice()))?;
        match self.spec.kind {
            JoinKind::Pairs { .. } => {
                let rights = rows.iter().map(|row| match &row.right {
                    Right::Row(bytes) => bytes.as_slice(),
                    Right::Nothing | Right::Mark(_) => &[],
                });
                columns.extend(self.row_bytes[1].decode(rights)?);
            }
            JoinKind::Mark => {
                let marks: BooleanArray =
                    rows.iter().map(|row| Some(matches!(row.right, Right::Mark(true)))).collect();
                columns.push(Arc::new(marks));
            }
            JoinKind::Semi { .. } => {}
        }
        let marks: Vec<Mark> = rows.iter().map(|row| row.mark).collect();
        let mut output = Output::new(self.spec.schema.clone());
        output.push(columns, &marks)?;
        output.finish()
    }
}

impl Operator for Join {
    fn init(&mut self, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        self.sides.iter_mut().try_for_each(|side| side.init(env))?;
        Ok(Vec::new())
    }

    fn process(&mut self, port: usize, delta: Delta, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        let columns = self.spec.keys[port]
            .iter()
            .map(|key| evaluate(key, &delta.batch))
            .collect::<Result<Vec<_>, _>>()?;
        let keys = self.key_bytes[port].encode(&columns, delta.len())?;
        let rows = self.row_bytes[port].encode(delta.batch.columns(), delta.len())?;
        let mut out = Vec::new();
        for (at, (key, row)) in keys.iter().zip(&rows).enumerate() {
            let null = !self.spec.null_equal && columns.iter().any(|column| column.is_null(at));
            if self.spec.lookup && port == 1 {
                if !null {
                    self.sides[1].add(key, row, delta.marks[at].op.into(), env)?;
                }
                continue;
            }
            self.change(port, (!null).then_some(key.as_slice()), row, delta.marks[at], &mut out, env)?;
        }
        self.give(out)
    }
}

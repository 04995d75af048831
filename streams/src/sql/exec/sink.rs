//! Rows of a view to records of its topic.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use riverrun_core::format::write_json_value;

use super::multimap::Multimap;
use super::{Delta, Env, Operator, RowBytes, batch_of};
use crate::operator::{Emission, SinkId};
use crate::record::Headers;
use crate::sql::catalog::Relation;
use crate::sql::error::SqlError;
use crate::sql::topic::RowWriter;

/// How rows become keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SinkKey {
    /// Rows are only added; the key, if any, is for reading and partitioning.
    Append,
    /// A row replaces the one with the same key columns.
    Columns,
    /// The same where the old row's end and the new row's beginning may come from different tasks, in any order.
    GatheredColumns,
    /// Rows have no key of their own: the whole row and the number of its copy make one.
    WholeRow,
}

/// A view's topic.
#[derive(Clone, Debug)]
pub(crate) struct SinkSpec {
    pub(crate) relation: Arc<Relation>,
    pub(crate) key: SinkKey,
    pub(crate) sink: SinkId,
    pub(crate) number: u16,
}

/// Writes a view.
#[derive(Debug)]
pub(crate) struct Sink {
    spec: SinkSpec,
    writer: RowWriter,
    bytes: RowBytes,
    copies: Multimap,
}

impl Sink {
    pub(crate) fn new(spec: SinkSpec) -> Result<Sink, SqlError> {
        let [a, b] = spec.number.to_be_bytes();
        Ok(Sink {
            writer: RowWriter::new(&spec.relation)?,
            bytes: RowBytes::of_schema(&spec.relation.schema)?,
            copies: Multimap::new(vec![b'O', a, b]),
            spec,
        })
    }

    fn emit(&self, key: Option<Bytes>, value: Option<Bytes>, time_ms: i64, env: &mut Env<'_>) {
        let emission =
            Emission { partition: None, key, value, timestamp: time_ms.max(0), headers: Headers::NONE };
        env.ctx.emit(self.spec.sink, emission);
    }

    /// `[column, …, copy]`.
    fn copy_key(delta: &Delta, row: usize, copy: i64) -> Bytes {
        let mut key = vec![b'['];
        for column in delta.batch.columns() {
            write_json_value(column.as_ref(), row, &mut key);
            key.push(b',');
        }
        key.extend_from_slice(copy.to_string().as_bytes());
        key.push(b']');
        Bytes::from(key)
    }

    /// Shows of each key one of its rows that are there, of several the last in order of bytes: while an old row and
    /// a new one pass each other on their way, and only then, there is more than one.
    fn gathered(&mut self, delta: &Delta, env: &mut Env<'_>) -> Result<(), SqlError> {
        let rows = self.bytes.encode(delta.batch.columns(), delta.len())?;
        for (at, mark) in delta.marks.iter().enumerate() {
            let key = self.writer.key(&delta.batch, at).unwrap_or_default();
            let shown = |copies: &Multimap| {
                copies.rows(&key).filter(|(_, count)| *count > 0).last().map(|(row, _)| row.to_vec())
            };
            let before = shown(&self.copies);
            self.copies.add(&key, &rows[at], mark.op.into(), env)?;
            let after = shown(&self.copies);
            if before == after {
                continue;
            }
            let value = match after {
                None => None,
                Some(row) => {
                    let columns = self.bytes.decode([row.as_slice()])?;
                    self.writer.value(&batch_of(&self.spec.relation.schema, columns, 1)?, 0)
                }
            };
            self.emit(Some(key), value, mark.time_ms, env);
        }
        Ok(())
    }

    /// What became of each key while one record worked its way through.
    fn upsert(&self, delta: &Delta, env: &mut Env<'_>) {
        let mut row = 0;
        while row < delta.len() {
            let origin = delta.marks[row].origin;
            let mut last: BTreeMap<Bytes, usize> = BTreeMap::new();
            let mut order: Vec<Bytes> = Vec::new();
            while row < delta.len() && delta.marks[row].origin == origin {
                let key = self.writer.key(&delta.batch, row).unwrap_or_default();
                let known = last.get(&key).copied();
                // A row that goes says nothing about a row with the same key that came after the old one.
                let stays = known.is_some_and(|known| delta.marks[known].op > 0 && delta.marks[row].op < 0);
                if known.is_none() {
                    order.push(key.clone());
                }
                if !stays
                    || self.writer.value(&delta.batch, known.unwrap_or(row))
                        == self.writer.value(&delta.batch, row)
                {
                    last.insert(key, row);
                }
                row += 1;
            }
            for key in order {
                let at = last[&key];
                let value = if delta.marks[at].op > 0 { self.writer.value(&delta.batch, at) } else { None };
                self.emit(Some(key), value, delta.marks[at].time_ms, env);
            }
        }
    }
}

impl Operator for Sink {
    fn init(&mut self, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        if matches!(self.spec.key, SinkKey::WholeRow | SinkKey::GatheredColumns) {
            self.copies.init(env)?;
        }
        Ok(Vec::new())
    }

    fn process(&mut self, _: usize, delta: Delta, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        match self.spec.key {
            SinkKey::Append => {
                for (row, mark) in delta.marks.iter().enumerate() {
                    if mark.op < 0 {
                        let message = format!(
                            "view '{}' was planned to add rows only and had to take one back",
                            self.spec.relation.name
                        );
                        return Err(SqlError::internal(message));
                    }
                    let (key, value) =
                        (self.writer.key(&delta.batch, row), self.writer.value(&delta.batch, row));
                    self.emit(key, value, mark.time_ms, env);
                }
            }
            SinkKey::Columns => self.upsert(&delta, env),
            SinkKey::GatheredColumns => self.gathered(&delta, env)?,
            SinkKey::WholeRow => {
                let rows = self.bytes.encode(delta.batch.columns(), delta.len())?;
                for (row, mark) in delta.marks.iter().enumerate() {
                    let left = self.copies.add(&[], &rows[row], mark.op.into(), env)?;
                    if mark.op > 0 {
                        let value = self.writer.value(&delta.batch, row);
                        self.emit(Some(Self::copy_key(&delta, row, left)), value, mark.time_ms, env);
                    } else {
                        self.emit(Some(Self::copy_key(&delta, row, left + 1)), None, mark.time_ms, env);
                    }
                }
            }
        }
        Ok(Vec::new())
    }
}

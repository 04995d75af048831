//! GROUP BY: groups that come, change, close and go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::scalar::ScalarValue;
use riverrun_core::format::JsonEncoder;

use super::call::{Arguments, Call, CallSpec, CallState};
use super::{Delta, Env, Mark, NO_ORIGIN, Operator, Output, RowBytes, evaluate};
use crate::operator::{DropReason, Emission};
use crate::record::Headers;
use crate::sql::error::SqlError;
use crate::sql::window::{ticks, ticks_per_ms};
use crate::state::Order;

/// When the groups of a window are complete.
#[derive(Clone, Debug)]
pub(crate) struct Closing {
    /// The time from which `after_ms` is counted: the window's end, or its start.
    pub(crate) time: Arc<dyn PhysicalExpr>,
    /// From that time to the end of the window, in milliseconds.
    pub(crate) after_ms: i64,
    /// How long behind the watermark a window still takes rows.
    pub(crate) grace_ms: i64,
    /// Whether a group is given out once, when its window closes, instead of with each change.
    pub(crate) finally: bool,
}

/// A GROUP BY.
#[derive(Clone, Debug)]
pub(crate) struct AggregateSpec {
    pub(crate) number: u16,
    pub(crate) group: Vec<Arc<dyn PhysicalExpr>>,
    pub(crate) group_types: Vec<DataType>,
    pub(crate) calls: Vec<CallSpec>,
    pub(crate) closing: Option<Closing>,
    pub(crate) schema: SchemaRef,
}

#[derive(Debug)]
struct Group {
    /// Rows that are there.
    live: i64,
    calls: Vec<CallState>,
    /// The values last given out.
    sent: Option<Vec<ScalarValue>>,
}

/// End of the window in milliseconds (0 without one), then the group's columns as bytes.
type GroupKey = (i64, Vec<u8>);

/// A GROUP BY at work.
#[derive(Debug)]
pub(crate) struct Aggregate {
    spec: AggregateSpec,
    calls: Vec<Call>,
    keys: RowBytes,
    values: RowBytes,
    groups: BTreeMap<GroupKey, Group>,
    dirty: BTreeSet<GroupKey>,
    /// Windows that end here or before are closed for good, whatever the watermark says.
    closed_ms: i64,
    closed_dirty: bool,
}

/// A group's values on their way out.
struct Change {
    key: Vec<u8>,
    values: Vec<ScalarValue>,
    mark: Mark,
}

impl Aggregate {
    pub(crate) fn new(spec: AggregateSpec) -> Result<Aggregate, SqlError> {
        let calls = spec.calls.iter().cloned().map(Call::new).collect::<Result<Vec<_>, _>>()?;
        Ok(Aggregate {
            keys: RowBytes::new(spec.group_types.clone())?,
            values: RowBytes::new(calls.iter().map(|call| call.output().clone()).collect())?,
            calls,
            spec,
            groups: BTreeMap::new(),
            dirty: BTreeSet::new(),
            closed_ms: i64::MIN,
            closed_dirty: false,
        })
    }

    fn finally(&self) -> bool {
        self.spec.closing.as_ref().is_some_and(|closing| closing.finally)
    }

    /// Whether there is one group that is there without any row.
    fn is_global(&self) -> bool {
        self.spec.group.is_empty()
    }

    fn store_key(&self, (end_ms, group): &GroupKey) -> Bytes {
        let [a, b] = self.spec.number.to_be_bytes();
        let mut key = vec![b'A', a, b];
        // Flipping the sign makes the order of bytes the order of times.
        key.extend_from_slice(&(end_ms ^ i64::MIN).to_be_bytes());
        key.extend_from_slice(group);
        Bytes::from(key)
    }

    fn closed_key(&self) -> Bytes {
        let [a, b] = self.spec.number.to_be_bytes();
        Bytes::from(vec![b'C', a, b])
    }

    fn encode(&mut self, key: &GroupKey) -> Result<Option<Bytes>, SqlError> {
        let Some(group) = self.groups.get_mut(key) else { return Ok(None) };
        let mut bytes = group.live.to_be_bytes().to_vec();
        let mut parts = Vec::new();
        if let Some(sent) = &group.sent {
            let columns: Vec<ArrayRef> = sent.iter().map(ScalarValue::to_array).collect::<Result<_, _>>()?;
            parts.push(self.values.encode(&columns, 1)?.swap_remove(0));
        }
        bytes.push(u8::from(group.sent.is_some()));
        for (call, state) in self.calls.iter().zip(&mut group.calls) {
            parts.push(call.encode(state)?);
        }
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u32).to_be_bytes());
            bytes.extend_from_slice(&part);
        }
        Ok(Some(Bytes::from(bytes)))
    }

    fn decode(&self, bytes: &[u8]) -> Result<Group, SqlError> {
        let damaged = || SqlError::internal("the stored state of a group is damaged");
        let (live, rest) = bytes.split_first_chunk::<8>().ok_or_else(damaged)?;
        let (was_sent, mut rest) = rest.split_first().ok_or_else(damaged)?;
        let mut part = || -> Result<&[u8], SqlError> {
            let (length, tail) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
            let (part, tail) =
                tail.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or_else(damaged)?;
            rest = tail;
            Ok(part)
        };
        let sent = if *was_sent == 1 {
            let columns = self.values.decode([part()?])?;
            Some(
                columns
                    .iter()
                    .map(|column| ScalarValue::try_from_array(column, 0))
                    .collect::<Result<_, _>>()?,
            )
        } else {
            None
        };
        let calls = self.calls.iter().map(|call| call.decode_state(part()?)).collect::<Result<_, _>>()?;
        Ok(Group { live: i64::from_be_bytes(*live), calls, sent })
    }

    fn begin(&self) -> Result<Group, SqlError> {
        let calls = self.calls.iter().map(Call::begin).collect::<Result<_, _>>()?;
        Ok(Group { live: 0, calls, sent: None })
    }

    /// End of each row's window, 0 without windows.
    fn ends(&self, delta: &Delta) -> Result<Vec<i64>, SqlError> {
        let Some(closing) = &self.spec.closing else { return Ok(vec![0; delta.len()]) };
        let column = evaluate(&closing.time, &delta.batch)?;
        let per_ms = ticks_per_ms(column.data_type())?;
        let times = ticks(&column)?;
        Ok(times.iter().map(|time| time.unwrap_or(0).div_euclid(per_ms) + closing.after_ms).collect())
    }

    /// Whether a window takes no rows any more once the watermark stands here.
    fn is_closed(&self, end_ms: i64, watermark_ms: i64) -> bool {
        let Some(closing) = &self.spec.closing else { return false };
        end_ms <= self.closed_ms || watermark_ms >= end_ms.saturating_add(closing.grace_ms).saturating_sub(1)
    }

    fn late(&self, delta: &Delta, row: usize, end_ms: i64, env: &mut Env<'_>) {
        env.ctx.drop_record(env.node, DropReason::Late);
        let origin = delta.marks[row].origin;
        let (Some(sink), true) = (env.late, origin != NO_ORIGIN) else { return };
        let Some(record) = env.records.get(origin as usize) else { return };
        let (key, value) = if env.raw {
            (record.key.clone(), record.value.clone())
        } else {
            (None, self.row_as_json(delta, row))
        };
        let mut headers: Headers = record.headers.clone();
        headers.push("riverrun.late.window_end_ms", Some(Bytes::from(end_ms.to_string())));
        headers.push("riverrun.late.offset", Some(Bytes::from(record.offset.to_string())));
        headers.push("riverrun.late.partition", Some(Bytes::from(env.ctx.partition().to_string())));
        env.ctx.emit(
            sink,
            Emission { partition: None, key, value, timestamp: record.timestamp.max(0), headers },
        );
    }

    /// A row as it is here, where the record that it came from is not at hand.
    fn row_as_json(&self, delta: &Delta, row: usize) -> Option<Bytes> {
        let encoder = JsonEncoder::new(delta.batch.schema_ref()).ok()?;
        let mut value = Vec::new();
        encoder.write_row(&delta.batch, row, &mut value);
        Some(Bytes::from(value))
    }

    /// Rows that count, each with the key of its group.
    fn places(&self, delta: &Delta, env: &mut Env<'_>) -> Result<Vec<(usize, GroupKey)>, SqlError> {
        let columns =
            self.spec.group.iter().map(|expr| evaluate(expr, &delta.batch)).collect::<Result<Vec<_>, _>>()?;
        let keys = self.keys.encode(&columns, delta.len())?;
        let ends = self.ends(delta)?;
        let mut places = Vec::with_capacity(delta.len());
        for (row, (key, end_ms)) in keys.into_iter().zip(ends).enumerate() {
            if self.is_closed(end_ms, delta.marks[row].watermark_ms) {
                self.late(delta, row, end_ms, env);
            } else {
                places.push((row, (end_ms, key)));
            }
        }
        Ok(places)
    }

    fn add(
        &mut self,
        key: &GroupKey,
        rows: &[usize],
        delta: &Delta,
        arguments: &[Arguments],
    ) -> Result<(), SqlError> {
        if !self.groups.contains_key(key) {
            let group = self.begin()?;
            self.groups.insert(key.clone(), group);
        }
        let group = self.groups.get_mut(key).expect("the group was put there just now");
        group.live += rows.iter().map(|row| i64::from(delta.marks[*row].op)).sum::<i64>();
        for ((call, state), arguments) in self.calls.iter().zip(&mut group.calls).zip(arguments) {
            call.update(state, arguments, rows, |row| delta.marks[row].op)?;
        }
        if !self.dirty.contains(key) {
            self.dirty.insert(key.clone());
        }
        Ok(())
    }

    /// What a group's latest change means for those behind it.
    fn changed(&mut self, key: &GroupKey, mark: Mark, out: &mut Vec<Change>) -> Result<(), SqlError> {
        let global = self.is_global();
        let Some(group) = self.groups.get_mut(key) else { return Ok(()) };
        let now = if group.live > 0 || global {
            let values = self.calls.iter().zip(&mut group.calls).map(|(call, state)| call.value(state));
            Some(values.collect::<Result<Vec<_>, _>>()?)
        } else {
            None
        };
        if now == group.sent {
            if now.is_none() {
                self.groups.remove(key);
            }
            return Ok(());
        }
        if let Some(values) = group.sent.take() {
            out.push(Change { key: key.1.clone(), values, mark: Mark { op: -1, ..mark } });
        }
        match now {
            Some(values) => {
                group.sent = Some(values.clone());
                out.push(Change { key: key.1.clone(), values, mark: Mark { op: 1, ..mark } });
            }
            None => {
                self.groups.remove(key);
            }
        }
        Ok(())
    }

    fn give(&self, changes: Vec<Change>) -> Result<Vec<Delta>, SqlError> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let mut columns = self.keys.decode(changes.iter().map(|change| change.key.as_slice()))?;
        for at in 0..self.calls.len() {
            let values = changes.iter().map(|change| change.values[at].clone());
            columns.push(ScalarValue::iter_to_array(values)?);
        }
        let marks: Vec<Mark> = changes.iter().map(|change| change.mark).collect();
        let mut output = Output::new(self.spec.schema.clone());
        output.push(columns, &marks)?;
        output.finish()
    }
}

impl Operator for Aggregate {
    fn init(&mut self, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        let [a, b] = self.spec.number.to_be_bytes();
        let prefix = [b'A', a, b];
        let damaged = || SqlError::internal("the stored key of a group is damaged");
        let mut found = Vec::new();
        for entry in env.ctx.rows(env.store).prefix(&prefix, Order::Ascending) {
            let (key, value) = entry?;
            let rest = key.get(prefix.len()..).ok_or_else(damaged)?;
            let (end, group) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
            found.push(((i64::from_be_bytes(*end) ^ i64::MIN, group.to_vec()), value));
        }
        for (key, value) in found {
            let group = self.decode(&value)?;
            self.groups.insert(key, group);
        }
        if let Some(value) = env.ctx.get(env.store, &self.closed_key())? {
            self.closed_ms = i64::from_be_bytes(value[..].try_into().map_err(|_| damaged())?);
        }
        if !self.is_global() || self.spec.closing.is_some() || env.ctx.partition() != 0 {
            return Ok(Vec::new());
        }
        // SQL's aggregate over nothing is one row.
        let key = (0, Vec::new());
        if !self.groups.contains_key(&key) {
            let group = self.begin()?;
            self.groups.insert(key.clone(), group);
            self.dirty.insert(key.clone());
        }
        let mut changes = Vec::new();
        let mark = Mark { op: 1, origin: NO_ORIGIN, watermark_ms: i64::MIN, time_ms: 0 };
        self.changed(&key, mark, &mut changes)?;
        self.give(changes)
    }

    fn process(&mut self, _: usize, delta: Delta, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        let places = self.places(&delta, env)?;
        let arguments: Vec<Arguments> =
            self.calls.iter().map(|call| call.arguments(&delta.batch)).collect::<Result<_, _>>()?;
        if self.finally() {
            let mut by_group: BTreeMap<GroupKey, Vec<usize>> = BTreeMap::new();
            for (row, key) in places {
                by_group.entry(key).or_default().push(row);
            }
            for (key, rows) in by_group {
                self.add(&key, &rows, &delta, &arguments)?;
            }
            return Ok(Vec::new());
        }
        let mut changes = Vec::new();
        for (row, key) in places {
            self.add(&key, &[row], &delta, &arguments)?;
            self.changed(&key, delta.marks[row], &mut changes)?;
        }
        self.give(changes)
    }

    fn watermark(
        &mut self,
        before_ms: i64,
        watermark_ms: i64,
        _: &mut Env<'_>,
    ) -> Result<Vec<Delta>, SqlError> {
        if self.spec.closing.is_none() {
            return Ok(Vec::new());
        }
        let finally = self.finally();
        let mut changes = Vec::new();
        while let Some((key, _)) = self.groups.first_key_value() {
            let end_ms = key.0;
            if !self.is_closed(end_ms, watermark_ms) {
                break;
            }
            let Some((key, mut group)) = self.groups.pop_first() else { break };
            self.closed_ms = self.closed_ms.max(end_ms);
            self.closed_dirty = true;
            if finally && group.live > 0 {
                let values = self.calls.iter().zip(&mut group.calls).map(|(call, state)| call.value(state));
                let values = values.collect::<Result<Vec<_>, _>>()?;
                let mark = Mark { op: 1, origin: NO_ORIGIN, watermark_ms: before_ms, time_ms: end_ms - 1 };
                changes.push(Change { key: key.1.clone(), values, mark });
            }
            self.dirty.insert(key);
        }
        self.give(changes)
    }

    fn flush(&mut self, env: &mut Env<'_>) -> Result<(), SqlError> {
        for key in std::mem::take(&mut self.dirty) {
            let value = self.encode(&key)?;
            env.put(self.store_key(&key), value)?;
        }
        if std::mem::take(&mut self.closed_dirty) {
            let value = Bytes::copy_from_slice(&self.closed_ms.to_be_bytes());
            env.put(self.closed_key(), Some(value))?;
        }
        Ok(())
    }
}

//! Rows and watermarks through a repartition topic: out of one stage and into the next.
//!
//! A row's record has the row's key, so that equal keys meet in one task. A watermark has no key and goes to every
//! partition with the number of the task that it speaks for; the next stage is as far as the slowest of them.
//! Watermarks are sent where they pass a multiple of the grain, which depends on the rows alone. A task whose inputs
//! are idle says so with its watermark, and is not waited for until it sends one of the other kind.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::physical_expr::PhysicalExpr;
use riverrun_core::format::write_json_value;

use super::input::Pulse;
use super::{Delta, Env, Mark, Operator, RowBytes, batch_of, evaluate};
use crate::operator::{Emission, SinkId};
use crate::record::{Headers, InputRecord};
use crate::sql::error::SqlError;

const WATERMARK: u8 = b'w';
const IDLE: u8 = b'i';
const ROW: u8 = b'r';

/// Where a stage's rows go.
#[derive(Clone, Debug)]
pub(crate) struct ExchangeOut {
    /// What rows meet by; nothing brings all of them to one task.
    pub(crate) keys: Vec<Arc<dyn PhysicalExpr>>,
    pub(crate) sink: SinkId,
    pub(crate) schema: SchemaRef,
    /// Watermarks matter at multiples of this many milliseconds; `None`: only the end does.
    pub(crate) grain_ms: Option<i64>,
}

/// How many grains a watermark has passed.
pub(crate) fn grains(watermark_ms: i64, grain_ms: Option<i64>) -> i64 {
    match (watermark_ms, grain_ms) {
        (i64::MAX | i64::MIN, _) => watermark_ms,
        // A window is complete one millisecond before its end.
        (ms, Some(grain)) => ms.saturating_add(1).div_euclid(grain),
        (_, None) => 0,
    }
}

/// Writes rows and watermarks.
#[derive(Debug)]
pub(crate) struct ExchangeWriter {
    spec: ExchangeOut,
    bytes: RowBytes,
    sent_ms: i64,
    idle: bool,
}

impl ExchangeWriter {
    pub(crate) fn new(spec: ExchangeOut) -> Result<ExchangeWriter, SqlError> {
        let bytes = RowBytes::of_schema(&spec.schema)?;
        Ok(ExchangeWriter { bytes, spec, sent_ms: i64::MIN, idle: false })
    }

    fn send_watermark(&mut self, watermark_ms: i64, env: &mut Env<'_>) {
        if grains(watermark_ms, self.spec.grain_ms) <= grains(self.sent_ms, self.spec.grain_ms) {
            return;
        }
        // The end of time is no time for a record: it gets the time of the watermark before.
        let timestamp = if watermark_ms == i64::MAX { self.sent_ms } else { watermark_ms }.max(0);
        self.sent_ms = watermark_ms;
        if !env.starting {
            self.tell(watermark_ms, timestamp, env);
        }
    }

    /// Tells all tasks of the next stage how far this one is, and whether it is idle.
    fn tell(&self, watermark_ms: i64, timestamp: i64, env: &mut Env<'_>) {
        let mut value = vec![if self.idle { IDLE } else { WATERMARK }];
        value.extend_from_slice(&env.ctx.partition().to_be_bytes());
        value.extend_from_slice(&watermark_ms.to_be_bytes());
        let value = Bytes::from(value);
        for partition in 0..env.ctx.partitions(self.spec.sink).unwrap_or(1) {
            let emission = Emission {
                partition: Some(partition),
                key: None,
                value: Some(value.clone()),
                timestamp,
                headers: Headers::NONE,
            };
            env.ctx.emit(self.spec.sink, emission);
        }
    }
}

impl Operator for ExchangeWriter {
    fn process(&mut self, _: usize, delta: Delta, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        let keys =
            self.spec.keys.iter().map(|key| evaluate(key, &delta.batch)).collect::<Result<Vec<_>, _>>()?;
        let rows = self.bytes.encode(delta.batch.columns(), delta.len())?;
        for (at, (row, mark)) in rows.iter().zip(&delta.marks).enumerate() {
            let mut key = vec![b'['];
            for (place, column) in keys.iter().enumerate() {
                if place > 0 {
                    key.push(b',');
                }
                write_json_value(column.as_ref(), at, &mut key);
            }
            key.push(b']');
            let mut value = vec![ROW, mark.op.cast_unsigned()];
            value.extend_from_slice(&mark.time_ms.to_be_bytes());
            value.extend_from_slice(row);
            let emission = Emission {
                partition: self.spec.keys.is_empty().then_some(0),
                key: Some(Bytes::from(key)),
                value: Some(Bytes::from(value)),
                timestamp: mark.time_ms.max(0),
                headers: Headers::NONE,
            };
            env.ctx.emit(self.spec.sink, emission);
        }
        Ok(Vec::new())
    }

    fn watermark(&mut self, _: i64, watermark_ms: i64, env: &mut Env<'_>) -> Result<Vec<Delta>, SqlError> {
        self.send_watermark(watermark_ms, env);
        Ok(Vec::new())
    }

    fn idle(&mut self, idle: bool, env: &mut Env<'_>) {
        self.idle = idle;
        // The end of all input is the last word.
        if !env.starting && self.sent_ms < i64::MAX {
            self.tell(self.sent_ms, self.sent_ms.max(0), env);
        }
    }
}

/// What a stage reads from a repartition topic.
#[derive(Clone, Debug)]
pub(crate) struct ExchangeIn {
    pub(crate) topic: String,
    pub(crate) schema: SchemaRef,
    /// The number under which its state is kept.
    pub(crate) number: u16,
    /// How many tasks write the topic.
    pub(crate) writers: i32,
    /// Whether its records come before those of other inputs.
    pub(crate) first: bool,
}

/// Reads rows and watermarks.
#[derive(Debug)]
pub(crate) struct ExchangeReader {
    spec: ExchangeIn,
    bytes: RowBytes,
    watermarks: BTreeMap<i32, i64>,
    /// Tasks that wait for nothing and are not waited for.
    idle: BTreeSet<i32>,
    pub(crate) watermark_ms: i64,
    dirty: bool,
}

impl ExchangeReader {
    pub(crate) fn new(spec: ExchangeIn) -> Result<ExchangeReader, SqlError> {
        let bytes = RowBytes::of_schema(&spec.schema)?;
        let (watermarks, idle) = (BTreeMap::new(), BTreeSet::new());
        Ok(ExchangeReader { spec, bytes, watermarks, idle, watermark_ms: i64::MIN, dirty: false })
    }

    pub(crate) fn spec(&self) -> &ExchangeIn {
        &self.spec
    }

    fn damaged(&self, offset: i64) -> SqlError {
        SqlError::internal(format!(
            "repartition topic '{}', offset {offset}: not a row and not a watermark",
            self.spec.topic
        ))
    }

    fn state_key(&self) -> Bytes {
        let [a, b] = self.spec.number.to_be_bytes();
        Bytes::from(vec![b'E', a, b])
    }

    /// Where the idle tasks are kept, behind the watermark as it stands.
    fn idle_key(&self) -> Bytes {
        let [a, b] = self.spec.number.to_be_bytes();
        Bytes::from(vec![b'E', a, b, b'i'])
    }

    /// Lifts the watermark: nobody waits for the stage before any more.
    pub(crate) fn raise(&mut self, watermark_ms: i64) {
        if watermark_ms > self.watermark_ms {
            self.watermark_ms = watermark_ms;
            self.dirty = true;
        }
    }

    pub(crate) fn pulse(&self) -> Pulse {
        let known = i32::try_from(self.watermarks.len()).is_ok_and(|known| known >= self.spec.writers);
        if known && self.watermarks.keys().all(|writer| self.idle.contains(writer)) {
            Pulse::Idle
        } else {
            Pulse::Active
        }
    }

    pub(crate) fn init(&mut self, env: &mut Env<'_>) -> Result<(), SqlError> {
        if let Some(value) = env.ctx.get(env.store, &self.state_key())? {
            for part in value.chunks_exact(12) {
                let (writer, watermark) = part.split_at(4);
                let writer = i32::from_be_bytes(writer.try_into().unwrap_or_default());
                self.watermarks.insert(writer, i64::from_be_bytes(watermark.try_into().unwrap_or_default()));
            }
        }
        if let Some(value) = env.ctx.get(env.store, &self.idle_key())?
            && let Some((watermark, idle)) = value.split_first_chunk::<8>()
        {
            self.watermark_ms = i64::from_be_bytes(*watermark);
            let writers = idle.as_chunks::<4>().0.iter();
            self.idle = writers.map(|writer| i32::from_be_bytes(*writer)).collect();
        }
        self.combine();
        Ok(())
    }

    pub(crate) fn flush(&mut self, env: &mut Env<'_>) -> Result<(), SqlError> {
        if std::mem::take(&mut self.dirty) {
            let mut value = Vec::new();
            for (writer, watermark) in &self.watermarks {
                value.extend_from_slice(&writer.to_be_bytes());
                value.extend_from_slice(&watermark.to_be_bytes());
            }
            env.put(self.state_key(), Some(Bytes::from(value)))?;
            let mut value = self.watermark_ms.to_be_bytes().to_vec();
            self.idle.iter().for_each(|writer| value.extend_from_slice(&writer.to_be_bytes()));
            env.put(self.idle_key(), Some(Bytes::from(value)))?;
        }
        Ok(())
    }

    fn combine(&mut self) {
        if i32::try_from(self.watermarks.len()).is_ok_and(|known| known >= self.spec.writers) {
            let active = self.watermarks.iter().filter(|(writer, _)| !self.idle.contains(writer));
            // Where all are caught up, none has to wait for another.
            let least = active.map(|(_, watermark)| *watermark).min();
            let reached = least.or_else(|| self.watermarks.values().copied().max());
            self.watermark_ms = reached.unwrap_or(i64::MIN).max(self.watermark_ms);
        }
    }

    /// Turns a run into rows. The watermark stands behind the last record afterwards.
    pub(crate) fn read(
        &mut self,
        records: &[InputRecord],
        env: &mut Env<'_>,
    ) -> Result<Vec<Delta>, SqlError> {
        let mut rows: Vec<&[u8]> = Vec::new();
        let mut marks = Vec::new();
        for (origin, record) in records.iter().enumerate() {
            env.ctx.begin(record);
            let damaged = || self.damaged(record.offset);
            let value = record.value.as_deref().ok_or_else(damaged)?;
            let (kind, rest) = value.split_first().ok_or_else(damaged)?;
            match *kind {
                WATERMARK | IDLE => {
                    let (writer, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
                    let watermark_ms = i64::from_be_bytes(rest.try_into().map_err(|_| damaged())?);
                    let writer = i32::from_be_bytes(*writer);
                    let known = self.watermarks.entry(writer).or_insert(i64::MIN);
                    *known = (*known).max(watermark_ms);
                    match *kind {
                        IDLE => self.idle.insert(writer),
                        _ => self.idle.remove(&writer),
                    };
                    self.dirty = true;
                    self.combine();
                }
                ROW => {
                    let (op, rest) = rest.split_first().ok_or_else(damaged)?;
                    let (time, row) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
                    marks.push(Mark {
                        op: op.cast_signed(),
                        origin: u32::try_from(origin).unwrap_or(super::NO_ORIGIN),
                        watermark_ms: self.watermark_ms,
                        time_ms: i64::from_be_bytes(*time),
                    });
                    rows.push(row);
                }
                _ => return Err(damaged()),
            }
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let batch = batch_of(&self.spec.schema, self.bytes.decode(rows)?, marks.len())?;
        Ok(vec![Delta { batch, marks }])
    }
}

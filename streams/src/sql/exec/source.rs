//! Records of a topic as rows that come and go, and the watermark that they carry.

use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::Array;

use super::input::Pulse;
use super::{Delta, Env, Mark};
use crate::operator::DropReason;
use crate::record::InputRecord;
use crate::sql::catalog::{BadRows, Changelog, Meta, Relation};
use crate::sql::error::SqlError;
use crate::sql::topic::{Envelope, RowReader};
use crate::sql::window::{ticks, ticks_per_ms};

/// A header by which a producer states the watermark after its record, as decimal milliseconds since 1970. Only
/// sources with an event time heed it.
pub(crate) const WATERMARK_HEADER: &str = "riverrun.watermark";

/// What a source reads.
#[derive(Clone, Debug)]
pub(crate) struct SourceSpec {
    pub(crate) relation: Arc<Relation>,
    pub(crate) metas: Vec<Meta>,
    /// Whether its records come before those of other inputs: a table that a stream looks up.
    pub(crate) first: bool,
    /// The number under which its state is kept.
    pub(crate) number: u16,
}

/// A source at work.
#[derive(Debug)]
pub(crate) struct Source {
    spec: SourceSpec,
    reader: RowReader,
    /// The latest time that moved the watermark, less the delay.
    pub(crate) watermark_ms: i64,
    dirty: bool,
}

impl Source {
    pub(crate) fn new(spec: SourceSpec) -> Result<Source, SqlError> {
        let reader = RowReader::new(&spec.relation, &spec.metas)?;
        // A table without event time holds nothing back: it is as it is now.
        let timeless_table =
            spec.relation.event_time.is_none() && spec.relation.changelog != Changelog::Append;
        let watermark_ms = if timeless_table { i64::MAX } else { i64::MIN };
        Ok(Source { spec, reader, watermark_ms, dirty: false })
    }

    pub(crate) fn spec(&self) -> &SourceSpec {
        &self.spec
    }

    /// Lifts the watermark: nobody waits for the topic any more.
    pub(crate) fn raise(&mut self, watermark_ms: i64) {
        if watermark_ms > self.watermark_ms {
            self.watermark_ms = watermark_ms;
            self.dirty = true;
        }
    }

    /// Whether the topic, quiet since a time, may hold the watermark back.
    pub(crate) fn pulse(&self, quiet_since_ms: Option<i64>, now_ms: i64) -> Pulse {
        let Some(event_time) = &self.spec.relation.event_time else {
            let timeless = self.spec.relation.changelog != Changelog::Append;
            return if timeless { Pulse::Timeless } else { Pulse::Active };
        };
        match (event_time.idle_ms, quiet_since_ms) {
            (Some(idle_ms), Some(since_ms)) if now_ms.saturating_sub(since_ms) >= idle_ms => Pulse::Idle,
            _ => Pulse::Active,
        }
    }

    fn state_key(&self, part: u8, rest: &[u8]) -> Bytes {
        let [a, b] = self.spec.number.to_be_bytes();
        let mut key = vec![b'S', a, b, part];
        key.extend_from_slice(rest);
        Bytes::from(key)
    }

    pub(crate) fn init(&mut self, env: &mut Env<'_>) -> Result<(), SqlError> {
        if let Some(value) = env.ctx.get(env.store, &self.state_key(b'w', &[]))? {
            let bytes =
                value[..].try_into().map_err(|_| SqlError::internal("a stored watermark is not 8 bytes"))?;
            self.watermark_ms = i64::from_be_bytes(bytes);
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self, env: &mut Env<'_>) -> Result<(), SqlError> {
        if std::mem::take(&mut self.dirty) {
            let value = Bytes::copy_from_slice(&self.watermark_ms.to_be_bytes());
            env.put(self.state_key(b'w', &[]), Some(value))?;
        }
        Ok(())
    }

    /// Turns a run into rows. The watermark stands behind the last row afterwards.
    pub(crate) fn read(
        &mut self,
        records: &[InputRecord],
        env: &mut Env<'_>,
    ) -> Result<Vec<Delta>, SqlError> {
        let mut marks: Vec<Mark> = Vec::with_capacity(records.len());
        for (origin, record) in records.iter().enumerate() {
            env.ctx.begin(record);
            let result = match self.spec.relation.changelog {
                Changelog::Append => self.append(record, &mut marks, origin),
                Changelog::Upsert => self.upsert(record, &mut marks, origin, env),
                Changelog::Debezium => self.envelope(record, &mut marks, origin),
            };
            match result {
                Ok(()) => {}
                Err(Refused::Row(reason)) if self.spec.relation.bad_rows == BadRows::Skip => {
                    tracing::warn!(topic = %self.spec.relation.topic, offset = record.offset, "row left out: {reason}");
                    env.ctx.drop_record(env.node, DropReason::Deserialization);
                }
                Err(Refused::Row(reason)) => {
                    return Err(SqlError::invalid(format!(
                        "topic '{}', partition {}, offset {}: {reason}",
                        self.spec.relation.topic,
                        env.ctx.partition(),
                        record.offset
                    )));
                }
                Err(Refused::NoKey) => env.ctx.drop_record(env.node, DropReason::NullKey),
                Err(Refused::NoValue) => env.ctx.drop_record(env.node, DropReason::NullValue),
                Err(Refused::State(error)) => return Err(error),
            }
        }
        if marks.is_empty() {
            return Ok(Vec::new());
        }
        let batch = self.reader.finish()?;
        self.move_watermark(&batch, records, &mut marks)?;
        Ok(vec![Delta { batch, marks }])
    }

    fn row(
        &mut self,
        record: &InputRecord,
        value: &[u8],
        op: i8,
        marks: &mut Vec<Mark>,
        origin: usize,
    ) -> Result<(), Refused> {
        // The partition is the task's; only the metadata column asks, and it is told by the processor.
        self.reader.append(0, record, value).map_err(|bad| Refused::Row(bad.error.to_string()))?;
        let origin = u32::try_from(origin).unwrap_or(super::NO_ORIGIN);
        marks.push(Mark { op, origin, watermark_ms: i64::MIN, time_ms: record.timestamp });
        Ok(())
    }

    fn append(&mut self, record: &InputRecord, marks: &mut Vec<Mark>, origin: usize) -> Result<(), Refused> {
        let value = record.value.as_ref().ok_or(Refused::NoValue)?;
        self.row(record, value, 1, marks, origin)
    }

    fn upsert(
        &mut self,
        record: &InputRecord,
        marks: &mut Vec<Mark>,
        origin: usize,
        env: &mut Env<'_>,
    ) -> Result<(), Refused> {
        let key = record.key.as_ref().ok_or(Refused::NoKey)?;
        let state_key = self.state_key(b'r', key);
        let old = env.ctx.get(env.store, &state_key).map_err(|error| Refused::State(error.into()))?;
        if old == record.value {
            return Ok(());
        }
        let before = self.reader.len();
        if let Some(old) = &old {
            self.row(record, old, -1, marks, origin)?;
        }
        if let Some(value) = &record.value
            && let Err(refused) = self.row(record, value, 1, marks, origin)
        {
            // The old row stays; it was read a moment ago and is put back by reading it once more.
            if self.reader.len() > before
                && let Some(old) = &old
            {
                self.row(record, old, 1, marks, origin)?;
            }
            return Err(refused);
        }
        env.put(state_key, record.value.clone()).map_err(|error| Refused::State(error.into()))
    }

    fn envelope(
        &mut self,
        record: &InputRecord,
        marks: &mut Vec<Mark>,
        origin: usize,
    ) -> Result<(), Refused> {
        // Debezium follows a delete with a tombstone for compaction, which says nothing new.
        let Some(value) = &record.value else { return Ok(()) };
        let halves = Envelope::read(value).map_err(|error| Refused::Row(error.to_string()))?;
        if let Some(before) = halves.before {
            self.row(record, before, -1, marks, origin)?;
        }
        if let Some(after) = halves.after {
            self.row(record, after, 1, marks, origin)?;
        }
        Ok(())
    }

    /// Gives each row the watermark before its record, and moves the watermark past the last.
    fn move_watermark(
        &mut self,
        batch: &datafusion::arrow::array::RecordBatch,
        records: &[InputRecord],
        marks: &mut [Mark],
    ) -> Result<(), SqlError> {
        let Some(event_time) = self.spec.relation.event_time.clone() else {
            marks.iter_mut().for_each(|mark| mark.watermark_ms = self.watermark_ms);
            return Ok(());
        };
        let column = batch.column(event_time.column);
        let per_ms = ticks_per_ms(column.data_type())?;
        let times = ticks(column)?;
        let mut row = 0;
        while row < marks.len() {
            let origin = marks[row].origin;
            let before = self.watermark_ms;
            while row < marks.len() && marks[row].origin == origin {
                marks[row].watermark_ms = before;
                if times.is_valid(row) {
                    let time_ms = times.value(row).div_euclid(per_ms);
                    marks[row].time_ms = time_ms;
                    self.watermark_ms = self.watermark_ms.max(time_ms.saturating_sub(event_time.delay_ms));
                }
                row += 1;
            }
            let stated = records
                .get(origin as usize)
                .and_then(|record| record.headers.last(WATERMARK_HEADER).flatten())
                .and_then(|text| std::str::from_utf8(text).ok()?.parse::<i64>().ok());
            if let Some(stated) = stated {
                self.watermark_ms = self.watermark_ms.max(stated);
            }
            self.dirty |= self.watermark_ms > before;
        }
        Ok(())
    }
}

/// Why a record gave no row.
enum Refused {
    Row(String),
    NoKey,
    NoValue,
    State(SqlError),
}

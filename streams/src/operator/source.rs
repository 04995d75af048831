//! The typed sources: raw records become items.

use std::sync::Arc;

use super::change::decode_change;
use super::{
    BatchProcessor, Change, Children, Context, DropReason, Flow, NodeId, ProcessError, SharedSerde,
    StreamEdge, StreamItem, TableEdge, TableItem,
};
use crate::record::InputRecord;

/// What happens to a record whose bytes are not what the serde expects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBadRecord {
    /// The task stops with an error that names the record.
    #[default]
    Fail,
    /// The record is dropped and counted.
    Skip,
}

/// What a timestamp extractor sees.
#[derive(Debug)]
pub struct Extract<'a, K, V> {
    /// The record's own timestamp, negative if it has none.
    pub timestamp: i64,
    /// The highest time seen in the partition, -1 before the first.
    pub partition_time_ms: i64,
    /// The key.
    pub key: Option<&'a K>,
    /// The value.
    pub value: Option<&'a V>,
}

/// Gives a record's event time; a negative one drops the record, an error stops the task.
pub type Extractor<K, V> = Arc<dyn Fn(Extract<'_, K, V>) -> Result<i64, String> + Send + Sync>;

/// A record's key and value.
type Parts<K, V> = (Option<K>, Option<V>);

/// How a typed source reads.
pub(crate) struct Reading<K, V> {
    pub(crate) node: NodeId,
    pub(crate) name: Arc<str>,
    pub(crate) key: SharedSerde<K>,
    pub(crate) value: SharedSerde<V>,
    pub(crate) nullable: bool,
    pub(crate) on_bad: OnBadRecord,
    pub(crate) extractor: Option<Extractor<K, V>>,
}

impl<K, V> Clone for Reading<K, V> {
    fn clone(&self) -> Self {
        Reading {
            node: self.node,
            name: self.name.clone(),
            key: self.key.clone(),
            value: self.value.clone(),
            nullable: self.nullable,
            on_bad: self.on_bad,
            extractor: self.extractor.clone(),
        }
    }
}

impl<K: 'static, V: 'static> Reading<K, V> {
    /// The record's key and value; `None` if it was dropped.
    fn decode(&self, record: &InputRecord, ctx: &mut Context) -> Result<Option<Parts<K, V>>, ProcessError> {
        let key = record.key.as_ref().map(|bytes| ctx.decode(&*self.key, bytes, &self.name)).transpose();
        let both = key.and_then(|key| {
            let value = record.value.as_ref().map(|bytes| ctx.decode(&*self.value, bytes, &self.name));
            Ok((key, value.transpose()?))
        });
        match both {
            Err(error) => Err(error),
            Ok((None, _)) if !self.nullable => {
                ctx.drop_record(self.node, DropReason::NullKey);
                Ok(None)
            }
            Ok((_, None)) if !self.nullable => {
                ctx.drop_record(self.node, DropReason::NullValue);
                Ok(None)
            }
            Ok(both) => Ok(Some(both)),
        }
    }

    fn timestamp(&self, record: &InputRecord, partition_time_ms: i64) -> Result<i64, ProcessError> {
        let invalid = |message: String| {
            let place = format!("{message} (offset {})", record.offset);
            ProcessError::step(self.name.clone(), riverrun_core::ErrorKind::Invalid, place)
        };
        // Bytes that cannot be read are dropped before they can move time, or stop the task when it is their turn.
        let decode = || -> Result<(Option<K>, Option<V>), super::SerdeError> {
            let key = record.key.as_ref().map(|bytes| self.key.deserialize(bytes)).transpose()?;
            Ok((key, record.value.as_ref().map(|bytes| self.value.deserialize(bytes)).transpose()?))
        };
        let Some(extractor) = &self.extractor else {
            if self.on_bad == OnBadRecord::Skip && decode().is_err() {
                return Ok(super::UNREADABLE);
            }
            if record.timestamp < 0 {
                return Err(invalid(format!(
                    "the record's timestamp is {}; give a timestamp extractor",
                    record.timestamp
                )));
            }
            return Ok(record.timestamp);
        };
        let (key, value) = match decode() {
            Ok(both) => both,
            Err(_) if self.on_bad == OnBadRecord::Skip => return Ok(super::UNREADABLE),
            Err(_) => return Ok(record.timestamp.max(0)),
        };
        let timestamp = record.timestamp;
        extractor(Extract { timestamp, partition_time_ms, key: key.as_ref(), value: value.as_ref() })
            .map_err(invalid)
    }
}

/// A source of a stream.
pub(crate) struct StreamSource<K: 'static, V: 'static> {
    pub(crate) reading: Reading<K, V>,
    /// One list per stream that was made of the topic.
    pub(crate) streams: Vec<Children<StreamEdge<K, V>>>,
}

impl<K: 'static, V: 'static> BatchProcessor for StreamSource<K, V> {
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.streams.iter_mut().try_for_each(|children| children.init(ctx))
    }

    fn timestamp(
        &mut self,
        _input: usize,
        record: &InputRecord,
        partition_time_ms: i64,
    ) -> Result<i64, ProcessError> {
        self.reading.timestamp(record, partition_time_ms)
    }

    fn process(&mut self, _input: usize, records: &[InputRecord], ctx: &mut Context) -> Flow {
        for record in records {
            ctx.begin(record);
            let Some((key, value)) = self.reading.decode(record, ctx)? else { continue };
            let item = StreamItem { key: key.as_ref(), value: value.as_ref(), timestamp: record.timestamp };
            for children in &mut self.streams {
                children.forward(item, ctx)?;
            }
        }
        Ok(())
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.streams.iter_mut().try_for_each(|children| children.flush(ctx))
    }

    fn end_of_input(&mut self, _input: usize, ctx: &mut Context) -> Flow {
        self.streams.iter_mut().try_for_each(|children| children.end_of_input(ctx))
    }
}

/// A source behind the repartition topic of a table grouping: each record is the change of a row.
pub(crate) struct ChangeSource<K: 'static, V: 'static> {
    pub(crate) reading: Reading<K, V>,
    pub(crate) children: Children<TableEdge<K, V>>,
}

impl<K: 'static, V: 'static> BatchProcessor for ChangeSource<K, V> {
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.children.init(ctx)
    }

    fn process(&mut self, _input: usize, records: &[InputRecord], ctx: &mut Context) -> Flow {
        let Reading { node, name, key: key_serde, value: value_serde, .. } = &self.reading;
        for record in records {
            ctx.begin(record);
            let (Some(key), Some(value)) = (&record.key, &record.value) else {
                ctx.drop_record(*node, DropReason::NullKey);
                continue;
            };
            let (new, old) =
                decode_change(value).ok_or_else(|| ctx.step_error(name, "not a change of a table's row"))?;
            let key = ctx.decode(&**key_serde, key, name)?;
            let new = new.map(|bytes| ctx.decode(&**value_serde, &bytes, name)).transpose()?;
            let old = old.map(|bytes| ctx.decode(&**value_serde, &bytes, name)).transpose()?;
            let change = Change { new: new.as_ref(), old: old.as_ref(), latest: true };
            self.children.forward(TableItem { key: &key, change, timestamp: record.timestamp }, ctx)?;
        }
        Ok(())
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.children.flush(ctx)
    }

    fn end_of_input(&mut self, _input: usize, ctx: &mut Context) -> Flow {
        self.children.end_of_input(ctx)
    }
}

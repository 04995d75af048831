//! The typed sinks: items become records.

use std::sync::Arc;

use bytes::Bytes;

use super::change::encode_change;
use super::{
    Context, Emission, Flow, Process, ProcessError, SharedSerde, SinkId, StreamEdge, StreamItem, TableEdge,
    TableItem,
};
use crate::record::OutputKind;

/// Chooses a partition from key, value and the number of partitions; `None` leaves it to the key.
pub type Partitioner<K, V> = Arc<dyn Fn(Option<&K>, Option<&V>, i32) -> Option<i32> + Send + Sync>;

/// Chooses a topic for each record, from key, value and timestamp.
pub type TopicChooser<K, V> = Arc<dyn Fn(Option<&K>, Option<&V>, i64) -> Arc<str> + Send + Sync>;

pub(crate) struct StreamSink<K, V> {
    pub(crate) sink: SinkId,
    pub(crate) name: Arc<str>,
    pub(crate) key: SharedSerde<K>,
    pub(crate) value: SharedSerde<V>,
    pub(crate) partitioner: Option<Partitioner<K, V>>,
    pub(crate) chooser: Option<TopicChooser<K, V>>,
}

fn encoded<T: 'static>(
    serde: &SharedSerde<T>,
    value: Option<&T>,
    name: &Arc<str>,
    ctx: &mut Context,
) -> Result<Option<Bytes>, ProcessError> {
    value.map(|value| ctx.encode(&**serde, value, name)).transpose()
}

impl<K: 'static, V: 'static> Process<StreamEdge<K, V>> for StreamSink<K, V> {
    fn process(&mut self, item: StreamItem<'_, K, V>, ctx: &mut Context) -> Flow {
        let StreamItem { key, value, timestamp } = item;
        let partitions = ctx.partitions(self.sink).unwrap_or(1);
        let partition = self.partitioner.as_ref().and_then(|choose| choose(key, value, partitions));
        let chosen = self.chooser.as_ref().map(|choose| choose(key, value, timestamp));
        let key = encoded(&self.key, key, &self.name, ctx)?;
        let value = encoded(&self.value, value, &self.name, ctx)?;
        let emission = Emission { partition, key, value, timestamp, headers: ctx.record().headers.clone() };
        match chosen {
            Some(topic) => ctx.emit_to(topic, OutputKind::Sink, emission),
            None => ctx.emit(self.sink, emission),
        }
        Ok(())
    }

    fn flush(&mut self, _ctx: &mut Context) -> Flow {
        Ok(())
    }

    fn end_of_input(&mut self, _ctx: &mut Context) -> Flow {
        Ok(())
    }
}

/// The sink of a table grouping.
pub(crate) struct ChangeSink<K, V> {
    pub(crate) sink: SinkId,
    pub(crate) name: Arc<str>,
    pub(crate) key: SharedSerde<K>,
    pub(crate) value: SharedSerde<V>,
}

impl<K: 'static, V: 'static> Process<TableEdge<K, V>> for ChangeSink<K, V> {
    fn process(&mut self, item: TableItem<'_, K, V>, ctx: &mut Context) -> Flow {
        let key = Some(ctx.encode(&*self.key, item.key, &self.name)?);
        let new = encoded(&self.value, item.change.new, &self.name, ctx)?;
        let old = encoded(&self.value, item.change.old, &self.name, ctx)?;
        let value = Some(encode_change(new.as_ref(), old.as_ref()));
        let headers = ctx.record().headers.clone();
        ctx.emit(self.sink, Emission { partition: None, key, value, timestamp: item.timestamp, headers });
        Ok(())
    }

    fn flush(&mut self, _ctx: &mut Context) -> Flow {
        Ok(())
    }

    fn end_of_input(&mut self, _ctx: &mut Context) -> Flow {
        Ok(())
    }
}

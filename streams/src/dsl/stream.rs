//! Streams of records.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use super::form::{Form, Full};
use super::graph::{Graph, SourceSpec, attach};
use super::grouped::GroupedStream;
use super::materialized::Materialized;
use super::split::Split;
use super::table::{Table, stream_to_table};
use crate::operator::sink::StreamSink;
use crate::operator::step::{Joint, Step};
use crate::operator::{
    Assembly, Children, Context, Flow, Partitioner, Port, Serde, Shared, SharedSerde, StreamEdge, StreamItem,
    TopicChooser,
};
use crate::topology::{SinkTopic, SourceTopics};

/// A stream of records with keys `K` and values `V`.
///
/// With `N` = [`Full`] neither is ever null; with [`super::Nullable`] closures see `Option`s. An operator leaves the
/// stream as it is and gives a new one, so a stream may have many readers; they run in the order in which they were
/// written, each with all that is behind it before the next.
pub struct Stream<K: 'static, V: 'static, N = Full> {
    pub(super) graph: Graph,
    /// The node whose output this is.
    pub(super) name: Arc<str>,
    pub(super) port: Port<StreamEdge<K, V>>,
    pub(super) key: Option<SharedSerde<K>>,
    pub(super) value: Option<SharedSerde<V>>,
    /// Names of the sources that records come from.
    pub(super) sources: BTreeSet<String>,
    /// Whether keys have changed since the topic, so that records of equal keys are in different partitions.
    pub(super) rekeyed: bool,
    pub(super) next_name: Option<String>,
    pub(super) repartitioned: Repartitioned<K, V, N>,
    pub(super) form: PhantomData<fn(N)>,
}

/// The last repartition that a join made of a stream.
pub(super) type Repartitioned<K, V, N> = Arc<Mutex<Option<Box<Stream<K, V, N>>>>>;

impl<K, V, N> Clone for Stream<K, V, N> {
    fn clone(&self) -> Self {
        Stream {
            graph: self.graph.clone(),
            name: self.name.clone(),
            port: self.port.clone(),
            key: self.key.clone(),
            value: self.value.clone(),
            sources: self.sources.clone(),
            rekeyed: self.rekeyed,
            next_name: self.next_name.clone(),
            repartitioned: self.repartitioned.clone(),
            form: PhantomData,
        }
    }
}

impl<K, V, N> fmt::Debug for Stream<K, V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("name", &self.name).finish_non_exhaustive()
    }
}

type Serdes<K, V> = (Option<SharedSerde<K>>, Option<SharedSerde<V>>);

impl<K: 'static, V: 'static, N: Form> Stream<K, V, N> {
    pub(super) fn new(
        graph: Graph,
        name: &str,
        port: Port<StreamEdge<K, V>>,
        serdes: Serdes<K, V>,
        sources: BTreeSet<String>,
        rekeyed: bool,
    ) -> Self {
        let (key, value) = serdes;
        let name = Arc::from(name);
        Stream {
            graph,
            name,
            port,
            key,
            value,
            sources,
            rekeyed,
            next_name: None,
            repartitioned: Arc::default(),
            form: PhantomData,
        }
    }

    /// Names the next operator. The name of a grouping, repartition or join also names its repartition topic.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        Stream { next_name: Some(name.to_owned()), ..self.clone() }
    }

    /// Tells how keys are written where records leave the process: needed after an operator that makes new keys.
    #[must_use]
    pub fn with_key_serde(&self, serde: impl Serde<K>) -> Self {
        Stream { key: Some(Arc::new(serde)), ..self.clone() }
    }

    /// Tells how values are written where records leave the process: needed after an operator that makes new values.
    #[must_use]
    pub fn with_value_serde(&self, serde: impl Serde<V>) -> Self {
        Stream { value: Some(Arc::new(serde)), ..self.clone() }
    }

    /// Adds a step; `make` gives the step's function, once per task.
    fn step<K2, V2, F>(
        &self,
        prefix: &str,
        serdes: Serdes<K2, V2>,
        rekeyed: bool,
        make: impl Fn() -> F + Send + Sync + 'static,
    ) -> Stream<K2, V2, N>
    where
        K2: 'static,
        V2: 'static,
        F: for<'a> FnMut(StreamItem<'a, K, V>, &mut Children<StreamEdge<K2, V2>>, &mut Context) -> Flow
            + Send
            + 'static,
    {
        let name = self.graph.name(self.next_name.as_deref(), prefix);
        let port = Port::default();
        let made = Stream::new(
            self.graph.clone(),
            &name,
            port.clone(),
            serdes,
            self.sources.clone(),
            self.rekeyed | rekeyed,
        );
        attach(&self.graph, name, self.name.clone(), self.port.clone(), move |assembly| {
            Step::<StreamEdge<K, V>, _, F>::new(port.children(assembly), make())
        });
        made
    }

    fn keep(
        &self,
        prefix: &str,
        keep: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> bool + Send + Sync + 'static,
    ) -> Self {
        let keep = Arc::new(keep);
        self.step(prefix, (self.key.clone(), self.value.clone()), false, move || {
            let keep = keep.clone();
            move |item: StreamItem<'_, K, V>, children: &mut Children<_>, ctx: &mut Context| match (
                N::take(item.key),
                N::take(item.value),
            ) {
                (Some(key), Some(value)) if keep(key, value) => children.forward(item, ctx),
                _ => Ok(()),
            }
        })
    }

    /// Keeps the records for which `predicate` holds.
    pub fn filter(
        &self,
        predicate: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.keep("KSTREAM-FILTER-", predicate)
    }

    /// Drops the records for which `predicate` holds.
    pub fn filter_not(
        &self,
        predicate: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.keep("KSTREAM-FILTER-", move |key, value| !predicate(key, value))
    }

    /// Makes a new key and value of each record. Groups and joins behind it repartition.
    pub fn map<K2, V2>(
        &self,
        map: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> (N::Out<K2>, N::Out<V2>) + Send + Sync + 'static,
    ) -> Stream<K2, V2, N>
    where
        K2: 'static,
        V2: 'static,
    {
        let map = Arc::new(map);
        self.step("KSTREAM-MAP-", (None, None), true, move || {
            let map = map.clone();
            move |item: StreamItem<'_, K, V>,
                  children: &mut Children<StreamEdge<K2, V2>>,
                  ctx: &mut Context| {
                let (Some(key), Some(value)) = (N::take(item.key), N::take(item.value)) else {
                    return Ok(());
                };
                let (key, value) = map(key, value);
                let (key, value) = (N::give(key), N::give(value));
                let timestamp = item.timestamp;
                children.forward(StreamItem { key: key.as_ref(), value: value.as_ref(), timestamp }, ctx)
            }
        })
    }

    /// Makes a new value of each record.
    pub fn map_values<V2: 'static>(
        &self,
        map: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> N::Out<V2> + Send + Sync + 'static,
    ) -> Stream<K, V2, N> {
        let map = Arc::new(map);
        self.step("KSTREAM-MAPVALUES-", (self.key.clone(), None), false, move || {
            let map = map.clone();
            move |item: StreamItem<'_, K, V>,
                  children: &mut Children<StreamEdge<K, V2>>,
                  ctx: &mut Context| {
                let (Some(key), Some(value)) = (N::take(item.key), N::take(item.value)) else {
                    return Ok(());
                };
                let value = N::give(map(key, value));
                let StreamItem { key, timestamp, .. } = item;
                children.forward(StreamItem { key, value: value.as_ref(), timestamp }, ctx)
            }
        })
    }

    /// Makes any number of records of each record. Groups and joins behind it repartition.
    pub fn flat_map<K2, V2, I>(
        &self,
        map: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> I + Send + Sync + 'static,
    ) -> Stream<K2, V2, N>
    where
        K2: 'static,
        V2: 'static,
        I: IntoIterator<Item = (N::Out<K2>, N::Out<V2>)>,
    {
        let map = Arc::new(map);
        self.step("KSTREAM-FLATMAP-", (None, None), true, move || {
            let map = map.clone();
            move |item: StreamItem<'_, K, V>,
                  children: &mut Children<StreamEdge<K2, V2>>,
                  ctx: &mut Context| {
                let (Some(key), Some(value)) = (N::take(item.key), N::take(item.value)) else {
                    return Ok(());
                };
                map(key, value).into_iter().try_for_each(|(key, value)| {
                    let (key, value) = (N::give(key), N::give(value));
                    let timestamp = item.timestamp;
                    children.forward(StreamItem { key: key.as_ref(), value: value.as_ref(), timestamp }, ctx)
                })
            }
        })
    }

    /// Makes any number of values of each record.
    pub fn flat_map_values<V2, I>(
        &self,
        map: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> I + Send + Sync + 'static,
    ) -> Stream<K, V2, N>
    where
        V2: 'static,
        I: IntoIterator<Item = N::Out<V2>>,
    {
        let map = Arc::new(map);
        self.step("KSTREAM-FLATMAPVALUES-", (self.key.clone(), None), false, move || {
            let map = map.clone();
            move |item: StreamItem<'_, K, V>,
                  children: &mut Children<StreamEdge<K, V2>>,
                  ctx: &mut Context| {
                let (Some(key), Some(value)) = (N::take(item.key), N::take(item.value)) else {
                    return Ok(());
                };
                map(key, value).into_iter().try_for_each(|value| {
                    let value = N::give(value);
                    let StreamItem { key, timestamp, .. } = item;
                    children.forward(StreamItem { key, value: value.as_ref(), timestamp }, ctx)
                })
            }
        })
    }

    fn rekey<K2: 'static>(
        &self,
        select: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> Option<K2> + Send + Sync + 'static,
    ) -> Stream<K2, V, N> {
        let select = Arc::new(select);
        self.step("KSTREAM-KEY-SELECT-", (None, self.value.clone()), true, move || {
            let select = select.clone();
            move |item: StreamItem<'_, K, V>,
                  children: &mut Children<StreamEdge<K2, V>>,
                  ctx: &mut Context| {
                let (Some(key), Some(value)) = (N::take(item.key), N::take(item.value)) else {
                    return Ok(());
                };
                let key = select(key, value);
                let StreamItem { value, timestamp, .. } = item;
                children.forward(StreamItem { key: key.as_ref(), value, timestamp }, ctx)
            }
        })
    }

    /// Makes a new key of each record. Groups and joins behind it repartition.
    pub fn select_key<K2: 'static>(
        &self,
        select: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> N::Out<K2> + Send + Sync + 'static,
    ) -> Stream<K2, V, N> {
        self.rekey(move |key, value| N::give(select(key, value)))
    }

    /// Looks at each record and lets it pass.
    pub fn peek(&self, look: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) + Send + Sync + 'static) -> Self {
        self.keep_all("KSTREAM-PEEK-", look)
    }

    fn keep_all(
        &self,
        prefix: &str,
        look: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) + Send + Sync + 'static,
    ) -> Self {
        self.keep(prefix, move |key, value| {
            look(key, value);
            true
        })
    }

    /// Does something with each record; nothing comes behind it. What it does outside of the topology may happen
    /// again after a crash.
    pub fn for_each(&self, act: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) + Send + Sync + 'static) {
        self.keep_all("KSTREAM-FOREACH-", act);
    }

    /// Sends each record to the first branch whose predicate holds.
    pub fn split(&self) -> Split<K, V, N> {
        Split::new(self)
    }

    /// The branch of a split: a node that passes on what the split gives it.
    pub(super) fn child(&self, name: &str, port: Port<StreamEdge<K, V>>) -> Self {
        let serdes = (self.key.clone(), self.value.clone());
        Stream::new(self.graph.clone(), name, port, serdes, self.sources.clone(), self.rekeyed)
    }

    /// The records of both streams, in the order in which they are processed.
    pub fn merge(&self, other: &Stream<K, V, N>) -> Self {
        let name = self.graph.name(self.next_name.as_deref(), "KSTREAM-MERGE-");
        let port = Port::default();
        let sources: BTreeSet<String> = self.sources.union(&other.sources).cloned().collect();
        let serdes = (self.key.clone().or(other.key.clone()), self.value.clone().or(other.value.clone()));
        let rekeyed = self.rekeyed || other.rekeyed;
        let merged = Stream::new(self.graph.clone(), &name, port.clone(), serdes, sources, rekeyed);
        let parents = [(self.name.clone(), self.port.clone()), (other.name.clone(), other.port.clone())];
        self.graph.write(move |writer| {
            let node = writer.processor(&name, &[&parents[0].0, &parents[1].0], &[]);
            for (_, parent) in parents {
                let port = port.clone();
                parent.listen(move |assembly| {
                    let pass = |assembly: &mut Assembly| {
                        let pass =
                            |item: StreamItem<'_, K, V>,
                             children: &mut Children<StreamEdge<K, V>>,
                             ctx: &mut Context| children.forward(item, ctx);
                        Joint::new(Step::<StreamEdge<K, V>, _, _>::new(port.children(assembly), pass), 2)
                    };
                    Shared::new(assembly.shared(node, pass))
                });
            }
        });
        merged
    }

    /// Sends every record through a topic of the application's own, so that equal keys meet in one task. Records
    /// without key go no further. `partitions` fixes the topic's number of partitions.
    pub fn repartition(&self, partitions: Option<i32>) -> Self {
        let prefix = match &self.next_name {
            Some(name) => name.clone(),
            None => self.graph.generate("KSTREAM-REPARTITION-"),
        };
        self.through(&prefix, partitions, false)
    }

    /// As [`Self::through`]; a join without a name uses the topic that the join before made of the same stream.
    pub(super) fn through_once(&self, prefix: &str, null_keys: bool) -> Self {
        let mut known = self.repartitioned.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stream) = &*known
            && *prefix == *self.name
        {
            for generated in ["KSTREAM-SINK-", "KSTREAM-FILTER-", "KSTREAM-SOURCE-"] {
                self.graph.generate(generated);
            }
            return (**stream).clone();
        }
        let stream = self.through(prefix, None, null_keys);
        *known = Some(Box::new(stream.clone()));
        stream
    }

    /// Writes a repartition topic behind this stream and reads it again. Records without key go no further unless
    /// `null_keys`.
    pub(super) fn through(&self, prefix: &str, partitions: Option<i32>, null_keys: bool) -> Self {
        let topic = format!("{prefix}-repartition");
        let names = RepartitionNames::new(&self.graph, prefix, &topic);
        let port = Port::default();
        let serdes = (self.key.clone(), self.value.clone());
        let sources = [names.source.clone()].into();
        let behind = Stream::new(self.graph.clone(), &names.source, port.clone(), serdes, sources, false);
        let (parent, parent_port) = (self.name.clone(), self.port.clone());
        let (key, value) = (self.key.clone(), self.value.clone());
        self.graph.write(move |writer| {
            let RepartitionNames { filter, sink, source } = names;
            let key = writer.serde(key, &sink, "key");
            let value = writer.serde(value, &sink, "value");
            writer.builder.add_repartition_topic(&topic, partitions);
            let filter_node = writer.processor(&filter, &[&parent], &[]);
            let (_, sink_id) = writer.builder.add_sink(&sink, SinkTopic::Name(topic.clone()), &[filter_node]);
            let spec = SourceSpec {
                name: source,
                topics: SourceTopics::Names(vec![topic]),
                reset: None,
                key: key.clone(),
                value: value.clone(),
                nullable: true,
                extractor: None,
            };
            writer.source(spec, &port);
            let sink_name: Arc<str> = Arc::from(sink);
            parent_port.listen(move |_| {
                let (key, value, name) = (key.clone(), value.clone(), sink_name.clone());
                let mut sink =
                    StreamSink { sink: sink_id, name, key, value, partitioner: None, chooser: None };
                // The null-key filter and the sink are one step; two would only cost a call.
                Step::<StreamEdge<K, V>, StreamEdge<K, V>, _>::new(
                    Children::none(),
                    move |item: StreamItem<'_, K, V>, _: &mut Children<_>, ctx: &mut Context| {
                        if item.key.is_none() && !null_keys {
                            return Ok(());
                        }
                        crate::operator::Process::process(&mut sink, item, ctx)
                    },
                )
            });
        });
        behind
    }

    /// Groups by the records' own key.
    pub fn group_by_key(&self) -> GroupedStream<K, V, N> {
        GroupedStream::new(self.clone(), self.next_name.clone())
    }

    /// Groups by a new key. Records pass through a repartition topic.
    pub fn group_by<K2: 'static>(
        &self,
        select: impl for<'a> Fn(N::In<'a, K>, N::In<'a, V>) -> N::Out<K2> + Send + Sync + 'static,
        key: impl Serde<K2>,
    ) -> GroupedStream<K2, V, N> {
        let rekeyed = self.rekey(move |key, value| N::give(select(key, value))).with_key_serde(key);
        GroupedStream::new(rekeyed, self.next_name.clone())
    }

    /// Takes the stream as the updates of a table: the latest value per key, null deletes.
    pub fn to_table(&self, store: impl Into<Materialized<K, V>>) -> Table<K, V>
    where
        K: Clone + Send + Sync,
        V: Send + Sync,
    {
        stream_to_table(self, store.into())
    }

    /// Writes the records to a topic.
    pub fn to(&self, topic: &str, serdes: (impl Serde<K>, impl Serde<V>)) {
        self.sink(SinkTopic::Name(topic.to_owned()), serdes, None, None);
    }

    /// Writes the records to a topic, each to the partition that `choose` gives; `None` leaves it to the key.
    pub fn to_partitioned(
        &self,
        topic: &str,
        serdes: (impl Serde<K>, impl Serde<V>),
        choose: impl Fn(Option<&K>, Option<&V>, i32) -> Option<i32> + Send + Sync + 'static,
    ) {
        self.sink(SinkTopic::Name(topic.to_owned()), serdes, Some(Arc::new(choose)), None);
    }

    /// Writes each record to the topic that `choose` gives for key, value and timestamp. The topics must exist.
    /// `label` stands for the choice in `describe`.
    pub fn to_chosen(
        &self,
        label: &str,
        serdes: (impl Serde<K>, impl Serde<V>),
        choose: impl Fn(Option<&K>, Option<&V>, i64) -> Arc<str> + Send + Sync + 'static,
    ) {
        self.sink(SinkTopic::Dynamic(label.to_owned()), serdes, None, Some(Arc::new(choose)));
    }

    fn sink(
        &self,
        topic: SinkTopic,
        serdes: (impl Serde<K>, impl Serde<V>),
        partitioner: Option<Partitioner<K, V>>,
        chooser: Option<TopicChooser<K, V>>,
    ) {
        let name = self.graph.name(self.next_name.as_deref(), "KSTREAM-SINK-");
        let (key, value): (SharedSerde<K>, SharedSerde<V>) = (Arc::new(serdes.0), Arc::new(serdes.1));
        let (parent, port) = (self.name.clone(), self.port.clone());
        self.graph.write(move |writer| {
            let parent = writer.node(&parent);
            let (_, sink) = writer.builder.add_sink(&name, topic, &[parent]);
            let name: Arc<str> = Arc::from(name);
            port.listen(move |_| StreamSink {
                sink,
                name: name.clone(),
                key: key.clone(),
                value: value.clone(),
                partitioner: partitioner.clone(),
                chooser: chooser.clone(),
            });
        });
    }

    /// Prints each record, for looking at a stream while developing.
    pub fn print(&self, label: &str)
    where
        K: fmt::Debug,
        V: fmt::Debug,
    {
        let label = label.to_owned();
        let make = move || {
            let label = label.clone();
            move |item: StreamItem<'_, K, V>, _: &mut Children<StreamEdge<K, V>>, _: &mut Context| {
                tracing::info!(target: "riverrun::print", "[{label}]: {:?}, {:?}", item.key, item.value);
                Ok(())
            }
        };
        self.step("KSTREAM-PRINTER-", (self.key.clone(), self.value.clone()), false, make);
    }
}

/// The nodes around a repartition topic.
pub(super) struct RepartitionNames {
    pub(super) filter: String,
    pub(super) sink: String,
    pub(super) source: String,
}

impl RepartitionNames {
    /// Generated names use up three numbers even where the topic's own name serves.
    pub(super) fn new(graph: &Graph, prefix: &str, topic: &str) -> Self {
        let sink = graph.generate("KSTREAM-SINK-");
        let filter = graph.generate("KSTREAM-FILTER-");
        let source = graph.generate("KSTREAM-SOURCE-");
        if is_generated(prefix) {
            graph.generated(format!("repartition topic {topic}"));
            return RepartitionNames { filter, sink, source };
        }
        RepartitionNames {
            filter: format!("{topic}-filter"),
            sink: format!("{topic}-sink"),
            source: format!("{topic}-source"),
        }
    }
}

/// Whether a name is one of those that streams generate: `KSTREAM…-` and ten digits.
fn is_generated(name: &str) -> bool {
    let number = name.rsplit_once('-').map_or("", |(_, number)| number);
    name.starts_with("KSTREAM") && number.len() == 10 && number.bytes().all(|byte| byte.is_ascii_digit())
}

//! Groups: streams and tables about to be aggregated per key.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use super::form::Form;
use super::graph::Graph;
use super::materialized::Materialized;
use super::stream::Stream;
use super::table::{StoreView, Table, written_state};
use super::windowed::{SessionStream, Sessions, WindowedStream};
use crate::operator::aggregate::{Aggregates, StreamAggregate, TableAggregate};
use crate::operator::sink::ChangeSink;
use crate::operator::source::{ChangeSource, Reading};
use crate::operator::step::Step;
use crate::operator::{Change, Children, Context, Port, SharedSerde, TableEdge, TableItem, TimeWindows};
use crate::state::StoreKind;
use crate::topology::{SinkTopic, SourceTopics};

/// The node behind a table grouping's repartition topic, and its rows.
type SharedRows<K, V> = Arc<Mutex<Option<(Arc<str>, Port<TableEdge<K, V>>)>>>;

/// The stream behind a grouping's own repartition topic, kept so that several aggregates share it.
type SharedTopic<K, V, N> = Arc<Mutex<Option<Stream<K, V, N>>>>;

/// A stream grouped by key.
///
/// If keys have changed since the topic, aggregates read the stream through a repartition topic. It is named by the
/// grouping (`.named("…")` in front of it), else by the aggregate's store.
pub struct GroupedStream<K: 'static, V: 'static, N> {
    pub(super) stream: Stream<K, V, N>,
    pub(super) topic_name: Option<String>,
    shared: SharedTopic<K, V, N>,
    pub(super) next_name: Option<String>,
}

impl<K, V, N> Clone for GroupedStream<K, V, N> {
    fn clone(&self) -> Self {
        GroupedStream {
            stream: self.stream.clone(),
            topic_name: self.topic_name.clone(),
            shared: self.shared.clone(),
            next_name: self.next_name.clone(),
        }
    }
}

impl<K, V, N> fmt::Debug for GroupedStream<K, V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupedStream").field("stream", &self.stream).finish_non_exhaustive()
    }
}

/// What to write for an aggregate: its names, its place, its store.
pub(super) struct Place<K: 'static, V: 'static, A, N> {
    pub(super) name: String,
    pub(super) store: Materialized<K, A>,
    pub(super) store_name: String,
    pub(super) parent: Stream<K, V, N>,
}

impl<K: 'static, V: 'static, N: Form> GroupedStream<K, V, N> {
    pub(super) fn new(stream: Stream<K, V, N>, topic_name: Option<String>) -> Self {
        let stream = Stream { next_name: None, ..stream };
        GroupedStream { stream, topic_name, shared: Arc::default(), next_name: None }
    }

    /// Names the next operator. The grouping itself is named in front of it.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        GroupedStream { next_name: Some(name.to_owned()), ..self.clone() }
    }

    /// Groups by time windows too.
    pub fn windowed_by(&self, windows: impl Into<TimeWindows>) -> WindowedStream<K, V, N>
    where
        K: Clone + Send + Sync,
    {
        WindowedStream::new(self.clone(), windows.into())
    }

    /// Groups by sessions too.
    pub fn windowed_by_sessions(&self, sessions: Sessions) -> SessionStream<K, V, N>
    where
        K: Clone + Send + Sync,
    {
        SessionStream::new(self.clone(), sessions)
    }

    /// Numbers and writes what lies in front of an aggregate.
    pub(super) fn place<A: 'static>(
        &self,
        store: Materialized<K, A>,
        value: Option<SharedSerde<A>>,
        prefix: &str,
    ) -> Place<K, V, A, N> {
        let graph = &self.stream.graph;
        let store_name = graph.store_name(store.name.as_deref(), prefix);
        if store.name.is_none() {
            graph.generated(format!("store {store_name}"));
        }
        let name = graph.name(self.next_name.as_deref(), prefix);
        let store = store.or_serdes(self.stream.key.clone(), value);
        let parent = self.regrouped(&store_name);
        Place { name, store, store_name, parent }
    }

    fn regrouped(&self, store_name: &str) -> Stream<K, V, N> {
        if !self.stream.rekeyed {
            return self.stream.clone();
        }
        let Some(name) = &self.topic_name else { return self.stream.through(store_name, None, false) };
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*shared {
            for prefix in ["KSTREAM-SINK-", "KSTREAM-FILTER-", "KSTREAM-SOURCE-"] {
                self.stream.graph.generate(prefix);
            }
            return known.clone();
        }
        let stream = self.stream.through(name, None, false);
        *shared = Some(stream.clone());
        stream
    }

    fn fold<A>(
        &self,
        store: Materialized<K, A>,
        value: Option<SharedSerde<A>>,
        prefix: &str,
        fold: impl Fn(&K, &V, Option<A>) -> Option<A> + Send + Sync + 'static,
        initial: impl Fn() -> Option<A> + Send + Sync + 'static,
    ) -> Table<K, A>
    where
        A: Send + Sync + 'static,
    {
        let Place { name, store, store_name, parent } = self.place(store, value, prefix);
        let view = StoreView::new(true);
        let port = Port::default();
        let table = Table {
            graph: parent.graph.clone(),
            name: Arc::from(name.as_str()),
            port: port.clone(),
            key: store.key.clone(),
            value: store.value.clone(),
            sources: parent.sources.clone(),
            view: view.clone(),
            next_name: None,
            grace_ms: None,
        };
        let (fold, initial) = (Arc::new(fold), Arc::new(initial));
        parent.graph.clone().write(move |writer| {
            let node = writer.processor(&name, &[&parent.name], &[]);
            let state = written_state(writer, &name, &store, &store_name, StoreKind::TimestampedKeyValue);
            let _ = view.state.set((state.clone(), store_name));
            let send_old = view.sends_old();
            parent.port.listen(move |assembly| {
                let (fold, initial) = (fold.clone(), initial.clone());
                StreamAggregate {
                    node,
                    fold: move |key: &K, value: &V, before: Option<A>| fold(key, value, before),
                    initial: move || initial(),
                    out: Aggregates { state: state.clone(), send_old, children: port.children(assembly) },
                    from: PhantomData,
                }
            });
        });
        table
    }

    /// Counts the records of each key. Records with a null key or value do not count.
    pub fn count(&self) -> Table<K, i64> {
        self.counted(Materialized::unnamed().value_serde(crate::operator::serde::i64()))
    }

    /// As [`Self::count`], in a store with a name or options.
    pub fn count_as(&self, store: impl Into<Materialized<K, i64>>) -> Table<K, i64> {
        let value: SharedSerde<i64> = Arc::new(crate::operator::serde::i64());
        let mut store = store.into();
        store.value = store.value.or(Some(value));
        // Kafka Streams uses up a number here that nothing gets.
        if store.name.is_none() {
            self.stream.graph.store_name(None, "KSTREAM-AGGREGATE-");
        }
        self.counted(store)
    }

    fn counted(&self, store: Materialized<K, i64>) -> Table<K, i64> {
        let count = |_: &K, _: &V, before: Option<i64>| Some(before.unwrap_or(0) + 1);
        self.fold(store, None, "KSTREAM-AGGREGATE-", count, || Some(0))
    }

    /// Combines the values of each key; the first one is taken as it is.
    pub fn reduce(&self, reduce: impl Fn(&V, &V) -> V + Send + Sync + 'static) -> Table<K, V>
    where
        V: Clone + Send + Sync,
    {
        self.reduce_as(Materialized::unnamed(), reduce)
    }

    /// As [`Self::reduce`], in a store with a name or options.
    pub fn reduce_as(
        &self,
        store: impl Into<Materialized<K, V>>,
        reduce: impl Fn(&V, &V) -> V + Send + Sync + 'static,
    ) -> Table<K, V>
    where
        V: Clone + Send + Sync,
    {
        let fold = move |_: &K, value: &V, before: Option<V>| match before {
            Some(before) => Some(reduce(&before, value)),
            None => Some(value.clone()),
        };
        self.fold(store.into(), self.stream.value.clone(), "KSTREAM-REDUCE-", fold, || None)
    }

    /// Folds the values of each key into an aggregate that begins with `initial()`.
    pub fn aggregate<A: Send + Sync + 'static>(
        &self,
        store: impl Into<Materialized<K, A>>,
        initial: impl Fn() -> A + Send + Sync + 'static,
        add: impl Fn(&K, &V, A) -> A + Send + Sync + 'static,
    ) -> Table<K, A> {
        self.aggregate_optional(store, initial, move |key, value, aggregate| Some(add(key, value, aggregate)))
    }

    /// As [`Self::aggregate`]; `None` deletes the aggregate, and the next record begins anew.
    pub fn aggregate_optional<A: Send + Sync + 'static>(
        &self,
        store: impl Into<Materialized<K, A>>,
        initial: impl Fn() -> A + Send + Sync + 'static,
        add: impl Fn(&K, &V, A) -> Option<A> + Send + Sync + 'static,
    ) -> Table<K, A> {
        let initial = Arc::new(initial);
        let begin = initial.clone();
        let fold =
            move |key: &K, value: &V, before: Option<A>| add(key, value, before.unwrap_or_else(|| begin()));
        self.fold(store.into(), None, "KSTREAM-AGGREGATE-", fold, move || Some(initial()))
    }
}

/// A table grouped anew: aggregates follow its rows as they come, change and go.
pub struct GroupedTable<K: 'static, V: 'static> {
    graph: Graph,
    select: Arc<str>,
    port: Port<TableEdge<K, V>>,
    key: SharedSerde<K>,
    value: SharedSerde<V>,
    topic_name: Option<String>,
    shared: SharedRows<K, V>,
    next_name: Option<String>,
}

impl<K, V> Clone for GroupedTable<K, V> {
    fn clone(&self) -> Self {
        GroupedTable {
            graph: self.graph.clone(),
            select: self.select.clone(),
            port: self.port.clone(),
            key: self.key.clone(),
            value: self.value.clone(),
            topic_name: self.topic_name.clone(),
            shared: self.shared.clone(),
            next_name: self.next_name.clone(),
        }
    }
}

impl<K, V> fmt::Debug for GroupedTable<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupedTable").field("select", &self.select).finish_non_exhaustive()
    }
}

impl<K, V> GroupedTable<K, V>
where
    K: PartialEq + Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    pub(super) fn new<K0, V0>(
        table: &Table<K0, V0>,
        select: impl Fn(&K0, &V0) -> Option<(K, V)> + Send + Sync + 'static,
        serdes: (SharedSerde<K>, SharedSerde<V>),
    ) -> Self
    where
        K0: 'static,
        V0: 'static,
    {
        let graph = table.graph.clone();
        let topic_name = table.next_name.clone();
        let name = graph.name(topic_name.as_deref(), "KTABLE-SELECT-");
        let port: Port<TableEdge<K, V>> = Port::default();
        let out = port.clone();
        let select = Arc::new(select);
        super::graph::attach(&graph, name.clone(), table.name.clone(), table.port.clone(), move |assembly| {
            let select = select.clone();
            let run = move |item: TableItem<'_, K0, V0>,
                            children: &mut Children<TableEdge<K, V>>,
                            ctx: &mut Context| {
                let TableItem { key, change, timestamp } = item;
                if !change.latest {
                    return Ok(());
                }
                let old = change.old.and_then(|value| select(key, value));
                let new = change.new.and_then(|value| select(key, value));
                let mut send = |key: &K, new: Option<&V>, old: Option<&V>, ctx: &mut Context| {
                    let change = Change { new, old, latest: true };
                    children.forward(TableItem { key, change, timestamp }, ctx)
                };
                match (&old, &new) {
                    (Some((old_key, old)), Some((new_key, new))) if old_key == new_key => {
                        send(old_key, Some(new), Some(old), ctx)
                    }
                    _ => {
                        if let Some((key, old)) = &old {
                            send(key, None, Some(old), ctx)?;
                        }
                        if let Some((key, new)) = &new {
                            send(key, Some(new), None, ctx)?;
                        }
                        Ok(())
                    }
                }
            };
            Step::<TableEdge<K0, V0>, _, _>::new(out.children(assembly), run)
        });
        let (key, value) = serdes;
        GroupedTable {
            graph,
            select: Arc::from(name),
            port,
            key,
            value,
            topic_name,
            shared: Arc::default(),
            next_name: None,
        }
    }

    /// Names the next operator. The grouping itself is named in front of it.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        GroupedTable { next_name: Some(name.to_owned()), ..self.clone() }
    }

    /// Writes the repartition topic and gives the node behind it.
    fn regrouped(&self, sink: String, source: String, store_name: &str) -> (Arc<str>, Port<TableEdge<K, V>>) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(known), Some(_)) = (&*shared, &self.topic_name) {
            return known.clone();
        }
        let topic = format!("{}-repartition", self.topic_name.as_deref().unwrap_or(store_name));
        if self.topic_name.is_none() {
            self.graph.generated(format!("repartition topic {topic}"));
        }
        let behind: (Arc<str>, Port<TableEdge<K, V>>) = (Arc::from(source.as_str()), Port::default());
        *shared = Some(behind.clone());
        let (select, port, out) = (self.select.clone(), self.port.clone(), behind.1.clone());
        let (key, value) = (self.key.clone(), self.value.clone());
        self.graph.write(move |writer| {
            writer.builder.add_repartition_topic(&topic, None);
            let parent = writer.node(&select);
            let (_, sink_id) = writer.builder.add_sink(&sink, SinkTopic::Name(topic.clone()), &[parent]);
            let node = writer.raw_source(&source, SourceTopics::Names(vec![topic]), None);
            let (name, serdes): (Arc<str>, _) = (Arc::from(sink), (key.clone(), value.clone()));
            port.listen(move |_| {
                let (key, value) = serdes.clone();
                ChangeSink { sink: sink_id, name: name.clone(), key, value }
            });
            let reading = Reading {
                node,
                name: Arc::from(source),
                key,
                value,
                nullable: true,
                on_bad: writer.config.on_bad_record,
                extractor: None,
            };
            writer.builder.execute(&[node], move |assembly| {
                Box::new(ChangeSource { reading: reading.clone(), children: out.children(assembly) })
            });
        });
        behind
    }

    fn fold<A: Send + Sync + 'static>(
        &self,
        store: Materialized<K, A>,
        value: Option<SharedSerde<A>>,
        prefix: &str,
        add: impl Fn(&K, &V, Option<A>) -> Option<A> + Send + Sync + 'static,
        remove: impl Fn(&K, &V, A) -> Option<A> + Send + Sync + 'static,
    ) -> Table<K, A> {
        let graph = self.graph.clone();
        let store_name = graph.store_name(store.name.as_deref(), prefix);
        if store.name.is_none() {
            graph.generated(format!("store {store_name}"));
        }
        let given = self.next_name.as_deref();
        let sink = graph.suffixed(given, "-sink", "KSTREAM-SINK-");
        let source = graph.suffixed(given, "-source", "KSTREAM-SOURCE-");
        let name = graph.name(given, prefix);
        let store = store.or_serdes(Some(self.key.clone()), value);
        let (parent, parent_port) = self.regrouped(sink, source, &store_name);
        let view = StoreView::new(true);
        let port = Port::default();
        let table = Table {
            graph: graph.clone(),
            name: Arc::from(name.as_str()),
            port: port.clone(),
            key: store.key.clone(),
            value: store.value.clone(),
            sources: BTreeSet::from([parent.to_string()]),
            view: view.clone(),
            next_name: None,
            grace_ms: None,
        };
        let (add, remove) = (Arc::new(add), Arc::new(remove));
        graph.write(move |writer| {
            writer.processor(&name, &[&parent], &[]);
            let state = written_state(writer, &name, &store, &store_name, StoreKind::TimestampedKeyValue);
            let _ = view.state.set((state.clone(), store_name));
            let send_old = view.sends_old();
            parent_port.listen(move |assembly| {
                let (add, remove) = (add.clone(), remove.clone());
                TableAggregate {
                    add: move |key: &K, value: &V, before: Option<A>| add(key, value, before),
                    remove: move |key: &K, value: &V, before: A| remove(key, value, before),
                    out: Aggregates { state: state.clone(), send_old, children: port.children(assembly) },
                    from: PhantomData,
                }
            });
        });
        table
    }

    /// Counts the rows of each group. A group whose rows have all gone stays with 0.
    pub fn count(&self) -> Table<K, i64> {
        self.count_as(Materialized::unnamed())
    }

    /// As [`Self::count`], in a store with a name or options.
    pub fn count_as(&self, store: impl Into<Materialized<K, i64>>) -> Table<K, i64> {
        let value: SharedSerde<i64> = Arc::new(crate::operator::serde::i64());
        let mut store = store.into();
        store.value = store.value.or(Some(value));
        let add = |_: &K, _: &V, before: Option<i64>| Some(before.unwrap_or(0) + 1);
        self.fold(store, None, "KTABLE-AGGREGATE-", add, |_, _, before| Some(before - 1))
    }

    /// Combines the values of each group: `add` takes a row in, `remove` takes it out.
    pub fn reduce(
        &self,
        store: impl Into<Materialized<K, V>>,
        add: impl Fn(&V, &V) -> V + Send + Sync + 'static,
        remove: impl Fn(&V, &V) -> V + Send + Sync + 'static,
    ) -> Table<K, V>
    where
        V: Clone,
    {
        let add = move |_: &K, value: &V, before: Option<V>| match before {
            Some(before) => Some(add(&before, value)),
            None => Some(value.clone()),
        };
        let remove = move |_: &K, value: &V, before: V| Some(remove(&before, value));
        self.fold(store.into(), Some(self.value.clone()), "KTABLE-REDUCE-", add, remove)
    }

    /// Folds the rows of each group: `add` takes a row in, `remove` takes it out.
    pub fn aggregate<A: Send + Sync + 'static>(
        &self,
        store: impl Into<Materialized<K, A>>,
        initial: impl Fn() -> A + Send + Sync + 'static,
        add: impl Fn(&K, &V, A) -> A + Send + Sync + 'static,
        remove: impl Fn(&K, &V, A) -> A + Send + Sync + 'static,
    ) -> Table<K, A> {
        let add = move |key: &K, value: &V, aggregate: A| Some(add(key, value, aggregate));
        self.aggregate_optional(store, initial, add, move |key, value, aggregate| {
            Some(remove(key, value, aggregate))
        })
    }

    /// As [`Self::aggregate`]; `None` deletes the aggregate.
    pub fn aggregate_optional<A: Send + Sync + 'static>(
        &self,
        store: impl Into<Materialized<K, A>>,
        initial: impl Fn() -> A + Send + Sync + 'static,
        add: impl Fn(&K, &V, A) -> Option<A> + Send + Sync + 'static,
        remove: impl Fn(&K, &V, A) -> Option<A> + Send + Sync + 'static,
    ) -> Table<K, A> {
        let add =
            move |key: &K, value: &V, before: Option<A>| add(key, value, before.unwrap_or_else(&initial));
        self.fold(store.into(), None, "KTABLE-AGGREGATE-", add, remove)
    }
}

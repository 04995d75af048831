//! Tables: the latest value per key.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::builder::Consumed;
use super::form::{Form, Full};
use super::graph::{Graph, Writer, attach};
use super::grouped::GroupedTable;
use super::materialized::Materialized;
use super::stream::Stream;
use crate::operator::key_value::KeyValueState;
use crate::operator::step::Step;
use crate::operator::table::{Derive, DerivedGetter, Getter, TableSource, TableStep};
use crate::operator::{Change, Children, Context, Port, SharedSerde, StreamItem, TableEdge, TableItem};
use crate::state::StoreKind;
use crate::topology::TopologyError;

/// A table: the latest value per key, as a stream of changes of its rows.
///
/// A row that is deleted goes on as a change to nothing. Filters and maps make new tables; they keep rows of their
/// own only where a store is asked for (`…_as`), or where something behind needs the rows.
pub struct Table<K: 'static, V: 'static> {
    pub(super) graph: Graph,
    pub(super) name: Arc<str>,
    pub(super) port: Port<TableEdge<K, V>>,
    pub(super) key: Option<SharedSerde<K>>,
    pub(super) value: Option<SharedSerde<V>>,
    pub(super) sources: BTreeSet<String>,
    pub(super) view: Arc<dyn View<K, V>>,
    pub(super) next_name: Option<String>,
    /// The grace of the windows that the rows belong to.
    pub(super) grace_ms: Option<i64>,
}

impl<K, V> Clone for Table<K, V> {
    fn clone(&self) -> Self {
        Table {
            graph: self.graph.clone(),
            name: self.name.clone(),
            port: self.port.clone(),
            key: self.key.clone(),
            value: self.value.clone(),
            sources: self.sources.clone(),
            view: self.view.clone(),
            next_name: self.next_name.clone(),
            grace_ms: self.grace_ms,
        }
    }
}

impl<K, V> fmt::Debug for Table<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("name", &self.name).finish_non_exhaustive()
    }
}

pub(super) type MakeGetter<K, V> = Arc<dyn Fn() -> Box<dyn Getter<K, V>> + Send + Sync>;

/// What others may ask of a table while the application is written down.
pub(super) trait View<K, V>: Send + Sync {
    /// Asks for old values in its changes. Unless `force`, only a table that has a store anyway says yes.
    fn send_old(&self, force: bool) -> bool;

    /// Asks that rows can be looked up: somewhere before, there must be a store.
    fn need_rows(&self);

    /// How to look rows up, and the names of the stores that it takes. Once the table is written.
    fn getter(&self) -> Option<(MakeGetter<K, V>, Vec<String>)>;
}

/// The view of a table with a store, or one that gets it when needed.
pub(super) struct StoreView<K, V> {
    pub(super) stored: AtomicBool,
    pub(super) old: AtomicBool,
    pub(super) state: OnceLock<(KeyValueState<K, V>, String)>,
}

impl<K, V> StoreView<K, V> {
    pub(super) fn new(stored: bool) -> Arc<Self> {
        let (stored, old) = (AtomicBool::new(stored), AtomicBool::new(false));
        Arc::new(StoreView { stored, old, state: OnceLock::new() })
    }

    pub(super) fn sends_old(&self) -> bool {
        self.old.load(Ordering::Relaxed)
    }
}

impl<K: 'static, V: 'static> View<K, V> for StoreView<K, V> {
    fn send_old(&self, force: bool) -> bool {
        if !force && !self.stored.load(Ordering::Relaxed) {
            return false;
        }
        self.stored.store(true, Ordering::Relaxed);
        self.old.store(true, Ordering::Relaxed);
        true
    }

    fn need_rows(&self) {
        self.stored.store(true, Ordering::Relaxed);
    }

    fn getter(&self) -> Option<(MakeGetter<K, V>, Vec<String>)> {
        let (state, store) = self.state.get()?;
        let state = state.clone();
        Some((Arc::new(move || Box::new(state.clone())), vec![store.clone()]))
    }
}

/// The view of a table made of another by a step without a store.
struct StepView<K, V, V2> {
    parent: Arc<dyn View<K, V>>,
    derive: Derive<K, V, V2>,
    old: AtomicBool,
}

impl<K: 'static, V: 'static, V2: 'static> View<K, V2> for StepView<K, V, V2> {
    fn send_old(&self, force: bool) -> bool {
        let sent = self.parent.send_old(force);
        if sent {
            self.old.store(true, Ordering::Relaxed);
        }
        sent
    }

    fn need_rows(&self) {
        self.parent.need_rows();
    }

    fn getter(&self) -> Option<(MakeGetter<K, V2>, Vec<String>)> {
        let (parent, stores) = self.parent.getter()?;
        let derive = self.derive.clone();
        let make: MakeGetter<K, V2> =
            Arc::new(move || Box::new(DerivedGetter { parent: parent(), derive: derive.clone() }));
        Some((make, stores))
    }
}

/// What a step makes of a row that it only looks at.
type DeriveRef<K, V, V2> = Arc<dyn Fn(&K, &V) -> Option<V2> + Send + Sync>;

/// A step between tables: what it makes of a row, by reference and by value.
struct Deriving<K, V, V2> {
    by_ref: DeriveRef<K, V, V2>,
    by_value: Derive<K, V, V2>,
    skip_nothing: bool,
}

pub(super) fn source_table<K, V>(
    graph: &Graph,
    consumed: Consumed<K, V>,
    store: Materialized<K, V>,
) -> Table<K, V>
where
    K: Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    let topic = consumed.first_topic().to_owned();
    let queried = store.name.is_some();
    let store_name = graph.store_name(store.name.as_deref(), &format!("{topic}-"));
    let given = consumed.given_name().map(str::to_owned);
    let mut source = consumed.into_source(graph, true);
    if given.is_some() {
        source.name.push_str("-source");
    }
    let name = graph.name(given.as_deref(), "KTABLE-SOURCE-");
    let store = store.or_serdes(Some(source.key.clone()), Some(source.value.clone()));
    let view = StoreView::new(queried);
    let port = Port::default();
    let table = Table {
        graph: graph.clone(),
        name: Arc::from(name.as_str()),
        port: port.clone(),
        key: store.key.clone(),
        value: store.value.clone(),
        sources: [source.name.clone()].into(),
        view: view.clone(),
        next_name: None,
        grace_ms: None,
    };
    graph.write(move |writer| {
        let records = Port::default();
        let source_name = source.name.clone();
        writer.source(source, &records);
        let stored = view.stored.load(Ordering::Relaxed);
        let reuse = (writer.config.reuse_source_topics && stored).then_some(topic.as_str());
        write_table_source(writer, &name, &source_name, &records, &port, (&view, &store, &store_name), reuse);
    });
    table
}

pub(super) fn stream_to_table<K, V, N: Form>(
    stream: &Stream<K, V, N>,
    store: Materialized<K, V>,
) -> Table<K, V>
where
    K: Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    let graph = stream.graph.clone();
    let name = graph.name(stream.next_name.as_deref(), "KSTREAM-TOTABLE-");
    let queried = store.name.is_some();
    let store_name = graph.store_name(store.name.as_deref(), "KSTREAM-TOTABLE-");
    let store = store.or_serdes(stream.key.clone(), stream.value.clone());
    let before = if stream.rekeyed {
        let typed: Stream<K, V, N> =
            Stream { key: store.key.clone(), value: store.value.clone(), ..stream.clone() };
        typed.through(&name, None, false)
    } else {
        stream.clone()
    };
    let view = StoreView::new(queried);
    let port = Port::default();
    let table = Table {
        graph: graph.clone(),
        name: Arc::from(name.as_str()),
        port: port.clone(),
        key: store.key.clone(),
        value: store.value.clone(),
        sources: before.sources.clone(),
        view: view.clone(),
        next_name: None,
        grace_ms: None,
    };
    let (parent, records) = (before.name.clone(), before.port.clone());
    graph.write(move |writer| {
        write_table_source(writer, &name, &parent, &records, &port, (&view, &store, &store_name), None);
    });
    table
}

type Rows<'a, K, V> = (&'a Arc<StoreView<K, V>>, &'a Materialized<K, V>, &'a str);

fn write_table_source<K, V>(
    writer: &mut Writer,
    name: &str,
    parent: &str,
    records: &Port<crate::operator::StreamEdge<K, V>>,
    port: &Port<TableEdge<K, V>>,
    rows: Rows<'_, K, V>,
    source_topic: Option<&str>,
) where
    K: 'static,
    V: 'static,
{
    let (view, store, store_name) = rows;
    let node = writer.processor(name, &[parent], &[]);
    let stored = view.stored.load(Ordering::Relaxed);
    let state =
        stored.then(|| written_state(writer, name, store, store_name, StoreKind::TimestampedKeyValue));
    if let (Some(state), Some(topic)) = (&state, source_topic)
        && store.logging.is_some()
    {
        writer.builder.use_source_as_changelog(state.store, topic);
    }
    if let Some(state) = &state {
        let _ = view.state.set((state.clone(), store_name.to_owned()));
    }
    let (port, send_old) = (port.clone(), view.sends_old());
    records.listen(move |assembly| TableSource {
        node,
        state: state.clone(),
        send_old,
        children: port.children(assembly),
    });
}

/// Writes a store and connects it with the step that keeps it.
pub(super) fn written_state<K: 'static, V: 'static>(
    writer: &mut Writer,
    node: &str,
    store: &Materialized<K, V>,
    store_name: &str,
    kind: StoreKind,
) -> KeyValueState<K, V> {
    let id = writer.store(store.spec(store_name, kind, store.caching));
    let at = writer.node(node);
    writer.builder.connect_store(at, id);
    let key = writer.serde(store.key.clone(), node, "key");
    let value = writer.serde(store.value.clone(), node, "value");
    KeyValueState { store: id, node: Arc::from(node), key, value }
}

impl<K, V> Table<K, V>
where
    K: Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// Names the next operator.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        Table { next_name: Some(name.to_owned()), ..self.clone() }
    }

    fn derive<V2: Send + Sync + 'static>(
        &self,
        prefix: &str,
        store: Materialized<K, V2>,
        value: Option<SharedSerde<V2>>,
        deriving: Deriving<K, V, V2>,
    ) -> Table<K, V2> {
        let graph = &self.graph;
        if store.name.is_none() {
            graph.store_name(None, prefix);
        }
        self.derive_unnumbered(prefix, store, value, deriving)
    }

    fn derive_unnumbered<V2: Send + Sync + 'static>(
        &self,
        prefix: &str,
        store: Materialized<K, V2>,
        value: Option<SharedSerde<V2>>,
        deriving: Deriving<K, V, V2>,
    ) -> Table<K, V2> {
        let graph = self.graph.clone();
        let name = graph.name(self.next_name.as_deref(), prefix);
        let store = store.or_serdes(self.key.clone(), value);
        let Deriving { by_ref, by_value, skip_nothing } = deriving;
        // A store before this step makes old values free, and with them needless deletions can be left out.
        let free_old = skip_nothing && self.view.send_old(false);
        let stored: Option<Arc<StoreView<K, V2>>> = store.name.as_ref().map(|_| StoreView::new(true));
        let step = Arc::new(StepView {
            parent: self.view.clone(),
            derive: by_value,
            old: AtomicBool::new(free_old),
        });
        if let (Some(stored), true) = (&stored, free_old) {
            stored.old.store(true, Ordering::Relaxed);
        }
        let view: Arc<dyn View<K, V2>> = match &stored {
            Some(stored) => stored.clone(),
            None => step.clone(),
        };
        let port = Port::default();
        let table = Table {
            graph: graph.clone(),
            name: Arc::from(name.as_str()),
            port: port.clone(),
            key: store.key.clone(),
            value: store.value.clone(),
            sources: self.sources.clone(),
            view,
            next_name: None,
            grace_ms: self.grace_ms,
        };
        let (parent, parent_port) = (self.name.clone(), self.port.clone());
        graph.write(move |writer| {
            writer.processor(&name, &[&parent], &[]);
            let kept = stored.zip(store.name.clone()).map(|(view, store_name)| {
                let state = written_state(writer, &name, &store, &store_name, StoreKind::TimestampedKeyValue);
                let _ = view.state.set((state.clone(), store_name));
                (state, view.sends_old())
            });
            let (state, send_old) = match kept {
                Some((state, old)) => (Some(state), old),
                None => (None, step.old.load(Ordering::Relaxed)),
            };
            parent_port.listen(move |assembly| {
                let by_ref = by_ref.clone();
                TableStep {
                    derive: move |key: &K, value: &V| by_ref(key, value),
                    state: state.clone(),
                    send_old,
                    skip_nothing,
                    children: port.children(assembly),
                    from: PhantomData,
                }
            });
        });
        table
    }

    fn filtered(
        &self,
        store: Option<Materialized<K, V>>,
        keep: impl Fn(&K, &V) -> bool + Send + Sync + 'static,
    ) -> Table<K, V>
    where
        V: Clone,
    {
        let keep = Arc::new(keep);
        let by_ref = keep.clone();
        let deriving = Deriving {
            by_ref: Arc::new(move |key: &K, value: &V| by_ref(key, value).then(|| value.clone())),
            by_value: Arc::new(move |key: &K, value: V| keep(key, &value).then_some(value)),
            skip_nothing: true,
        };
        match store {
            Some(store) => self.derive("KTABLE-FILTER-", store, self.value.clone(), deriving),
            None => self.derive_unnumbered(
                "KTABLE-FILTER-",
                Materialized::unnamed(),
                self.value.clone(),
                deriving,
            ),
        }
    }

    /// Keeps the rows for which `predicate` holds; a row that no longer does is deleted.
    pub fn filter(&self, predicate: impl Fn(&K, &V) -> bool + Send + Sync + 'static) -> Table<K, V>
    where
        V: Clone,
    {
        self.filtered(None, predicate)
    }

    /// Keeps the rows for which `predicate` does not hold.
    pub fn filter_not(&self, predicate: impl Fn(&K, &V) -> bool + Send + Sync + 'static) -> Table<K, V>
    where
        V: Clone,
    {
        self.filtered(None, move |key, value| !predicate(key, value))
    }

    /// As [`Self::filter`], with rows in a store.
    pub fn filter_as(
        &self,
        store: impl Into<Materialized<K, V>>,
        predicate: impl Fn(&K, &V) -> bool + Send + Sync + 'static,
    ) -> Table<K, V>
    where
        V: Clone,
    {
        self.filtered(Some(store.into()), predicate)
    }

    /// As [`Self::filter_not`], with rows in a store.
    pub fn filter_not_as(
        &self,
        store: impl Into<Materialized<K, V>>,
        predicate: impl Fn(&K, &V) -> bool + Send + Sync + 'static,
    ) -> Table<K, V>
    where
        V: Clone,
    {
        self.filtered(Some(store.into()), move |key, value| !predicate(key, value))
    }

    fn mapped<V2: Send + Sync + 'static>(
        &self,
        store: Option<Materialized<K, V2>>,
        map: impl Fn(&K, &V) -> Option<V2> + Send + Sync + 'static,
    ) -> Table<K, V2> {
        let map = Arc::new(map);
        let by_ref = map.clone();
        let deriving = Deriving {
            by_ref: Arc::new(move |key: &K, value: &V| by_ref(key, value)),
            by_value: Arc::new(move |key: &K, value: V| map(key, &value)),
            skip_nothing: false,
        };
        match store {
            Some(store) => self.derive("KTABLE-MAPVALUES-", store, None, deriving),
            None => self.derive_unnumbered("KTABLE-MAPVALUES-", Materialized::unnamed(), None, deriving),
        }
    }

    /// Makes a new value of each row.
    pub fn map_values<V2: Send + Sync + 'static>(
        &self,
        map: impl Fn(&K, &V) -> V2 + Send + Sync + 'static,
    ) -> Table<K, V2> {
        self.mapped(None, move |key, value| Some(map(key, value)))
    }

    /// As [`Self::map_values`], with rows in a store.
    pub fn map_values_as<V2: Send + Sync + 'static>(
        &self,
        store: impl Into<Materialized<K, V2>>,
        map: impl Fn(&K, &V) -> V2 + Send + Sync + 'static,
    ) -> Table<K, V2> {
        self.mapped(Some(store.into()), move |key, value| Some(map(key, value)))
    }

    /// Makes a new value of each row, or none.
    pub fn filter_map<V2: Send + Sync + 'static>(
        &self,
        map: impl Fn(&K, &V) -> Option<V2> + Send + Sync + 'static,
    ) -> Table<K, V2> {
        self.mapped(None, map)
    }

    /// As [`Self::filter_map`], with rows in a store.
    pub fn filter_map_as<V2: Send + Sync + 'static>(
        &self,
        store: impl Into<Materialized<K, V2>>,
        map: impl Fn(&K, &V) -> Option<V2> + Send + Sync + 'static,
    ) -> Table<K, V2> {
        self.mapped(Some(store.into()), map)
    }

    fn stream<N: Form>(&self) -> Stream<K, V, N> {
        let name = self.graph.name(self.next_name.as_deref(), "KTABLE-TOSTREAM-");
        let port = Port::default();
        let serdes = (self.key.clone(), self.value.clone());
        let stream =
            Stream::new(self.graph.clone(), &name, port.clone(), serdes, self.sources.clone(), false);
        attach(&self.graph, name, self.name.clone(), self.port.clone(), move |assembly| {
            let pass = |item: TableItem<'_, K, V>, children: &mut Children<_>, ctx: &mut Context| {
                let TableItem { key, change: Change { new, .. }, timestamp } = item;
                if new.is_none() && !N::NULLABLE {
                    return Ok(());
                }
                children.forward(StreamItem { key: Some(key), value: new, timestamp }, ctx)
            };
            Step::<TableEdge<K, V>, _, _>::new(port.children(assembly), pass)
        });
        stream
    }

    /// The stream of new values. Deletions are left out; see [`Self::to_stream_nullable`].
    pub fn to_stream(&self) -> Stream<K, V, Full> {
        self.stream()
    }

    /// The stream of new values, with null for deletions: what a topic needs that others read as a table.
    pub fn to_stream_nullable(&self) -> Stream<K, V, super::form::Nullable> {
        self.stream()
    }

    /// Groups the rows anew, for aggregates over the rows that are there now. A row for which `select` gives `None`
    /// is in no group.
    pub fn group_by<K2, V2>(
        &self,
        select: impl Fn(&K, &V) -> Option<(K2, V2)> + Send + Sync + 'static,
        serdes: (impl crate::operator::Serde<K2>, impl crate::operator::Serde<V2>),
    ) -> GroupedTable<K2, V2>
    where
        K2: PartialEq + Clone + Send + Sync + 'static,
        V2: Send + Sync + 'static,
    {
        self.view.send_old(true);
        GroupedTable::new(self, select, (Arc::new(serdes.0), Arc::new(serdes.1)))
    }
}

/// The getter of a table, written before; an error of the topology where there cannot be one.
pub(super) fn written_getter<K: 'static, V: 'static>(
    writer: &mut Writer,
    view: &Arc<dyn View<K, V>>,
    step: &str,
) -> Option<MakeGetter<K, V>> {
    let Some((make, stores)) = view.getter() else {
        let message = format!("step '{step}' looks up rows of a table that keeps none");
        writer.builder.fail(TopologyError::Invalid(message));
        return None;
    };
    let node = writer.node(step);
    for store in stores {
        if let Some(store) = writer.builder.store(&store) {
            writer.builder.connect_store(node, store);
        }
    }
    Some(make)
}

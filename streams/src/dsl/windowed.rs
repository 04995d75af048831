//! Groups in time windows.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::form::Form;
use super::grouped::{GroupedStream, Place};
use super::materialized::Materialized;
use super::table::{MakeGetter, Table, View};
use crate::operator::serde::{WindowedSerde, session_windowed, windowed};
use crate::operator::session::{SessionAggregate, SessionSpan};
use crate::operator::window::millis;
use crate::operator::window_aggregate::{Closing, WindowAggregate};
use crate::operator::windowed_state::WindowedState;
use crate::operator::{Emit, Port, SharedSerde, TimeWindows, Windowed};
use crate::state::StoreKind;

/// A grouped stream in time windows.
pub struct WindowedStream<K: 'static, V: 'static, N> {
    grouped: GroupedStream<K, V, N>,
    windows: TimeWindows,
    emit: Emit,
}

impl<K, V, N> Clone for WindowedStream<K, V, N> {
    fn clone(&self) -> Self {
        WindowedStream { grouped: self.grouped.clone(), ..*self }
    }
}

impl<K, V, N> fmt::Debug for WindowedStream<K, V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WindowedStream").field("windows", &self.windows).finish_non_exhaustive()
    }
}

/// The view of a windowed table. Its rows cannot be looked up yet.
struct WindowView {
    old: AtomicBool,
}

impl<K, V> View<K, V> for WindowView {
    fn send_old(&self, _force: bool) -> bool {
        self.old.store(true, Ordering::Relaxed);
        true
    }

    fn need_rows(&self) {}

    fn getter(&self) -> Option<(MakeGetter<K, V>, Vec<String>)> {
        None
    }
}

impl<K, V, N> WindowedStream<K, V, N>
where
    K: Clone + Send + Sync + 'static,
    V: 'static,
    N: Form,
{
    pub(super) fn new(grouped: GroupedStream<K, V, N>, windows: TimeWindows) -> Self {
        WindowedStream { grouped, windows, emit: Emit::OnUpdate }
    }

    /// When results leave.
    #[must_use]
    pub fn emit(mut self, emit: Emit) -> Self {
        self.emit = emit;
        self
    }

    /// Names the next operator.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        WindowedStream { grouped: self.grouped.named(name), ..*self }
    }

    fn fold<A: Send + Sync + 'static>(
        &self,
        store: Materialized<K, A>,
        value: Option<SharedSerde<A>>,
        prefix: &str,
        fold: impl Fn(&K, Option<&V>, Option<A>) -> Option<A> + Send + Sync + 'static,
        initial: impl Fn() -> Option<A> + Send + Sync + 'static,
    ) -> Table<Windowed<K>, A> {
        let Place { name, store, store_name, parent } = self.grouped.place(store, value, prefix);
        let (windows, emit) = (self.windows, self.emit);
        let view = Arc::new(WindowView { old: AtomicBool::new(false) });
        let port = Port::default();
        let key: Option<WindowedSerde<SharedSerde<K>>> =
            store.key.clone().map(|key| windowed(key).of_size(windows.size_ms));
        let table = Table {
            graph: parent.graph.clone(),
            name: Arc::from(name.as_str()),
            port: port.clone(),
            key: key.map(|key| Arc::new(key) as SharedSerde<Windowed<K>>),
            value: store.value.clone(),
            sources: parent.sources.clone(),
            view: view.clone(),
            next_name: None,
            grace_ms: Some(windows.grace_ms),
        };
        let (fold, initial) = (Arc::new(fold), Arc::new(initial));
        parent.graph.clone().write(move |writer| {
            let node = writer.processor(&name, &[&parent.name], &[]);
            let kind = StoreKind::Window {
                size_ms: windows.size_ms,
                retention: store.retention_of(windows.size_ms.saturating_add(windows.grace_ms)),
                timestamped: true,
                duplicates: false,
            };
            let cached = store.caching;
            let id = writer.store(store.spec(&store_name, kind, cached));
            writer.builder.connect_store(node, id);
            let key = writer.serde(store.key.clone(), &name, "key");
            let value = writer.serde(store.value.clone(), &name, "value");
            let state = WindowedState {
                store: id,
                node,
                name: Arc::from(name),
                key,
                value,
                size_ms: windows.size_ms,
            };
            let (send_old, interval_ms) = (view.old.load(Ordering::Relaxed), writer.config.emit_interval_ms);
            let lossy = writer.config.jvm_exact;
            parent.port.listen(move |assembly| {
                let (fold, initial) = (fold.clone(), initial.clone());
                WindowAggregate {
                    node,
                    windows,
                    fold: move |key: &K, value: Option<&V>, before: Option<A>| fold(key, value, before),
                    initial: move || initial(),
                    state: state.clone(),
                    send_old,
                    closing: Closing::new(emit, interval_ms, lossy),
                    observed_ms: -1,
                    children: port.children(assembly),
                    from: PhantomData,
                }
            });
        });
        table
    }

    /// Counts the records of each key and window; null values count.
    pub fn count(&self) -> Table<Windowed<K>, i64> {
        self.counted(Materialized::unnamed().value_serde(crate::operator::serde::i64()))
    }

    /// As [`Self::count`], in a store with a name or options.
    pub fn count_as(&self, store: impl Into<Materialized<K, i64>>) -> Table<Windowed<K>, i64> {
        let value: SharedSerde<i64> = Arc::new(crate::operator::serde::i64());
        let mut store = store.into();
        store.value = store.value.or(Some(value));
        // Kafka Streams uses up a number here that nothing gets.
        if store.name.is_none() {
            self.grouped.stream.graph.store_name(None, "KSTREAM-AGGREGATE-");
        }
        self.counted(store)
    }

    fn counted(&self, store: Materialized<K, i64>) -> Table<Windowed<K>, i64> {
        let count = |_: &K, _: Option<&V>, before: Option<i64>| Some(before.unwrap_or(0) + 1);
        self.fold(store, None, "KSTREAM-AGGREGATE-", count, || Some(0))
    }

    /// Combines the values of each key and window; the first one is taken as it is.
    pub fn reduce(
        &self,
        store: impl Into<Materialized<K, V>>,
        reduce: impl for<'a> Fn(&V, N::In<'a, V>) -> V + Send + Sync + 'static,
    ) -> Table<Windowed<K>, V>
    where
        V: Clone + Send + Sync,
    {
        let fold = move |_: &K, value: Option<&V>, before: Option<V>| match (before, N::take(value)) {
            (Some(before), Some(value)) => Some(reduce(&before, value)),
            (None, _) => value.cloned(),
            (before, None) => before,
        };
        self.fold(store.into(), self.grouped.stream.value.clone(), "KSTREAM-REDUCE-", fold, || None)
    }

    /// Folds the values of each key and window into an aggregate that begins with `initial()`.
    pub fn aggregate<A: Send + Sync + 'static>(
        &self,
        store: impl Into<Materialized<K, A>>,
        initial: impl Fn() -> A + Send + Sync + 'static,
        add: impl for<'a> Fn(&K, N::In<'a, V>, A) -> A + Send + Sync + 'static,
    ) -> Table<Windowed<K>, A> {
        self.aggregate_optional(store, initial, move |key, value, aggregate| Some(add(key, value, aggregate)))
    }

    /// As [`Self::aggregate`]; `None` deletes the window's result.
    pub fn aggregate_optional<A: Send + Sync + 'static>(
        &self,
        store: impl Into<Materialized<K, A>>,
        initial: impl Fn() -> A + Send + Sync + 'static,
        add: impl for<'a> Fn(&K, N::In<'a, V>, A) -> Option<A> + Send + Sync + 'static,
    ) -> Table<Windowed<K>, A> {
        let initial = Arc::new(initial);
        let begin = initial.clone();
        let fold = move |key: &K, value: Option<&V>, before: Option<A>| match N::take(value) {
            Some(value) => add(key, value, before.unwrap_or_else(|| begin())),
            None => before,
        };
        self.fold(store.into(), None, "KSTREAM-AGGREGATE-", fold, move || Some(initial()))
    }
}

/// Sessions: records of one key with no more than a gap between them.
#[derive(Clone, Copy, Debug)]
pub struct Sessions(SessionSpan);

impl Sessions {
    /// Sessions that end when no record came for longer than `gap`, without grace.
    pub fn with_gap(gap: Duration) -> Self {
        Sessions(SessionSpan { gap_ms: millis(gap), grace_ms: 0 })
    }

    /// How long after its end and the gap (in stream time) a session still takes records.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.0.grace_ms = millis(grace);
        self
    }
}

/// A grouped stream in sessions.
pub struct SessionStream<K: 'static, V: 'static, N> {
    grouped: GroupedStream<K, V, N>,
    span: SessionSpan,
    emit: Emit,
}

impl<K, V, N> Clone for SessionStream<K, V, N> {
    fn clone(&self) -> Self {
        SessionStream { grouped: self.grouped.clone(), ..*self }
    }
}

impl<K, V, N> fmt::Debug for SessionStream<K, V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionStream").field("span", &self.span).finish_non_exhaustive()
    }
}

impl<K, V, N> SessionStream<K, V, N>
where
    K: Clone + Send + Sync + 'static,
    V: 'static,
    N: Form,
{
    pub(super) fn new(grouped: GroupedStream<K, V, N>, sessions: Sessions) -> Self {
        SessionStream { grouped, span: sessions.0, emit: Emit::OnUpdate }
    }

    /// When results leave.
    #[must_use]
    pub fn emit(mut self, emit: Emit) -> Self {
        self.emit = emit;
        self
    }

    /// Names the next operator.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        SessionStream { grouped: self.grouped.named(name), ..*self }
    }

    fn fold<A: Send + Sync + 'static>(
        &self,
        store: Materialized<K, A>,
        value: Option<SharedSerde<A>>,
        prefix: &str,
        initial: impl Fn() -> Option<A> + Send + Sync + 'static,
        add: impl Fn(&K, Option<&V>, Option<A>) -> Option<A> + Send + Sync + 'static,
        merge: impl Fn(&K, Option<A>, A) -> Option<A> + Send + Sync + 'static,
    ) -> Table<Windowed<K>, A> {
        let Place { name, store, store_name, parent } = self.grouped.place(store, value, prefix);
        let (span, emit) = (self.span, self.emit);
        let view = Arc::new(WindowView { old: AtomicBool::new(false) });
        let port = Port::default();
        let key: Option<SharedSerde<Windowed<K>>> = match store.key.clone() {
            Some(key) => Some(Arc::new(session_windowed(key))),
            None => None,
        };
        let table = Table {
            graph: parent.graph.clone(),
            name: Arc::from(name.as_str()),
            port: port.clone(),
            key,
            value: store.value.clone(),
            sources: parent.sources.clone(),
            view: view.clone(),
            next_name: None,
            grace_ms: Some(span.gap_ms.saturating_add(span.grace_ms)),
        };
        let (initial, add, merge) = (Arc::new(initial), Arc::new(add), Arc::new(merge));
        parent.graph.clone().write(move |writer| {
            let node = writer.processor(&name, &[&parent.name], &[]);
            let retention = store.retention_of(span.gap_ms.saturating_add(span.grace_ms));
            let spec = store.spec(&store_name, StoreKind::Session { retention }, store.caching);
            let id = writer.store(spec);
            writer.builder.connect_store(node, id);
            let key = writer.serde(store.key.clone(), &name, "key");
            let value = writer.serde(store.value.clone(), &name, "value");
            let (send_old, interval_ms) = (view.old.load(Ordering::Relaxed), writer.config.emit_interval_ms);
            let lossy = writer.config.jvm_exact;
            let name: Arc<str> = Arc::from(name);
            parent.port.listen(move |assembly| {
                let (initial, add, merge) = (initial.clone(), add.clone(), merge.clone());
                SessionAggregate {
                    node,
                    name: name.clone(),
                    store: id,
                    key: key.clone(),
                    value: value.clone(),
                    span,
                    initial: move || initial(),
                    add: move |key: &K, value: Option<&V>, before: Option<A>| add(key, value, before),
                    merge: move |key: &K, before: Option<A>, session: A| merge(key, before, session),
                    send_old,
                    closing: Closing::new(emit, interval_ms, lossy),
                    observed_ms: -1,
                    children: port.children(assembly),
                    from: PhantomData,
                }
            });
        });
        table
    }

    /// Counts the records of each key and session; null values count.
    pub fn count(&self) -> Table<Windowed<K>, i64> {
        self.count_stored(Materialized::unnamed())
    }

    /// As [`Self::count`], in a store with a name or options.
    pub fn count_as(&self, store: impl Into<Materialized<K, i64>>) -> Table<Windowed<K>, i64> {
        let store = store.into();
        // Kafka Streams uses up a number here that nothing gets.
        if store.name.is_none() {
            self.grouped.stream.graph.store_name(None, "KSTREAM-AGGREGATE-");
        }
        self.count_stored(store)
    }

    fn count_stored(&self, mut store: Materialized<K, i64>) -> Table<Windowed<K>, i64> {
        let value: SharedSerde<i64> = Arc::new(crate::operator::serde::i64());
        store.value = store.value.or(Some(value));
        let add = |_: &K, _: Option<&V>, before: Option<i64>| Some(before.unwrap_or(0) + 1);
        let merge = |_: &K, before: Option<i64>, session: i64| Some(before.unwrap_or(0) + session);
        self.fold(store, None, "KSTREAM-AGGREGATE-", || Some(0), add, merge)
    }

    /// Combines the values of each key and session, and sessions that merge; the first value is taken as it is.
    pub fn reduce(
        &self,
        store: impl Into<Materialized<K, V>>,
        reduce: impl for<'a> Fn(&V, N::In<'a, V>) -> V + Send + Sync + 'static,
    ) -> Table<Windowed<K>, V>
    where
        V: Clone + Send + Sync,
    {
        let reduce = Arc::new(reduce);
        let merging = reduce.clone();
        let add = move |_: &K, value: Option<&V>, before: Option<V>| match (before, N::take(value)) {
            (Some(before), Some(value)) => Some(reduce(&before, value)),
            (None, _) => value.cloned(),
            (before, None) => before,
        };
        let merge = move |_: &K, before: Option<V>, session: V| {
            let merged = before.and_then(|before| Some(merging(&before, N::take(Some(&session))?)));
            Some(merged.unwrap_or(session))
        };
        self.fold(store.into(), self.grouped.stream.value.clone(), "KSTREAM-REDUCE-", || None, add, merge)
    }

    /// Folds the values of each key and session into an aggregate that begins with `initial()`; `merge` joins two
    /// sessions that a record between them makes one. `None` deletes the session's result.
    pub fn aggregate_optional<A: Send + Sync + 'static>(
        &self,
        store: impl Into<Materialized<K, A>>,
        initial: impl Fn() -> A + Send + Sync + 'static,
        add: impl for<'a> Fn(&K, N::In<'a, V>, A) -> Option<A> + Send + Sync + 'static,
        merge: impl Fn(&K, A, A) -> A + Send + Sync + 'static,
    ) -> Table<Windowed<K>, A> {
        let initial = Arc::new(initial);
        let (begin, again) = (initial.clone(), initial.clone());
        let add = move |key: &K, value: Option<&V>, before: Option<A>| match N::take(value) {
            Some(value) => add(key, value, before.unwrap_or_else(|| begin())),
            None => before,
        };
        let merge = move |key: &K, before: Option<A>, session: A| {
            Some(merge(key, before.unwrap_or_else(|| again()), session))
        };
        self.fold(store.into(), None, "KSTREAM-AGGREGATE-", move || Some(initial()), add, merge)
    }
}

//! Joins of two streams.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::form::Form;
use super::stream::Stream;
use crate::operator::join_streams::{JoinSide, JoinSpan, LeftInput, RightInput, StreamJoin};
use crate::operator::window::millis;
use crate::operator::{NodeId, Port, Shared, SharedSerde};
use crate::state::{Changelog, Retention, StoreKind, StoreSpec};

/// How far apart in time the records of a join may be.
#[derive(Clone, Copy, Debug)]
pub struct JoinWindows(JoinSpan);

impl JoinWindows {
    /// At most this far apart, either way, without grace.
    pub fn of(difference: Duration) -> Self {
        let difference_ms = millis(difference);
        JoinWindows(JoinSpan { before_ms: difference_ms, after_ms: difference_ms, grace_ms: 0 })
    }

    /// How long before a left record a right one may be, in milliseconds. Negative: it must be that much behind.
    #[must_use]
    pub fn before_ms(mut self, before_ms: i64) -> Self {
        self.0.before_ms = before_ms;
        self
    }

    /// How long after a left record a right one may be, in milliseconds. Negative: it must be that much before.
    #[must_use]
    pub fn after_ms(mut self, after_ms: i64) -> Self {
        self.0.after_ms = after_ms;
        self
    }

    /// How long after the window's end records without a match wait for one that comes late.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.0.grace_ms = millis(grace);
        self
    }
}

/// How a join keeps its records.
#[derive(Clone, Debug)]
pub struct StreamJoined {
    store_name: Option<String>,
    stores: Option<(String, String)>,
    logged: bool,
    persistent: bool,
}

impl Default for StreamJoined {
    fn default() -> Self {
        StreamJoined { store_name: None, stores: None, logged: true, persistent: true }
    }
}

impl StreamJoined {
    /// Stores with generated names.
    pub fn new() -> Self {
        Self::default()
    }

    /// The first part of the stores' names.
    #[must_use]
    pub fn store_name(mut self, name: &str) -> Self {
        self.store_name = Some(name.to_owned());
        self
    }

    /// The whole names of the two stores.
    #[must_use]
    pub fn stores(mut self, left: &str, right: &str) -> Self {
        self.stores = Some((left.to_owned(), right.to_owned()));
        self
    }

    /// No changelogs.
    #[must_use]
    pub fn without_changelog(mut self) -> Self {
        self.logged = false;
        self
    }

    /// Keeps records in memory; they come back from the changelog.
    #[must_use]
    pub fn in_memory(mut self) -> Self {
        self.persistent = false;
        self
    }

    fn spec(&self, name: &str, kind: StoreKind) -> StoreSpec {
        let mut configs = BTreeMap::new();
        if self.stores.is_some() && matches!(kind, StoreKind::Window { .. }) {
            configs.insert("cleanup.policy".to_owned(), "compact,delete".to_owned());
        }
        let changelog = if self.logged { Changelog::Topic(configs) } else { Changelog::Off };
        StoreSpec { name: name.to_owned(), kind, persistent: self.persistent, changelog, cached: false }
    }
}

/// Which records leave without a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// None.
    Inner,
    /// Those of the left stream.
    Left,
    /// Those of both.
    Outer,
}

/// The names of a join's nodes and stores.
struct Names {
    windowed: [String; 2],
    joins: [String; 2],
    merge: String,
    stores: [String; 2],
    shared: String,
}

impl Names {
    fn new<K, V, N: Form>(stream: &Stream<K, V, N>, kind: JoinKind, joined: &StreamJoined) -> Self {
        let (graph, given) = (&stream.graph, stream.next_name.as_deref());
        let (left_outer, right_outer) = (kind != JoinKind::Inner, kind == JoinKind::Outer);
        let windowed = [
            graph.suffixed(given, "-this-windowed", "KSTREAM-WINDOWED-"),
            graph.suffixed(given, "-other-windowed", "KSTREAM-WINDOWED-"),
        ];
        let generated = [
            graph.generate(if right_outer { "KSTREAM-OUTERTHIS-" } else { "KSTREAM-JOINTHIS-" }),
            graph.generate(if left_outer { "KSTREAM-OUTEROTHER-" } else { "KSTREAM-JOINOTHER-" }),
        ];
        let suffixes = [
            if right_outer { "-outer-this-join" } else { "-this-join" },
            if left_outer { "-outer-other-join" } else { "-other-join" },
        ];
        let merge = graph.suffixed(given, "-merge", "KSTREAM-MERGE-");
        let number = generated[0].rsplit('-').next().unwrap_or_default();
        let base = joined.stores.as_ref().map(|(left, _)| left).or(joined.store_name.as_ref());
        let shared = match base {
            Some(base) if right_outer => format!("{base}-outer-shared-join-store"),
            Some(base) => format!("{base}-left-shared-join-store"),
            None => format!("KSTREAM-OUTERSHARED-{number}-store"),
        };
        let store = |side: usize| match (&joined.stores, &joined.store_name) {
            (Some((left, right)), _) => {
                if side == 0 {
                    left.clone()
                } else {
                    right.clone()
                }
            }
            (None, Some(base)) => format!("{base}{}-store", suffixes[side]),
            (None, None) => format!("{}-store", generated[side]),
        };
        let join = |side: usize| {
            given.map_or_else(|| generated[side].clone(), |given| format!("{given}{}", suffixes[side]))
        };
        Names { windowed, joins: [join(0), join(1)], merge, stores: [store(0), store(1)], shared }
    }
}

impl<K, V, N> Stream<K, V, N>
where
    K: Send + Sync + 'static,
    V: Send + Sync + 'static,
    N: Form,
{
    /// Joins records of equal keys whose times are close: each pair gives a result, at the later time of the two.
    pub fn join_stream<VR, V2>(
        &self,
        other: &Stream<K, VR, N>,
        windows: JoinWindows,
        join: impl Fn(&V, &VR) -> V2 + Send + Sync + 'static,
    ) -> Stream<K, V2, N>
    where
        VR: Send + Sync + 'static,
        V2: 'static,
    {
        let join = move |_: Option<&K>, left: Option<&V>, right: Option<&VR>| Some(join(left?, right?));
        self.join_streams(other, JoinKind::Inner, windows, StreamJoined::new(), join)
    }

    /// As [`Self::join_stream`]; a left record without a match leaves alone, once its window and the grace are over.
    pub fn left_join_stream<VR, V2>(
        &self,
        other: &Stream<K, VR, N>,
        windows: JoinWindows,
        join: impl Fn(&V, Option<&VR>) -> V2 + Send + Sync + 'static,
    ) -> Stream<K, V2, N>
    where
        VR: Send + Sync + 'static,
        V2: 'static,
    {
        let join = move |_: Option<&K>, left: Option<&V>, right: Option<&VR>| Some(join(left?, right));
        self.join_streams(other, JoinKind::Left, windows, StreamJoined::new(), join)
    }

    /// As [`Self::join_stream`]; records of either side without a match leave alone.
    pub fn outer_join_stream<VR, V2>(
        &self,
        other: &Stream<K, VR, N>,
        windows: JoinWindows,
        join: impl Fn(Option<&V>, Option<&VR>) -> V2 + Send + Sync + 'static,
    ) -> Stream<K, V2, N>
    where
        VR: Send + Sync + 'static,
        V2: 'static,
    {
        let join = move |_: Option<&K>, left: Option<&V>, right: Option<&VR>| Some(join(left, right));
        self.join_streams(other, JoinKind::Outer, windows, StreamJoined::new(), join)
    }

    /// A join of two streams with all options; `join` gets the key and both values, one of which may be missing.
    pub fn join_streams<VR, V2>(
        &self,
        other: &Stream<K, VR, N>,
        kind: JoinKind,
        windows: JoinWindows,
        joined: StreamJoined,
        join: impl Fn(Option<&K>, Option<&V>, Option<&VR>) -> Option<V2> + Send + Sync + 'static,
    ) -> Stream<K, V2, N>
    where
        VR: Send + Sync + 'static,
        V2: 'static,
    {
        let JoinWindows(span) = windows;
        let through = |name: &Option<String>, own: &str, side: &str| {
            name.as_ref().map_or_else(|| own.to_owned(), |name| format!("{name}-{side}"))
        };
        let (left_kept, right_kept) = (kind != JoinKind::Inner, kind == JoinKind::Outer);
        let left = if self.rekeyed {
            self.through_once(&through(&self.next_name, &self.name, "left"), left_kept)
        } else {
            self.clone()
        };
        let right = if other.rekeyed {
            other.through_once(&through(&self.next_name, &other.name, "right"), right_kept)
        } else {
            other.clone()
        };
        let names = Names::new(self, kind, &joined);
        let sources: BTreeSet<String> = left.sources.union(&right.sources).cloned().collect();
        let port = Port::default();
        let key = left.key.clone().or(right.key.clone());
        let result = Stream::new(
            self.graph.clone(),
            &names.merge,
            port.clone(),
            (key.clone(), None),
            sources.clone(),
            false,
        );
        let join = Arc::new(join);
        self.graph.write(move |writer| {
            let key: SharedSerde<K> = writer.serde(key, &names.merge, "key");
            let left_value = writer.serde(left.value.clone(), &names.merge, "value");
            let right_value = writer.serde(right.value.clone(), &names.merge, "value");
            let kept_ms = span.before_ms.saturating_add(span.after_ms).saturating_add(span.grace_ms);
            let retention = if joined.persistent {
                Retention::persistent(kept_ms)
            } else {
                Retention::in_memory(kept_ms)
            };
            let size_ms = span.before_ms.saturating_add(span.after_ms);
            let rows = StoreKind::Window { size_ms, retention, timestamped: false, duplicates: true };
            let stores = [0, 1].map(|side| writer.store(joined.spec(&names.stores[side], rows)));
            let windowed = [
                writer.processor(&names.windowed[0], &[&left.name], &[stores[0]]),
                writer.processor(&names.windowed[1], &[&right.name], &[stores[1]]),
            ];
            let shared = left_kept.then(|| writer.store(joined.spec(&names.shared, StoreKind::KeyValue)));
            let with_shared = |store| -> Vec<_> { [Some(store), shared].into_iter().flatten().collect() };
            let joins: [NodeId; 2] = [
                writer.processor(&names.joins[0], &[&names.windowed[0]], &with_shared(stores[1])),
                writer.processor(&names.joins[1], &[&names.windowed[1]], &with_shared(stores[0])),
            ];
            let merge = writer.processor(&names.merge, &[&names.joins[0], &names.joins[1]], &[]);
            let together: Vec<_> = sources.iter().map(|source| writer.node(source)).collect();
            writer.builder.copartition(&together);
            let _ = windowed;
            let interval_ms = writer.config.emit_interval_ms;
            let left_side = JoinSide {
                node: joins[0],
                name: Arc::from(names.joins[0].as_str()),
                store: stores[0],
                value: left_value,
                preserved: left_kept,
                sequence: 0,
            };
            let right_side = JoinSide {
                node: joins[1],
                name: Arc::from(names.joins[1].as_str()),
                store: stores[1],
                value: right_value,
                preserved: right_kept,
                sequence: 0,
            };
            let make = Arc::new(move |assembly: &mut crate::operator::Assembly| {
                let join = join.clone();
                let (key, left, right) = (key.clone(), left_side.clone(), right_side.clone());
                let children = port.clone();
                Shared::new(assembly.shared(merge, move |assembly| StreamJoin {
                    key,
                    left,
                    right,
                    span,
                    join: move |key: Option<&K>, left: Option<&V>, right: Option<&VR>| join(key, left, right),
                    waiting: shared,
                    interval_ms,
                    stream_time_ms: -1,
                    earliest_waiting_ms: i64::MAX,
                    next_emit_ms: 0,
                    children: children.children(assembly),
                    ends_left: 2,
                    started: false,
                }))
            });
            let make_right = make.clone();
            left.port.listen(move |assembly| LeftInput(make(assembly)));
            right.port.listen(move |assembly| RightInput(make_right(assembly)));
        });
        result
    }
}

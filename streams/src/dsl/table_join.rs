//! Joins of two tables by key.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::materialized::Materialized;
use super::stream_join::JoinKind;
use super::table::{MakeGetter, StoreView, Table, View, written_getter, written_state};
use crate::operator::join_tables::{JoinGetter, JoinRows, LeftRows, Preserved, RightRows, TableJoin};
use crate::operator::{Assembly, Port, Shared};
use crate::state::StoreKind;

/// The view of a join without a store.
struct JoinView<K, VL, VR, V2> {
    left: Arc<dyn View<K, VL>>,
    right: Arc<dyn View<K, VR>>,
    preserved: Preserved,
    join: JoinRows<K, VL, VR, V2>,
    old: AtomicBool,
}

impl<K: 'static, VL: 'static, VR: 'static, V2: 'static> View<K, V2> for JoinView<K, VL, VR, V2> {
    fn send_old(&self, _force: bool) -> bool {
        self.left.send_old(true);
        self.right.send_old(true);
        self.old.store(true, Ordering::Relaxed);
        true
    }

    fn need_rows(&self) {
        self.left.need_rows();
        self.right.need_rows();
    }

    fn getter(&self) -> Option<(MakeGetter<K, V2>, Vec<String>)> {
        let (left, mut stores) = self.left.getter()?;
        let (right, more) = self.right.getter()?;
        stores.extend(more);
        let (preserved, join) = (self.preserved, self.join.clone());
        let make: MakeGetter<K, V2> = Arc::new(move || {
            Box::new(JoinGetter { left: left(), right: right(), preserved, join: join.clone() })
        });
        Some((make, stores))
    }
}

/// The view of a join that keeps its rows: old values come from both sides all the same.
struct StoredJoinView<K, VL, VR, V2> {
    sides: Arc<JoinView<K, VL, VR, V2>>,
    rows: Arc<StoreView<K, V2>>,
}

impl<K: 'static, VL: 'static, VR: 'static, V2: 'static> View<K, V2> for StoredJoinView<K, VL, VR, V2> {
    fn send_old(&self, force: bool) -> bool {
        self.sides.send_old(force)
    }

    fn need_rows(&self) {}

    fn getter(&self) -> Option<(MakeGetter<K, V2>, Vec<String>)> {
        self.rows.getter()
    }
}

impl<K, V> Table<K, V>
where
    K: Clone + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// The rows whose key is in both tables.
    pub fn join<VR, V2>(
        &self,
        other: &Table<K, VR>,
        join: impl Fn(&V, &VR) -> V2 + Send + Sync + 'static,
    ) -> Table<K, V2>
    where
        VR: Send + Sync + 'static,
        V2: Send + Sync + 'static,
    {
        let join = move |_: &K, left: Option<&V>, right: Option<&VR>| Some(join(left?, right?));
        self.join_tables(other, JoinKind::Inner, None, join)
    }

    /// The rows of this table, with those of the other where there are.
    pub fn left_join<VR, V2>(
        &self,
        other: &Table<K, VR>,
        join: impl Fn(&V, Option<&VR>) -> V2 + Send + Sync + 'static,
    ) -> Table<K, V2>
    where
        VR: Send + Sync + 'static,
        V2: Send + Sync + 'static,
    {
        let join = move |_: &K, left: Option<&V>, right: Option<&VR>| Some(join(left?, right));
        self.join_tables(other, JoinKind::Left, None, join)
    }

    /// The rows whose key is in either table.
    pub fn outer_join<VR, V2>(
        &self,
        other: &Table<K, VR>,
        join: impl Fn(Option<&V>, Option<&VR>) -> V2 + Send + Sync + 'static,
    ) -> Table<K, V2>
    where
        VR: Send + Sync + 'static,
        V2: Send + Sync + 'static,
    {
        let join = move |_: &K, left: Option<&V>, right: Option<&VR>| Some(join(left, right));
        self.join_tables(other, JoinKind::Outer, None, join)
    }

    /// A join of two tables with all options. `None` from `join` is no row.
    pub fn join_tables<VR, V2>(
        &self,
        other: &Table<K, VR>,
        kind: JoinKind,
        store: Option<Materialized<K, V2>>,
        join: impl Fn(&K, Option<&V>, Option<&VR>) -> Option<V2> + Send + Sync + 'static,
    ) -> Table<K, V2>
    where
        VR: Send + Sync + 'static,
        V2: Send + Sync + 'static,
    {
        let (graph, given) = (self.graph.clone(), self.next_name.as_deref());
        let store_name = store.as_ref().map(|store| graph.store_name(store.name.as_deref(), "KTABLE-MERGE-"));
        let merge = graph.name(given, "KTABLE-MERGE-");
        let joins = [
            graph.suffixed(given, "-join-this", "KTABLE-JOINTHIS-"),
            graph.suffixed(given, "-join-other", "KTABLE-JOINOTHER-"),
        ];
        let preserved = Preserved { left: kind != JoinKind::Inner, right: kind == JoinKind::Outer };
        if preserved.left {
            self.view.send_old(true);
        }
        if preserved.right {
            other.view.send_old(true);
        }
        self.view.need_rows();
        other.view.need_rows();
        let sources: BTreeSet<String> = self.sources.union(&other.sources).cloned().collect();
        let join: JoinRows<K, V, VR, V2> = Arc::new(join);
        let sides = Arc::new(JoinView {
            left: self.view.clone(),
            right: other.view.clone(),
            preserved,
            join: join.clone(),
            old: AtomicBool::new(false),
        });
        let rows = store.as_ref().map(|_| StoreView::new(true));
        let view: Arc<dyn View<K, V2>> = match &rows {
            Some(rows) => Arc::new(StoredJoinView { sides: sides.clone(), rows: rows.clone() }),
            None => sides.clone(),
        };
        let store = store.map(|store| store.or_serdes(self.key.clone(), None));
        let port = Port::default();
        let table = Table {
            graph: graph.clone(),
            name: Arc::from(merge.as_str()),
            port: port.clone(),
            key: self.key.clone(),
            value: store.as_ref().and_then(|store| store.value.clone()),
            sources: sources.clone(),
            view,
            next_name: None,
            grace_ms: None,
        };
        let (left, right) =
            ((self.name.clone(), self.port.clone()), (other.name.clone(), other.port.clone()));
        graph.write(move |writer| {
            writer.processor(&joins[0], &[&left.0], &[]);
            writer.processor(&joins[1], &[&right.0], &[]);
            let merge_node = writer.processor(&merge, &[&joins[0], &joins[1]], &[]);
            let Some(left_rows) = written_getter(writer, &sides.left, &joins[1]) else { return };
            let Some(right_rows) = written_getter(writer, &sides.right, &joins[0]) else { return };
            let state = store.zip(store_name).map(|(store, name)| {
                let state = written_state(writer, &merge, &store, &name, StoreKind::TimestampedKeyValue);
                if let Some(rows) = &rows {
                    let _ = rows.state.set((state.clone(), name));
                }
                state
            });
            let together: Vec<_> = sources.iter().map(|source| writer.node(source)).collect();
            writer.builder.copartition(&together);
            let send_old = sides.old.load(Ordering::Relaxed);
            let make = Arc::new(move |assembly: &mut Assembly| {
                let (left, right, state, join) =
                    (left_rows.clone(), right_rows.clone(), state.clone(), join.clone());
                let children = port.clone();
                Shared::new(assembly.shared(merge_node, move |assembly| TableJoin {
                    left: left(),
                    right: right(),
                    preserved,
                    join: move |key: &K, left: Option<&V>, right: Option<&VR>| join(key, left, right),
                    state,
                    send_old,
                    children: children.children(assembly),
                    ends_left: 2,
                    started: false,
                }))
            });
            let make_right = make.clone();
            left.1.listen(move |assembly| LeftRows(make(assembly)));
            right.1.listen(move |assembly| RightRows(make_right(assembly)));
        });
        table
    }
}

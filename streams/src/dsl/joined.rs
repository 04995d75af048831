//! Joins of a stream with a table.

use std::collections::BTreeSet;
use std::marker::PhantomData;
use std::sync::Arc;

use super::form::Form;
use super::stream::Stream;
use super::table::{Table, written_getter};
use crate::operator::Port;
use crate::operator::join_table::StreamTableJoin;

impl<K, V, N> Stream<K, V, N>
where
    K: Clone + Send + Sync + 'static,
    V: 'static,
    N: Form,
{
    /// Joins each record with the table's row of its key; a record without one gives nothing. Only stream records
    /// give results, at their own time, with the row as it is then.
    pub fn join<VT, V2>(
        &self,
        table: &Table<K, VT>,
        join: impl Fn(&V, &VT) -> V2 + Send + Sync + 'static,
    ) -> Stream<K, V2, N>
    where
        VT: Send + Sync + 'static,
        V2: 'static,
    {
        self.join_table(table, false, move |_, value, row| row.map(|row| join(value, row)))
    }

    /// As [`Self::join`]; a record without a row joins `None`.
    pub fn left_join<VT, V2>(
        &self,
        table: &Table<K, VT>,
        join: impl Fn(&V, Option<&VT>) -> V2 + Send + Sync + 'static,
    ) -> Stream<K, V2, N>
    where
        VT: Send + Sync + 'static,
        V2: 'static,
    {
        self.join_table(table, true, move |_, value, row| Some(join(value, row)))
    }

    /// As [`Self::left_join`], with the key.
    pub fn left_join_with_key<VT, V2>(
        &self,
        table: &Table<K, VT>,
        join: impl for<'a> Fn(N::In<'a, K>, &V, Option<&VT>) -> V2 + Send + Sync + 'static,
    ) -> Stream<K, V2, N>
    where
        VT: Send + Sync + 'static,
        V2: 'static,
    {
        self.join_table(table, true, move |key, value, row| Some(join(N::take(key)?, value, row)))
    }

    fn join_table<VT, V2>(
        &self,
        table: &Table<K, VT>,
        left: bool,
        join: impl Fn(Option<&K>, &V, Option<&VT>) -> Option<V2> + Send + Sync + 'static,
    ) -> Stream<K, V2, N>
    where
        VT: Send + Sync + 'static,
        V2: 'static,
    {
        let before = if self.rekeyed {
            let prefix = self.next_name.clone().unwrap_or_else(|| self.name.to_string());
            self.through_once(&prefix, left)
        } else {
            self.clone()
        };
        let sources: BTreeSet<String> = before.sources.union(&table.sources).cloned().collect();
        let prefix = if left { "KSTREAM-LEFTJOIN-" } else { "KSTREAM-JOIN-" };
        let name = self.graph.name(self.next_name.as_deref(), prefix);
        table.view.need_rows();
        let port = Port::default();
        let serdes = (before.key.clone(), None);
        let joined = Stream::new(self.graph.clone(), &name, port.clone(), serdes, sources.clone(), false);
        let (parent, parent_port, view) = (before.name.clone(), before.port.clone(), table.view.clone());
        let join = Arc::new(join);
        self.graph.write(move |writer| {
            let node = writer.processor(&name, &[&parent], &[]);
            let Some(getter) = written_getter(writer, &view, &name) else { return };
            let together: Vec<_> = sources.iter().map(|source| writer.node(source)).collect();
            writer.builder.copartition(&together);
            parent_port.listen(move |assembly| {
                let join = join.clone();
                StreamTableJoin {
                    node,
                    left,
                    join: move |key: Option<&K>, value: &V, row: Option<&VT>| join(key, value, row),
                    getter: getter(),
                    children: port.children(assembly),
                    from: PhantomData,
                }
            });
        });
        joined
    }
}

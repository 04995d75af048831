//! Aggregates per key: of a stream, and of a table whose rows come and go.

use super::key_value::KeyValueState;
use super::{
    Change, Children, Context, DropReason, Flow, NodeId, Process, StreamEdge, StreamItem, TableEdge,
    TableItem,
};

/// Where an aggregate goes: its store, its listeners, and whether they want the value before.
pub(crate) struct Aggregates<K: 'static, A: 'static> {
    pub(crate) state: KeyValueState<K, A>,
    pub(crate) send_old: bool,
    pub(crate) children: Children<TableEdge<K, A>>,
}

impl<K: 'static, A: 'static> Aggregates<K, A> {
    fn update(
        &mut self,
        key: &K,
        new: Option<&A>,
        old: Option<&A>,
        update_ms: i64,
        record_ms: i64,
        ctx: &mut Context,
    ) -> Flow {
        if self.state.put(key, new, update_ms, record_ms, ctx)? {
            let change = Change { new, old, latest: true };
            return self.children.forward(TableItem { key, change, timestamp: update_ms }, ctx);
        }
        if self.state.is_full(ctx) { self.drain(ctx) } else { Ok(()) }
    }

    fn drain(&mut self, ctx: &mut Context) -> Flow {
        let Aggregates { state, children, send_old } = self;
        state.drain(*send_old, ctx, |item, ctx| children.forward(item, ctx))
    }
}

/// Folds a stream into one value per key.
///
/// `fold` gets the value before, `None` at the start, and gives the value after, `None` to delete it. `initial` is
/// what listeners are told as the old value at the start, as Kafka Streams does for aggregates (not for reduce).
pub(crate) struct StreamAggregate<K: 'static, V, A: 'static, F, I> {
    pub(crate) node: NodeId,
    pub(crate) fold: F,
    pub(crate) initial: I,
    pub(crate) out: Aggregates<K, A>,
    pub(crate) from: std::marker::PhantomData<fn(V)>,
}

impl<K, V, A, F, I> Process<StreamEdge<K, V>> for StreamAggregate<K, V, A, F, I>
where
    K: 'static,
    V: 'static,
    A: 'static,
    F: FnMut(&K, &V, Option<A>) -> Option<A> + Send,
    I: FnMut() -> Option<A> + Send,
{
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.out.children.init(ctx)
    }

    fn process(&mut self, item: StreamItem<'_, K, V>, ctx: &mut Context) -> Flow {
        let (Some(key), Some(value)) = (item.key, item.value) else {
            let reason = if item.key.is_none() { DropReason::NullKey } else { DropReason::NullValue };
            ctx.drop_record(self.node, reason);
            return Ok(());
        };
        let before = self.out.state.get(key, ctx)?;
        let update_ms = before.as_ref().map_or(item.timestamp, |(_, time)| item.timestamp.max(*time));
        // The fold takes the value before; listeners that want it get a second copy from the store.
        let told = if !self.out.send_old {
            None
        } else if before.is_some() {
            self.out.state.get(key, ctx)?.map(|(value, _)| value)
        } else {
            (self.initial)()
        };
        let after = (self.fold)(key, value, before.map(|(value, _)| value));
        self.out.update(key, after.as_ref(), told.as_ref(), update_ms, item.timestamp, ctx)
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.out.drain(ctx)?;
        self.out.children.flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.out.drain(ctx)?;
        self.out.children.end_of_input(ctx)
    }
}

/// Folds a table into one value per group: the row before leaves, then the row after comes in.
pub(crate) struct TableAggregate<K: 'static, V, A: 'static, Add, Remove> {
    /// Gets the aggregate without the row, `None` if there is none yet.
    pub(crate) add: Add,
    pub(crate) remove: Remove,
    pub(crate) out: Aggregates<K, A>,
    pub(crate) from: std::marker::PhantomData<fn(V)>,
}

impl<K, V, A, Add, Remove> Process<TableEdge<K, V>> for TableAggregate<K, V, A, Add, Remove>
where
    K: 'static,
    V: 'static,
    A: 'static,
    Add: FnMut(&K, &V, Option<A>) -> Option<A> + Send,
    Remove: FnMut(&K, &V, A) -> Option<A> + Send,
{
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.out.children.init(ctx)
    }

    fn process(&mut self, item: TableItem<'_, K, V>, ctx: &mut Context) -> Flow {
        let TableItem { key, change, timestamp } = item;
        let before = self.out.state.get(key, ctx)?;
        let update_ms = before.as_ref().map_or(timestamp, |(_, time)| timestamp.max(*time));
        let told = if self.out.send_old { self.out.state.get(key, ctx)? } else { None };
        let told = told.map(|(value, _)| value);
        let mut aggregate = before.map(|(value, _)| value);
        if let Some(old) = change.old
            && let Some(held) = aggregate.take()
        {
            aggregate = (self.remove)(key, old, held);
        }
        if let Some(new) = change.new {
            aggregate = (self.add)(key, new, aggregate);
        }
        self.out.update(key, aggregate.as_ref(), told.as_ref(), update_ms, timestamp, ctx)
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.out.drain(ctx)?;
        self.out.children.flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.out.drain(ctx)?;
        self.out.children.end_of_input(ctx)
    }
}

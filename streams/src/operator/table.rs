//! Tables: where rows come in, and steps between tables with or without a store of their own.

use std::sync::Arc;

use super::key_value::KeyValueState;
use super::{
    Change, Children, Context, DropReason, Flow, NodeId, Process, ProcessError, StreamEdge, StreamItem,
    TableEdge, TableItem,
};

/// Looks up the row of a table by key, through whatever lies between it and a store.
pub(crate) trait Getter<K, V>: Send {
    /// The row's value and the time of its latest update.
    fn get(&mut self, key: &K, ctx: &mut Context) -> Result<Option<(V, i64)>, ProcessError>;
}

impl<K: 'static, V: 'static> Getter<K, V> for KeyValueState<K, V> {
    fn get(&mut self, key: &K, ctx: &mut Context) -> Result<Option<(V, i64)>, ProcessError> {
        KeyValueState::get(self, key, ctx)
    }
}

/// A row as a step between tables derives it from the row before.
pub(crate) struct DerivedGetter<K, V, V2> {
    pub(crate) parent: Box<dyn Getter<K, V>>,
    pub(crate) derive: Derive<K, V, V2>,
}

/// What a table step makes of a row; `None` is no row.
pub(crate) type Derive<K, V, V2> = Arc<dyn Fn(&K, V) -> Option<V2> + Send + Sync>;

impl<K: 'static, V: 'static, V2: 'static> Getter<K, V2> for DerivedGetter<K, V, V2> {
    fn get(&mut self, key: &K, ctx: &mut Context) -> Result<Option<(V2, i64)>, ProcessError> {
        let row = self.parent.get(key, ctx)?;
        Ok(row.and_then(|(value, time)| Some(((self.derive)(key, value)?, time))))
    }
}

/// A stream taken as the updates of a table.
pub(crate) struct TableSource<K: 'static, V: 'static> {
    pub(crate) node: NodeId,
    pub(crate) state: Option<KeyValueState<K, V>>,
    pub(crate) send_old: bool,
    pub(crate) children: Children<TableEdge<K, V>>,
}

impl<K: 'static, V: 'static> Process<StreamEdge<K, V>> for TableSource<K, V> {
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.children.init(ctx)
    }

    fn process(&mut self, item: StreamItem<'_, K, V>, ctx: &mut Context) -> Flow {
        let Some(key) = item.key else {
            ctx.drop_record(self.node, DropReason::NullKey);
            return Ok(());
        };
        let timestamp = item.timestamp;
        let Some(state) = &self.state else {
            let change = Change { new: item.value, old: None, latest: true };
            return self.children.forward(TableItem { key, change, timestamp }, ctx);
        };
        let raw_key = ctx.encode(&*state.key, key, &state.node)?;
        let old = if self.send_old { state.get_raw(&raw_key, ctx)? } else { None };
        if state.put_raw(&raw_key, item.value, timestamp, timestamp, ctx)? {
            let change = Change { new: item.value, old: old.as_ref().map(|(value, _)| value), latest: true };
            self.children.forward(TableItem { key, change, timestamp }, ctx)?;
        } else if state.is_full(ctx) {
            self.drain(ctx)?;
        }
        Ok(())
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.drain(ctx)?;
        self.children.flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.drain(ctx)?;
        self.children.end_of_input(ctx)
    }
}

impl<K: 'static, V: 'static> TableSource<K, V> {
    fn drain(&mut self, ctx: &mut Context) -> Flow {
        let TableSource { state, children, send_old, .. } = self;
        let Some(state) = state else { return Ok(()) };
        state.drain(*send_old, ctx, |item, ctx| children.forward(item, ctx))
    }
}

/// Makes rows of one table out of rows of another: filter and map.
pub(crate) struct TableStep<K: 'static, V: 'static, V2: 'static, F> {
    pub(crate) derive: F,
    pub(crate) state: Option<KeyValueState<K, V2>>,
    pub(crate) send_old: bool,
    /// Whether a change from nothing to nothing is left out where the old value is known.
    pub(crate) skip_nothing: bool,
    pub(crate) children: Children<TableEdge<K, V2>>,
    pub(crate) from: std::marker::PhantomData<fn(V)>,
}

impl<K, V, V2, F> TableStep<K, V, V2, F>
where
    K: 'static,
    V2: 'static,
    F: FnMut(&K, &V) -> Option<V2>,
{
    fn drain(&mut self, ctx: &mut Context) -> Flow {
        let TableStep { state, children, send_old, .. } = self;
        let Some(state) = state else { return Ok(()) };
        state.drain(*send_old, ctx, |item, ctx| children.forward(item, ctx))
    }
}

impl<K, V, V2, F> Process<TableEdge<K, V>> for TableStep<K, V, V2, F>
where
    K: 'static,
    V: 'static,
    V2: 'static,
    F: FnMut(&K, &V) -> Option<V2> + Send,
{
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.children.init(ctx)
    }

    fn process(&mut self, item: TableItem<'_, K, V>, ctx: &mut Context) -> Flow {
        let TableItem { key, change, timestamp } = item;
        let new = change.new.and_then(|value| (self.derive)(key, value));
        let old = match &self.state {
            _ if !self.send_old => None,
            Some(state) => state.get(key, ctx)?.map(|(value, _)| value),
            None => change.old.and_then(|value| (self.derive)(key, value)),
        };
        if self.skip_nothing && self.send_old && old.is_none() && new.is_none() {
            return Ok(());
        }
        if let Some(state) = &self.state
            && !state.put(key, new.as_ref(), timestamp, timestamp, ctx)?
        {
            return if state.is_full(ctx) { self.drain(ctx) } else { Ok(()) };
        }
        let change = Change { new: new.as_ref(), old: old.as_ref(), latest: change.latest };
        self.children.forward(TableItem { key, change, timestamp }, ctx)
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.drain(ctx)?;
        self.children.flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.drain(ctx)?;
        self.children.end_of_input(ctx)
    }
}

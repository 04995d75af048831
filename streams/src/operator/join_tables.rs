//! Two tables joined by key.

use super::key_value::KeyValueState;
use super::table::Getter;
use super::{Change, Children, Context, Flow, Process, ProcessError, Shared, TableEdge, TableItem};

/// Which rows give a result without a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Preserved {
    pub(crate) left: bool,
    pub(crate) right: bool,
}

/// The join's two halves and what they share.
pub(crate) struct TableJoin<K: 'static, VL, VR, V2: 'static, F> {
    pub(crate) left: Box<dyn Getter<K, VL>>,
    pub(crate) right: Box<dyn Getter<K, VR>>,
    pub(crate) preserved: Preserved,
    pub(crate) join: F,
    pub(crate) state: Option<KeyValueState<K, V2>>,
    pub(crate) send_old: bool,
    pub(crate) children: Children<TableEdge<K, V2>>,
    pub(crate) ends_left: u8,
    pub(crate) started: bool,
}

impl<K, VL, VR, V2, F> TableJoin<K, VL, VR, V2, F>
where
    K: 'static,
    VL: 'static,
    VR: 'static,
    V2: 'static,
    F: FnMut(&K, Option<&VL>, Option<&VR>) -> Option<V2> + Send,
{
    fn start(&mut self, ctx: &mut Context) -> Flow {
        if std::mem::replace(&mut self.started, true) { Ok(()) } else { self.children.init(ctx) }
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.drain(ctx)?;
        self.children.flush(ctx)
    }

    fn end(&mut self, ctx: &mut Context) -> Flow {
        self.ends_left = self.ends_left.saturating_sub(1);
        self.drain(ctx)?;
        if self.ends_left == 0 { self.children.end_of_input(ctx) } else { Ok(()) }
    }

    fn drain(&mut self, ctx: &mut Context) -> Flow {
        let TableJoin { state, children, send_old, .. } = self;
        let Some(state) = state else { return Ok(()) };
        state.drain(*send_old, ctx, |item, ctx| children.forward(item, ctx))
    }

    fn take_left(&mut self, item: TableItem<'_, K, VL>, ctx: &mut Context) -> Flow {
        let TableItem { key, change, timestamp } = item;
        if !change.latest {
            return Ok(());
        }
        let other = self.right.get(key, ctx)?;
        let Some(time) = result_time(&change, other.as_ref(), timestamp, self.preserved.left) else {
            return Ok(());
        };
        let other = other.as_ref().map(|(value, _)| value);
        let alone = self.preserved.right;
        let mut one = |value: Option<&VL>| match (value, other) {
            (None, None) => None,
            (None, Some(_)) if !alone => None,
            _ => (self.join)(key, value, other),
        };
        let new = one(change.new);
        let old = if self.send_old { one(change.old) } else { None };
        self.send(key, new, old, time, ctx)
    }

    fn take_right(&mut self, item: TableItem<'_, K, VR>, ctx: &mut Context) -> Flow {
        let TableItem { key, change, timestamp } = item;
        if !change.latest {
            return Ok(());
        }
        let other = self.left.get(key, ctx)?;
        let Some(time) = result_time(&change, other.as_ref(), timestamp, self.preserved.right) else {
            return Ok(());
        };
        let other = other.as_ref().map(|(value, _)| value);
        let alone = self.preserved.left;
        let mut one = |value: Option<&VR>| match (value, other) {
            (None, None) => None,
            (None, Some(_)) if !alone => None,
            _ => (self.join)(key, other, value),
        };
        let new = one(change.new);
        let old = if self.send_old { one(change.old) } else { None };
        self.send(key, new, old, time, ctx)
    }

    fn send(&mut self, key: &K, new: Option<V2>, old: Option<V2>, time_ms: i64, ctx: &mut Context) -> Flow {
        if let Some(state) = &self.state
            && !state.put(key, new.as_ref(), time_ms, time_ms, ctx)?
        {
            return if state.is_full(ctx) { self.drain(ctx) } else { Ok(()) };
        }
        let change = Change { new: new.as_ref(), old: old.as_ref(), latest: true };
        self.children.forward(TableItem { key, change, timestamp: time_ms }, ctx)
    }
}

/// The later time of the two rows; `None` if the change cannot have had or have a result.
fn result_time<V, O>(
    change: &Change<'_, V>,
    other: Option<&(O, i64)>,
    time_ms: i64,
    alone: bool,
) -> Option<i64> {
    match other {
        Some((_, other_ms)) => Some(time_ms.max(*other_ms)),
        None if alone && (change.new.is_some() || change.old.is_some()) => Some(time_ms),
        None => None,
    }
}

/// The left table's changes.
pub(crate) struct LeftRows<K: 'static, VL, VR, V2: 'static, F>(
    pub(crate) Shared<TableJoin<K, VL, VR, V2, F>>,
);

/// The right table's changes.
pub(crate) struct RightRows<K: 'static, VL, VR, V2: 'static, F>(
    pub(crate) Shared<TableJoin<K, VL, VR, V2, F>>,
);

impl<K, VL, VR, V2, F> Process<TableEdge<K, VL>> for LeftRows<K, VL, VR, V2, F>
where
    K: 'static,
    VL: 'static,
    VR: 'static,
    V2: 'static,
    F: FnMut(&K, Option<&VL>, Option<&VR>) -> Option<V2> + Send,
{
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.0.get().start(ctx)
    }

    fn process(&mut self, item: TableItem<'_, K, VL>, ctx: &mut Context) -> Flow {
        self.0.get().take_left(item, ctx)
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.0.get().flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.0.get().end(ctx)
    }
}

impl<K, VL, VR, V2, F> Process<TableEdge<K, VR>> for RightRows<K, VL, VR, V2, F>
where
    K: 'static,
    VL: 'static,
    VR: 'static,
    V2: 'static,
    F: FnMut(&K, Option<&VL>, Option<&VR>) -> Option<V2> + Send,
{
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.0.get().start(ctx)
    }

    fn process(&mut self, item: TableItem<'_, K, VR>, ctx: &mut Context) -> Flow {
        self.0.get().take_right(item, ctx)
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.0.get().flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.0.get().end(ctx)
    }
}

/// A row of a join without a store, derived from both tables.
pub(crate) struct JoinGetter<K, VL, VR, V2> {
    pub(crate) left: Box<dyn Getter<K, VL>>,
    pub(crate) right: Box<dyn Getter<K, VR>>,
    pub(crate) preserved: Preserved,
    pub(crate) join: JoinRows<K, VL, VR, V2>,
}

/// What a join makes of two rows.
pub(crate) type JoinRows<K, VL, VR, V2> =
    std::sync::Arc<dyn Fn(&K, Option<&VL>, Option<&VR>) -> Option<V2> + Send + Sync>;

impl<K, VL, VR, V2> Getter<K, V2> for JoinGetter<K, VL, VR, V2>
where
    K: 'static,
    VL: 'static,
    VR: 'static,
    V2: 'static,
{
    fn get(&mut self, key: &K, ctx: &mut Context) -> Result<Option<(V2, i64)>, ProcessError> {
        let (left, right) = (self.left.get(key, ctx)?, self.right.get(key, ctx)?);
        let time = match (&left, &right) {
            (Some((_, left)), Some((_, right))) => *left.max(right),
            (Some((_, time)), None) if self.preserved.left => *time,
            (None, Some((_, time))) if self.preserved.right => *time,
            _ => return Ok(None),
        };
        let (left, right) = (left.as_ref().map(|(value, _)| value), right.as_ref().map(|(value, _)| value));
        Ok((self.join)(key, left, right).map(|joined| (joined, time)))
    }
}

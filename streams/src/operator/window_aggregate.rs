//! Aggregates per key and time window.

use super::window::{TimeWindows, Windowed};
use super::windowed_state::WindowedState;
use super::{
    Change, Children, Context, DropReason, Flow, NodeId, Process, ProcessError, StreamEdge, StreamItem,
    TableEdge, TableItem,
};

/// When results of windows leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emit {
    /// With every update.
    #[default]
    OnUpdate,
    /// Once, when stream time has passed the window's end and its grace.
    OnClose,
}

/// The final results of closed windows: what has left, and how often results may leave.
#[derive(Debug)]
pub(crate) struct Closing {
    pub(crate) emit: Emit,
    /// Final results leave at most once per this many milliseconds of wall clock; 0 lets them go at once.
    pub(crate) interval_ms: i64,
    /// Whether results are read only after the closing record was stored, which may have expired them.
    pub(crate) lossy: bool,
    next_emit_ms: i64,
    /// The close time up to which results have left, -1 before the first.
    closed_ms: i64,
}

impl Closing {
    /// The close time up to which results have left, -1 before the first.
    pub(crate) fn closed_ms(&self) -> i64 {
        self.closed_ms
    }

    /// Results up to this close time have left.
    pub(crate) fn close(&mut self, closed_ms: i64) {
        self.closed_ms = closed_ms;
    }

    pub(crate) fn new(emit: Emit, interval_ms: i64, lossy: bool) -> Self {
        Closing { emit, interval_ms, lossy, next_emit_ms: 0, closed_ms: -1 }
    }

    pub(crate) fn is_due(&mut self, close_ms: i64, now_ms: i64) -> bool {
        if self.emit != Emit::OnClose || now_ms < self.next_emit_ms {
            return false;
        }
        self.next_emit_ms = now_ms.saturating_add(self.interval_ms);
        self.closed_ms < close_ms
    }
}

/// Folds a stream into one value per key and window. `fold` and `initial` as in the aggregate without windows; null
/// values go into the fold.
pub(crate) struct WindowAggregate<K: 'static, V: 'static, A: 'static, F, I> {
    pub(crate) node: NodeId,
    pub(crate) windows: TimeWindows,
    pub(crate) fold: F,
    pub(crate) initial: I,
    pub(crate) state: WindowedState<K, A>,
    pub(crate) send_old: bool,
    pub(crate) closing: Closing,
    pub(crate) observed_ms: i64,
    pub(crate) children: Children<TableEdge<Windowed<K>, A>>,
    pub(crate) from: std::marker::PhantomData<fn(V)>,
}

impl<K, V, A, F, I> Process<StreamEdge<K, V>> for WindowAggregate<K, V, A, F, I>
where
    K: Clone + 'static,
    V: 'static,
    A: 'static,
    F: FnMut(&K, Option<&V>, Option<A>) -> Option<A> + Send,
    I: FnMut() -> Option<A> + Send,
{
    fn init(&mut self, ctx: &mut Context) -> Flow {
        if let Some([observed, closed]) = ctx.recall(&self.state.name) {
            (self.observed_ms, self.closing.closed_ms) = (observed, closed);
        }
        self.children.init(ctx)
    }

    fn process(&mut self, item: StreamItem<'_, K, V>, ctx: &mut Context) -> Flow {
        let Some(key) = item.key else {
            ctx.drop_record(self.node, DropReason::NullKey);
            return Ok(());
        };
        self.observed_ms = self.observed_ms.max(item.timestamp);
        let close_ms = self.observed_ms.saturating_sub(self.windows.grace_ms);
        if !self.closing.lossy && self.closing.is_due(close_ms, ctx.now_ms()) {
            self.close(close_ms, ctx)?;
        }
        let raw_key = ctx.encode(&*self.state.key, key, &self.state.name)?;
        for window in self.windows.windows_for(item.timestamp) {
            if window.end_ms <= close_ms {
                ctx.drop_record(self.node, DropReason::Late);
                continue;
            }
            let before = self.state.get(&raw_key, window.start_ms, ctx)?;
            let update_ms = before.as_ref().map_or(item.timestamp, |(_, time)| item.timestamp.max(*time));
            let told = if !self.send_old {
                None
            } else if before.is_some() {
                self.state.get(&raw_key, window.start_ms, ctx)?.map(|(value, _)| value)
            } else {
                (self.initial)()
            };
            let after = (self.fold)(key, item.value, before.map(|(value, _)| value));
            let goes_on =
                self.state.put(&raw_key, window.start_ms, after.as_ref(), update_ms, item.timestamp, ctx)?;
            if goes_on && self.closing.emit == Emit::OnUpdate {
                let key = Windowed { key: key.clone(), window };
                let change = Change { new: after.as_ref(), old: told.as_ref(), latest: true };
                self.children.forward(TableItem { key: &key, change, timestamp: update_ms }, ctx)?;
            }
        }
        if self.state.is_full(ctx) {
            self.drain(ctx)?;
        }
        if self.closing.lossy && self.closing.is_due(close_ms, ctx.now_ms()) {
            return self.close(close_ms, ctx);
        }
        Ok(())
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.drain(ctx)?;
        ctx.remember(&self.state.name, [self.observed_ms, self.closing.closed_ms]);
        self.children.flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.drain(ctx)?;
        if self.closing.emit == Emit::OnClose && self.closing.closed_ms < i64::MAX {
            self.close(i64::MAX, ctx)?;
        }
        self.children.end_of_input(ctx)
    }
}

impl<K, V, A, F, I> WindowAggregate<K, V, A, F, I>
where
    K: 'static,
    A: 'static,
{
    fn drain(&mut self, ctx: &mut Context) -> Flow {
        let WindowAggregate { state, children, send_old, closing, .. } = self;
        // Where results leave on close, what leaves the cache goes into the store alone.
        let forwards = closing.emit == Emit::OnUpdate;
        state.drain(*send_old, ctx, |item, ctx| if forwards { children.forward(item, ctx) } else { Ok(()) })
    }

    /// Forwards the results of windows that have closed since the last time, up to `close_ms`.
    fn close(&mut self, close_ms: i64, ctx: &mut Context) -> Result<(), ProcessError> {
        let size_ms = self.windows.size_ms;
        let to_ms = if close_ms == i64::MAX { i64::MAX } else { close_ms - size_ms };
        if to_ms < 0 {
            return Ok(());
        }
        let from_ms =
            if self.closing.closed_ms < 0 { 0 } else { (self.closing.closed_ms - size_ms + 1).max(0) };
        let rows = self.state.rows_with_waiting(from_ms, to_ms, ctx)?;
        self.closing.closed_ms = close_ms;
        ctx.add("window-aggregate-final-emit-total", rows.len() as f64);
        for (key, value, timestamp) in rows {
            let change = Change { new: Some(&value), old: None, latest: true };
            self.children.forward(TableItem { key: &key, change, timestamp }, ctx)?;
        }
        Ok(())
    }
}

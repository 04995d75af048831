//! Aggregates per key and session: records with no more than a gap between them.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::window::{TimeWindow, Windowed};
use super::window_aggregate::{Closing, Emit};
use super::{
    Change, Children, Context, DropReason, Flow, NodeId, Process, ProcessError, SharedSerde, StoreId,
    StreamEdge, StreamItem, TableEdge, TableItem,
};
use crate::record::Headers;
use crate::state::{Cache, SessionKey, WindowState};

/// Sessions: at most this much time between two records, and how long late ones are taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionSpan {
    pub(crate) gap_ms: i64,
    pub(crate) grace_ms: i64,
}

/// Folds a stream into one value per key and session.
pub(crate) struct SessionAggregate<K: 'static, V, A: 'static, F, M, I> {
    pub(crate) node: NodeId,
    pub(crate) name: Arc<str>,
    pub(crate) store: StoreId,
    pub(crate) key: SharedSerde<K>,
    pub(crate) value: SharedSerde<A>,
    pub(crate) span: SessionSpan,
    pub(crate) initial: I,
    pub(crate) add: F,
    pub(crate) merge: M,
    pub(crate) send_old: bool,
    pub(crate) closing: Closing,
    pub(crate) observed_ms: i64,
    pub(crate) children: Children<TableEdge<Windowed<K>, A>>,
    pub(crate) from: std::marker::PhantomData<fn(V)>,
}

/// A session that was read: its row, span and value.
struct Found<A> {
    start_ms: i64,
    end_ms: i64,
    value: A,
}

impl<K, V, A, F, M, I> SessionAggregate<K, V, A, F, M, I>
where
    K: Clone + 'static,
    V: 'static,
    A: 'static,
{
    /// Sessions of the key that end at `from_ms` or later and start at `to_ms` or earlier.
    fn find(
        &self,
        key: &Bytes,
        from_ms: i64,
        to_ms: i64,
        ctx: &Context,
    ) -> Result<Vec<Found<A>>, ProcessError> {
        let open = ctx.open_store(self.store);
        let Some(window) = &open.window else { return Ok(Vec::new()) };
        // A cache goes on answering for sessions that its store no longer shows.
        let hidden = open.cache.is_none();
        let stored = window.sessions(&*open.rows, key, from_ms, hidden)?;
        let mut rows: BTreeMap<Bytes, Bytes> = stored.into_iter().collect();
        for (row, waiting) in open.cache.iter().flat_map(Cache::iter) {
            let mine =
                SessionKey::from_row(row).is_some_and(|row| row.key == &key[..] && row.end_ms >= from_ms);
            match &waiting.value {
                _ if !mine => None,
                Some(value) => rows.insert(row.clone(), value.clone()),
                None => rows.remove(row),
            };
        }
        let mut found = Vec::new();
        for (row, value) in rows {
            let Some(SessionKey { start_ms, end_ms, .. }) = SessionKey::from_row(&row) else { continue };
            if start_ms <= to_ms {
                found.push(Found { start_ms, end_ms, value: ctx.decode(&*self.value, &value, &self.name)? });
            }
        }
        Ok(found)
    }

    /// Sets or deletes a session; whether the change goes on now.
    fn put(
        &self,
        session: SessionKey<'_>,
        value: Option<&A>,
        ctx: &mut Context,
    ) -> Result<bool, ProcessError> {
        let value = value.map(|value| ctx.encode(&*self.value, value, &self.name)).transpose()?;
        let timestamp = ctx.record().timestamp;
        if ctx.open_store(self.store).cache.is_some() {
            let origin = ctx.record().origin();
            if let Some(cache) = &mut ctx.open_store_mut(self.store).cache {
                cache.put(&session.row(), value.as_deref(), timestamp, origin);
            }
            return Ok(false);
        }
        self.write(session, value, timestamp, ctx)?;
        Ok(true)
    }

    fn write(
        &self,
        session: SessionKey<'_>,
        value: Option<Bytes>,
        timestamp: i64,
        ctx: &mut Context,
    ) -> Flow {
        ctx.log(self.store, session.changelog_key(), value.clone(), timestamp);
        let open = ctx.open_store_mut(self.store);
        let alive = match &mut open.window {
            Some(window) => WindowState::advance_sessions(window, &mut *open.rows, session.end_ms)?,
            None => true,
        };
        if !alive {
            ctx.drop_record(self.node, DropReason::Expired);
            return Ok(());
        }
        let [row, index] = session.writes();
        open.rows.put(&row, value.as_deref())?;
        open.rows.put(&index, value.as_ref().map(|_| &[][..]))?;
        Ok(())
    }

    fn forward(&mut self, key: &K, window: TimeWindow, change: Change<'_, A>, ctx: &mut Context) -> Flow {
        // Session results carry no headers.
        let headers = std::mem::replace(&mut ctx.record.headers, Headers::NONE);
        let key = Windowed { key: key.clone(), window };
        self.children.forward(TableItem { key: &key, change, timestamp: window.end_ms }, ctx)?;
        ctx.record.headers = headers;
        Ok(())
    }

    fn drain(&mut self, ctx: &mut Context) -> Flow {
        let before = ctx.record.clone();
        while let Some((row, dirty)) = ctx.open_store_mut(self.store).cache.as_mut().and_then(Cache::pop) {
            let Some(session) = SessionKey::from_row(&row) else { continue };
            let open = ctx.open_store(self.store);
            let shown = open.window.as_ref().is_none_or(|window| session.end_ms >= window.visible_from_ms());
            let asked = self.send_old || dirty.value.is_none();
            let old = if asked && shown { open.rows.get(&row)? } else { None };
            if dirty.value.is_none() && old.is_none() {
                // Nobody can see the row any more, but the cache must not bring it back.
                let rows = ctx.rows_mut(self.store);
                session.writes().iter().try_for_each(|key| rows.put(key, None))?;
                continue;
            }
            ctx.record.become_of(&dirty);
            self.write(session, dirty.value.clone(), dirty.timestamp, ctx)?;
            if self.closing.emit == Emit::OnClose {
                continue;
            }
            let decode = |bytes: Option<Bytes>, ctx: &Context| -> Result<Option<A>, ProcessError> {
                bytes.map(|bytes| ctx.decode(&*self.value, &bytes, &self.name)).transpose()
            };
            let new = decode(dirty.value, ctx)?;
            let old = decode(old.filter(|_| self.send_old), ctx)?;
            let key = ctx.decode(&*self.key, &row.slice_ref(session.key), &self.name)?;
            let window = TimeWindow { start_ms: session.start_ms, end_ms: session.end_ms };
            let change = Change { new: new.as_ref(), old: old.as_ref(), latest: true };
            self.forward(&key, window, change, ctx)?;
        }
        ctx.record = before;
        Ok(())
    }

    /// Forwards the sessions that have closed since the last time, up to `close_ms`.
    fn close(&mut self, close_ms: i64, ctx: &mut Context) -> Flow {
        let to_ms = close_ms - 1;
        if to_ms < 0 {
            return Ok(());
        }
        let from_ms = self.closing.closed_ms().max(0);
        let open = ctx.open_store(self.store);
        let Some(window) = &open.window else { return Ok(()) };
        let mut rows = Vec::new();
        // Unlike windows, closed sessions are found as long as they are not deleted.
        for row in window.closed_sessions(&*open.rows, from_ms, to_ms, i64::MAX)? {
            if let Some(value) = open.rows.get(&row)? {
                rows.push((row, value));
            }
        }
        self.closing.close(close_ms);
        ctx.add("window-aggregate-final-emit-total", rows.len() as f64);
        for (row, value) in rows {
            let Some(session) = SessionKey::from_row(&row) else { continue };
            let value = ctx.decode(&*self.value, &value, &self.name)?;
            let key = ctx.decode(&*self.key, &row.slice_ref(session.key), &self.name)?;
            let window = TimeWindow { start_ms: session.start_ms, end_ms: session.end_ms };
            self.forward(&key, window, Change { new: Some(&value), old: None, latest: true }, ctx)?;
        }
        Ok(())
    }
}

impl<K, V, A, F, M, I> Process<StreamEdge<K, V>> for SessionAggregate<K, V, A, F, M, I>
where
    K: Clone + 'static,
    V: 'static,
    A: 'static,
    F: FnMut(&K, Option<&V>, Option<A>) -> Option<A> + Send,
    M: FnMut(&K, Option<A>, A) -> Option<A> + Send,
    I: FnMut() -> Option<A> + Send,
{
    fn init(&mut self, ctx: &mut Context) -> Flow {
        if let Some([observed, closed]) = ctx.recall(&self.name) {
            self.observed_ms = observed;
            self.closing.close(closed);
        }
        self.children.init(ctx)
    }

    fn process(&mut self, item: StreamItem<'_, K, V>, ctx: &mut Context) -> Flow {
        let Some(key) = item.key else {
            ctx.drop_record(self.node, DropReason::NullKey);
            return Ok(());
        };
        let time_ms = item.timestamp;
        self.observed_ms = self.observed_ms.max(time_ms);
        let SessionSpan { gap_ms, grace_ms } = self.span;
        let close_ms = self.observed_ms.saturating_sub(grace_ms).saturating_sub(gap_ms);
        if !self.closing.lossy && self.closing.is_due(close_ms, ctx.now_ms()) {
            self.close(close_ms, ctx)?;
        }
        let raw_key = ctx.encode(&*self.key, key, &self.name)?;
        let found =
            self.find(&raw_key, time_ms.saturating_sub(gap_ms), time_ms.saturating_add(gap_ms), ctx)?;
        let start_ms = found.iter().map(|session| session.start_ms).fold(time_ms, i64::min);
        let end_ms = found.iter().map(|session| session.end_ms).fold(time_ms, i64::max);
        if end_ms < close_ms {
            ctx.drop_record(self.node, DropReason::Late);
        } else {
            let mut aggregate = (self.initial)();
            let grown = start_ms != time_ms || end_ms != time_ms;
            for session in found {
                let Found { start_ms, end_ms, value } = session;
                if grown {
                    let row = SessionKey { key: &raw_key, start_ms, end_ms };
                    if self.put(row, None, ctx)? && self.closing.emit == Emit::OnUpdate {
                        let window = TimeWindow { start_ms, end_ms };
                        let old = self.send_old.then_some(&value);
                        self.forward(key, window, Change { new: None, old, latest: true }, ctx)?;
                    }
                }
                aggregate = (self.merge)(key, aggregate, value);
            }
            let aggregate = (self.add)(key, item.value, aggregate);
            let row = SessionKey { key: &raw_key, start_ms, end_ms };
            if self.put(row, aggregate.as_ref(), ctx)? && self.closing.emit == Emit::OnUpdate {
                let window = TimeWindow { start_ms, end_ms };
                self.forward(key, window, Change { new: aggregate.as_ref(), old: None, latest: true }, ctx)?;
            }
        }
        if self.closing.lossy && self.closing.is_due(close_ms, ctx.now_ms()) {
            self.close(close_ms, ctx)
        } else {
            Ok(())
        }
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.drain(ctx)?;
        ctx.remember(&self.name, [self.observed_ms, self.closing.closed_ms()]);
        self.children.flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.drain(ctx)?;
        if self.closing.emit == Emit::OnClose && self.closing.closed_ms() < i64::MAX {
            self.close(i64::MAX, ctx)?;
        }
        self.children.end_of_input(ctx)
    }
}

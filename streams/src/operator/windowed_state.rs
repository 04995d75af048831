//! Window state of typed operators: one value per key and window, perhaps behind a cache.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::window::{TimeWindow, Windowed};
use super::{Change, Context, DropReason, Flow, NodeId, ProcessError, SharedSerde, StoreId, TableItem};
use crate::state::{Cache, WindowKey, WindowState, changelog_key, stamp, unstamp};

/// A store of windows, typed.
pub(crate) struct WindowedState<K, V> {
    pub(crate) store: StoreId,
    pub(crate) node: NodeId,
    pub(crate) name: Arc<str>,
    pub(crate) key: SharedSerde<K>,
    pub(crate) value: SharedSerde<V>,
    pub(crate) size_ms: i64,
}

impl<K, V> Clone for WindowedState<K, V> {
    fn clone(&self) -> Self {
        WindowedState {
            store: self.store,
            node: self.node,
            name: self.name.clone(),
            key: self.key.clone(),
            value: self.value.clone(),
            size_ms: self.size_ms,
        }
    }
}

/// A row that was read: key, window, value and the time of its latest update.
pub(crate) type Row<K, V> = (Windowed<K>, V, i64);

impl<K: 'static, V: 'static> WindowedState<K, V> {
    fn window<'c>(&self, ctx: &'c Context) -> Result<&'c WindowState, ProcessError> {
        let missing = || ctx.step_error(&self.name, "its store is not a window store");
        ctx.open_store(self.store).window.as_ref().ok_or_else(missing)
    }

    pub(crate) fn get(
        &self,
        key: &Bytes,
        start_ms: i64,
        ctx: &Context,
    ) -> Result<Option<(V, i64)>, ProcessError> {
        let open = ctx.open_store(self.store);
        let row = WindowKey { key, start_ms, sequence: 0 };
        let waiting = open.cache.as_ref().and_then(|cache| cache.get(&row.to_bytes()));
        let stored = match waiting {
            Some(waiting) => waiting.value.clone(),
            None => self.window(ctx)?.get(&*open.rows, row)?,
        };
        stored.map(|stamped| self.decode(&stamped, ctx)).transpose()
    }

    fn decode(&self, stamped: &Bytes, ctx: &Context) -> Result<(V, i64), ProcessError> {
        let damaged = || ctx.step_error(&self.name, "the store holds a value without a timestamp");
        let (time, value) = unstamp(stamped).ok_or_else(damaged)?;
        Ok((ctx.decode(&*self.value, &value, &self.name)?, time))
    }

    /// Sets or deletes a row. Returns whether the change goes on now; with a cache it waits.
    pub(crate) fn put(
        &self,
        key: &Bytes,
        start_ms: i64,
        value: Option<&V>,
        update_ms: i64,
        record_ms: i64,
        ctx: &mut Context,
    ) -> Result<bool, ProcessError> {
        let value = value.map(|value| ctx.encode(&*self.value, value, &self.name)).transpose()?;
        let time = if value.is_some() { update_ms } else { record_ms };
        let row = WindowKey { key, start_ms, sequence: 0 };
        let stamped = value.as_ref().map(|value| stamp(update_ms, value));
        if ctx.open_store(self.store).cache.is_some() {
            let origin = ctx.record().origin();
            if let Some(cache) = &mut ctx.open_store_mut(self.store).cache {
                cache.put(&row.to_bytes(), stamped.as_deref(), time, origin);
            }
            return Ok(false);
        }
        self.write(row, stamped.as_ref(), value, time, ctx)?;
        Ok(true)
    }

    fn write(
        &self,
        row: WindowKey<'_>,
        stamped: Option<&Bytes>,
        plain: Option<Bytes>,
        time: i64,
        ctx: &mut Context,
    ) -> Flow {
        ctx.log(self.store, changelog_key(&row), plain, time);
        let open = ctx.open_store_mut(self.store);
        let alive = match &mut open.window {
            Some(window) => window.advance(&mut *open.rows, row.start_ms)?,
            None => true,
        };
        if alive {
            open.rows.put(&row.to_bytes(), stamped.map(|bytes| &bytes[..]))?;
        } else {
            ctx.drop_record(self.node, DropReason::Expired);
        }
        Ok(())
    }

    /// Whether the cache holds more than it may.
    pub(crate) fn is_full(&self, ctx: &Context) -> bool {
        ctx.open_store(self.store).cache.as_ref().is_some_and(Cache::is_full)
    }

    /// The rows of windows that start in `from_ms..=to_ms`, by start, then key, those that wait in the cache included.
    pub(crate) fn rows_with_waiting(
        &self,
        from_ms: i64,
        to_ms: i64,
        ctx: &Context,
    ) -> Result<Vec<Row<K, V>>, ProcessError> {
        let open = ctx.open_store(self.store);
        // Final results reach one instant further back than other reads, as in Kafka Streams' store for them.
        let stored = self.window(ctx)?.rows(&*open.rows, from_ms, to_ms, 1);
        let mut found: BTreeMap<Bytes, Bytes> = stored.collect::<Result<_, _>>()?;
        for (row, waiting) in open.cache.iter().flat_map(Cache::iter) {
            let start_ms = WindowKey::from_bytes(row).map(|parts| parts.start_ms);
            if !start_ms.is_some_and(|start| (from_ms..=to_ms).contains(&start)) {
                continue;
            }
            match &waiting.value {
                Some(value) => found.insert(row.clone(), value.clone()),
                None => found.remove(row),
            };
        }
        let typed = found.into_iter().map(|(row, stamped)| {
            let (value, time) = self.decode(&stamped, ctx)?;
            Ok((self.windowed(&row, ctx)?, value, time))
        });
        typed.collect()
    }

    fn windowed(&self, row: &Bytes, ctx: &Context) -> Result<Windowed<K>, ProcessError> {
        let damaged = || ctx.step_error(&self.name, "the store holds a row without a window");
        let parts = WindowKey::from_bytes(row).ok_or_else(damaged)?;
        let key = ctx.decode(&*self.key, &row.slice_ref(parts.key), &self.name)?;
        let end_ms = parts.start_ms.saturating_add(self.size_ms);
        Ok(Windowed { key, window: TimeWindow { start_ms: parts.start_ms, end_ms } })
    }

    /// Lets the changes that wait go on, as [`super::key_value::KeyValueState::drain`] does.
    pub(crate) fn drain(
        &self,
        send_old: bool,
        ctx: &mut Context,
        mut forward: impl FnMut(TableItem<'_, Windowed<K>, V>, &mut Context) -> Flow,
    ) -> Flow {
        if ctx.open_store(self.store).cache.is_none() {
            return Ok(());
        }
        let before = ctx.record.clone();
        while let Some((row, dirty)) = ctx.open_store_mut(self.store).cache.as_mut().and_then(Cache::pop) {
            let parts = WindowKey::from_bytes(&row)
                .ok_or_else(|| ctx.step_error(&self.name, "the cache holds a row without a window"))?;
            let old = if send_old || dirty.value.is_none() {
                let open = ctx.open_store(self.store);
                self.window(ctx)?.get(&*open.rows, parts)?
            } else {
                None
            };
            if dirty.value.is_none() && old.is_none() {
                continue;
            }
            ctx.record.become_of(&dirty);
            let plain = dirty.value.as_ref().and_then(unstamp).map(|(_, value)| value);
            self.write(parts, dirty.value.as_ref(), plain, dirty.timestamp, ctx)?;
            let new = dirty.value.map(|stamped| self.decode(&stamped, ctx)).transpose()?;
            let old = old.filter(|_| send_old).map(|stamped| self.decode(&stamped, ctx)).transpose()?;
            let key = self.windowed(&row, ctx)?;
            let new = new.as_ref().map(|(value, _)| value);
            let old = old.as_ref().map(|(value, _)| value);
            let change = Change { new, old, latest: true };
            forward(TableItem { key: &key, change, timestamp: dirty.timestamp }, ctx)?;
        }
        ctx.record = before;
        Ok(())
    }
}

//! Key-value state of typed operators: values with the time of their latest update, perhaps behind a cache.

use std::sync::Arc;

use bytes::Bytes;

use super::{Change, Context, Flow, ProcessError, SharedSerde, StoreId, TableItem};
use crate::state::{Dirty, stamp, unstamp};

/// A store of a table, typed.
pub(crate) struct KeyValueState<K, V> {
    pub(crate) store: StoreId,
    pub(crate) node: Arc<str>,
    pub(crate) key: SharedSerde<K>,
    pub(crate) value: SharedSerde<V>,
}

impl<K, V> Clone for KeyValueState<K, V> {
    fn clone(&self) -> Self {
        let KeyValueState { store, node, key, value } = self;
        KeyValueState { store: *store, node: node.clone(), key: key.clone(), value: value.clone() }
    }
}

impl<K: 'static, V: 'static> KeyValueState<K, V> {
    /// The value and the time of its latest update.
    pub(crate) fn get(&self, key: &K, ctx: &mut Context) -> Result<Option<(V, i64)>, ProcessError> {
        let key = ctx.encode(&*self.key, key, &self.node)?;
        self.get_raw(&key, ctx)
    }

    pub(crate) fn get_raw(&self, key: &Bytes, ctx: &Context) -> Result<Option<(V, i64)>, ProcessError> {
        let open = ctx.open_store(self.store);
        let stored = match open.cache.as_ref().and_then(|cache| cache.get(key)) {
            Some(waiting) => waiting.value.clone(),
            None => open.rows.get(key)?,
        };
        stored.map(|stamped| self.decode(&stamped, ctx)).transpose()
    }

    fn decode(&self, stamped: &Bytes, ctx: &Context) -> Result<(V, i64), ProcessError> {
        let damaged = || ctx.step_error(&self.node, "the store holds a value without a timestamp");
        let (time, value) = unstamp(stamped).ok_or_else(damaged)?;
        Ok((ctx.decode(&*self.value, &value, &self.node)?, time))
    }

    /// Sets or deletes a row; `record_ms` is the time of the record that does it. Returns whether the change goes on
    /// now; with a cache it waits.
    pub(crate) fn put(
        &self,
        key: &K,
        value: Option<&V>,
        update_ms: i64,
        record_ms: i64,
        ctx: &mut Context,
    ) -> Result<bool, ProcessError> {
        let key = ctx.encode(&*self.key, key, &self.node)?;
        self.put_raw(&key, value, update_ms, record_ms, ctx)
    }

    pub(crate) fn put_raw(
        &self,
        key: &Bytes,
        value: Option<&V>,
        update_ms: i64,
        record_ms: i64,
        ctx: &mut Context,
    ) -> Result<bool, ProcessError> {
        let value = value.map(|value| ctx.encode(&*self.value, value, &self.node)).transpose()?;
        let time = if value.is_some() { update_ms } else { record_ms };
        let stamped = value.as_ref().map(|value| stamp(update_ms, value));
        if ctx.open_store(self.store).cache.is_some() {
            let origin = ctx.record().origin();
            if let Some(cache) = &mut ctx.open_store_mut(self.store).cache {
                cache.put(key, stamped.as_deref(), time, origin);
            }
            return Ok(false);
        }
        ctx.log(self.store, key.clone(), value, time);
        ctx.rows_mut(self.store).put(key, stamped.as_deref())?;
        Ok(true)
    }

    /// Whether the cache holds more than it may.
    pub(crate) fn is_full(&self, ctx: &Context) -> bool {
        ctx.open_store(self.store).cache.as_ref().is_some_and(crate::state::Cache::is_full)
    }

    /// Lets the changes that wait go on: into the store, into its changelog, and to `forward`. The deletion of a row
    /// that never was is swallowed.
    pub(crate) fn drain(
        &self,
        send_old: bool,
        ctx: &mut Context,
        mut forward: impl FnMut(TableItem<'_, K, V>, &mut Context) -> Flow,
    ) -> Flow {
        let before = ctx.record.clone();
        while let Some((key, dirty)) = pop(self.store, ctx) {
            let needs_old = send_old || dirty.value.is_none();
            let old = if needs_old { ctx.rows(self.store).get(&key)? } else { None };
            if dirty.value.is_none() && old.is_none() {
                continue;
            }
            ctx.record.become_of(&dirty);
            let plain = dirty.value.as_ref().and_then(unstamp).map(|(_, value)| value);
            ctx.log(self.store, key.clone(), plain, dirty.timestamp);
            ctx.rows_mut(self.store).put(&key, dirty.value.as_deref())?;
            let new = dirty.value.map(|stamped| self.decode(&stamped, ctx)).transpose()?;
            let old = old.filter(|_| send_old).map(|stamped| self.decode(&stamped, ctx)).transpose()?;
            let key = ctx.decode(&*self.key, &key, &self.node)?;
            let new = new.as_ref().map(|(value, _)| value);
            let old = old.as_ref().map(|(value, _)| value);
            let change = Change { new, old, latest: true };
            forward(TableItem { key: &key, change, timestamp: dirty.timestamp }, ctx)?;
        }
        ctx.record = before;
        Ok(())
    }
}

fn pop(store: StoreId, ctx: &mut Context) -> Option<(Bytes, Dirty)> {
    ctx.open_store_mut(store).cache.as_mut()?.pop()
}

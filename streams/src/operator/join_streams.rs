//! Two streams joined: records of equal keys whose times are close.
//!
//! Each side keeps its records in a window store; a record of one side looks up the other's. Where a side is
//! preserved (left and outer joins), a record without a match waits in a third store, ordered by time, until its
//! window and the grace have passed.

use std::sync::Arc;

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::{
    Children, Context, DropReason, Flow, NodeId, Process, ProcessError, Shared, SharedSerde, StoreId,
    StreamEdge, StreamItem,
};
use crate::state::{Order, WindowKey, WindowState, changelog_key};

/// Which of the two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// One side of a join.
pub(crate) struct JoinSide<V> {
    pub(crate) node: NodeId,
    pub(crate) name: Arc<str>,
    pub(crate) store: StoreId,
    pub(crate) value: SharedSerde<V>,
    /// Whether its records leave without a match.
    pub(crate) preserved: bool,
    pub(crate) sequence: u32,
}

impl<V> Clone for JoinSide<V> {
    fn clone(&self) -> Self {
        let JoinSide { node, name, store, value, preserved, sequence } = self;
        JoinSide {
            node: *node,
            name: name.clone(),
            store: *store,
            value: value.clone(),
            preserved: *preserved,
            sequence: *sequence,
        }
    }
}

/// How far apart in time two records may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JoinSpan {
    /// How long before a left record a right one may be, in milliseconds; negative puts it behind.
    pub(crate) before_ms: i64,
    /// How long after a left record a right one may be.
    pub(crate) after_ms: i64,
    pub(crate) grace_ms: i64,
}

/// The join's two halves and what they share.
pub(crate) struct StreamJoin<K: 'static, VL, VR, V2: 'static, F> {
    pub(crate) key: SharedSerde<K>,
    pub(crate) left: JoinSide<VL>,
    pub(crate) right: JoinSide<VR>,
    pub(crate) span: JoinSpan,
    pub(crate) join: F,
    /// Where records wait that have no match yet; only with a preserved side.
    pub(crate) waiting: Option<StoreId>,
    pub(crate) interval_ms: i64,
    pub(crate) stream_time_ms: i64,
    pub(crate) earliest_waiting_ms: i64,
    pub(crate) next_emit_ms: i64,
    pub(crate) children: Children<StreamEdge<K, V2>>,
    pub(crate) ends_left: u8,
    pub(crate) started: bool,
}

impl<K, VL, VR, V2, F> StreamJoin<K, VL, VR, V2, F>
where
    K: 'static,
    VL: 'static,
    VR: 'static,
    V2: 'static,
    F: FnMut(Option<&K>, Option<&VL>, Option<&VR>) -> Option<V2> + Send,
{
    fn start(&mut self, ctx: &mut Context) -> Flow {
        if std::mem::replace(&mut self.started, true) {
            return Ok(());
        }
        self.next_emit_ms = ctx.now_ms().saturating_add(self.interval_ms);
        if let Some([time, left, right]) = ctx.recall(&self.left.name) {
            self.stream_time_ms = time;
            (self.left.sequence, self.right.sequence) = (left as u32, right as u32);
        }
        if let Some(store) = self.waiting {
            let first = ctx.rows(store).all(Order::Ascending).next().transpose()?;
            let time = first.and_then(|(key, _)| Some(i64::from_be_bytes(*key.first_chunk::<8>()?)));
            self.earliest_waiting_ms = time.unwrap_or(i64::MAX);
        }
        self.children.init(ctx)
    }

    fn flush_once(&mut self, ctx: &mut Context) -> Flow {
        let numbers = [self.stream_time_ms, i64::from(self.left.sequence), i64::from(self.right.sequence)];
        ctx.remember(&self.left.name, numbers);
        self.children.flush(ctx)
    }

    fn end(&mut self, ctx: &mut Context) -> Flow {
        self.ends_left = self.ends_left.saturating_sub(1);
        if self.ends_left > 0 {
            return Ok(());
        }
        if let Some(store) = self.waiting {
            self.release(store, i64::MAX, ctx)?;
        }
        self.children.end_of_input(ctx)
    }

    /// Takes a record of the left stream.
    fn take_left(&mut self, item: StreamItem<'_, K, VL>, ctx: &mut Context) -> Flow {
        let JoinSpan { before_ms, after_ms, .. } = self.span;
        let side = (self.left.node, self.left.preserved);
        let wait_ms = after_ms;
        let Some((key, value, raw_key)) = self.accept(item, side, after_ms, ctx)? else { return Ok(()) };
        let (from_ms, to_ms) = around(item.timestamp, before_ms, after_ms);
        let rows = matches(&self.right, &raw_key, from_ms, to_ms, ctx)?;
        let matched = !rows.is_empty();
        for (time, other) in rows {
            self.unwait(Side::Right, time, &raw_key, item.timestamp, ctx)?;
            let joined = (self.join)(Some(key), Some(value), Some(&other));
            let timestamp = item.timestamp.max(time);
            self.children.forward(StreamItem { key: Some(key), value: joined.as_ref(), timestamp }, ctx)?;
        }
        if self.left.preserved && !matched {
            if item.timestamp.saturating_add(wait_ms).max(0) < self.stream_time_ms || self.waiting.is_none() {
                let joined = (self.join)(Some(key), Some(value), None);
                let timestamp = item.timestamp;
                self.children
                    .forward(StreamItem { key: Some(key), value: joined.as_ref(), timestamp }, ctx)?;
            } else {
                let raw = ctx.encode(&*self.left.value, value, &self.left.name)?;
                self.wait(Side::Left, &raw_key, item.timestamp, &raw, ctx)?;
            }
        }
        Ok(())
    }

    /// Takes a record of the right stream.
    fn take_right(&mut self, item: StreamItem<'_, K, VR>, ctx: &mut Context) -> Flow {
        let JoinSpan { before_ms, after_ms, .. } = self.span;
        let side = (self.right.node, self.right.preserved);
        let wait_ms = before_ms;
        let Some((key, value, raw_key)) = self.accept(item, side, before_ms, ctx)? else { return Ok(()) };
        let (from_ms, to_ms) = around(item.timestamp, after_ms, before_ms);
        let rows = matches(&self.left, &raw_key, from_ms, to_ms, ctx)?;
        let matched = !rows.is_empty();
        for (time, other) in rows {
            self.unwait(Side::Left, time, &raw_key, item.timestamp, ctx)?;
            let joined = (self.join)(Some(key), Some(&other), Some(value));
            let timestamp = item.timestamp.max(time);
            self.children.forward(StreamItem { key: Some(key), value: joined.as_ref(), timestamp }, ctx)?;
        }
        if self.right.preserved && !matched {
            if item.timestamp.saturating_add(wait_ms).max(0) < self.stream_time_ms || self.waiting.is_none() {
                let joined = (self.join)(Some(key), None, Some(value));
                let timestamp = item.timestamp;
                self.children
                    .forward(StreamItem { key: Some(key), value: joined.as_ref(), timestamp }, ctx)?;
            } else {
                let raw = ctx.encode(&*self.right.value, value, &self.right.name)?;
                self.wait(Side::Right, &raw_key, item.timestamp, &raw, ctx)?;
            }
        }
        Ok(())
    }

    /// Moves time, and lets waiting records go if it did; `None` if the record cannot join.
    fn accept<'i, V>(
        &mut self,
        item: StreamItem<'i, K, V>,
        (node, preserved): (NodeId, bool),
        after_ms: i64,
        ctx: &mut Context,
    ) -> Result<Option<(&'i K, &'i V, Bytes)>, ProcessError> {
        self.stream_time_ms = self.stream_time_ms.max(item.timestamp);
        let (Some(key), Some(value)) = (item.key, item.value) else {
            if !(preserved && item.value.is_some()) {
                let reason = if item.key.is_none() { DropReason::NullKey } else { DropReason::NullValue };
                ctx.drop_record(node, reason);
            }
            return Ok(None);
        };
        if item.timestamp == self.stream_time_ms
            && let Some(store) = self.waiting
        {
            let due_ms = self.stream_time_ms.saturating_sub(after_ms).saturating_sub(self.span.grace_ms);
            if self.earliest_waiting_ms < due_ms && ctx.now_ms() >= self.next_emit_ms {
                self.next_emit_ms = ctx.now_ms().saturating_add(self.interval_ms);
                self.release(store, self.stream_time_ms, ctx)?;
            }
        }
        let raw_key = ctx.encode(&*self.key, key, &self.left.name)?;
        Ok(Some((key, value, raw_key)))
    }

    fn wait(&mut self, side: Side, key: &[u8], time_ms: i64, value: &[u8], ctx: &mut Context) -> Flow {
        let Some(store) = self.waiting else { return Ok(()) };
        self.earliest_waiting_ms = self.earliest_waiting_ms.min(time_ms);
        let row = waiting_key(side, time_ms, key);
        let before = ctx.get(store, &row)?;
        let list = append(before.as_ref(), side, value);
        ctx.log(store, row.clone(), Some(list.clone()), time_ms);
        Ok(ctx.rows_mut(store).put(&row, Some(&list))?)
    }

    /// A record that waited has found its match.
    fn unwait(&mut self, side: Side, time_ms: i64, key: &[u8], now_ms: i64, ctx: &mut Context) -> Flow {
        let Some(store) = self.waiting else { return Ok(()) };
        let row = waiting_key(side, time_ms, key);
        if ctx.get(store, &row)?.is_some() { remove(store, row, now_ms, ctx) } else { Ok(()) }
    }

    /// Lets records go that have waited long enough: oldest first, right before left, then by key.
    fn release(&mut self, store: StoreId, stream_time_ms: i64, ctx: &mut Context) -> Flow {
        self.earliest_waiting_ms = i64::MAX;
        let (mut left_open, mut right_open) = (false, false);
        let record_ms = ctx.record().timestamp;
        for (row, list) in ctx.entries(store)? {
            let damaged =
                || ctx.step_error(&self.left.name, "the store of waiting records holds something else");
            let (side, time_ms, key) = waiting_parts(&row).ok_or_else(damaged)?;
            // As Kafka Streams, the time from which the next look is due is that of the last record looked at here.
            self.earliest_waiting_ms = time_ms;
            if left_open && right_open {
                break;
            }
            let (open, look_back_ms) = match side {
                Side::Left => (&mut left_open, self.span.after_ms),
                Side::Right => (&mut right_open, self.span.before_ms),
            };
            let closes_ms = time_ms.saturating_add(look_back_ms).saturating_add(self.span.grace_ms);
            if *open || closes_ms >= stream_time_ms {
                *open = true;
                continue;
            }
            let values = values_of(&list)
                .ok_or_else(|| ctx.step_error(&self.left.name, "a waiting record is damaged"))?;
            let key = ctx.decode(&*self.key, &key, &self.left.name)?;
            for value in values {
                let joined = match side {
                    Side::Left => {
                        let value = ctx.decode(&*self.left.value, &value, &self.left.name)?;
                        (self.join)(Some(&key), Some(&value), None)
                    }
                    Side::Right => {
                        let value = ctx.decode(&*self.right.value, &value, &self.right.name)?;
                        (self.join)(Some(&key), None, Some(&value))
                    }
                };
                let item = StreamItem { key: Some(&key), value: joined.as_ref(), timestamp: time_ms };
                self.children.forward(item, ctx)?;
            }
            remove(store, row, record_ms, ctx)?;
        }
        Ok(())
    }
}

fn remove(store: StoreId, row: Bytes, now_ms: i64, ctx: &mut Context) -> Flow {
    ctx.log(store, row.clone(), None, now_ms);
    Ok(ctx.rows_mut(store).put(&row, None)?)
}

fn around(time_ms: i64, before_ms: i64, after_ms: i64) -> (i64, i64) {
    (time_ms.saturating_sub(before_ms).max(0), time_ms.saturating_add(after_ms).max(0))
}

/// The other side's records of a key, oldest first: time and value.
fn matches<V: 'static>(
    other: &JoinSide<V>,
    key: &[u8],
    from_ms: i64,
    to_ms: i64,
    ctx: &Context,
) -> Result<Vec<(i64, V)>, ProcessError> {
    let open = ctx.open_store(other.store);
    let Some(window) = &open.window else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in window.duplicates(&*open.rows, key, from_ms, to_ms) {
        let (row, value) = entry?;
        let Some(row) = WindowKey::from_duplicate(&row) else { continue };
        found.push((row.start_ms, ctx.decode(&*other.value, &value, &other.name)?));
    }
    Ok(found)
}

/// Keeps a record for those of the other side that are still to come.
fn keep<K: 'static, V: 'static>(
    side: &mut JoinSide<V>,
    key: &SharedSerde<K>,
    item: StreamItem<'_, K, V>,
    ctx: &mut Context,
) -> Flow {
    let Some(plain) = item.key else { return Ok(()) };
    let raw_key = ctx.encode(&**key, plain, &side.name)?;
    let value = item.value.map(|value| ctx.encode(&*side.value, value, &side.name)).transpose()?;
    side.sequence = (side.sequence + 1) & 0x7fff_ffff;
    let row = WindowKey { key: &raw_key, start_ms: item.timestamp, sequence: side.sequence };
    let headers = ctx.record().headers.clone();
    ctx.log_with(side.store, changelog_key(&row), value.clone(), item.timestamp, headers);
    let open = ctx.open_store_mut(side.store);
    let persistent = open.spec.persistent;
    if value.is_none() && persistent {
        return Ok(());
    }
    let alive = match &mut open.window {
        Some(window) => WindowState::advance_duplicates(window, &mut *open.rows, item.timestamp)?,
        None => true,
    };
    match value {
        Some(value) if alive => {
            let [row, index] = row.to_duplicate();
            open.rows.put(&row, Some(&value))?;
            open.rows.put(&index, Some(&[]))?;
        }
        Some(_) => ctx.drop_record(side.node, DropReason::Expired),
        None => {}
    }
    Ok(())
}

/// The key of a waiting record: time, side (1 is left), key.
fn waiting_key(side: Side, time_ms: i64, key: &[u8]) -> Bytes {
    let mut row = BytesMut::with_capacity(9 + key.len());
    row.put_i64(time_ms);
    row.put_u8(u8::from(side == Side::Left));
    row.put_slice(key);
    row.freeze()
}

fn waiting_parts(row: &Bytes) -> Option<(Side, i64, Bytes)> {
    let (time, rest) = row.split_first_chunk::<8>()?;
    let side = match rest.first()? {
        0 => Side::Right,
        1 => Side::Left,
        _ => return None,
    };
    Some((side, i64::from_be_bytes(*time), row.slice(9..)))
}

/// A list of values in Kafka Streams' format: a byte 1, the count, then each value's length, side and bytes.
fn append(before: Option<&Bytes>, side: Side, value: &[u8]) -> Bytes {
    let count =
        before.and_then(|list| Some(i32::from_be_bytes(*list.get(1..)?.first_chunk::<4>()?))).unwrap_or(0);
    let mut list = BytesMut::new();
    list.put_u8(1);
    list.put_i32(count + 1);
    list.put_slice(before.and_then(|list| list.get(5..)).unwrap_or_default());
    list.put_i32(value.len() as i32 + 1);
    list.put_u8(u8::from(side == Side::Left));
    list.put_slice(value);
    list.freeze()
}

fn values_of(list: &Bytes) -> Option<Vec<Bytes>> {
    let mut rest = list.slice(list.len().min(5)..);
    let mut values = Vec::new();
    while rest.has_remaining() {
        let length = usize::try_from(i32::from_be_bytes(*rest.first_chunk::<4>()?)).ok()?;
        rest.advance(4);
        if length == 0 || length > rest.len() {
            return None;
        }
        values.push(rest.split_to(length).slice(1..));
    }
    Some(values)
}

type Join<K, VL, VR, V2, F> = Shared<StreamJoin<K, VL, VR, V2, F>>;

/// The left stream's records.
pub(crate) struct LeftInput<K: 'static, VL, VR, V2: 'static, F>(pub(crate) Join<K, VL, VR, V2, F>);

/// The right stream's records.
pub(crate) struct RightInput<K: 'static, VL, VR, V2: 'static, F>(pub(crate) Join<K, VL, VR, V2, F>);

impl<K, VL, VR, V2, F> Process<StreamEdge<K, VL>> for LeftInput<K, VL, VR, V2, F>
where
    K: 'static,
    VL: 'static,
    VR: 'static,
    V2: 'static,
    F: FnMut(Option<&K>, Option<&VL>, Option<&VR>) -> Option<V2> + Send,
{
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.0.get().start(ctx)
    }

    fn process(&mut self, item: StreamItem<'_, K, VL>, ctx: &mut Context) -> Flow {
        let mut join = self.0.get();
        if item.key.is_none() && join.left.preserved && item.value.is_some() {
            join.stream_time_ms = join.stream_time_ms.max(item.timestamp);
            let joined = (join.join)(None, item.value, None);
            let timestamp = item.timestamp;
            return join.children.forward(StreamItem { key: None, value: joined.as_ref(), timestamp }, ctx);
        }
        join.take_left(item, ctx)?;
        let StreamJoin { left, key, .. } = &mut *join;
        keep(left, key, item, ctx)
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.0.get().flush_once(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.0.get().end(ctx)
    }
}

impl<K, VL, VR, V2, F> Process<StreamEdge<K, VR>> for RightInput<K, VL, VR, V2, F>
where
    K: 'static,
    VL: 'static,
    VR: 'static,
    V2: 'static,
    F: FnMut(Option<&K>, Option<&VL>, Option<&VR>) -> Option<V2> + Send,
{
    fn init(&mut self, ctx: &mut Context) -> Flow {
        self.0.get().start(ctx)
    }

    fn process(&mut self, item: StreamItem<'_, K, VR>, ctx: &mut Context) -> Flow {
        let mut join = self.0.get();
        if item.key.is_none() && join.right.preserved && item.value.is_some() {
            join.stream_time_ms = join.stream_time_ms.max(item.timestamp);
            let joined = (join.join)(None, None, item.value);
            let timestamp = item.timestamp;
            return join.children.forward(StreamItem { key: None, value: joined.as_ref(), timestamp }, ctx);
        }
        join.take_right(item, ctx)?;
        let StreamJoin { right, key, .. } = &mut *join;
        keep(right, key, item, ctx)
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.0.get().flush_once(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.0.get().end(ctx)
    }
}

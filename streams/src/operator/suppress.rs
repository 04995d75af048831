//! Updates of a table held back: until their window closes, or for a span of stream time.
//!
//! The buffer is in memory, ordered by the time at which an update may leave; each commit writes what changed into
//! its store and changelog, in the format of Kafka Streams' buffer (version 3).

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Buf, BufMut, Bytes, BytesMut};

use super::{
    Change, Children, Context, Flow, Process, ProcessError, RecordContext, SharedSerde, StoreId, TableEdge,
    TableItem,
};
use crate::record::{Header, Headers};
use crate::state::Order;

/// What to do when the buffer holds more than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenFull {
    EmitEarly,
    Stop,
}

/// The buffer's limits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_records: usize,
    pub(crate) max_bytes: usize,
    pub(crate) when_full: WhenFull,
}

/// A waiting update.
#[derive(Clone, Debug)]
struct Held {
    /// The value before the first update that waits.
    prior: Option<Bytes>,
    old: Option<Bytes>,
    new: Option<Bytes>,
    timestamp: i64,
    offset: i64,
    topic: Arc<str>,
    headers: Headers,
}

/// Holds updates back.
pub(crate) struct Suppress<K: 'static, V: 'static, T> {
    pub(crate) name: Arc<str>,
    pub(crate) store: StoreId,
    pub(crate) key: SharedSerde<K>,
    pub(crate) value: SharedSerde<V>,
    /// The time that decides: of the update, or its window's end.
    pub(crate) time_of: T,
    /// How long after that time it leaves.
    pub(crate) wait_ms: i64,
    /// Whether deletions leave.
    pub(crate) tombstones: bool,
    pub(crate) limits: Limits,
    /// Whether listeners are told the last held update's old value instead of the one that left before.
    pub(crate) jvm_exact: bool,
    pub(crate) buffer: HeldUpdates,
    pub(crate) observed_ms: i64,
    pub(crate) children: Children<TableEdge<K, V>>,
}

/// The waiting updates, by time, then key.
#[derive(Debug, Default)]
pub(crate) struct HeldUpdates {
    by_time: BTreeMap<(i64, Bytes), Held>,
    times: BTreeMap<Bytes, i64>,
    bytes: usize,
    /// Keys that changed since the last commit, in the order in which they first did.
    dirty: Vec<Bytes>,
}

impl Held {
    fn size(&self, key: &[u8]) -> usize {
        let length = |part: &Option<Bytes>| part.as_ref().map_or(0, Bytes::len);
        let old = if self.old == self.prior { 0 } else { length(&self.old) };
        let headers: usize = self
            .headers
            .iter()
            .map(|header| header.key.len() + header.value.as_ref().map_or(0, Bytes::len))
            .sum();
        8 + key.len() + length(&self.prior) + old + length(&self.new) + 20 + self.topic.len() + headers
    }

    fn to_bytes(&self, time_ms: i64, partition: i32) -> Bytes {
        let mut out = BytesMut::new();
        out.put_i64(self.timestamp);
        out.put_i64(self.offset);
        put_part(&mut out, Some(self.topic.as_bytes()));
        out.put_i32(partition);
        out.put_i32(self.headers.iter().count() as i32);
        for header in self.headers.iter() {
            put_part(&mut out, Some(&header.key));
            put_part(&mut out, header.value.as_deref());
        }
        put_part(&mut out, self.prior.as_deref());
        match &self.old {
            Some(_) if self.old == self.prior => out.put_i32(SAME_AS_PRIOR),
            old => put_part(&mut out, old.as_deref()),
        }
        put_part(&mut out, self.new.as_deref());
        out.put_i64(time_ms);
        out.freeze()
    }

    fn from_bytes(mut bytes: Bytes) -> Option<(Self, i64)> {
        let timestamp = take_i64(&mut bytes)?;
        let offset = take_i64(&mut bytes)?;
        let topic = take_part(&mut bytes)??;
        let topic = Arc::from(std::str::from_utf8(&topic).ok()?);
        take_i32(&mut bytes)?;
        let mut headers = Vec::new();
        for _ in 0..take_i32(&mut bytes)? {
            headers.push(Header { key: take_part(&mut bytes)??, value: take_part(&mut bytes)? });
        }
        let prior = take_part(&mut bytes)?;
        let same = bytes.get(..4) == Some(&SAME_AS_PRIOR.to_be_bytes()[..]);
        let old = if same {
            bytes.advance(4);
            prior.clone()
        } else {
            take_part(&mut bytes)?
        };
        let new = take_part(&mut bytes)?;
        let time_ms = take_i64(&mut bytes)?;
        let headers = headers.into_iter().collect();
        Some((Held { prior, old, new, timestamp, offset, topic, headers }, time_ms))
    }
}

const SAME_AS_PRIOR: i32 = -2;

fn put_part(out: &mut BytesMut, part: Option<&[u8]>) {
    match part {
        Some(part) => {
            out.put_i32(part.len() as i32);
            out.put_slice(part);
        }
        None => out.put_i32(-1),
    }
}

fn take_i32(bytes: &mut Bytes) -> Option<i32> {
    let number = i32::from_be_bytes(*bytes.first_chunk::<4>()?);
    bytes.advance(4);
    Some(number)
}

fn take_i64(bytes: &mut Bytes) -> Option<i64> {
    let number = i64::from_be_bytes(*bytes.first_chunk::<8>()?);
    bytes.advance(8);
    Some(number)
}

/// A length and as many bytes; -1 is null. The outer `None` is damage.
fn take_part(bytes: &mut Bytes) -> Option<Option<Bytes>> {
    let length = take_i32(bytes)?;
    if length == -1 {
        return Some(None);
    }
    let length = usize::try_from(length).ok().filter(|length| *length <= bytes.len())?;
    Some(Some(bytes.split_to(length)))
}

impl HeldUpdates {
    fn put(&mut self, time_ms: i64, key: Bytes, mut held: Held) {
        let time_ms = *self.times.entry(key.clone()).or_insert(time_ms);
        self.touch(&key);
        self.bytes += held.size(&key);
        let place = (time_ms, key);
        if let Some(before) = self.by_time.get(&place) {
            let added = held.size(&place.1);
            held.prior.clone_from(&before.prior);
            self.bytes = self.bytes - added + held.size(&place.1) - before.size(&place.1);
        }
        self.by_time.insert(place, held);
    }

    fn pop(&mut self) -> Option<(Bytes, Held)> {
        let ((_, key), held) = self.by_time.pop_first()?;
        self.times.remove(&key);
        self.bytes -= held.size(&key);
        self.touch(&key);
        Some((key, held))
    }

    fn touch(&mut self, key: &Bytes) {
        if !self.dirty.contains(key) {
            self.dirty.push(key.clone());
        }
    }

    fn earliest_ms(&self) -> i64 {
        self.by_time.first_key_value().map_or(i64::MAX, |((time, _), _)| *time)
    }

    fn exceeds(&self, limits: &Limits) -> bool {
        self.by_time.len() > limits.max_records || self.bytes > limits.max_bytes
    }
}

impl<K: 'static, V: 'static, T> Suppress<K, V, T> {
    fn emit_until(&mut self, expiry_ms: i64, ctx: &mut Context) -> Flow {
        while self.buffer.earliest_ms() <= expiry_ms {
            self.emit(ctx)?;
        }
        Ok(())
    }

    fn emit(&mut self, ctx: &mut Context) -> Flow {
        let Some((key, held)) = self.buffer.pop() else { return Ok(()) };
        if held.new.is_none() && !self.tombstones {
            return Ok(());
        }
        let decode = |bytes: &Option<Bytes>, ctx: &Context| -> Result<Option<V>, ProcessError> {
            bytes.as_ref().map(|bytes| ctx.decode(&*self.value, bytes, &self.name)).transpose()
        };
        let new = decode(&held.new, ctx)?;
        let old = decode(if self.jvm_exact { &held.old } else { &held.prior }, ctx)?;
        let key = ctx.decode(&*self.key, &key, &self.name)?;
        ctx.add("suppression-emit-total", 1.0);
        let Held { timestamp, offset, topic, headers, .. } = held;
        let context = RecordContext { topic, offset, timestamp, headers, raw_key: None, raw_value: None };
        let before = std::mem::replace(&mut ctx.record, context);
        let change = Change { new: new.as_ref(), old: old.as_ref(), latest: true };
        self.children.forward(TableItem { key: &key, change, timestamp }, ctx)?;
        ctx.record = before;
        Ok(())
    }

    fn write(&mut self, ctx: &mut Context) -> Flow {
        let dirty = std::mem::take(&mut self.buffer.dirty);
        for key in java_hash_order(dirty) {
            let time = self.buffer.times.get(&key).copied();
            let held = time.and_then(|time| Some((time, self.buffer.by_time.get(&(time, key.clone()))?)));
            let value = held.map(|(time, held)| held.to_bytes(time, ctx.partition()));
            let mut headers = Headers::NONE;
            if value.is_some() {
                headers.push(Bytes::from_static(b"v"), Some(Bytes::from_static(&[3])));
            }
            ctx.log_with(self.store, key.clone(), value.clone(), self.observed_ms, headers);
            ctx.rows_mut(self.store).put(&key, value.as_deref())?;
        }
        Ok(())
    }
}

/// Kafka Streams logs the changed keys in the order of a hash set of byte arrays.
fn java_hash_order(keys: Vec<Bytes>) -> Vec<Bytes> {
    let mut capacity = 16usize;
    while keys.len() * 4 > capacity * 3 {
        capacity *= 2;
    }
    let bucket = |key: &Bytes| {
        let hash = key.iter().fold(1u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(*byte as i8 as u32));
        (hash ^ (hash >> 16)) as usize & (capacity - 1)
    };
    let mut keys = keys;
    keys.sort_by_key(bucket);
    keys
}

impl<K, V, T> Process<TableEdge<K, V>> for Suppress<K, V, T>
where
    K: 'static,
    V: 'static,
    T: FnMut(&K, i64) -> i64 + Send,
{
    fn init(&mut self, ctx: &mut Context) -> Flow {
        let rows: Vec<_> = ctx.rows(self.store).all(Order::Ascending).collect::<Result<_, _>>()?;
        for (key, value) in rows {
            let damaged = || ctx.step_error(&self.name, "its store holds a damaged update");
            let (held, time_ms) = Held::from_bytes(value).ok_or_else(damaged)?;
            self.buffer.put(time_ms, key, held);
        }
        self.buffer.dirty.clear();
        if let Some([observed]) = ctx.recall(&self.name) {
            self.observed_ms = observed;
        }
        self.children.init(ctx)
    }

    fn process(&mut self, item: TableItem<'_, K, V>, ctx: &mut Context) -> Flow {
        self.observed_ms = self.observed_ms.max(item.timestamp);
        let time_ms = (self.time_of)(item.key, item.timestamp);
        let key = Bytes::copy_from_slice(&ctx.encode(&*self.key, item.key, &self.name)?);
        let encode = |value: Option<&V>, ctx: &mut Context| -> Result<Option<Bytes>, ProcessError> {
            let encoded = value.map(|value| ctx.encode(&*self.value, value, &self.name)).transpose()?;
            Ok(encoded.map(|bytes| Bytes::copy_from_slice(&bytes)))
        };
        let old = encode(item.change.old, ctx)?;
        let new = encode(item.change.new, ctx)?;
        let RecordContext { topic, offset, headers, .. } = ctx.record().clone();
        let held = Held { prior: old.clone(), old, new, timestamp: item.timestamp, offset, topic, headers };
        self.buffer.put(time_ms, key, held);
        ctx.raise("suppression-buffer-count-max", self.buffer.by_time.len() as f64);
        ctx.raise("suppression-buffer-size-max", self.buffer.bytes as f64);
        self.emit_until(self.observed_ms.saturating_sub(self.wait_ms), ctx)?;
        if self.buffer.exceeds(&self.limits) && self.limits.when_full == WhenFull::Stop {
            let held = self.buffer.by_time.len();
            return Err(ctx.step_error(
                &self.name,
                format!("the buffer is full with {held} updates; give it more room"),
            ));
        }
        while self.buffer.exceeds(&self.limits) {
            self.emit(ctx)?;
        }
        Ok(())
    }

    fn flush(&mut self, ctx: &mut Context) -> Flow {
        self.write(ctx)?;
        ctx.remember(&self.name, [self.observed_ms]);
        self.children.flush(ctx)
    }

    fn end_of_input(&mut self, ctx: &mut Context) -> Flow {
        self.emit_until(i64::MAX - 1, ctx)?;
        self.children.end_of_input(ctx)
    }
}

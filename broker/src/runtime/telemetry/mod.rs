//! Client telemetry (KIP-714): which client shall push which metrics, and what it pushed last.
//!
//! Everything is in memory and bounded; a restart forgets it, and clients ask again. Time comes in as an argument.

mod otlp;
mod subscription;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use riverrun_core::protocol::Uuid;
use riverrun_core::record::{Compression, decompress};

pub(crate) use otlp::Point;
pub(crate) use subscription::{ClientTraits, Plan};

use self::subscription::Subscriptions;
use crate::metadata::ClusterImage;

/// Clients that are remembered; who has been quiet for the longest goes first.
const CLIENTS_MAX: usize = 10_000;
/// Numbers of one client that are kept.
const POINTS_MAX: usize = 2_000;
/// Numbers of all clients that are kept.
const ALL_POINTS_MAX: usize = 200_000;
/// A client that has been quiet for this long, and for three of its intervals, is forgotten.
const QUIET_MS: i64 = 60_000;
/// Memory that one push may take once it is decompressed, as a multiple of what it may take as sent.
const EXPANSION_MAX: usize = 16;

/// Why a client is not told what to push, or its push is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TelemetryError {
    #[error("the client came before its next push is due")]
    TooEarly,
    #[error("the client's instance id is not one that was given")]
    InstanceId,
    #[error("the client said before that it ends")]
    Terminated,
    #[error("the client's subscription is not this one any more; it must ask for the new one")]
    Subscription,
    #[error("the compression of the metrics is not known")]
    Compression,
    #[error("the metrics are larger than telemetry.max.bytes")]
    TooLarge,
    #[error("the metrics cannot be read")]
    Unreadable,
}

/// A push of metrics, as it came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Push<'a> {
    pub(crate) subscription_id: i32,
    pub(crate) terminating: bool,
    pub(crate) compression: i8,
    pub(crate) metrics: &'a [u8],
    /// `telemetry.max.bytes`
    pub(crate) bytes_max: usize,
}

#[derive(Debug)]
struct Client {
    traits: Arc<ClientTraits>,
    plan: Plan,
    /// Of which subscriptions the plan is.
    generation: u64,
    asked_ms: Option<i64>,
    pushed_ms: Option<i64>,
    seen_ms: i64,
    terminating: bool,
    points: BTreeMap<(String, BTreeMap<String, String>), f64>,
}

#[derive(Debug, Default)]
struct State {
    subscriptions: Subscriptions,
    clients: BTreeMap<Uuid, Client>,
    points: usize,
}

/// What is known of clients and their metrics.
#[derive(Debug, Default)]
pub(crate) struct Telemetry {
    state: Mutex<State>,
}

impl Telemetry {
    /// What the client shall push.
    ///
    /// # Errors
    /// [`TooEarly`](TelemetryError::TooEarly) when it asked or pushed within its interval and nothing has changed.
    pub(crate) fn subscribe(
        &self,
        image: &ClusterImage,
        traits: ClientTraits,
        now_ms: i64,
    ) -> Result<Plan, TelemetryError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let client = state.client(image, traits, now_ms);
        let last_ms = client.asked_ms.max(client.pushed_ms);
        if last_ms.is_some_and(|last_ms| now_ms - last_ms < i64::from(client.plan.interval_ms)) {
            return Err(TelemetryError::TooEarly);
        }
        client.asked_ms = Some(now_ms);
        Ok(client.plan.clone())
    }

    /// Takes a push; returns how many numbers it brought.
    ///
    /// # Errors
    /// Why it is not taken.
    pub(crate) fn push(
        &self,
        image: &ClusterImage,
        traits: ClientTraits,
        push: &Push<'_>,
        now_ms: i64,
    ) -> Result<usize, TelemetryError> {
        if traits.instance_id.is_zero() {
            return Err(TelemetryError::InstanceId);
        }
        let instance_id = traits.instance_id;
        {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let client = state.client(image, traits, now_ms);
            let admitted = client.admit(push, now_ms);
            client.terminating = push.terminating;
            admitted?;
        }
        if push.metrics.is_empty() {
            return Ok(0);
        }
        let found = read(push)?;
        let count = found.len();
        self.state.lock().unwrap_or_else(PoisonError::into_inner).keep(instance_id, found);
        Ok(count)
    }

    /// The last numbers of every client.
    pub(crate) fn last(&self) -> Vec<(Arc<ClientTraits>, Vec<Point>)> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let point = |((name, attributes), value): (&(String, BTreeMap<String, String>), &f64)| Point {
            name: name.clone(),
            attributes: attributes.clone(),
            value: *value,
        };
        let clients = state.clients.values();
        clients.map(|client| (client.traits.clone(), client.points.iter().map(point).collect())).collect()
    }
}

fn read(push: &Push<'_>) -> Result<Vec<Point>, TelemetryError> {
    let compression = u8::try_from(push.compression).ok().and_then(|id| Compression::from_id(id).ok());
    let compression = compression.ok_or(TelemetryError::Compression)?;
    let bytes_max = push.bytes_max.saturating_mul(EXPANSION_MAX);
    let data = decompress(compression, push.metrics, bytes_max).map_err(|_| TelemetryError::Unreadable)?;
    otlp::points(&data).map_err(|_| TelemetryError::Unreadable)
}

impl Client {
    fn admit(&mut self, push: &Push<'_>, now_ms: i64) -> Result<(), TelemetryError> {
        if self.terminating {
            return Err(TelemetryError::Terminated);
        }
        // The first push after an answer may come early, by the client's jitter.
        let is_first = self.asked_ms > self.pushed_ms;
        let is_due = self.pushed_ms.is_none_or(|pushed| now_ms - pushed >= i64::from(self.plan.interval_ms));
        if is_first || is_due {
            self.pushed_ms = Some(now_ms);
        } else if !push.terminating {
            return Err(TelemetryError::TooEarly);
        }
        if push.subscription_id != self.plan.subscription_id {
            return Err(TelemetryError::Subscription);
        }
        if !(0..=4).contains(&push.compression) {
            return Err(TelemetryError::Compression);
        }
        if push.metrics.len() > push.bytes_max {
            return Err(TelemetryError::TooLarge);
        }
        Ok(())
    }
}

impl State {
    fn client(&mut self, image: &ClusterImage, traits: ClientTraits, now_ms: i64) -> &mut Client {
        self.subscriptions.refresh(image);
        let generation = self.subscriptions.generation();
        let id = traits.instance_id;
        if self.clients.get(&id).is_none_or(|client| client.generation != generation) {
            if !self.clients.contains_key(&id) {
                self.make_room(now_ms);
            }
            let points = self.clients.remove(&id).map(|client| client.points).unwrap_or_default();
            let plan = self.subscriptions.plan(&traits);
            let (asked_ms, pushed_ms, seen_ms) = (None, None, now_ms);
            let traits = Arc::new(traits);
            let client =
                Client { traits, plan, generation, asked_ms, pushed_ms, seen_ms, terminating: false, points };
            self.clients.insert(id, client);
        }
        let client = self.clients.get_mut(&id).expect("it was put in if it was not there");
        client.seen_ms = now_ms;
        client
    }

    fn make_room(&mut self, now_ms: i64) {
        if self.clients.len() < CLIENTS_MAX {
            return;
        }
        self.clients.retain(|_, client| {
            now_ms - client.seen_ms < QUIET_MS.max(3 * i64::from(client.plan.interval_ms))
        });
        if self.clients.len() >= CLIENTS_MAX
            && let Some(quietest) = self.clients.iter().min_by_key(|(_, client)| client.seen_ms)
        {
            let id = *quietest.0;
            self.clients.remove(&id);
        }
        self.points = self.clients.values().map(|client| client.points.len()).sum();
    }

    fn keep(&mut self, id: Uuid, found: Vec<Point>) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        for point in found {
            let key = (point.name, point.attributes);
            let is_new = !client.points.contains_key(&key);
            if is_new && (client.points.len() >= POINTS_MAX || self.points >= ALL_POINTS_MAX) {
                continue;
            }
            self.points += usize::from(is_new);
            client.points.insert(key, point.value);
        }
    }
}

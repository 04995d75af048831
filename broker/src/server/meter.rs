//! One request on its way: what it takes, what is counted of it, and what its client's quotas say.

use std::time::Duration;

use riverrun_core::protocol::{ApiKey, Str};
use tokio::time::Instant;

use super::connection::Connection;
use super::outcome::Answer;
use super::quota::{ANONYMOUS, patch_throttle};
use crate::runtime::Node;

/// APIs whose requests wait for others to do something: being slow is their nature.
const WAITING: &[ApiKey] = &[
    ApiKey::Fetch,
    ApiKey::JoinGroup,
    ApiKey::SyncGroup,
    ApiKey::ShareFetch,
    ApiKey::ConsumerGroupHeartbeat,
];

/// What is measured of one request.
#[derive(Debug)]
pub(super) struct Meter {
    /// `None` until it is known what is asked for.
    request: Option<(ApiKey, i16, i32)>,
    pub(super) client_id: Str,
    bytes: usize,
    start: Instant,
    /// What its handler took of this thread.
    local: Duration,
    /// How long its client must wait.
    throttle_ms: i64,
}

impl Meter {
    /// A request of `bytes` has come.
    pub(super) fn start(bytes: usize) -> Self {
        Meter {
            request: None,
            client_id: Str::EMPTY,
            bytes,
            start: Instant::now(),
            local: Duration::ZERO,
            throttle_ms: 0,
        }
    }

    /// It asks for this.
    pub(super) fn began(&mut self, key: ApiKey, version: i16, correlation_id: i32) {
        self.request = Some((key, version, correlation_id));
    }

    /// Its handler has done its part; what is left is to wait.
    pub(super) fn handled(&mut self, node: &Node, connection: &Connection) {
        self.local = self.start.elapsed();
        let Some((key, version, correlation_id)) = self.request else { return };
        node.metrics().requests.api(key.code()).count(version, self.bytes);
        tracing::debug!(
            target: "riverrun::request",
            api = key.name(),
            version,
            correlation_id,
            client_id = &*self.client_id,
            client = &*connection.peer_host,
            bytes = self.bytes,
            handled_us = u64::try_from(self.local.as_micros()).unwrap_or(u64::MAX),
            "request"
        );
        let image = node.controller.image();
        if image.quotas.is_empty() {
            return;
        }
        let limits = image.quotas.of(ANONYMOUS, &self.client_id);
        let (quotas, now_ms) = (&connection.limits.quotas, node.clock.now_ms());
        self.throttle_ms = quotas.requested(now_ms, limits.request_percentage, self.local);
        if key == ApiKey::Produce {
            let throttle_ms = quotas.produced(now_ms, limits.producer_byte_rate, self.bytes);
            self.throttle_ms = self.throttle_ms.max(throttle_ms);
        }
        // From now on, whatever else was sent ahead.
        if self.throttle_ms > 0 {
            connection.mute(self.throttle_ms);
        }
    }

    /// Its answer is about to leave.
    pub(super) fn answered(mut self, node: &Node, connection: &Connection, answer: &mut Answer) {
        let Some((key, version, correlation_id)) = self.request else { return };
        if let Answer::Fetched(encoded, _) = &*answer {
            self.charge_fetch(node, connection, encoded.len);
        }
        let bytes = match answer {
            Answer::Frame(encoded) | Answer::Fetched(encoded, _) => {
                if self.throttle_ms > 0 {
                    let throttle_ms = i32::try_from(self.throttle_ms).unwrap_or(i32::MAX);
                    patch_throttle(key, version, encoded, throttle_ms);
                }
                encoded.len
            }
            Answer::Nothing | Answer::Close(_) => 0,
        };
        let total = self.start.elapsed();
        let metrics = node.metrics().requests.api(key.code());
        metrics.answered(total, self.local, bytes);
        if self.throttle_ms > 0 {
            metrics.throttle.record(Duration::from_millis(self.throttle_ms.unsigned_abs()));
        }
        if total >= node.settings.limits.slow_request && !WAITING.contains(&key) {
            metrics.slow.add(1);
            if !node.metrics().requests.may_log_slow(node.clock.now_ms()) {
                return;
            }
            tracing::warn!(
                target: "riverrun::request",
                api = key.name(),
                version,
                correlation_id,
                client_id = &*self.client_id,
                client = &*connection.peer_host,
                bytes = self.bytes,
                total_ms = u64::try_from(total.as_millis()).unwrap_or(u64::MAX),
                handled_ms = u64::try_from(self.local.as_millis()).unwrap_or(u64::MAX),
                "a request was slow (one a second is told, all are counted)"
            );
        }
    }

    /// What a fetch is answered with counts when it leaves.
    fn charge_fetch(&mut self, node: &Node, connection: &Connection, bytes: usize) {
        let image = node.controller.image();
        if image.quotas.is_empty() {
            return;
        }
        let limit = image.quotas.of(ANONYMOUS, &self.client_id).consumer_byte_rate;
        let throttle_ms = connection.limits.quotas.fetched(node.clock.now_ms(), limit, bytes);
        if throttle_ms > 0 {
            connection.mute(throttle_ms);
            self.throttle_ms = self.throttle_ms.max(throttle_ms);
        }
    }
}

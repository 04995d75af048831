//! Compacts logs on its own threads, the dirtiest first, within bounds of memory and of bytes per second.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use super::node::Node;
use crate::config::keys;
use crate::log::{Candidate, CompactError, LatestOffsets, Pace, PartitionLog, TopicPartition};

/// Least memory for the keys of one log.
const LEAST_BUFFER_BYTES: usize = 1 << 20;
/// A look for dirty logs is never sooner after the last one.
const LEAST_BACKOFF: Duration = Duration::from_millis(10);
/// The longest wait of a throttled compaction before it looks whether the broker is closing.
const LONGEST_WAIT_MS: u64 = 1_000;

/// The threads that compact.
#[derive(Debug, Default)]
pub(crate) struct Cleaner {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct State {
    stopping: bool,
    /// Logs that are being compacted.
    busy: BTreeSet<TopicPartition>,
    /// Logs that could not be compacted, and will not be tried again before the next start.
    given_up: BTreeSet<TopicPartition>,
    /// When the bytes of the last second will all have been allowed.
    paid_until_ms: f64,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits; false if it is to stop.
    fn wait(&self, time: Duration) -> bool {
        let state = self.lock();
        let waited = self.wake.wait_timeout_while(state, time, |state| !state.stopping);
        !waited.unwrap_or_else(PoisonError::into_inner).0.stopping
    }
}

impl Cleaner {
    /// Starts as many threads as `log.cleaner.threads` says.
    pub(super) fn start(&self, node: &Arc<Node>) {
        let config = &node.live().config;
        let count = if config.get(&keys::CLEANER_ENABLE) { config.get(&keys::CLEANER_THREADS) } else { 0 };
        for number in 0..count {
            let (node, shared) = (Arc::downgrade(node), self.shared.clone());
            let builder = std::thread::Builder::new().name(format!("riverrun-clean-{number}"));
            match builder.spawn(move || work(&node, &shared)) {
                Ok(thread) => self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread),
                Err(error) => tracing::error!(%error, "a thread that compacts could not be started"),
            }
        }
    }

    /// Ends the threads; what they are at is left as it was. Blocks for a moment.
    pub(super) fn stop(&self) {
        self.shared.lock().stopping = true;
        self.shared.wake.notify_all();
        for thread in self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // A thread that went down was reported there.
            let _ = thread.join();
        }
    }
}

fn work(node: &Weak<Node>, shared: &Shared) {
    loop {
        // Not held while waiting, so that a broker that is dropped goes.
        let Some(node) = node.upgrade() else { return };
        let live = node.live();
        let cleaned = clean_dirtiest(&node, shared);
        let backoff = Duration::from_millis(live.config.get(&keys::CLEANER_BACKOFF_MS).unsigned_abs());
        drop(node);
        let time = if cleaned { Duration::ZERO } else { backoff.max(LEAST_BACKOFF) };
        if !shared.wait(time) {
            return;
        }
    }
}

/// Compacts one log; whether there was one and it went well.
fn clean_dirtiest(node: &Node, shared: &Shared) -> bool {
    let now_ms = node.clock.now_ms();
    let Some((log, candidate)) = dirtiest(node, shared, now_ms) else { return false };
    let id = log.id().clone();
    let config = &node.live().config;
    let threads = usize::try_from(config.get(&keys::CLEANER_THREADS)).unwrap_or(1).max(1);
    let memory = usize::try_from(config.get(&keys::CLEANER_DEDUPE_BUFFER_SIZE)).unwrap_or(0) / threads;
    let mut latest = LatestOffsets::new(memory.max(LEAST_BUFFER_BYTES), node.fresh_seed());
    let mut pace = Throttle { node, shared };
    let outcome = log.compact(&candidate, &mut latest, &mut pace, now_ms);
    let mut state = shared.lock();
    state.busy.remove(&id);
    match outcome {
        Ok(compacted) => {
            drop(state);
            tracing::info!(
                log = %id,
                to = compacted.clean_to,
                keys = latest.len(),
                bytes_before = compacted.bytes_before,
                bytes_after = compacted.bytes_after,
                keyless = compacted.keyless,
                "compacted"
            );
            if let Err(error) = node.logs.note_compacted(&id, compacted.clean_to) {
                tracing::error!(log = %id, error = &error as &dyn std::error::Error, "the end of a compaction could not be noted");
            }
            true
        }
        Err(CompactError::Stopped | CompactError::Changed | CompactError::Unusable) => false,
        Err(CompactError::Storage(error)) => {
            tracing::error!(log = %id, error = &error as &dyn std::error::Error, "a log could not be compacted; it is tried again");
            false
        }
        Err(error) => {
            tracing::error!(log = %id, error = &error as &dyn std::error::Error, "a log cannot be compacted and grows until the broker is restarted");
            state.given_up.insert(id);
            false
        }
    }
}

/// The log that is to be compacted next: one that has waited too long, else the one with the largest dirty share. It is
/// marked as busy.
fn dirtiest(node: &Node, shared: &Shared, now_ms: i64) -> Option<(Arc<PartitionLog>, Candidate)> {
    let mut best: Option<(Arc<PartitionLog>, Candidate)> = None;
    for partition in node.partitions.open() {
        let Some(log) = partition.log() else { continue };
        let config = log.config();
        if !config.compact || !log.is_usable() || node.is_closing() {
            continue;
        }
        {
            let state = shared.lock();
            if state.stopping || state.busy.contains(log.id()) || state.given_up.contains(log.id()) {
                continue;
            }
        }
        let candidate = match log.compaction_candidate(node.logs.compacted_to(log.id()), now_ms) {
            Ok(candidate) => candidate,
            Err(error) => {
                tracing::error!(log = %log.id(), error = &error as &dyn std::error::Error, "a log cannot be looked at");
                continue;
            }
        };
        let rank = |candidate: &Candidate| (candidate.overdue, candidate.dirty_ratio());
        if candidate.is_due(&config) && best.as_ref().is_none_or(|(_, best)| rank(&candidate) > rank(best)) {
            best = Some((log.clone(), candidate));
        }
    }
    let (log, candidate) = best?;
    let free = shared.lock().busy.insert(log.id().clone());
    free.then_some((log, candidate))
}

/// Spreads bytes over time as `log.cleaner.io.max.bytes.per.second` says.
struct Throttle<'a> {
    node: &'a Node,
    shared: &'a Shared,
}

impl Pace for Throttle<'_> {
    fn spent(&mut self, bytes: u64) -> bool {
        let per_second = self.node.live().config.get(&keys::CLEANER_IO_MAX_BYTES_PER_SECOND);
        let paid_until_ms = {
            let mut state = self.shared.lock();
            let now_ms = self.node.clock.now_ms() as f64;
            let cost_ms = bytes as f64 * 1_000.0 / per_second.max(1.0);
            state.paid_until_ms = state.paid_until_ms.max(now_ms) + cost_ms;
            state.paid_until_ms
        };
        loop {
            if self.node.is_closing() {
                return false;
            }
            let left_ms = paid_until_ms - self.node.clock.now_ms() as f64;
            if left_ms < 1.0 {
                return !self.shared.lock().stopping;
            }
            if !self.shared.wait(Duration::from_millis((left_ms as u64).min(LONGEST_WAIT_MS))) {
                return false;
            }
        }
    }
}

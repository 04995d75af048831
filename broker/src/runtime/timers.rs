//! Deadlines of the group shards: one ordered set and one task that sleeps until the first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::coordinator::group::{TimerChange, TimerKey};

/// The name of a deadline over all shards.
pub(crate) type ShardTimer = (usize, TimerKey);

/// The deadlines that are set.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    set: Mutex<TimerSet>,
    sooner: Notify,
}

#[derive(Debug, Default)]
struct TimerSet {
    deadlines: BTreeMap<ShardTimer, i64>,
    order: BTreeSet<(i64, ShardTimer)>,
}

impl TimerSet {
    fn clear(&mut self, timer: &ShardTimer) {
        if let Some((timer, deadline_ms)) = self.deadlines.remove_entry(timer) {
            self.order.remove(&(deadline_ms, timer));
        }
    }
}

impl Timers {
    /// Applies what a decision says about the deadlines of `shard`.
    pub(crate) fn apply(&self, shard: usize, changes: Vec<TimerChange>) {
        if changes.is_empty() {
            return;
        }
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        let first_before = set.order.first().map(|(deadline_ms, _)| *deadline_ms);
        for change in changes {
            match change {
                TimerChange::Set(key, deadline_ms) => {
                    let timer = (shard, key);
                    set.clear(&timer);
                    set.order.insert((deadline_ms, timer.clone()));
                    set.deadlines.insert(timer, deadline_ms);
                }
                TimerChange::SetIfAbsent(key, deadline_ms) => {
                    let timer = (shard, key);
                    if !set.deadlines.contains_key(&timer) {
                        set.order.insert((deadline_ms, timer.clone()));
                        set.deadlines.insert(timer, deadline_ms);
                    }
                }
                TimerChange::Clear(key) => set.clear(&(shard, key)),
            }
        }
        let first = set.order.first().map(|(deadline_ms, _)| *deadline_ms);
        drop(set);
        if first.is_some() && (first_before.is_none() || first < first_before) {
            self.sooner.notify_one();
        }
    }

    /// Forgets every deadline of `shard`.
    pub(crate) fn clear_shard(&self, shard: usize) {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        set.deadlines.retain(|(owner, _), _| *owner != shard);
        set.order.retain(|(_, (owner, _))| *owner != shard);
    }

    /// Takes out the deadlines that have passed, earliest first.
    pub(crate) fn take_due(&self, now_ms: i64) -> Vec<ShardTimer> {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = Vec::new();
        while set.order.first().is_some_and(|(deadline_ms, _)| *deadline_ms <= now_ms) {
            let Some((_, timer)) = set.order.pop_first() else { break };
            set.deadlines.remove(&timer);
            due.push(timer);
        }
        due
    }

    /// When the next deadline passes.
    pub(crate) fn next_ms(&self) -> Option<i64> {
        let set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        set.order.first().map(|(deadline_ms, _)| *deadline_ms)
    }

    /// Waits until an earlier deadline than all others has been set.
    pub(crate) async fn sooner(&self) {
        self.sooner.notified().await;
    }
}

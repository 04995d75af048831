//! What an application did, in numbers.

use std::collections::BTreeMap;
use std::time::Duration;

use super::plan::TaskId;
use crate::operator::DropReason;

/// What one task did since it was opened in this process.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskMetrics {
    /// Records processed.
    pub records_in: u64,
    /// Records that left for topics, changelogs not counted.
    pub records_out: u64,
    /// Records dropped, by step and reason.
    pub dropped: BTreeMap<(String, DropReason), u64>,
    /// The highest record time seen, in milliseconds since 1970; -1 before the first.
    pub stream_time_ms: i64,
    /// Whether all its inputs have ended and everything is committed.
    pub done: bool,
}

/// What all tasks of an application did in this process.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// By task.
    pub tasks: BTreeMap<TaskId, TaskMetrics>,
    /// How long the application has been running.
    pub elapsed: Duration,
}

impl Summary {
    /// Records processed by all tasks; one that passes a repartition topic counts in each sub-topology.
    pub fn records_in(&self) -> u64 {
        self.tasks.values().map(|task| task.records_in).sum()
    }

    /// Records that left for topics, changelogs not counted.
    pub fn records_out(&self) -> u64 {
        self.tasks.values().map(|task| task.records_out).sum()
    }

    /// Records dropped, by reason.
    pub fn dropped(&self) -> BTreeMap<DropReason, u64> {
        let mut dropped = BTreeMap::new();
        for ((_, reason), count) in self.tasks.values().flat_map(|task| &task.dropped) {
            *dropped.entry(*reason).or_default() += count;
        }
        dropped
    }

    /// Records that came after their window had closed.
    pub fn late(&self) -> u64 {
        self.dropped().get(&DropReason::Late).copied().unwrap_or(0)
    }
}

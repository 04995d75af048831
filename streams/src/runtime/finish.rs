//! How a bounded run ends: inputs end at known offsets, then what is computed from them, sub-topology after
//! sub-topology.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use riverrun_core::client::{Admin, TopicPartition};
use riverrun_core::{Error, Result};

use super::plan::{Plan, TaskId};
use crate::topology::Topology;

/// What the threads of a process tell each other.
#[derive(Debug, Default)]
pub(super) struct Progress {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Where inputs end for good.
    ends: BTreeMap<TopicPartition, i64>,
    done: BTreeSet<TaskId>,
    stopping: bool,
    failed: Option<Error>,
    /// How many tasks are open and started.
    running: BTreeSet<TaskId>,
}

impl Progress {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Inputs end at these offsets.
    pub(super) fn set_ends(&self, ends: BTreeMap<TopicPartition, i64>) {
        self.with(|state| state.ends.extend(ends));
    }

    /// Where an input ends, if that is known.
    pub(super) fn end(&self, name: &TopicPartition) -> Option<i64> {
        self.with(|state| state.ends.get(name).copied())
    }

    /// Everybody is to commit and stop.
    pub(super) fn stop(&self) {
        self.with(|state| state.stopping = true);
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.with(|state| state.stopping)
    }

    /// Everybody is to stop because of this; the first one counts.
    pub(super) fn fail(&self, error: Error) {
        self.with(|state| {
            state.failed.get_or_insert(error);
            state.stopping = true;
        });
    }

    pub(super) fn take_failure(&self) -> Option<Error> {
        self.with(|state| state.failed.take())
    }

    pub(super) fn running(&self, task: TaskId, on: bool) {
        self.with(|state| if on { state.running.insert(task) } else { state.running.remove(&task) });
    }

    /// How many tasks run in this process.
    pub(super) fn count_running(&self) -> usize {
        self.with(|state| state.running.len())
    }

    /// Whether every task has done all that it ever will.
    pub(super) fn is_finished(&self, plan: &Plan) -> bool {
        self.with(|state| !plan.tasks.is_empty() && plan.tasks.keys().all(|task| state.done.contains(task)))
    }

    pub(super) fn is_done(&self, task: TaskId) -> bool {
        self.with(|state| state.done.contains(&task))
    }

    /// A task has done all that it ever will. Repartition topics that nobody writes to any more end where they are.
    pub(super) async fn done(
        &self,
        task: TaskId,
        topology: &Topology,
        plan: &Plan,
        admin: &Admin,
    ) -> Result<()> {
        let ended = self.with(|state| {
            state.done.insert(task);
            let read = topology.subtopologies().iter().flat_map(|sub| &sub.repartition_sources);
            let quiet =
                |topic: &&String| plan.writers(topology, topic).all(|writer| state.done.contains(&writer));
            let names: BTreeSet<&String> = read.filter(quiet).collect();
            let all = names.into_iter().flat_map(|topic| {
                let count = plan.partitions.get(topic).copied().unwrap_or(0);
                (0..count).map(move |partition| TopicPartition::new(topic.as_str(), partition))
            });
            all.filter(|name| !state.ends.contains_key(name)).collect::<Vec<_>>()
        });
        if !ended.is_empty() {
            let ends = admin.list_offsets(&ended, riverrun_core::client::OffsetSpec::Latest).await?;
            self.set_ends(ends);
        }
        Ok(())
    }
}

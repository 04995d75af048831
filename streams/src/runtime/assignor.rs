//! How the members of an application's group share its tasks. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use riverrun_core::client::TopicPartition;
use riverrun_core::client::consumer::assignor::{Assignment, Assignor, GroupMember};

use super::plan::{Plan, TaskId};

/// The first field of what members tell the leader.
const VERSION: i16 = 1;

/// Tasks whose state lies in this process's folder; shared with who opens and drops them.
pub(crate) type LocalTasks = Arc<Mutex<BTreeSet<TaskId>>>;

/// Gives whole tasks to members: evenly, and to those who have their state already where that is even.
#[derive(Debug)]
pub(crate) struct TaskAssignor {
    plan: Arc<Plan>,
    local: LocalTasks,
}

impl TaskAssignor {
    pub(crate) fn new(plan: Arc<Plan>, local: LocalTasks) -> Self {
        TaskAssignor { plan, local }
    }

    fn partitions(&self, task: TaskId) -> impl Iterator<Item = TopicPartition> + '_ {
        let topics = self.plan.tasks.get(&task).into_iter().flatten();
        topics.map(move |topic| TopicPartition::new(topic.as_str(), task.partition))
    }
}

impl Assignor for TaskAssignor {
    fn name(&self) -> &str {
        "riverrun-streams"
    }

    fn user_data(&self) -> Option<Bytes> {
        Some(encode(&self.local.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn assign(
        &self,
        members: &[GroupMember],
        _topics: &BTreeMap<Arc<str>, i32>,
    ) -> BTreeMap<Arc<str>, Assignment> {
        let homes: BTreeMap<&Arc<str>, BTreeSet<TaskId>> =
            members.iter().map(|member| (&member.id, decode(member.user_data.clone()))).collect();
        let mut shares: BTreeMap<&Arc<str>, Vec<TaskId>> = homes.keys().map(|id| (*id, Vec::new())).collect();
        if members.is_empty() {
            return BTreeMap::new();
        }
        let most = self.plan.tasks.len().div_ceil(members.len());
        let mut left = Vec::new();
        for task in self.plan.tasks.keys() {
            let at_home = homes.iter().filter(|(_, tasks)| tasks.contains(task)).map(|(id, _)| *id);
            let least = at_home.min_by_key(|id| shares.get(*id).map_or(usize::MAX, Vec::len));
            match least.and_then(|id| shares.get_mut(id)).filter(|share| share.len() < most) {
                Some(share) => share.push(*task),
                None => left.push(*task),
            }
        }
        for task in left {
            if let Some(share) = shares.values_mut().min_by_key(|share| share.len()) {
                share.push(task);
            }
        }
        let assignments = shares.into_iter().map(|(id, tasks)| {
            let partitions = tasks.into_iter().flat_map(|task| self.partitions(task)).collect();
            (Arc::clone(id), Assignment { partitions, user_data: None })
        });
        assignments.collect()
    }
}

fn encode(tasks: &BTreeSet<TaskId>) -> Bytes {
    let mut bytes = BytesMut::with_capacity(2 + 8 * tasks.len());
    bytes.put_i16(VERSION);
    for task in tasks {
        bytes.put_u32(task.subtopology);
        bytes.put_i32(task.partition);
    }
    bytes.freeze()
}

/// Bytes that this version does not understand name no tasks: sharing is even all the same.
fn decode(bytes: Option<Bytes>) -> BTreeSet<TaskId> {
    let mut tasks = BTreeSet::new();
    let Some(mut bytes) = bytes.filter(|bytes| bytes.len() >= 2) else { return tasks };
    if bytes.get_i16() != VERSION {
        return tasks;
    }
    while bytes.len() >= 8 {
        tasks.insert(TaskId { subtopology: bytes.get_u32(), partition: bytes.get_i32() });
    }
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str, local: &[TaskId]) -> GroupMember {
        GroupMember {
            id: Arc::from(id),
            instance_id: None,
            topics: vec![Arc::from("t")],
            user_data: Some(encode(&local.iter().copied().collect())),
        }
    }

    fn check(members: &[GroupMember], expected: &str) {
        let task = |partition| TaskId { subtopology: 0, partition };
        let tasks = (0..4).map(|partition| (task(partition), vec!["t".to_owned(), "u".to_owned()])).collect();
        let plan = Plan { tasks, partitions: BTreeMap::new(), internal: Vec::new() };
        let assignor = TaskAssignor::new(Arc::new(plan), LocalTasks::default());
        let mut text = Vec::new();
        for (id, share) in assignor.assign(members, &BTreeMap::new()) {
            let partitions: Vec<String> = share.partitions.iter().map(ToString::to_string).collect();
            text.push(format!("{id}: {}", partitions.join(" ")));
        }
        assert_eq!(text.join("; "), expected);
    }

    #[test]
    fn whole_tasks_are_shared_evenly() {
        check(&[member("a", &[]), member("b", &[])], "a: t-0 u-0 t-2 u-2; b: t-1 u-1 t-3 u-3");
    }

    #[test]
    fn tasks_stay_where_their_state_is_as_far_as_that_is_even() {
        let task = |partition| TaskId { subtopology: 0, partition };
        let all = [task(0), task(1), task(2), task(3)];
        check(&[member("a", &[]), member("b", &all)], "a: t-2 u-2 t-3 u-3; b: t-0 u-0 t-1 u-1");
    }
}

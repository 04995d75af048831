//! Which tasks a topology has, and which topics it needs, given the partitions of its inputs. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use riverrun_core::{Error, ErrorKind, Result};

use crate::topology::{InternalTopic, InternalTopicKind, Topology};

/// The id of a task: a sub-topology and a partition, written `<sub-topology>_<partition>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId {
    /// The sub-topology.
    pub subtopology: u32,
    /// The partition that it reads of each of its inputs.
    pub partition: i32,
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.subtopology, self.partition)
    }
}

impl FromStr for TaskId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once('_').and_then(|(sub, partition)| {
            Some(TaskId { subtopology: sub.parse().ok()?, partition: partition.parse().ok()? })
        });
        parts.ok_or_else(|| Error::new(ErrorKind::Invalid, format!("'{text}' is no task id, such as 0_1")))
    }
}

/// An internal topic with its number of partitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NeededTopic {
    pub(crate) topic: InternalTopic,
    pub(crate) partitions: i32,
}

/// Tasks and topics of an application.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Each task's input topics.
    pub(crate) tasks: BTreeMap<TaskId, Vec<String>>,
    /// Numbers of partitions of all topics that are read, and of all internal ones.
    pub(crate) partitions: BTreeMap<String, i32>,
    /// The internal topics to make.
    pub(crate) internal: Vec<NeededTopic>,
}

impl Plan {
    /// Works out the plan from the numbers of partitions of the topics that exist outside of the application.
    pub(crate) fn new(topology: &Topology, external: &BTreeMap<String, i32>) -> Result<Plan> {
        let internal = topology.internal_topics();
        let mut partitions = external.clone();
        let mut adjustable = BTreeSet::new();
        for topic in internal.iter().filter(|topic| topic.kind == InternalTopicKind::Repartition) {
            match topic.partitions {
                Some(count) => drop(partitions.insert(topic.name.clone(), count)),
                None => drop(adjustable.insert(topic.name.clone())),
            }
        }
        settle(topology, &mut partitions, &adjustable)?;
        let mut tasks = BTreeMap::new();
        for sub in topology.subtopologies() {
            let most = sub.source_topics.iter().filter_map(|topic| partitions.get(topic)).max().copied();
            for partition in 0..most.unwrap_or(0) {
                let reads = |topic: &&String| partitions.get(*topic).is_some_and(|count| partition < *count);
                let topics = sub.source_topics.iter().filter(reads).cloned().collect();
                tasks.insert(TaskId { subtopology: sub.id, partition }, topics);
            }
        }
        let mut changelogs = BTreeMap::new();
        for sub in topology.subtopologies() {
            let count = tasks.keys().filter(|task| task.subtopology == sub.id).count();
            for store in &sub.stores {
                if let Some(name) = topology.changelog_topic(&topology.stores()[store.0 as usize]) {
                    changelogs.insert(name, i32::try_from(count).unwrap_or(i32::MAX));
                }
            }
        }
        let mut needed = Vec::new();
        for topic in internal {
            let count = match topic.kind {
                InternalTopicKind::SourceAsChangelog => continue,
                InternalTopicKind::Repartition => partitions.get(&topic.name).copied(),
                InternalTopicKind::Changelog => changelogs.get(&topic.name).copied(),
            };
            let count = count.unwrap_or(1);
            partitions.insert(topic.name.clone(), count);
            needed.push(NeededTopic { topic, partitions: count });
        }
        Ok(Plan { tasks, partitions, internal: needed })
    }

    /// The tasks whose outputs a repartition topic carries.
    pub(crate) fn writers<'a>(
        &'a self,
        topology: &'a Topology,
        topic: &'a str,
    ) -> impl Iterator<Item = TaskId> + 'a {
        let subs = topology.subtopologies().iter().filter(move |sub| sub.sink_topics.contains(topic));
        subs.flat_map(|sub| self.tasks.keys().filter(move |task| task.subtopology == sub.id).copied())
    }
}

/// Gives every repartition topic that may have any number of partitions the highest of what feeds it, and topics that
/// must have equal numbers that of the topics which cannot be changed.
fn settle(
    topology: &Topology,
    partitions: &mut BTreeMap<String, i32>,
    adjustable: &BTreeSet<String>,
) -> Result<()> {
    let mut left: BTreeSet<&String> = adjustable.iter().collect();
    while !left.is_empty() {
        let before = left.len();
        left.retain(|topic| {
            let writers = topology.subtopologies().iter().filter(|sub| sub.sink_topics.contains(*topic));
            let inputs = writers.flat_map(|sub| &sub.source_topics).filter(|input| *input != *topic);
            let counts: Option<Vec<i32>> = inputs.map(|input| partitions.get(input).copied()).collect();
            match counts.and_then(|counts| counts.into_iter().max()) {
                Some(count) => {
                    partitions.insert((*topic).clone(), count);
                    false
                }
                None => true,
            }
        });
        if left.len() == before {
            let names: Vec<&str> = left.into_iter().map(String::as_str).collect();
            let text = format!("nothing says how many partitions these topics have: {}", names.join(", "));
            return Err(Error::new(ErrorKind::Invalid, text));
        }
    }
    for group in topology.copartition_groups() {
        let fixed: BTreeMap<&String, i32> = group
            .iter()
            .filter(|topic| !adjustable.contains(*topic))
            .filter_map(|topic| Some((topic, *partitions.get(topic)?)))
            .collect();
        if fixed.values().collect::<BTreeSet<_>>().len() > 1 {
            let list: Vec<String> = fixed.iter().map(|(topic, count)| format!("{topic} ({count})")).collect();
            let text = format!(
                "topics that are joined must have equal numbers of partitions, these do not: {}; repartition one of them",
                list.join(", ")
            );
            return Err(Error::new(ErrorKind::Invalid, text));
        }
        let most = group.iter().filter_map(|topic| partitions.get(topic)).max().copied();
        if let Some(count) = fixed.values().next().copied().or(most) {
            for topic in group.intersection(adjustable) {
                partitions.insert(topic.clone(), count);
            }
        }
    }
    Ok(())
}

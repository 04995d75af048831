//! What an application is made of, as plain data: nodes, stores, internal topics, sub-topologies.
//!
//! Knows names and connections, and for each source how to make its executable part. Must never know a broker, a
//! thread, or a record.
//!
//! A [`TopologyBuilder`] collects nodes in the order of writing; [`Topology`] is the finished, immutable result. Both
//! the typed DSL and SQL write through the builder, so names, describe texts and internal topics follow Kafka Streams
//! for either.

mod builder;
mod describe;
mod diagram;
mod java_order;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

pub use builder::{TopologyBuilder, TopologyError};

use crate::operator::{Assembly, BatchProcessor, NodeId, SinkId, StoreId};
use crate::state::{Changelog, StoreSpec};

/// Where a source begins when the application has no position in a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetReset {
    /// With the oldest record that is there.
    Earliest,
    /// With what comes from now on.
    Latest,
    /// Fail.
    None,
}

/// What a source reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceTopics {
    /// These topics, as declared: internal ones without the application id.
    Names(Vec<String>),
    /// Every topic whose whole name matches the regular expression.
    Pattern(String),
}

/// What a sink writes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SinkTopic {
    /// One topic, as declared: an internal one without the application id.
    Name(String),
    /// A topic chosen record by record; the text names the chooser in `describe`.
    Dynamic(String),
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// Reads topics.
    Source {
        /// Which.
        topics: SourceTopics,
        /// Where to begin; `None` leaves it to the application's config.
        reset: Option<OffsetReset>,
    },
    /// Works on records.
    Processor {
        /// The stores it uses.
        stores: Vec<StoreId>,
    },
    /// Writes to a topic.
    Sink {
        /// Its number among the sinks.
        sink: SinkId,
        /// Which topic.
        topic: SinkTopic,
    },
}

/// A node of the graph.
#[derive(Clone, Debug)]
pub struct Node {
    /// Unique in the topology.
    pub name: Arc<str>,
    /// What it is.
    pub kind: NodeKind,
    /// Whose output it takes, in the order of connection.
    pub parents: Vec<NodeId>,
}

/// A topic that the application creates for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternalTopic {
    /// The full name, with the application id in front.
    pub name: String,
    /// What it is for.
    pub kind: InternalTopicKind,
    /// Its number of partitions where the application fixes it; otherwise the highest of what feeds it.
    pub partitions: Option<i32>,
    /// Topic configs.
    pub configs: BTreeMap<String, String>,
}

/// What an internal topic is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InternalTopicKind {
    /// Carries records to the task that owns their new key. Its records may be deleted once they are processed.
    Repartition,
    /// Logs the changes of a store. It has as many partitions as its sub-topology has tasks.
    Changelog,
    /// A table's source topic that serves as its changelog: not created, not written.
    SourceAsChangelog,
}

/// A connected part of the graph. It runs as one task per partition.
#[derive(Clone, Debug)]
pub struct Subtopology {
    /// Its number, the first half of a task's id.
    pub id: u32,
    /// Its nodes.
    pub nodes: BTreeSet<NodeId>,
    /// Full names of the topics it reads.
    pub source_topics: BTreeSet<String>,
    /// Full names of those among them that are repartition topics.
    pub repartition_sources: BTreeSet<String>,
    /// Full names of the topics it writes, dynamic ones left out.
    pub sink_topics: BTreeSet<String>,
    /// Its stores.
    pub stores: BTreeSet<StoreId>,
}

type Make = Arc<dyn Fn(&mut Assembly) -> Box<dyn BatchProcessor> + Send + Sync>;

/// How to make the executable part behind some sources.
#[derive(Clone)]
pub(crate) struct Executor {
    pub(crate) sources: Vec<NodeId>,
    pub(crate) make: Make,
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor").field("sources", &self.sources).finish_non_exhaustive()
    }
}

/// A finished application. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Topology(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    application_id: String,
    nodes: Vec<Node>,
    sinks: Vec<NodeId>,
    stores: Vec<Arc<StoreSpec>>,
    internal: BTreeMap<String, Option<i32>>,
    copartitioned: Vec<Vec<NodeId>>,
    subtopologies: Vec<Subtopology>,
    executors: Vec<Executor>,
}

impl Topology {
    /// The application's id: the group it consumes in, and the first part of its internal topics' names.
    pub fn application_id(&self) -> &str {
        &self.0.application_id
    }

    /// All nodes; a [`NodeId`] is the place in it.
    pub fn nodes(&self) -> &[Node] {
        &self.0.nodes
    }

    /// The node of that id.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.0.nodes[id.0 as usize]
    }

    /// All stores; a [`StoreId`] is the place in it.
    pub fn stores(&self) -> &[Arc<StoreSpec>] {
        &self.0.stores
    }

    /// The connected parts, by number.
    pub fn subtopologies(&self) -> &[Subtopology] {
        &self.0.subtopologies
    }

    /// The sinks; a [`SinkId`] is the place in it.
    pub fn sinks(&self) -> &[NodeId] {
        &self.0.sinks
    }

    pub(crate) fn executors(&self) -> &[Executor] {
        &self.0.executors
    }

    /// The name under which a declared topic exists: internal ones get the application id in front.
    pub fn full_name(&self, topic: &str) -> String {
        if self.is_internal(topic) { format!("{}-{topic}", self.0.application_id) } else { topic.to_owned() }
    }

    /// Whether a declared topic is one of the application's repartition topics.
    pub fn is_internal(&self, topic: &str) -> bool {
        self.0.internal.contains_key(topic)
    }

    /// The changelog topic of a store: its own, or the source topic that serves as such.
    pub fn changelog_topic(&self, store: &StoreSpec) -> Option<String> {
        match &store.changelog {
            Changelog::Off => None,
            Changelog::Topic(_) => Some(format!("{}-{}-changelog", self.0.application_id, store.name)),
            Changelog::Source(topic) => Some(topic.clone()),
        }
    }

    /// The topics that must exist before a task starts: repartition topics by name, then changelogs by name.
    pub fn internal_topics(&self) -> Vec<InternalTopic> {
        let repartition = self.0.internal.iter().map(|(name, partitions)| InternalTopic {
            name: self.full_name(name),
            kind: InternalTopicKind::Repartition,
            partitions: *partitions,
            configs: [
                ("cleanup.policy", "delete"),
                ("message.timestamp.type", "CreateTime"),
                ("retention.ms", "-1"),
                ("segment.bytes", "52428800"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        });
        let used: BTreeSet<StoreId> =
            self.0.subtopologies.iter().flat_map(|sub| sub.stores.iter().copied()).collect();
        let mut changelogs: Vec<InternalTopic> = Vec::new();
        for store in used.into_iter().map(|id| &self.0.stores[id.0 as usize]) {
            let Some(name) = self.changelog_topic(store) else { continue };
            let (kind, configs) = match store.changelog_configs() {
                Some(configs) => (InternalTopicKind::Changelog, configs),
                None => {
                    let as_if =
                        StoreSpec { changelog: Changelog::Topic(BTreeMap::new()), ..(**store).clone() };
                    (InternalTopicKind::SourceAsChangelog, as_if.changelog_configs().unwrap_or_default())
                }
            };
            changelogs.push(InternalTopic { name, kind, partitions: None, configs });
        }
        changelogs.sort_by(|a, b| a.name.cmp(&b.name));
        repartition.chain(changelogs).collect()
    }

    /// Groups of topics (full names) that must have equal numbers of partitions, because records of equal keys meet.
    pub fn copartition_groups(&self) -> Vec<BTreeSet<String>> {
        let mut groups: Vec<BTreeSet<String>> = Vec::new();
        for sources in &self.0.copartitioned {
            let mut topics: BTreeSet<String> =
                sources.iter().flat_map(|id| self.source_topics(*id)).collect();
            groups.retain(|group| {
                let apart = group.is_disjoint(&topics);
                if !apart {
                    topics.extend(group.iter().cloned());
                }
                apart
            });
            if !topics.is_empty() {
                groups.push(topics);
            }
        }
        groups.sort();
        groups
    }

    /// Full names of the topics that a source reads by name.
    pub fn source_topics(&self, source: NodeId) -> Vec<String> {
        match &self.node(source).kind {
            NodeKind::Source { topics: SourceTopics::Names(names), .. } => {
                names.iter().map(|name| self.full_name(name)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The text that Kafka Streams' `Topology#describe` prints for the same topology.
    pub fn describe(&self) -> String {
        describe::describe(self)
    }

    /// The graph in Graphviz' language.
    pub fn dot(&self) -> String {
        diagram::dot(self)
    }

    /// The graph as a Mermaid flowchart.
    pub fn mermaid(&self) -> String {
        diagram::mermaid(self)
    }
}

#[cfg(test)]
mod tests;
